"""A world as an explorer drives it: what pending things do to tables, and what they leave pending.

Everything here happens inside one reaction, between ``Journal.begin`` and ``Journal.undo``, and is remembered as
effects (``memo``). Nothing here knows how time is kept; that is the affair of a time rule (``box``, ``classes``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.clock import NEVER, Duration
from sim.explore.ages import Ages
from sim.explore.footprints import EVERYTHING, Footprints
from sim.explore.memo import NOTHING, Effect, find, grow
from sim.explore.model import Bounds, Channel, Model, Proposal
from sim.explore.symmetry import Symmetry
from sim.explore.things import Adversary, Copy, Deadline, Delivery, Start, Thing, Wake
from sim.explore.turn import ExploreTurn, possible, support
from sim.knowledge import ADVERSARY
from sim.party import Command, Message
from sim.property import Property
from sim.story import doer
from sim.tables import Journal, Table
from sim.world import COPIES

#: the most ways one reaction may be left open in
WAYS = 4096


class TooOpen(Exception):
    """A single reaction can go more than ``WAYS`` ways: the scenario is too large to explore."""


class System:
    """World, tables and everything ever pending. ``oracle`` may answer what is left open (None: try every way)."""

    TABLES = ("budget", "traits", "stamps", "aged", "held", "steps", "seen", "places", "ends")
    budget: Table
    traits: Table
    stamps: Table
    aged: Table
    held: Table
    steps: Table
    seen: Table
    places: Table
    ends: Table

    def __init__(self, model: Model, bounds: Bounds, asked: set[int], *, remember: bool = True) -> None:
        self.model, self.bounds, self.remember = model, bounds, remember
        self.journal = Journal()
        self.setting = model.setting(self._make)
        self.world = self.setting.world
        for name in self.TABLES:
            setattr(self, name, self._make(f"explore.{name}"))
        self.properties: dict[str, Property] = {fold.name: fold for fold in self.world.folds}
        self.turn = ExploreTurn(self)
        self.ages = Ages(self, asked)
        self.oracle: Callable[[Any, int], int | None] = lambda label, ways: None
        self.facts: list[Any] = []
        self.kinds: set[type] = set()
        self.footprints = Footprints()
        self._things: dict[Any, Thing] = {}
        self.listed: list[Thing] = []
        self.keys: list[Any] = []  # what each thing is made of, by index
        self.symmetry: Symmetry | None = None
        self._channels: dict[tuple[str, str], Channel] = {}
        self.adds: list[tuple[Thing, int, int]] = []
        self._sets: dict[Any, tuple[Thing | None, int, int, bool]] = {}
        self._limits: list[tuple[int, int]] = []
        self._taken: list[tuple[Any, int, int]] = []
        self._ahead: list[int] = []
        self._stops = False
        self.proposal: Proposal | None = None
        self.cause: Thing = self.thing(Start)
        self.world.drive(self)
        self.setting.releases(self.release)
        if model.stage is not None:
            model.stage.watch(self)
        if model.stop_after is not None:
            self.world.on(model.stop_after, lambda fact, see: self.stop())

    def _make(self, name: str) -> Table:
        """A table; of what is known to whom, only what the adversary knows is part of a state."""
        if name == "knowledge.holders":
            return self.journal.table(name, lambda holders: ADVERSARY if ADVERSARY in holders else None)
        return self.journal.table(name)

    # --- things and their effects ---------------------------------------------------------------------------------

    def thing(self, kind: Callable[..., Thing], *parts: Any) -> Thing:
        """The pending thing made of ``parts``; one object for all that are the same."""
        key = (kind, *parts)
        return self._things.get(key) or self._enlist(key, kind(*parts))

    def same(self, thing: Any) -> Thing:
        """The object that stands for ``thing``, which knows its own ``key``."""
        return self._things.get(thing.key) or self._enlist(thing.key, thing)

    def _enlist(self, key: Any, thing: Thing) -> Thing:
        self._things[key] = thing
        thing.index = len(self.listed)
        self.listed.append(thing)
        self.keys.append(key)
        self.footprints.enlist(thing.slot)
        return thing

    def effects(self, thing: Thing) -> list[Effect]:
        """What may follow, in the present state of the tables, if ``thing`` happens now: one effect per way."""
        if not self.remember:
            thing.root = None
        found: list[Effect] = []
        if not find(thing.root, found):
            self._react(thing)
            found = []
            if not find(thing.root, found):
                raise AssertionError(f"reaction to {thing.words()} depends on something outside tables")
            if self.symmetry is not None:
                self.symmetry.compare(thing, found)
        return found

    def _react(self, thing: Thing) -> None:
        """Let the thing happen in every way that is left open, and remember what followed."""
        ahead: list[int] = []
        for _ in range(WAYS):
            leaf = self.run(thing, ahead)
            thing.root = grow(thing.root, self.journal.trail, leaf)
            taken = [(which, ways) for _, which, ways in self._taken]
            while taken and taken[-1][0] + 1 == taken[-1][1]:
                taken.pop()
            if not taken:
                return
            ahead = [which for which, _ in taken[:-1]] + [taken[-1][0] + 1]
        raise TooOpen(f"{thing.words()} can go more than {WAYS} ways")

    def run(self, thing: Thing, ahead: list[int]) -> Any:
        """One reaction, making the choices ``ahead`` and then first ones; the tables are left as they were."""
        journal = self.journal
        journal.begin()
        self.facts, self.adds, self._sets, self._limits = [], [], {}, []
        self._taken, self._ahead, self._stops, self.proposal = [], ahead, False, None
        self.world.found.clear()
        self.world.endings.clear()
        self.cause = thing
        try:
            happens = thing.react(self)
            self.ages.forget(thing)
            effect = self._effect(thing)
        finally:
            journal.undo()
        ignored = thing.kept and not (journal.touched or self.adds or self._sets or self.facts)
        if happens and not ignored:
            self.footprints.learn(thing.index, effect.reads, effect.writes, effect.follow())
            if any(new.MOVING for new, _, _ in effect.adds):
                self.footprints.sends(thing.index)
            return effect
        self.footprints.learn(thing.index, *self.footprints.cells(journal.trail, (), ()), ())
        return NOTHING

    def _effect(self, thing: Thing) -> Effect:
        """What was just done, as an effect."""
        effect, journal = Effect(thing), self.journal
        changes = journal.changes()
        weights = journal.weights
        effect.redo = tuple([(table.marks, key, new) for table, key, _, new in changes])
        effect.undo = tuple([(table.marks, key, old) for table, key, old, _ in changes])
        effect.delta = sum([weights[new] - weights[old] for _, _, old, new in changes])
        effect.adds = tuple(self.adds)
        effect.sets = tuple([(slot, *what) for slot, what in self._sets.items()])
        effect.found = tuple([(prop.name, why) for prop, why in self.world.found])
        effect.facts = tuple(self.facts)
        self.kinds.update(map(type, self.facts))
        effect.taken = tuple([(label, which) for label, which, _ in self._taken])
        effect.limits = tuple(self._limits)
        effect.stops = self._stops
        effect.proposal = self.proposal
        touched = [*self._sets, *([] if thing.slot is None else [thing.slot])]
        effect.reads, effect.writes = self.footprints.cells(journal.trail, changes, touched)
        if effect.stops:
            effect.reads = effect.writes = EVERYTHING
        effect.plain = not (effect.sets or effect.stops or any(new.kept for new, _, _ in effect.adds))
        return effect

    # --- what reactions ask for -----------------------------------------------------------------------------------

    def begin(self, me: str, behind: str) -> None:
        """``me`` begins to react, on behalf of ``behind``."""
        self.turn.me, self.turn.behind = me, behind
        self.world.see.now = self.world.see.step = 0
        self.setting.refresh()

    def end(self) -> None:
        """The party that acted has finished: judge what had to wait for it."""
        if self.world.endings:
            self.world.finish()

    def choose(self, ways: int, label: Any) -> int:
        """Which of ``ways`` things left open is taken; ``label`` says what it is about."""
        if ways <= 1:
            return 0
        answer = self.oracle(label, ways)
        if answer is not None:
            return answer
        at = len(self._taken)
        which = self._ahead[at] if at < len(self._ahead) else 0
        self._taken.append((label, which, ways))
        self.journal.trail.append((None, ways, which))
        return which

    def add(self, thing: Thing, least: int, most: int) -> None:
        """``thing`` is pending from now on."""
        self.adds.append((thing, least, most))

    def put(self, thing: Thing, least: int, most: int, *, fresh: bool = False) -> None:
        """The same for a thing with a slot; one that cannot come before the end of the story never exists."""
        if least > self.model.until:
            self.clear(thing.slot)
        else:
            self._sets[thing.slot] = (thing, least, most, fresh)

    def clear(self, slot: Any) -> None:
        """Nothing is pending in ``slot`` any more."""
        self._sets[slot] = (None, 0, 0, False)

    def only_until(self, at: int) -> None:
        """What happens now may not happen after the absolute time ``at``."""
        self._limits.append((0, at))

    def only_after(self, at: int) -> None:
        """What happens now may not happen before the absolute time ``at``."""
        self._limits.append((at, NEVER))

    def support(self, after: int | Duration) -> tuple[int, int]:
        """What values a duration may take, within bounds."""
        return support(after, self.bounds.waits_at_most)

    def stop(self) -> None:
        """The story ends with what happens now."""
        self._stops = True

    def open(self) -> None:
        """Everything that is so before time runs."""
        for name in ("losses", "duplicates", "adversary_sends"):
            if bound := getattr(self.bounds, name):
                self.budget[name] = bound
        self.begin("", "")
        self.setting.begin(self.trait)
        for party in dict.fromkeys(self.world.routes.values()):
            self.begin(party.name, "")
            party.start(self.turn)
            self.end()
        if self.model.stage is not None:
            self.model.stage.begin(self)
        if self.model.adversary:
            self.add(self.thing(Adversary, self.bounds.adversary_acts == "at_rest"), 0, NEVER)

    # --- messages -------------------------------------------------------------------------------------------------

    def channel(self, sender: str, to: str) -> Channel:
        """How messages travel from ``sender`` to ``to``."""
        changed = self.setting.channel(sender, to)
        if changed is not None:
            return changed
        found = self._channels.get((sender, to))
        if found is None:
            found = self._channels[sender, to] = self.model.channel(sender, to)
        return found

    def send(self, sender: str, to: str, message: Message, behind: str) -> None:
        """Put a message on its way, unless somebody on the way takes it or the network loses it."""
        world = self.world
        if world.knowledge.watching:
            world.knowledge.check(sender, message)
        hold = self._tapped(sender, to, message) if world.taps else 0
        channel = self.channel(sender, to)
        if channel.reads:
            world.knowledge.observe(message)
            self.saw(ADVERSARY, to, message, sender, behind)
        if hold < 0 or (not channel.keeps and self._whim("losses", "loss", message, to)):
            return
        thing = self.thing(Delivery, sender, to, message, behind, channel.keeps)
        window = (0, NEVER) if channel.keeps else (channel.least + hold, channel.at_most + hold)
        self.add(thing, *window)
        if not channel.keeps and self._whim("duplicates", "duplicate", message, to):
            self.add(thing, channel.least, channel.at_most)

    def attempt(self, proposal: Proposal) -> None:
        """The adversary does something of its own."""
        owner, message, world = proposal.owner, proposal.message, self.world
        if proposal.command is not None:
            self.command(proposal.command)
            return
        assert message is not None
        self.begin(owner, world.person(owner))
        if proposal.again:
            world.replay(self.turn, message, proposal.to)
        else:
            if proposal.heard is None:
                world.knowledge.check(owner, message)
            sender = proposal.sender or owner
            channel = self.channel(sender, proposal.to)
            behind = self.turn.behind if proposal.heard is None else proposal.heard
            thing = self.thing(Delivery, sender, proposal.to, message, behind, channel.keeps)
            self.add(thing, channel.least, channel.at_most)
        self.end()

    def _whim(self, bound: str, kind: str, message: Message, to: str) -> bool:
        """Whether the network loses or doubles a message, as long as the bound allows it."""
        if not getattr(self.bounds, bound):
            return False
        left = self.budget.get(bound, 0)
        if not left or not self.choose(2, (kind, f"{type(message).__name__} {message.id} {to}")):
            return False
        if left == 1:
            del self.budget[bound]
        else:
            self.budget[bound] = left - 1
        return True

    def _tapped(self, sender: str, to: str, message: Message) -> int:
        """What interceptions do to a message: microseconds of delay, or -1 when it is dropped."""
        hold = 0
        for tap in self.world.tapped(sender, to, message, self.setting.block):
            if tap.does == "drop":
                hold = -1
            elif tap.does == "delay" and hold >= 0:
                hold += tap.holds
            else:
                self.world.knowledge.observe(message)
                self.saw(tap.owner, to, message, sender, self.turn.behind)
            if tap.does in COPIES or (tap.does == "read" and self.world.overhear is not None):
                self.add(self.thing(Copy, tap.owner, tap.does, tap.target or to, message, sender), 1, 1)
        return hold

    def saw(self, owner: str, to: str, message: Message, *rest: str) -> None:
        """The adversary has seen a request to ``to``; remembered only where it may send something of its own."""
        if self.model.adversary and not type(message).ANSWER:
            self.seen[f"{owner} {to} {message}"] = (owner, to, message, *rest)

    def proposals(self) -> list[Proposal]:
        """What the adversary could send now."""
        seen = tuple([sight for _, sight in self.seen.ordered()])
        holders = self.world.knowledge.holders
        return self.setting.proposals(seen, lambda atom: ADVERSARY in holders.get(atom, ()))

    def deliver(self, thing: Delivery) -> bool:
        """A message arrives."""
        world, to, message = self.world, thing.to, thing.message
        if to in world.down:
            return not thing.kept
        party = world.route(to)
        if world.knowledge.watching:
            world.knowledge.learn(to, message)
            if self.model.adversary and world.knowledge.who(to) == ADVERSARY:
                self.saw(to, to, message, thing.sender, thing.behind)
        self.begin(to, thing.behind)
        hears = party.hears.get(type(message)) or world.hears(party, type(message))
        hears(self.turn, thing.sender, message)
        self.end()
        return True

    def command(self, command: Command) -> None:
        """A step of the story is done."""
        name = doer(command)
        self.begin(command.who or name, self.world.person(command.who) if command.who else "")
        self.world.route(name).does[command.verb](self.turn, command)
        self.end()

    def release(self, name: str) -> None:
        """A party is back: what it meant to do while it was down, it does now."""
        for (owner, key), behind in self.held.ordered():
            if owner == name:
                del self.held[owner, key]
                self.put(self.thing(Wake, owner, key, behind), 0, 0, fresh=True)

    # --- who one is -----------------------------------------------------------------------------------------------

    def trait(self, name: str, field: str) -> Any:
        """A per-member share or pick: left open once per member, and remembered."""
        value = getattr(self.setting.config(name), field)
        answers = possible(value)
        if answers is None:
            return value
        if len(answers) == 1:
            return answers[0]
        key = name, field, getattr(value, "weights", value)  # settings that change may change the answer
        found = self.traits.get(key)
        if found is None:
            found = self.traits[key] = self.choose(len(answers), ("trait", f"{name} {field}"))
        return answers[found]

    # --- deadlines ------------------------------------------------------------------------------------------------

    def deadline(self, prop: Property, key: str, after: int) -> None:
        """A property sets a deadline."""
        self.put(self.thing(Deadline, prop.name, key, self.world.see.behind), after, after)

    def met(self, prop: Property, key: str) -> None:
        """A property takes a deadline back."""
        self.clear((Deadline, prop.name, key))
