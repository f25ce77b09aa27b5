"""Differences of all pending times: the exact rule of time.

A state class (Berthomieu and Diaz, IEEE Trans. Software Engineering 17(3), 1991) is a set of inequalities
t(i) - t(j) <= d(i, j) over the times left until each pending thing happens, with 0 for now; it is kept as a matrix in
canonical form, so that equal sets are equal matrices. Firing, dropping and adding keep the form in O(n^2). Every path of
classes can happen, and every run is a path. Things that may happen at any time whatever ([0, never]) are related to
nothing, and stay outside the matrix.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from sim.clock import NEVER
from sim.explore.memo import Effect

if TYPE_CHECKING:
    from sim.explore.system import System
    from sim.explore.things import Thing

Rows = tuple[tuple[int, ...], ...]
_NOW: Rows = ((0,),)


class Class(msgspec.Struct, frozen=True, gc=False):
    """What is pending: things free to happen at any time, and things in time with the matrix of their differences."""

    free: tuple[int, ...] = ()
    timed: tuple[int, ...] = ()
    rows: Rows = _NOW


class Classes:
    """Tells what may come after what; things are named by their index."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._weights: dict[Any, int] = {}

    def first(self, effect: Effect) -> Class:
        """What is pending at the beginning."""
        return self._settle((), (), _NOW, effect)

    def successors(self, mark: int, pending: Class) -> Iterator[tuple[int, Effect, Class, int]]:
        """Everything that may be next: (fingerprint after it, effect, what is pending then, -1); ``mark``: the one now."""
        base = mark - self.weigh(pending)
        listed, effects = self._system.listed, self._system.effects
        free, timed, rows = pending.free, pending.timed, pending.rows
        whenever: Rows | None = None
        for place, index in enumerate(free):
            if free.index(index) == place and (found := effects(listed[index])):
                if whenever is None:
                    whenever = _pass(rows)
                rest = free if listed[index].kept else free[:place] + free[place + 1 :]
                yield from self._each(base, found, rest, timed, whenever)
        soonest = [min(column) for column in zip(*rows[1:], strict=True)] if timed else []
        for place, index in enumerate(timed):
            if soonest[place + 1] < 0 or self._same_before(pending, place):
                continue
            found = effects(listed[index])
            if found:
                yield from self._each(base, found, free, timed[:place] + timed[place + 1 :], _fire(rows, place + 1, soonest))

    def _each(
        self, base: int, found: Sequence[Effect], free: tuple[int, ...], timed: tuple[int, ...], rows: Rows
    ) -> Iterator[tuple[int, Effect, Class, int]]:
        for effect in found:
            settled = self._settle(free, timed, rows, effect)
            yield base + effect.delta + self.weigh(settled), effect, settled, -1

    def _same_before(self, pending: Class, place: int) -> bool:
        """Whether an equal thing with equal times stands before ``place``: trying both would be the same."""
        timed, rows = pending.timed, pending.rows
        if not place or timed[place - 1] != timed[place]:
            return False
        a, b = place, place + 1
        return all(row[a] == row[b] for at, row in enumerate(rows) if at not in (a, b)) and all(
            rows[a][at] == rows[b][at] for at in range(len(rows)) if at not in (a, b)
        )

    def _settle(self, free: tuple[int, ...], timed: tuple[int, ...], rows: Rows, effect: Effect) -> Class:
        """What is pending after ``effect``, given what is left of what was."""
        if effect.stops:
            return Class()
        listed = self._system.listed
        new: list[tuple[Thing, int, int]] = []
        gone: set[Any] = set()
        for slot, thing, low, high, fresh in effect.sets:
            if fresh and any(listed[index].slot == slot for index in (*free, *timed)):
                continue
            gone.add(slot)
            if thing is not None:
                new.append((thing, low, high))
        if gone:
            free = tuple([index for index in free if listed[index].slot not in gone])
            stay = [place for place, index in enumerate(timed) if listed[index].slot not in gone]
            if len(stay) < len(timed):
                timed, rows = tuple([timed[place] for place in stay]), _only(rows, stay)
        new += [add for add in effect.adds if not (add[0].kept and add[0].index in free)]
        loose = [thing.index for thing, low, high in new if low == 0 and high >= NEVER]
        bound = [(thing.index, low, high) for thing, low, high in new if low > 0 or high < NEVER]
        if loose:
            free = tuple(sorted((*free, *loose)))
        if bound:
            rows = _grow(rows, [(low, high) for _, low, high in bound])
            timed = (*timed, *[index for index, _, _ in bound])
            order = sorted(range(len(timed)), key=lambda at: (timed[at], rows[0][at + 1], rows[at + 1][0]))
            timed, rows = tuple([timed[at] for at in order]), _only(rows, order)
        return Class(free, timed, rows)

    def after(self, then: Class, out: int, effect: Effect) -> Class:
        """What is pending after ``effect``; already made."""
        return then

    def hull(self, pending: Class) -> None:
        """Nothing is remembered beside a state's identity, of which the matrix is a part."""

    def join(self, known: Class, new: Class) -> Class:
        """Never needed: states that differ in their times are different."""
        raise AssertionError(f"{known} and {new} are two states")

    def weigh(self, pending: Class) -> int:
        """What pending things add to a fingerprint."""
        found = self._weights.get(pending)
        if found is None:
            found = self._weights[pending] = self._system.journal.weight()
        return found

    def key(self, pending: Class) -> Any:
        """The exact identity of what is pending."""
        return pending.free, pending.timed, pending.rows

    def holds(self, pending: Class, index: int) -> bool:
        """Whether the thing of that index is pending."""
        return index in pending.free or index in pending.timed


class Zones(Classes):
    """The same differences, but one hull of them for each set of tables and pending things, as ``box`` has it for windows.

    Not exact, and much closer to it than boxes: things that are pending at the same time share the time that passes.
    """

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._weight_of: dict[int, int] = {}

    def weigh(self, pending: Class) -> int:
        """What pending things add to a fingerprint, whatever their times."""
        weights, total = self._weight_of, 0
        for index in (*pending.free, *pending.timed):
            if index not in weights:
                weights[index] = self._system.journal.weight()
            total += weights[index]
        return total

    def hull(self, pending: Class) -> Class | None:  # type: ignore[override]
        """What is to be remembered of ``pending`` beside a state's identity."""
        return pending if pending.timed else None

    def join(self, known: Class, new: Class) -> Class:
        """The least differences that contain those of both; ``known`` itself where it contains ``new``."""
        if known.rows == new.rows:
            return known
        rows = tuple([tuple(map(max, a, b)) for a, b in zip(known.rows, new.rows, strict=True)])
        return known if rows == known.rows else Class(known.free, known.timed, rows)

    def key(self, pending: Class) -> Any:
        """The identity of what is pending."""
        return pending.free, pending.timed


def _fire(rows: Rows, at: int, soonest: list[int]) -> Rows:
    """The differences that are left when the thing at ``at`` happens before all others; it becomes *now*."""
    less = soonest[1:at] + soonest[at + 1 :]
    fired = [(0, *less)]
    for place in range(1, len(rows)):
        if place != at:
            row = rows[place]
            to, rest = row[at], row[1:at] + row[at + 1 :]
            fired.append((to, *(rest if to >= NEVER else map(min, rest, [to + step for step in less]))))
    return tuple(fired)


def _pass(rows: Rows) -> Rows:
    """The differences that are left when any time has passed before anything in time happens."""
    if len(rows) == 1:
        return rows
    less = [min(column) for column in zip(*rows[1:], strict=True)][1:]
    passed = [(0, *less)]
    for row in rows[1:]:
        to = row[0]
        passed.append((to, *(row[1:] if to >= NEVER else map(min, row[1:], [to + step for step in less]))))
    return tuple(passed)


def _only(rows: Rows, places: Sequence[int]) -> Rows:
    """The matrix of the things at ``places`` alone, in that order."""
    order = [0, *[place + 1 for place in places]]
    return tuple([tuple([rows[a][b] for b in order]) for a in order])


def _grow(rows: Rows, windows: list[tuple[int, int]]) -> Rows:
    """The matrix with new things, whose windows count from now."""
    grown = [
        (*row, *[row[0] if row[0] >= NEVER else row[0] - low for low, _ in windows]) for row in rows
    ]
    for at, (_, high) in enumerate(windows):
        if high >= NEVER:
            row = [NEVER] * (len(rows) + len(windows))
        else:
            row = [high + step for step in rows[0]] + [high - low for low, _ in windows]
        row[len(rows) + at] = 0
        grown.append(tuple(row))
    return tuple(grown)
