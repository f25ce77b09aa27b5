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
from sim.explore.memo import Effect, Nothing, Read

if TYPE_CHECKING:
    from sim.explore.system import System
    from sim.explore.things import Thing

Pending = tuple[int, ...]
"""Numbers of (thing, window) pairs; a multiset, so order means nothing and equal ones may be there twice."""


class Box:
    """Numbers (thing, window) pairs, and tells what may come after what."""

    def __init__(self, system: System, grid: int) -> None:
        self._system, self.grid = system, max(1, grid)
        self.lows: list[int] = []
        self.highs: list[int] = []
        self.weights: list[int] = []
        self.things: list[Thing] = []
        self.slots: dict[Any, list[int]] = {}
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
            if thing.slot is not None:
                self.slots.setdefault(thing.slot, []).append(found)
        return found

    def first(self, effect: Effect) -> Pending:
        """What is pending at the beginning."""
        return self.after((), -1, effect)

    def successors(self, base: int, pending: Pending) -> Iterator[tuple[int, Effect, Pending, int]]:
        """Everything that may be next: (fingerprint after it, effect, pending things moved, place of what happened).

        ``base`` is the fingerprint of the tables. ``after`` makes the new pending things out of the last two, if needed.
        """
        lows, weights, things = self.lows, self.weights, self.things
        effects = self._system.effects
        latest = min([self.highs[number] for number in pending], default=0)
        groups: dict[int, tuple[Pending, int]] = {}
        if len(set(pending)) < len(pending):
            ways = [(place, number) for place, number in enumerate(pending) if pending.index(number) == place]
        else:
            ways = list(enumerate(pending))
        for place, number in ways:
            low = lows[number]
            if low > latest:
                continue
            thing = things[number]
            node: Any = thing.root
            while type(node) is Read:
                node = node.after.get(node.peek(node.key, 0))
            if type(node) is Effect:
                found = node.alone
            elif type(node) is Nothing:
                continue
            else:
                found = effects(thing)
                if not found:
                    continue
            if low in groups:
                moved, total = groups[low]
            else:
                moved = self._moved(pending, low, latest)
                total = base + sum([weights[other] for other in moved])
                groups[low] = (moved, total)
            if thing.kept:
                out = -1
            else:
                out = place
                total -= weights[moved[place]]
            for effect in found:
                if effect.ids is None:
                    self._prepare(effect)
                if effect.plain:
                    yield total + effect.delta + effect.weight, effect, moved, out
                elif effect.stops:
                    yield base + effect.delta, effect, moved, out
                else:
                    yield total + effect.delta + effect.weight - self._replaced(effect, moved, out), effect, moved, out

    def _replaced(self, effect: Effect, moved: Pending, out: int) -> int:
        """What the things weigh that ``effect`` takes out of their slots, and those that it need not add."""
        _, kept, slots = effect.ids
        gone = 0
        for number in kept:
            if number in moved:
                gone += self.weights[number]
        for numbers, new, fresh, own in slots:
            if own:
                continue
            for number in numbers:
                if number in moved:
                    gone += self.weights[new if fresh else number]
                    break
        return gone

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
        """Number what ``effect`` adds: (plain and kept things, kept ones, slots as (numbers, new, fresh, own))."""
        adds = [self.enter(thing, low, high) for thing, low, high in effect.adds]
        kept = [number for number in adds if self.things[number].kept]
        slots = []
        for slot, thing, low, high, fresh in effect.sets:
            new = -1 if thing is None else self.enter(thing, low, high)
            slots.append((self.slots.setdefault(slot, []), new, fresh, slot == effect.thing.slot))
        effect.ids = (tuple(adds), kept, slots)
        effect.weight = sum([self.weights[number] for number in adds])
        effect.weight += sum([self.weights[new] for _, new, _, _ in slots if new >= 0])

    def after(self, moved: Pending, out: int, effect: Effect) -> Pending:
        """What is pending after ``effect``: ``moved`` without the one at ``out`` (-1: all stay), and what is new."""
        if effect.ids is None:
            self._prepare(effect)
        adds, kept, slots = effect.ids
        rest = moved if out < 0 else moved[:out] + moved[out + 1 :]
        if effect.plain:
            return rest + adds if adds else rest
        if effect.stops:
            return ()
        left, new = list(rest), list(adds)
        for number in kept:
            if number in rest:
                new.remove(number)
        for numbers, number, fresh, own in slots:
            there = None if own else next((other for other in numbers if other in rest), None)
            if there is not None and not fresh:
                left.remove(there)
            if number >= 0 and (there is None or not fresh):
                new.append(number)
        return (*left, *new)

    def weigh(self, pending: Pending) -> int:
        """What pending things add to a fingerprint."""
        return sum([self.weights[number] for number in pending])

    def key(self, pending: Pending) -> Any:
        """The exact identity of a set of pending things."""
        return tuple(sorted(pending))

    def holds(self, pending: Pending, index: int) -> bool:
        """Whether the thing of that index is pending."""
        return any(self.things[number].index == index for number in pending)
