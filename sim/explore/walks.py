"""Random ways through a story: for what is too large to be tried in every order.

A walk happens on plain tables, nothing remembered and nothing undone, at times of its own: each time one of the things
that may be next, every one equally likely, at its earliest or at some later time that it may happen at. So each walk is
a run. What it violates is earned like any other violation: the events that matter of it are replayed on SimPy's clock.
What no walk violated is undetermined; walks never show that something holds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sim.chance import mix
from sim.clock import NEVER
from sim.explore.ages import Learnt
from sim.explore.footprints import EVERYTHING
from sim.explore.memo import Effect
from sim.explore.model import Bounds, Model
from sim.explore.search import Progress, memory
from sim.explore.staging import StoryStep
from sim.explore.system import System
from sim.explore.things import Delivery, Start, Thing, Wake
from sim.explore.verdicts import CANDIDATES, Exploration, Verdict, Witness, earned
from sim.story import doer
from sim.tables import Table

#: steps of one walk, where no bound ``depth`` is given
STEPS = 10_000


class Touched(Table):
    """A plain table that tells when it is written."""

    __slots__ = ("system",)

    def __init__(self, system: Bare) -> None:
        super().__init__()
        self.system = system

    def __setitem__(self, key: Any, record: Any) -> None:
        self.system.touched = True
        dict.__setitem__(self, key, record)

    def __delitem__(self, key: Any) -> None:
        self.system.touched = True
        dict.__delitem__(self, key)

    def pop(self, key: Any, default: Any = None) -> Any:
        """See ``Table``."""
        self.system.touched = True
        return dict.pop(self, key, default)


class Bare(System):
    """A system on plain tables: what happens, happens."""

    def __init__(self, model: Model, bounds: Bounds, asked: set[int]) -> None:
        self.tables: list[Table] = []
        self.touched = False
        self.state = 0
        super().__init__(model, bounds, asked)

    def _make(self, name: str) -> Table:
        table = Touched(self)
        self.tables.append(table)
        return table

    def pick(self, ways: int) -> int:
        """A whole number below ``ways``, all equally likely."""
        self.state = mix(self.state)
        return (self.state >> 11) % ways

    def choose(self, ways: int, label: Any) -> int:
        """See ``System``."""
        if ways <= 1:
            return 0
        which = self.pick(ways)
        self._taken.append((label, which, ways))
        return which

    def happen(self, thing: Thing) -> bool:
        """Let ``thing`` happen; False where it cannot, or makes no difference."""
        self.facts, self.adds, self._sets, self._limits = [], [], {}, []
        self._taken, self._stops, self.proposal, self.touched = [], False, None, False
        self.world.found.clear()
        self.world.endings.clear()
        self.cause = thing
        if not thing.react(self):
            return False
        return not thing.kept or self.touched or bool(self.adds or self._sets or self.facts)


class Walk:
    """Walks through one model, one after the other."""

    def __init__(self, model: Model, bounds: Bounds, asked: set[int], seed: int) -> None:
        self.system = Bare(model, bounds, asked)
        self._base = mix(seed)
        self._start = self.system.thing(Start)
        self._now = 0
        self._things: list[Thing] = []
        self._lows: list[int] = []
        self._highs: list[int] = []
        self._log: list[tuple[Any, ...]] = []

    def walk(self, number: int, steps: int, hear: Callable[[], bool]) -> int:
        """The walk of that number, of at most ``steps`` steps; how many were made. ``hear()``: it spoke; True: stop."""
        system, found = self.system, self.system.world.found
        system.state = self._base + number
        for table in system.tables:
            table.clear()
        self._things, self._lows, self._highs, self._log, self._now = [], [], [], [], 0
        system.happen(self._start)
        self._settle(self._start)
        for made in range(steps):
            if found and hear():
                return made
            if system._stops or not self._step():
                return made
        if found:
            hear()
        return steps

    def _step(self) -> bool:
        """One more thing happens; False where nothing may."""
        system, things, lows = self.system, self._things, self._lows
        left, latest = list(range(len(things))), min(self._highs, default=NEVER)
        while left:
            at = system.pick(len(left))
            place = left[at]
            thing, low = things[place], lows[place]
            if low <= latest and not (thing.quiet and any(other.MOVING for other in things)):
                now = self._now if low <= self._now else low
                if latest < NEVER and now < latest and system.pick(2):
                    now += system.pick(latest - now + 1)
                if system.happen(thing):
                    self._now = now
                    if not thing.kept:
                        del things[place], lows[place], self._highs[place]
                    self._settle(thing)
                    return True
            left[at] = left[-1]
            left.pop()
        return False

    def _settle(self, thing: Thing) -> None:
        """What just happened is written down, and what it left pending is pending."""
        system, now = self.system, self._now
        things, lows, highs = self._things, self._lows, self._highs
        adds, sets = system.adds, system._sets
        self._log.append(
            (thing, adds, sets, system._taken, system._limits, system._stops, system.proposal, system.facts)
        )
        for slot, (new, least, most, fresh) in sets.items():
            there = next((at for at, one in enumerate(things) if one.slot == slot), -1)
            if there >= 0:
                if fresh:
                    continue
                del things[there], lows[there], highs[there]
            if new is not None:
                things.append(new)
                lows.append(now + least)
                highs.append(now + most if most < NEVER else NEVER)
        for new, least, most in adds:
            if not (new.kept and new in things):
                things.append(new)
                lows.append(now + least)
                highs.append(now + most if most < NEVER else NEVER)

    def path(self) -> list[Effect]:
        """The walk so far, as effects that touch all that their party has."""
        parties: dict[str, int] = {}
        path = []
        for thing, adds, sets, taken, limits, stops, proposal, facts in self._log:
            effect = Effect(thing)
            effect.adds = tuple(adds)
            effect.sets = tuple([(slot, *what) for slot, what in sets.items()])
            effect.taken = tuple([(label, which) for label, which, _ in taken])
            effect.limits, effect.stops, effect.proposal = tuple(limits), stops, proposal
            effect.facts = tuple(facts)
            name = _party(self.system, thing)
            effect.reads = effect.writes = parties.setdefault(name, 1 << len(parties)) if name else EVERYTHING
            path.append(effect)
        return path


def _party(system: System, thing: Thing) -> str:
    """Who reacts to ``thing``; empty where that is not one party."""
    if isinstance(thing, Delivery):
        return system.world.route(thing.to).name
    if isinstance(thing, Wake):
        return system.world.route(thing.me).name
    if isinstance(thing, StoryStep):
        names = {system.world.route(doer(command)).name for command in thing.commands(lambda key, ways: 0)}
        return names.pop() if len(names) == 1 else ""
    return ""


class Walking:
    """Many walks, and what properties said on them."""

    def __init__(self, model: Model, bounds: Bounds, seed: int) -> None:
        self._model, self._bounds, self._seed = model, bounds, seed
        self._asked: set[int] = set()
        self._tried: dict[str, int] = {}
        self._witnesses: dict[str, Witness] = {}
        self.made = 0
        self.deepest = 0
        self.stopped = "walks"
        self._begin()

    def _begin(self) -> None:
        self._walk = Walk(self._model, self._bounds, self._asked, self._seed)
        self._properties = list(self._walk.system.properties.values())
        self._kinds: set[type] = self._walk.system.kinds

    def go(self, walks: int, progress: Callable[[Progress], None] | None) -> Exploration:
        """That many walks; over sooner where every property has spoken."""
        began = told = time.perf_counter()
        number, steps = 0, self._bounds.depth or STEPS
        try:
            while number < walks and len(self._witnesses) < len(self._properties):
                try:
                    length = self._walk.walk(number, steps, self._hear)
                except Learnt:
                    self._begin()
                    continue
                self.made, self.deepest, number = self.made + length, max(self.deepest, length), number + 1
                now = time.perf_counter()
                if progress is not None and now - told >= 1.0:
                    told = now
                    progress(Progress(number, self.made, 0, self.deepest, number / (now - began), memory()))
        except KeyboardInterrupt:
            self.stopped = "interrupted"
        return self._result(number, time.perf_counter() - began)

    def _hear(self) -> bool:
        """Properties spoke; True if the walk need not go on."""
        for prop, why in list(self._walk.system.world.found):
            name = prop.name
            if name in self._witnesses or self._tried.get(name, 0) >= CANDIDATES:
                continue
            witness = earned(self._model, self._walk.path(), name, why, (True, False))
            if witness is None:
                self._tried[name] = self._tried.get(name, 0) + 1
            else:
                self._witnesses[name] = witness
        return len(self._witnesses) == len(self._properties)

    def _result(self, walks: int, seconds: float) -> Exploration:
        verdicts = []
        for prop in self._properties:
            witness = self._witnesses.get(prop.name)
            word = "undetermined" if witness is None else "reached" if prop.KIND == "sometimes" else "violated"
            tried = self._tried.get(prop.name, 0)
            verdicts.append(Verdict(prop.name, prop.KIND, word, witness, False, tried))  # type: ignore[arg-type]
        return Exploration(
            states=walks,
            transitions=self.made,
            depth=self.deepest,
            complete=False,
            per_depth=(),
            verdicts=tuple(verdicts),
            bounds=self._bounds,
            rule="walks",
            collision_probability=0.0,
            stopped=self.stopped,
            seconds=seconds,
        )


def walk(
    model: Model,
    bounds: Bounds,
    walks: int,
    *,
    seed: int = 1,
    progress: Callable[[Progress], None] | None = None,
) -> Exploration:
    """``walks`` random ways through ``model``, of at most ``bounds.depth`` steps each.

    ``states`` of what comes back are the walks made, ``transitions`` their steps; ``rule`` is ``walks``.
    """
    return Walking(model, bounds, seed).go(walks, progress)
