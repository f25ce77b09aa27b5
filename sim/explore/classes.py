"""Differences of pending times: the exact rule of time, and a hull of it.

A state class (Berthomieu and Diaz, IEEE Trans. Software Engineering 17(3), 1991) is a set of inequalities
t(i) - t(j) <= d(i, j) over the times left until each pending thing happens, with 0 for now; it is kept in canonical
form, so that equal sets are equal matrices. Firing, dropping and adding keep the form in O(n^2). Every path of classes
can happen, and every run is a path: that is ``Classes``, the exact rule. Things that may happen at any time whatever
([0, never]) are related to nothing, and stay outside the matrix.

``Zones`` keeps one hull of them for each set of tables and pending things, as ``box`` does with windows. That is not
exact, and close to it: things pending at the same time share the time that passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from sim.clock import NEVER
from sim.explore.memo import Effect
from sim.explore.things import End

if TYPE_CHECKING:
    from sim.explore.system import System
    from sim.explore.things import Thing

Row = tuple[int, ...]
#: stands among the things in time for when the last one happened, while what follows from it is added
ORIGIN = -1


class Class(msgspec.Struct, frozen=True, gc=False):
    """What is pending: things free to happen at any time, and things in time (both by index).

    ``soon`` is d(0, j): the earliest of each thing in time, negative; ``late`` is d(i, 0): its latest. ``rows`` are the
    d(i, j).
    """

    free: Row = ()
    timed: Row = ()
    soon: Row = ()
    late: Row = ()
    rows: tuple[Row, ...] = ()

    def in_order(self) -> Class:
        """The same, things in time in the order of their index."""
        keys = list(zip(self.timed, self.soon, self.late, strict=True))
        return _only(self, sorted(range(len(keys)), key=keys.__getitem__))


class Classes:
    """Tells what may come after what. Things are named by their index."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.weights: dict[Any, int] = {}

    def first(self, effect: Effect) -> Class:
        """What is pending at the beginning."""
        return self._settle(Class(), effect)

    # --- what may be next -----------------------------------------------------------------------------------------

    def successors(self, mark: int, pending: Class) -> Iterator[tuple[int, Effect, Class, int]]:
        """Everything that may be next: (fingerprint after it, effect, what is pending then, -1)."""
        base = mark - self.weigh(pending)
        listed, effects = self._system.listed, self._system.effects
        first = _first(pending)
        whenever: Class | None = None
        for place, index in enumerate(pending.free):
            if listed[index].quiet and any(listed[at].MOVING for at in (*pending.free, *pending.timed) if at >= 0):
                continue
            if pending.free.index(index) == place and (found := effects(listed[index])):
                if whenever is None:
                    whenever = _pass(pending, first)
                yield from self._each(base, found, whenever, -1 if listed[index].kept else place)
        for place, index in enumerate(pending.timed):
            if first[place] < 0 or _repeats(pending, place):
                continue
            found = effects(listed[index])
            if found:
                yield from self._each(base, found, _fire(pending, place, first), -1)

    def draw(self, mark: int, pending: Class, pick: Callable[[int], int]) -> tuple[int, Effect, Class, int] | None:
        """One of what may be next, every way equally likely; ``pick(n)`` is a number below ``n``. None: nothing may."""
        ways = list(self.successors(mark, pending))
        return ways[pick(len(ways))] if ways else None

    def _each(
        self, base: int, found: Sequence[Effect], left: Class, out: int
    ) -> Iterator[tuple[int, Effect, Class, int]]:
        if out >= 0:
            left = Class(left.free[:out] + left.free[out + 1 :], left.timed, left.soon, left.late, left.rows)
        for effect in found:
            within = self._within(left, effect) if effect.limits else left
            if within is not None:
                then = self._settle(within, effect)
                yield base + effect.delta + self.weigh(then), effect, then, -1

    def _within(self, left: Class, effect: Effect) -> Class | None:
        """``left`` at those times alone at which ``effect`` may happen by its limits (None: there are none).

        The clock is the story's next step: when that is to come is known, and so is the time left until then.
        """
        listed = self._system.listed
        least, most = max([low for low, _ in effect.limits]), min([high for _, high in effect.limits])
        if effect.thing.at >= 0:
            return left if least <= effect.thing.at <= most else None
        clock = next((place for place, index in enumerate(left.timed) if index >= 0 and listed[index].at >= 0), -1)
        if clock < 0 or ORIGIN in left.timed:  # put first by a search in part, it happens when it will
            return left
        at = listed[left.timed[clock]].at
        return _narrow(left, clock, at - most, at - least)

    def after(self, then: Class, out: int, effect: Effect) -> Class:
        """What is pending after ``effect``; already made."""
        return then

    def _settle(self, left: Class, effect: Effect) -> Class:
        """What is pending after ``effect``, given what is left of what was."""
        if effect.stops:
            return Class()
        listed = self._system.listed
        new: list[tuple[Thing, int, int]] = []
        gone: set[Any] = set()
        for slot, thing, low, high, fresh in effect.sets:
            if fresh and any(listed[index].slot == slot for index in (*left.free, *left.timed) if index >= 0):
                continue
            gone.add(slot)
            if thing is not None:
                new.append((thing, low, high))
        if gone:
            left = self._without(left, gone)
        new += [add for add in effect.adds if not (add[0].kept and add[0].index in left.free)]
        loose = [thing.index for thing, low, high in new if low == 0 and high >= NEVER]
        bound = [(thing.index, low, high) for thing, low, high in new if low > 0 or high < NEVER]
        if loose:
            left = Class(tuple(sorted((*left.free, *loose))), left.timed, left.soon, left.late, left.rows)
        if ORIGIN in left.timed:
            return _since(left, bound).in_order()
        return _grow(left, bound).in_order() if bound else left

    def _without(self, left: Class, gone: set[Any]) -> Class:
        """``left`` with the slots ``gone`` empty."""
        listed = self._system.listed
        free = tuple([index for index in left.free if listed[index].slot not in gone])
        stay = [place for place, index in enumerate(left.timed) if index < 0 or listed[index].slot not in gone]
        if len(stay) == len(left.timed):
            return left if len(free) == len(left.free) else Class(free, left.timed, left.soon, left.late, left.rows)
        return _only(Class(free, left.timed, left.soon, left.late, left.rows), stay)

    # --- states ---------------------------------------------------------------------------------------------------

    def weigh(self, pending: Class) -> int:
        """What pending things add to a fingerprint, with their times."""
        found = self.weights.get(pending)
        if found is None:
            found = self.weights[pending] = self._system.journal.weight()
        return found

    def hull(self, pending: Class) -> Class | None:
        """What is to be remembered beside a state's identity: nothing, for the matrix is a part of it."""
        return None

    def join(self, known: Class, new: Class) -> Class:
        """Never needed: states that differ in their times are different."""
        raise AssertionError(f"{known} and {new} are two states")

    def key(self, pending: Class) -> Any:
        """The exact identity of what is pending."""
        return pending.free, pending.timed, pending.soon, pending.late, pending.rows

    def holds(self, pending: Class, index: int) -> bool:
        """Whether the thing of that index is pending."""
        return index in pending.free or index in pending.timed


class Zones(Classes):
    """One hull of classes for each set of tables and pending things."""

    def ahead(self, pending: Class) -> tuple[tuple[int, ...], frozenset[int]]:
        """The index of everything that may happen before the story ends, each once; and which of them may be next."""
        first = _first(pending)
        soon = [index for index, least in zip(pending.timed, first, strict=True) if least >= 0]
        end = self._system.thing(End).index
        if end in pending.timed:
            left = pending.rows[pending.timed.index(end)]
            timed = {index for index, most in zip(pending.timed, left, strict=True) if most >= 0}
        else:
            timed = set(pending.timed)
        return tuple(sorted(timed.union(pending.free))), frozenset((*pending.free, *soon))

    def part(self, mark: int, pending: Class, portion: frozenset[int]) -> Iterator[tuple[int, Effect, Class, int]]:
        """What may be the first of ``portion`` to happen, the rest being left for later.

        The rest keeps the times it has, and may be due before what happens here: what follows from this counts from
        when it happens, which need not be now. So no time of the rest is lost by trying the portion first.
        """
        base = mark - self.weigh(pending)
        listed, effects = self._system.listed, self._system.effects
        for place, index in enumerate(pending.free):
            if index in portion and pending.free.index(index) == place and (found := effects(listed[index])):
                free = pending.free if listed[index].kept else pending.free[:place] + pending.free[place + 1 :]
                left = _loose(Class(free, pending.timed, pending.soon, pending.late, pending.rows))
                yield from self._each(base, found, _before(left, len(pending.timed), portion), -1)
        for place, index in enumerate(pending.timed):
            if index not in portion or _repeats(pending, place):
                continue
            if any(row[place] < 0 for row, other in zip(pending.rows, pending.timed, strict=True) if other in portion):
                continue
            if found := effects(listed[index]):
                yield from self._each(base, found, _before(pending, place, portion), -1)

    def weigh(self, pending: Class) -> int:
        """What pending things add to a fingerprint, whatever their times."""
        weights, total = self.weights, 0
        for place in places(pending):
            if place not in weights:
                weights[place] = self._system.journal.weight()
            total += weights[place]
        return total

    def hull(self, pending: Class) -> Class | None:
        """What is to be remembered of ``pending`` beside a state's identity."""
        return pending if pending.timed else None

    def join(self, known: Class, new: Class) -> Class:
        """The least hull that contains both; ``known`` itself where it contains ``new``."""
        soon, late = tuple(map(max, known.soon, new.soon)), tuple(map(max, known.late, new.late))
        rows = tuple([tuple(map(max, a, b)) for a, b in zip(known.rows, new.rows, strict=True)])
        if soon == known.soon and late == known.late and rows == known.rows:
            return known
        return Class(known.free, known.timed, soon, late, rows)

    def key(self, pending: Class) -> Any:
        """The identity of what is pending."""
        return pending.free, pending.timed


def places(pending: Class) -> list[tuple[bool, int]]:
    """What is pending: whether it is in time, and its index."""
    return [*[(False, index) for index in pending.free], *[(True, index) for index in pending.timed]]


def _first(pending: Class) -> list[int]:
    """For each thing in time, the least by which anything comes before it at the latest: below 0, it cannot be next."""
    return [min(column) for column in zip(*pending.rows, strict=True)]


def _fire(pending: Class, at: int, first: list[int]) -> Class:
    """What is left when the thing at ``at`` happens before all others; it becomes *now*."""
    less = first[:at] + first[at + 1 :]
    late, rows = [], []
    for place, row in enumerate(pending.rows):
        if place == at:
            continue
        to, rest = row[at], row[:at] + row[at + 1 :]
        late.append(to)
        rows.append(rest if to >= NEVER else tuple(map(min, rest, [to + step for step in less])))
    return Class(pending.free, pending.timed[:at] + pending.timed[at + 1 :], tuple(less), tuple(late), tuple(rows))


def _pass(pending: Class, first: list[int]) -> Class:
    """What is left when any time has passed before anything in time happens."""
    rows = [
        row if top >= NEVER else tuple(map(min, row, [top + step for step in first]))
        for top, row in zip(pending.late, pending.rows, strict=True)
    ]
    return Class(pending.free, pending.timed, tuple(first), pending.late, tuple(rows))


def _before(pending: Class, at: int, portion: frozenset[int]) -> Class:
    """The thing at ``at`` comes before all others of ``portion``; when, is kept under the name ``ORIGIN``."""
    others = [row for index, row in zip(pending.timed, pending.rows, strict=True) if index in portion]
    lates = [top for index, top in zip(pending.timed, pending.late, strict=True) if index in portion]
    ahead = tuple(map(min, pending.rows[at], *others)) if others else pending.rows[at]
    latest = min([pending.late[at], *lates])
    rows, late = [], []
    for place, row in enumerate(pending.rows):
        to = 0 if place == at else row[at]
        late.append(pending.late[place] if to >= NEVER else min(pending.late[place], _plus(to, latest)))
        rows.append(
            row if to >= NEVER else tuple([min(d, _plus(to, step)) for d, step in zip(row, ahead, strict=True)])
        )
    first = pending.soon[at]
    soon = tuple([min(d, _plus(first, step)) for d, step in zip(pending.soon, ahead, strict=True)])
    timed = (*pending.timed[:at], ORIGIN, *pending.timed[at + 1 :])
    return Class(pending.free, timed, soon, tuple(late), tuple(rows))


def _loose(pending: Class) -> Class:
    """``pending`` with one more thing in time, at the end, that may happen at any time."""
    rows = [(*row, top) for row, top in zip(pending.rows, pending.late, strict=True)]
    rows.append((*[NEVER] * len(pending.timed), 0))
    return Class(pending.free, (*pending.timed, ORIGIN), (*pending.soon, 0), (*pending.late, NEVER), tuple(rows))


def _since(left: Class, new: list[tuple[int, int, int]]) -> Class:
    """``left`` with new things, (index, earliest, latest) counted from ``ORIGIN``, which is forgotten."""
    at = left.timed.index(ORIGIN)
    ahead, latest, first = left.rows[at], left.late[at], left.soon[at]
    rows = [(*row, *[row[at] if row[at] >= NEVER else row[at] - low for _, low, _ in new]) for row in left.rows]
    for place, (_, _, high) in enumerate(new):
        row = [*[_plus(high, step) for step in ahead], *[_plus(high, -low) for _, low, _ in new]]
        row[len(left.timed) + place] = 0
        rows.append(tuple(row))
    timed = (*left.timed, *[index for index, _, _ in new])
    soon = (*left.soon, *[first - low for _, low, _ in new])
    late = (*left.late, *[_plus(high, latest) for _, _, high in new])
    stay = [place for place in range(len(timed)) if place != at]
    return _only(Class(left.free, timed, soon, late, tuple(rows)), stay)


def _grow(left: Class, new: list[tuple[int, int, int]]) -> Class:
    """``left`` with new things, (index, earliest, latest) counted from now."""
    lows = [low for _, low, _ in new]
    rows = [
        (*row, *[top if top >= NEVER else top - low for low in lows])
        for row, top in zip(left.rows, left.late, strict=True)
    ]
    for at, (_, _, high) in enumerate(new):
        row = [high if high >= NEVER else high + step for step in (*left.soon, *[-low for low in lows])]
        row[len(left.timed) + at] = 0
        rows.append(tuple(row))
    timed = (*left.timed, *[index for index, _, _ in new])
    soon = (*left.soon, *[-low for low in lows])
    late = (*left.late, *[high for _, _, high in new])
    return Class(left.free, timed, soon, late, tuple(rows))


def _narrow(pending: Class, at: int, least: int, most: int) -> Class | None:
    """``pending`` where the thing at ``at`` has between ``least`` and ``most`` left; None where it never has."""
    now = len(pending.timed)
    rows = [[*row, late] for row, late in zip(pending.rows, pending.late, strict=True)]
    rows.append([*pending.soon, 0])
    for one, other, bound in ((now, at, -least), (at, now, most)):
        if bound >= rows[one][other]:
            continue
        if rows[other][one] + bound < 0:
            return None
        ahead = rows[other]
        rows = [
            row
            if row[one] >= NEVER
            else [min(d, _plus(row[one] + bound, step)) for d, step in zip(row, ahead, strict=True)]
            for row in rows
        ]
    bare = [tuple(row[:now]) for row in rows]
    return Class(pending.free, pending.timed, bare[now], tuple([row[now] for row in rows[:now]]), tuple(bare[:now]))


def _plus(a: int, b: int) -> int:
    """The sum; of what never is, never."""
    return NEVER if a >= NEVER or b >= NEVER else a + b


def _only(pending: Class, places: Sequence[int]) -> Class:
    """The things in time at ``places`` alone, in that order."""
    return Class(
        pending.free,
        tuple([pending.timed[place] for place in places]),
        tuple([pending.soon[place] for place in places]),
        tuple([pending.late[place] for place in places]),
        tuple([tuple([pending.rows[place][other] for other in places]) for place in places]),
    )


def _repeats(pending: Class, place: int) -> bool:
    """Whether an equal thing with equal times stands before ``place``: trying both would bring nothing more.

    What is left of this one when the other happens must be no less than the other way round.
    """
    if not place or pending.timed[place - 1] != pending.timed[place]:
        return False
    a, b = place - 1, place
    if pending.rows[b][a] < pending.rows[a][b]:
        return False
    others = [at for at in range(len(pending.timed)) if at not in (a, b)]
    rows = pending.rows
    return (pending.soon[a], pending.late[a]) == (pending.soon[b], pending.late[b]) and all(
        rows[a][at] == rows[b][at] and rows[at][a] == rows[at][b] for at in others
    )
