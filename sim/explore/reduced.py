"""A breadth-first search that leaves out orders which make no difference.

At each state only a portion of what is pending is tried (``portions``), where there is one. What was learnt of
footprints too late, and rounds of portions that put the same thing off for ever, are looked for when nothing is left to
be expanded: such states are then expanded as a whole, until nothing of the kind is found. At the end every reaction
that any run has is among those that were seen, and with it everything a property says; the orders need not be.

Why: let a run pass through a state (up to exchanges of things that do not touch each other) and go on with some
things. If the first of the portion among them is the k-th, what comes before it does not touch it; it may come first.
If none is among them, any may come first, and the rest goes on as it would have. Either the rest of the run is then
shorter, or the state is one further on the way to one that is expanded as a whole, and there is no round without such a
one. Times stand in the way of neither, because what is put first keeps its own time (``classes.Zones.part``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import add
from typing import Any

import msgspec

from sim.explore.classes import Class, Zones
from sim.explore.memo import Effect
from sim.explore.portions import Portions
from sim.explore.search import Search, Waiting
from sim.explore.symmetry import Symmetry
from sim.explore.things import Start

#: how often a state is expanded in part before it is expanded as a whole: time passes only then, and on a round of
#: portions windows would grow for ever
AGAIN = 20
#: of more things pending than this no portion is looked for: it takes longer than it saves
WIDE = 40


class Choice(msgspec.Struct):
    """That a state was expanded in part: the portion, what was pending, what it led to; the fingerprint to go on by."""

    portion: frozenset[int]
    pending: tuple[int, ...]
    mark: int
    bare: Class
    version: int
    then: list[int]


class Reduced(Search):
    """A search under the rule of zones that expands portions."""

    ARRANGES = (True,)  # their order has no meaning
    rule: Zones

    def __init__(self, *given: Any, groups: Sequence[Sequence[str]] = (), **named: Any) -> None:
        super().__init__(*given, **named)
        self._symmetry = self.system.symmetry = Symmetry(self.system, groups) if groups else None
        self._sums: list[tuple[int, ...]] = [(0,) * len(self._symmetry.renamings) if self._symmetry else ()]
        self._names = bytearray(1)
        self._marks: list[int] = [0]
        self._portions = Portions(self.system.footprints, self.system.listed)
        self._choices: dict[int, Choice] = {}
        self._whole: set[int] = set()
        self._again: dict[int, int] = {}
        self.put_off = 0
        """States that were expanded in part."""

    def breadth(self) -> None:
        """See ``Search``; what was left out wrongly is done at the end (``_amend``)."""
        super().breadth()
        self.put_off = len(self._choices)

    def reductions(self) -> tuple[str, ...]:
        """See ``Search``."""
        groups = self._symmetry.groups if self._symmetry is not None else ()
        said = [f"names of {', '.join(group)}" for group in groups]
        share = f"partial order ({self.put_off:,} of {self.states:,} states expanded in part)"
        return (share, *said) if self.put_off else tuple(said)

    def _first(self) -> list[Waiting]:
        level: list[Waiting] = []
        for effect in self.system.effects(self.system.thing(Start)):
            pending = self.rule.first(effect)
            mark = effect.delta + self.rule.weigh(pending)
            self._speak(effect, 0, 0)
            number, alike = self._known(0, mark, effect, pending)
            if number == len(level) + 1:
                level.append((number, mark, pending))
            elif self.hulls[number] is not None:
                self._widen(number, alike)
        self.per_depth.append(len(level))
        return level

    def _level(self, level: list[Waiting], depth: int) -> list[Waiting]:
        further: list[Waiting] = []
        for node, mark, pending in level:
            self.go(node)
            self._waits[node] = 0
            for then, effect, waiting in self._ahead(node, mark, self.hulls[node] or pending):
                self.transitions += 1
                if effect.found and self._speak(effect, node, depth):
                    self.stopped = "settled"
                    return further
                before = self.states
                known, alike = self._known(node, then, effect, waiting)
                if known > self.bounds.states:
                    self.stopped = "states"
                    return further
                if self.states > before or (self.hulls[known] is not None and self._widen(known, alike)):
                    further.append((known, then if self.states > before else self._marks[known], alike))
                if node in self._choices:
                    self._choices[node].then.append(known)
            if not node & 255 and self._progress is not None:
                self._tell(self.transitions, len(level) + len(further), depth)
        return further

    def _known(self, node: int, then: int, effect: Effect, pending: Class) -> tuple[int, Class]:
        """The number of the state after ``effect``, new or not; what is pending there, by the names it has there."""
        name, way, sums = then, 0, ()
        if self._symmetry is not None:
            sums = tuple(map(add, self._sums[node], self._symmetry.deltas(effect)))
            names = list(map(add, sums, self._symmetry.weigh(pending, self.rule.weights)))
            name = min(names)
            way = names.index(name)
        known = self.seen.get(name)
        if known is None and self.states >= self.bounds.states:
            return self.states + 1, pending
        if known is None:
            known = self.seen[name] = self._keep(node, effect, self.rule.hull(pending))
            self._marks.append(then)
            self._sums.append(sums)
            self._names.append(way)
        elif self._symmetry is not None:
            pending = self._symmetry.between(self._names[known], way, pending)
        return known, pending

    def _ahead(self, node: int, mark: int, pending: Class) -> Iterator[tuple[int, Any, Class]]:
        """What is tried at a state: a portion, or everything."""
        if self._choices.pop(node, None) is not None:
            self._again[node] = self._again.get(node, 0) + 1
            if self._again[node] > AGAIN:
                self._whole.add(node)
        if node not in self._whole:
            indices, soon = self.rule.ahead(pending)
            for portion in self._portions.of(indices) if len(indices) <= WIDE else ():
                if soon.isdisjoint(portion):
                    continue
                steps = list(self.rule.part(mark, pending, portion))
                if steps and self._portions.valid(portion, indices):  # something may just have been learnt
                    version = self.system.footprints.version
                    self._choices[node] = Choice(portion, indices, mark, pending, version, [])
                    return ((then, effect, waiting) for then, effect, waiting, _ in steps)
        return ((then, effect, waiting) for then, effect, waiting, _ in self.rule.successors(mark, pending))

    # --- what was left out wrongly --------------------------------------------------------------------------------

    def _amend(self) -> Iterator[Waiting]:
        """The states that have to be expanded as a whole after all."""
        version = self.system.footprints.version
        for node, choice in list(self._choices.items()):
            if choice.version != version and not self._portions.valid(choice.portion, choice.pending):
                yield self._undo(node)
            else:
                choice.version = version
        for node in self._rounds():
            yield self._undo(node)

    def _undo(self, node: int) -> Waiting:
        self._whole.add(node)
        choice = self._choices.pop(node)
        self._waits[node] = 1
        return node, choice.mark, choice.bare

    def _rounds(self) -> list[int]:
        """A state of each round that is made of portions alone."""
        done: set[int] = set()
        found: list[int] = []
        for start in self._choices:
            if start in done:
                continue
            stack, inside = [(start, iter(self._choices[start].then))], {start}
            while stack:
                node, ahead = stack[-1]
                following = next(ahead, None)
                if following is None:
                    stack.pop()
                    inside.discard(node)
                    done.add(node)
                elif following in inside:
                    found.append(following)
                elif following in self._choices and following not in done:
                    stack.append((following, iter(self._choices[following].then)))
                    inside.add(following)
        return list(dict.fromkeys(found))
