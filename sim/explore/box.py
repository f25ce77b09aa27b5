"""Windows relative to the last event, rounded outward: the default rule of time.

Each pending thing has a window [earliest, latest] counted from the last event. It may happen if its earliest is not
after the least latest of all. When it happens, between its earliest and that least latest has passed, and the windows
of the others move by that: earliest down by the most, latest down by the least. So windows grow; rounding them outward
to a grid adds more. Every run is among the behaviours, and others are too: what holds, holds; what is violated must be
earned (``earn``). This is a time Petri net (Merlin and Farber, IEEE Trans. Communications 24(9), 1976) whose state
classes (Berthomieu and Diaz, IEEE Trans. Software Engineering 17(3), 1991) are widened to boxes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.clock import NEVER
from sim.explore.memo import Effect, Read

if TYPE_CHECKING:
    from sim.explore.system import System
    from sim.explore.things import Thing

Pending = tuple[int, ...]
"""Numbers of (thing, window) pairs; a multiset, so order means nothing and equal ones may be there twice."""
BUILT = -2


class Box:
    """Numbers (thing, window) pairs, and tells what may come after what."""

    def __init__(self, system: System, grid: int) -> None:
        self._system, self.grid = system, max(1, grid)
        self.lows: list[int] = []
        self.highs: list[int] = []
        self.weights: list[int] = []
        self.things: list[Thing] = []
        self._numbers: dict[tuple[int, int, int], int] = {}
        self._moves: dict[tuple[int, int], dict[int, int]] = {}

    def enter(self, thing: Thing, low: int, high: int) -> int:
        """The number of ``thing`` with a window, rounded outward."""
        grid = self.grid
        low = low // grid * grid if low < NEVER else NEVER
        high = NEVER if high >= NEVER else -(-high // grid) * grid
        key = (thing.index, low, high)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.things)
            self.things.append(thing)
            self.lows.append(low)
            self.highs.append(high)
            self.weights.append(self._system.journal.weight())
        return found

    def first(self, effect: Effect) -> Pending:
        """What is pending at the beginning."""
        return self.after((), -1, effect)

    def successors(self, base: int, pending: Pending) -> Iterator[tuple[int, Effect, Pending, int]]:
        """Everything that may be next: (fingerprint after it, effect, pending things moved, place of what happened).

        ``base`` is the fingerprint of the tables. ``after`` makes the new pending things out of the last two, if needed.
        """
        lows, highs, weights, things = self.lows, self.highs, self.weights, self.things
        effects = self._system.effects
        latest = min([highs[number] for number in pending], default=0)
        groups: dict[int, tuple[Pending, int]] = {}
        before: set[int] = set()
        twice = len(set(pending)) < len(pending)
        for place, number in enumerate(pending):
            low = lows[number]
            if low > latest or (twice and (number in before or before.add(number))):  # type: ignore[func-returns-value]
                continue
            thing = things[number]
            node = thing.root
            while type(node) is Read:
                node = node.after.get(node.peek(node.key, 0))
            found: Any = node.alone if type(node) is Effect else effects(thing)
            if not found:
                continue
            group = groups.get(low)
            if group is None:
                moved = self._moved(pending, low, latest)
                group = groups[low] = (moved, base + sum([weights[other] for other in moved]))
            moved, total = group
            if thing.kept:
                out = -1
            else:
                out = place
                total -= weights[moved[place]]
            for effect in found:
                if effect.plain:
                    if effect.ids is None:
                        self._prepare(effect)
                    yield total + effect.delta + effect.weight, effect, moved, out
                else:
                    built = self.after(moved, out, effect)
                    yield base + effect.delta + sum([weights[other] for other in built]), effect, built, BUILT

    def _moved(self, pending: Pending, least: int, most: int) -> Pending:
        """The windows of all things after between ``least`` and ``most`` has passed."""
        if most >= NEVER and not any([self.lows[number] for number in pending]):
            return pending
        moves = self._moves.get((least, most))
        if moves is None:
            moves = self._moves[least, most] = {}
        moved = []
        for number in pending:
            other = moves.get(number)
            if other is None:
                low, high = self.lows[number], self.highs[number]
                high = NEVER if high >= NEVER else high - least
                other = moves[number] = self.enter(self.things[number], max(0, low - most), high)
            moved.append(other)
        return tuple(moved)

    def _prepare(self, effect: Effect) -> None:
        effect.ids = tuple([self.enter(thing, low, high) for thing, low, high in effect.adds])
        effect.weight = sum([self.weights[number] for number in effect.ids])

    def after(self, moved: Pending, out: int, effect: Effect) -> Pending:
        """What is pending after ``effect``: ``moved`` without the one at ``out`` (-1: all stay), and what is new."""
        if out == BUILT:
            return moved
        if effect.ids is None:
            self._prepare(effect)
        rest = moved if out < 0 else moved[:out] + moved[out + 1 :]
        if effect.plain:
            return rest + effect.ids if effect.ids else rest
        if effect.stops:
            return ()
        things = self.things
        if effect.sets:
            rest = self._set(rest, effect)
        fresh = [number for number in effect.ids if not (things[number].kept and number in rest)]
        return rest + tuple(fresh)

    def _set(self, rest: Pending, effect: Effect) -> Pending:
        """Put things into their slots."""
        things = self.things
        slots = {slot: (thing, low, high, fresh) for slot, thing, low, high, fresh in effect.sets}
        left = []
        for number in rest:
            slot = things[number].slot
            if slot is not None and slot in slots:
                if slots[slot][3]:
                    del slots[slot]
                else:
                    continue
            left.append(number)
        for thing, low, high, _ in slots.values():
            if thing is not None:
                left.append(self.enter(thing, low, high))
        return tuple(left)

    def weigh(self, pending: Pending) -> int:
        """What pending things add to a fingerprint."""
        return sum([self.weights[number] for number in pending])

    def key(self, pending: Pending) -> Any:
        """The exact identity of a set of pending things."""
        return tuple(sorted(pending))
