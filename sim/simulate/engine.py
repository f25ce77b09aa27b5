"""One run of a world on SimPy's clock."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from typing import Any

from msgspec.structs import replace

from sim.chance import Chance, purpose
from sim.clock import Duration
from sim.party import Command, Message, Party
from sim.property import Property
from sim.simulate.counters import Counters
from sim.simulate.steps import Steps
from sim.simulate.things import KINDS, Call, Deadline, Delivery, Lane, Link, Turn, Wake
from sim.trace import Recorder
from sim.world import COPIES, Tap, World

_LATENCY, _LOSS, _TWICE, _WAKE, _TRAIT, _CLOCK, _ANY = map(
    purpose, ("latency", "loss", "duplicate", "wake", "trait", "clock", "any")
)
#: the priority of the story's own steps: before SimPy's own
_STEP = -1


class Simulation(Steps):
    """One run: a world, a clock (SimPy's), a seed."""

    def __init__(
        self,
        world: World,
        chance: Chance,
        until: int,
        link: Callable[[str, str], Any],
        *,
        config: Callable[[str], Any] = lambda name: None,
        block: Callable[[str], str] = lambda name: name,
        uniform: bool = False,
        recorder: Recorder | None = None,
        capacity: Callable[[Party], Any] | None = None,
        latency: Callable[[str, str, Message], int | None] | None = None,
        wait: Callable[[str, str], int | None] | None = None,
    ) -> None:
        super().__init__(world, recorder)
        self.chance, self.until = chance, until
        self._config, self._block = config, block
        self._wire(link, uniform)
        self._forced, self._waits = latency, wait
        self._counters = None if capacity is None else Counters(self, capacity)
        self.waiting: dict[tuple[str, str], Wake | Deadline] = {}
        self._lanes: defaultdict[int, Lane] = defaultdict(Lane)
        self._offsets: dict[str, int] = {}
        self._held: list[Wake] = []
        self._stopped = False
        self.turn = Turn(self, self._quick())
        world.drive(self)

    def _wire(self, link: Callable[[str, str], Any], uniform: bool) -> None:
        self._link, self._links = link, dict[tuple[str, str], Link]()
        self._only = Link(link("", "")) if uniform else None

    def rewire(self, link: Callable[[str, str], Any], *, uniform: bool) -> None:
        """Links are different from now on; what is on its way stays so."""
        self._wire(link, uniform)
        self.turn.rewire(self._quick())

    def _quick(self) -> Callable[[float], int] | None:
        """The latency at a quantile, if nothing else needs to be asked of a message that is sent."""
        only = self._only
        if only is None or only.loss or only.duplicates or self._forced is not None or self.world.knowledge.watching:
            return None
        return only.quantile

    # --- asking for things ----------------------------------------------------------------------------------------

    def send(self, sender: str, to: str, message: Message, behind: str) -> None:
        """Put a message on its way."""
        world = self.world
        if world.knowledge.watching:
            world.knowledge.check(sender, message)
        hold = 0
        if world.taps:
            hold = self._tapped(sender, to, message, behind)
            if hold < 0:
                self.lose(sender, to, message, behind)
                return
        link = self._only or self.link(sender, to)
        if link.loss and self.chance.happens(_LOSS, f"{type(message).__name__} {message.id} {to}", link.loss):
            self.lose(sender, to, message, behind)
            return
        x = self.chance.unit(KINDS[type(message)], message.id + to)
        delay = link.quantile(x) + hold
        if self._forced is not None:
            forced = self._forced(sender, to, message)
            delay = delay if forced is None else forced
        delivery = Delivery(to, sender, message, self.n, behind, int(self.env._now))
        self.push(delay, delivery)
        if link.duplicates:
            self._maybe_twice(link, delivery, behind)

    def _maybe_twice(self, link: Link, first: Delivery, behind: str) -> None:
        """The network may deliver a message a second time."""
        key = f"{type(first.message).__name__} {first.message.id} {first.to}"
        if self.chance.happens(_TWICE, key, link.duplicates):
            delay = link.quantile(self.chance.unit(_LATENCY, f"{key} again"))
            if self._forced is not None:
                forced = self._forced(first.sender, first.to, first.message)
                delay = delay if forced is None else forced
            self.push(delay, Delivery(first.to, first.sender, first.message, self.n, behind, first.sent))

    def push(self, delay: int, thing: Any) -> None:
        """Put something on SimPy's queue, ``delay`` microseconds from now."""
        env = self.env
        heappush(env._queue, (env._now + delay, 1, next(env._eid), thing))  # type: ignore[misc]

    def link(self, sender: str, to: str) -> Link:
        """The channel from ``sender`` to ``to``."""
        pair = (self._block(sender), self._block(to))
        found = self._links.get(pair)
        if found is None:
            found = self._links[pair] = Link(self._link(*pair))
        return found

    def wake_uncertain(self, me: str, key: str, after: Duration, behind: str) -> None:
        """A party asks to be woken after a duration that is drawn."""
        forced = None if self._waits is None else self._waits(me, key)
        wait = max(0, after.quantile(self.chance.unit(_WAKE, f"{me} {key}"))) if forced is None else forced
        old = self.waiting.pop((me, key), None)
        if old is not None:
            old.live = False
        if self.env._now + wait <= self.until:
            wake = self.waiting[me, key] = Wake(me, key, self.n, behind)
            self.push(wait, wake)

    def deadline(self, prop: Property, key: str, after: int) -> None:
        """A property sets a deadline; one of the same key is replaced."""
        self.met(prop, key)
        if self.env._now + after > self.until:
            return
        at, place, lane = int(self.env._now) + after, next(self.env._eid), self._lanes[after]
        self.waiting[prop.name, key] = wake = Deadline(prop, key, self.n, self.world.see.behind, at, place)
        if not lane:
            heappush(self.env._queue, (at, 1, place, lane))  # type: ignore[misc]
        lane.append(wake)

    def met(self, prop: Property, key: str) -> None:
        """A property takes a deadline back."""
        wake = self.waiting.pop((prop.name, key), None)
        if wake is not None:
            wake.live = False

    def at(self, after: int, call: Callable[[], None], place: int = 0) -> None:
        """Call ``call`` after ``after`` microseconds, unless the story has ended (the story's own steps).

        Steps come first at their instant, those at the same one in the order of ``place``, then as they were asked for.
        """
        env = self.env
        if env._now + after <= self.until:
            order = (place << 40) + next(env._eid)
            heappush(env._queue, (env._now + max(0, after), _STEP, order, Call(call)))  # type: ignore[misc]

    # --- things that happen ---------------------------------------------------------------------------------------

    def _lane(self, lane: Lane) -> None:
        """The first of a lane is due; the next that is still wanted takes its place."""
        if lane[0].live:
            self._due(lane[0])
        lane.popleft()
        while lane and not lane[0].live:
            lane.popleft()
        if lane:
            heappush(self.env._queue, (lane[0].at, 1, lane[0].place, lane))  # type: ignore[misc]

    def _deliver(self, delivery: Delivery) -> None:
        """A message arrives where parties may be down, or take one after the other."""
        world, to = self.world, delivery.to
        if to in world.down:
            self.lost += 1
            self.n += 1
            if self.recorder is not None:
                self._record_lost(delivery.sender, to, delivery.message, delivery.behind, delivery.cause, delivery.sent)
            return
        party = world.routes.get(to) or world.route(to)
        if self._counters is not None and not type(delivery.message).ANSWER and self._counters.takes(party, delivery):
            return
        self.arrive(party, delivery)

    def arrive(self, party: Party, delivery: Delivery) -> None:
        """The party reacts to a message."""
        world, turn, message, to = self.world, self.turn, delivery.message, delivery.to
        self.messages += 1
        if world.knowledge.watching:
            world.knowledge.learn(to, message)
        # begin and end, without the calls: this is where a run spends its time
        self.n = n = self.n + 1
        turn.me = to
        turn.behind = turn.began = delivery.behind
        turn.cause = delivery.cause
        turn.resumes = 0
        see = world.see
        see.now = self.env._now  # type: ignore[assignment]
        see.step = n
        hears = party.hears.get(type(message)) or world.hears(party, type(message))
        hears(turn, delivery.sender, message)
        if world.endings or world.found or self.recorder is not None:
            self.end("message", to, delivery.sender, delivery.sent, "", message)

    def _due(self, wake: Wake | Deadline) -> None:
        """Something asked for comes due."""
        world = self.world
        if type(wake) is Deadline:
            prop = wake.owner
            del self.waiting[prop.name, wake.key]
            self.begin("", wake.cause, wake.behind)
            world.see.behind = wake.behind
            prop.due(wake.key, world.see)
            self.end("deadline", prop.name, key=wake.key)
            return
        assert type(wake) is Wake
        owner = wake.owner
        del self.waiting[owner, wake.key]
        if world.down and owner in world.down:
            self._held.append(wake)
            return
        party = world.routes.get(owner) or world.route(owner)
        self.begin(owner, wake.cause, wake.behind)
        kind, _, what = wake.key.partition(" ")
        party.wakes[kind](self.turn, what)
        self.end("wake", owner, key=wake.key)

    def release(self, name: str) -> None:
        """A party is back: what it meant to do while it was down, it does now."""
        held, self._held = self._held, []
        for wake in held:
            if wake.owner != name:
                self._held.append(wake)
            elif (name, wake.key) not in self.waiting:
                again = self.waiting[name, wake.key] = Wake(name, wake.key, wake.cause, wake.behind)
                self.push(0, again)

    def command(self, doer: str, command: Command) -> None:
        """A step of the story is done."""
        if command.until:  # the story's clock; a party knows only how long from now
            command = replace(command, until=max(1, command.until - int(self.env._now)))
        party = self.world.route(doer)
        self.begin(command.who or doer, 0, self.world.person(command.who) if command.who else "")
        party.does[command.verb](self.turn, command)
        self.end("command", command.who or doer, command=command)

    # --- the network's whims --------------------------------------------------------------------------------------

    def lose(self, sender: str, to: str, message: Message, behind: str) -> None:
        """A message will not arrive; it is this turn that keeps it from that."""
        self.lost += 1
        self._late.append((sender, to, message, behind))

    def _tapped(self, sender: str, to: str, message: Message, behind: str) -> int:
        """What interceptions do to a message: microseconds of delay, or -1 when it is dropped."""
        hold = 0
        for tap in self.world.tapped(sender, to, message, self._block):
            if tap.does == "drop":
                hold = -1
            elif tap.does == "delay" and hold >= 0:
                hold += tap.holds
            else:
                self.world.knowledge.observe(message)
            if tap.does in COPIES or (tap.does == "read" and self.world.overhear is not None):
                again = partial(self._replay, tap, sender, to, message, self.n)
                self.at(1, again)
        return hold

    def _replay(self, tap: Tap, sender: str, to: str, message: Message, cause: int) -> None:
        """An attacker sends what it saw once more; or makes of it what an attack under way makes of it."""
        self.begin(tap.owner, cause, self.world.person(tap.owner))
        self.world.copied(self.turn, tap.does, message, tap.target or to, sender)
        self.end("command", tap.owner, key=f"{tap.does} {type(message).__name__} to {tap.target or to}")

    # --- who one is -----------------------------------------------------------------------------------------------

    def offset(self, name: str) -> int:
        """Local clock of ``name`` minus true time, microseconds; drawn once per member."""
        found = self._offsets.get(name)
        if found is None:
            config = self._config(name)
            clock = getattr(config, "clock", None)
            found = 0 if clock is None else clock.quantile(self.chance.unit(_CLOCK, name))
            self._offsets[name] = found
        return found

    def trait(self, name: str, field: str) -> Any:
        """A per-member share or pick: drawn once per member, the same every time."""
        value = getattr(self._config(name), field)
        if type(value) is float:
            return self.chance.happens(_TRAIT, f"{name} {field}", value)
        weights = getattr(value, "weights", None)
        return value if weights is None else self.chance.pick(_TRAIT, f"{name} {field}", weights)

    def draw(self, key: str, n: int) -> int:
        """One of ``n``, for ``any``."""
        return self.chance.index(_ANY, key, n)

    # --- the run --------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """End the run after what is happening now."""
        self._stopped = True

    def run(self) -> int:
        """Start every party, let the story take its course, return the time it ended (microseconds)."""
        was = gc.isenabled()
        gc.disable()
        try:
            for party in dict.fromkeys(self.world.routes.values()):
                self.begin(party.name, 0, "")
                party.start(self.turn)
                self.end("wake", party.name, key="start")
            self._loop()
        finally:
            if was:
                gc.enable()
        self.world.see.now = int(min(self.env._now, self.until))
        return self.world.see.now

    def _loop(self) -> None:
        """SimPy's own run and step, except that a story may end early."""
        env, until = self.env, self.until
        queue: list[Any] = env._queue
        world, arrive = self.world, self.arrive
        routes, down, simple = world.routes, world.down, self._counters is None
        while queue and queue[0][0] <= until and not self._stopped:
            env._now, _, _, thing = heappop(queue)
            kind = type(thing)
            if kind is Delivery:
                if simple and not down:
                    arrive(routes.get(thing.to) or world.route(thing.to), thing)
                else:
                    self._deliver(thing)
            elif kind is Lane:
                self._lane(thing)
            elif kind is Call:
                thing.call()
            elif kind is Wake:
                if thing.live:
                    self._due(thing)
            else:
                self._happen(thing)
        if not self._stopped:
            env._now = until

    def _happen(self, event: Any) -> None:
        """An event of SimPy's own: a worker is free, a service is over."""
        callbacks, event.callbacks = event.callbacks, None
        for callback in callbacks:
            callback(event)
        if not event._ok and not hasattr(event, "_defused"):
            raise event._value
