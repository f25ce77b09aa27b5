"""Ways through the state space: breadth first, depth first, at random.

A state is a fingerprint in a dictionary. Of each state only its parent and the effect that led to it are kept, and its
windows where it has any; the tables are brought from one state to the next by undoing and redoing effects through their
common ancestor.
"""

from __future__ import annotations

import resource
import sys
import time
from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any

import msgspec

from sim.chance import Chance, purpose
from sim.explore.memo import Effect
from sim.explore.system import System
from sim.explore.things import Start

Waiting = tuple[int, int, Any]
"""A state to be expanded: its number, its fingerprint, what is pending (None: see its hull)."""

_WALK = purpose("walk")


class Progress(msgspec.Struct, frozen=True):
    """How far an exploration has come; ``rate``: states per second, ``memory``: the process's peak in megabytes."""

    states: int
    transitions: int
    frontier: int
    depth: int
    rate: float
    memory: float


class Found(msgspec.Struct, frozen=True):
    """A transition on which a property spoke: from state ``parent`` by ``effect``."""

    property: str
    why: str
    parent: int
    effect: Effect
    depth: int


class Search:
    """One exploration under one rule of time; ``judge(found)`` hears what properties say, True: all is settled."""

    ARRANGES: tuple[bool, ...] = (False,)
    """How times are looked for on a path, one way after the other. True: things on it that do not touch each other may
    change places, and what is not needed may go."""

    def __init__(
        self,
        system: System,
        rule: Any,
        *,
        judge: Callable[[Found], bool] = lambda found: False,
        progress: Callable[[Progress], None] | None = None,
        every: float = 1.0,
        exact: bool = False,
    ) -> None:
        self.system, self.rule, self.bounds = system, rule, system.bounds
        self.judge, self._progress, self._every = judge, progress, every
        self._exact = exact
        self.seen: dict[Any, int] = {}
        self.parents = array("q", [0])
        self.effects: list[Effect | None] = [None]
        self.hulls: list[Any] = [None]
        self._waits = bytearray(1)
        self.per_depth: list[int] = []
        self.transitions = 0
        self.complete = False
        self.stopped = ""
        self._at = 0
        self._began = self._told = time.perf_counter()

    @property
    def states(self) -> int:
        """Distinct states found; the moment before the start is none."""
        return len(self.effects) - 1

    def reductions(self) -> tuple[str, ...]:
        """What was left out because it makes no difference, in words."""
        return ()

    # --- moving about ---------------------------------------------------------------------------------------------

    def go(self, node: int) -> None:
        """Bring the tables to state ``node``."""
        at, parents, effects = self._at, self.parents, self.effects
        ahead: list[Any] = []
        target = node
        while at != target:
            if at > target:
                effect: Any = effects[at]
                for cells, key, mark in effect.undo:
                    cells[key] = mark
                at = parents[at]
            else:
                ahead.append(effects[target])
                target = parents[target]
        for effect in reversed(ahead):
            for cells, key, mark in effect.redo:
                cells[key] = mark
        self._at = node

    def path(self, node: int) -> list[Effect]:
        """The effects that lead to state ``node``, the start first."""
        path: list[Effect] = []
        while node:
            effect = self.effects[node]
            assert effect is not None
            path.append(effect)
            node = self.parents[node]
        return path[::-1]

    def _first(self) -> list[Waiting]:
        """The states the world may begin in."""
        level: list[Waiting] = []
        for effect in self.system.effects(self.system.thing(Start)):
            pending = self.rule.first(effect)
            mark = effect.delta + self.rule.weigh(pending)
            self._speak(effect, 0, 0)
            name = mark
            if self._exact:
                effect.apply()
                name = self._identity(pending)
                effect.revert()
            known = self.seen.get(name)
            if known is None:
                self.seen[name] = number = self._keep(0, effect, self.rule.hull(pending))
                level.append((number, mark, pending))
            elif self.hulls[known] is not None:
                self._widen(known, pending)
        self.per_depth.append(len(level))
        return level

    def _keep(self, parent: int, effect: Effect, hull: Any) -> int:
        """Remember a new state."""
        self.parents.append(parent)
        self.effects.append(effect)
        self.hulls.append(hull)
        self._waits.append(1)
        return len(self.effects) - 1

    # --- breadth first --------------------------------------------------------------------------------------------

    def breadth(self) -> None:
        """All states within the bounds, nearest first."""
        try:
            level = self._first()
            depth = 0
            while level and not self.stopped:
                if self.bounds.depth is not None and depth >= self.bounds.depth:
                    self.stopped = "depth"
                    break
                depth += 1
                before = self.states
                level = self._level(level, depth)
                if self.states > before:
                    self._deepen(depth, self.states - before)
                if not level and not self.stopped:
                    level = list(self._amend())
            self.complete = not self.stopped
        except KeyboardInterrupt:
            self.stopped = "interrupted"

    def _amend(self) -> Iterable[Waiting]:
        """States that must be expanded once more, when nothing else is left; here nothing is ever left out."""
        return ()

    def _level(self, level: list[Waiting], depth: int) -> list[Waiting]:
        """Everything one step further than ``level``."""
        seen, successors, after, hull = self.seen, self.rule.successors, self.rule.after, self.rule.hull
        parents, effects, hulls, waits, exact = self.parents, self.effects, self.hulls, self._waits, self._exact
        further: list[Waiting] = []
        number, most, steps = len(effects), self.bounds.states, 0
        for node, mark, pending in level:
            self.go(node)
            waits[node] = 0
            for then, effect, low, out in successors(mark, hulls[node] or pending):
                steps += 1
                if effect.found and self._speak(effect, node, depth):
                    self.stopped = "settled"
                    break
                name = self._exactly(effect, low, out) if exact else then
                known = seen.get(name)
                if known is not None:
                    if hulls[known] is not None and self._widen(known, after(low, out, effect)):
                        further.append((known, then, None))
                    continue
                if number > most:
                    self.stopped = "states"
                    break
                waiting = after(low, out, effect)
                seen[name] = number
                parents.append(node)
                effects.append(effect)
                hulls.append(hull(waiting))
                waits.append(1)
                further.append((number, then, waiting))
                number += 1
            if self.stopped:
                break
            if not node & 255 and self._progress is not None:
                self._tell(self.transitions + steps, len(level) + len(further), depth)
        self.transitions += steps
        return further

    def _widen(self, known: int, pending: Any) -> bool:
        """Join what is pending to the hull of a state that is known; whether it must be expanded again."""
        before = self.hulls[known]
        joined = self.rule.join(before, pending)
        if joined is before:
            return False
        self.hulls[known] = joined
        if self._waits[known]:
            return False
        self._waits[known] = 1
        return True

    def _speak(self, effect: Effect, parent: int, depth: int) -> bool:
        """Hand on what properties said; True if nothing is left to be found out."""
        settled = False
        for name, why in effect.found:
            settled = self.judge(Found(name, why, parent, effect, depth)) or settled
        return settled

    # --- exact states, for tests ----------------------------------------------------------------------------------

    def _exactly(self, effect: Effect, low: Any, out: int) -> Any:
        effect.apply()
        identity = self._identity(self.rule.after(low, out, effect))
        effect.revert()
        return identity

    def _identity(self, pending: Any) -> Any:
        """The state as it is, in the place of its fingerprint."""
        weights = self.system.journal.weights
        cells = [
            (table.index, repr(key), weights[mark])
            for table in self.system.journal.tables
            for key, mark in table.marks.items()
            if mark and weights[mark]
        ]
        return tuple(sorted(cells)), self.rule.key(pending)

    # --- depth first and at random --------------------------------------------------------------------------------

    def depth_first(self) -> None:
        """All states within the bounds, each way followed to its end first."""
        self.ARRANGES = (True, False)  # with much in it that has no part in anything
        deepest = self.bounds.depth if self.bounds.depth is not None else sys.maxsize
        try:
            for node, mark, pending in self._first():
                self._dive(node, mark, pending, deepest)
            self.complete = not self.stopped
        except KeyboardInterrupt:
            self.stopped = "interrupted"

    def _dive(self, node: int, mark: int, pending: Any, deepest: int) -> None:
        stack: list[Iterator[Waiting]] = [iter([(node, mark, pending)])]
        while stack and self.stopped in ("", "depth"):
            following = next(stack[-1], None)
            if following is None:
                stack.pop()
            elif len(stack) > deepest:
                self.stopped = "depth"
            else:
                level = self._level([following], len(stack))
                fresh = [number for number, _, _ in level if number >= len(self.effects) - len(level)]
                self._deepen(len(stack), len(fresh))
                stack.append(iter(level))

    def _deepen(self, depth: int, states: int) -> None:
        while len(self.per_depth) <= depth:
            self.per_depth.append(0)
        self.per_depth[depth] += states

    def walk(self, walks: int, steps: int, seed: int = 1) -> int:
        """``walks`` random ways of at most ``steps`` steps, each next thing equally likely; how many steps were made.

        ``seen`` collects the fingerprints met. Found violations are judged like any other; their paths are whole walks.
        """
        made = 0
        starts = self._first()
        try:
            for number in range(walks):
                made += self._stroll(starts, steps, Chance(seed, number))
                if self.stopped:
                    break
                if not number & 63 and self._progress is not None:
                    self._tell(made, 0, steps)
        except KeyboardInterrupt:
            self.stopped = "interrupted"
        self.transitions += made
        self.stopped = self.stopped or "walks"
        return made

    def _stroll(self, starts: list[Waiting], steps: int, chance: Chance) -> int:
        node, mark, pending = starts[chance.index(_WALK, "start", len(starts))]
        self.go(node)
        first = len(starts) + 1
        del self.parents[first:], self.effects[first:]
        drawn = count()

        def pick(n: int) -> int:
            return chance.index(_WALK, str(next(drawn)), n) if n > 1 else 0

        for made in range(steps):
            way = self.rule.draw(mark, pending, pick)
            if way is None:
                return made
            mark, effect, low, out = way
            if effect.found and self._speak(effect, node, made + 1):
                self.stopped = "settled"
            self.seen.setdefault(mark, 0)
            pending = self.rule.after(low, out, effect)
            self.parents.append(node)
            self.effects.append(effect)
            node = self._at = len(self.effects) - 1
            effect.apply()
        return steps

    # --- telling --------------------------------------------------------------------------------------------------

    def _tell(self, transitions: int, frontier: int, depth: int) -> None:
        now = time.perf_counter()
        if now - self._told < self._every or self._progress is None:
            return
        self._told = now
        rate = self.states / max(now - self._began, 1e-9)
        self._progress(Progress(self.states, transitions, frontier, depth, rate, memory()))


def memory() -> float:
    """Megabytes this process has used at its most."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)
