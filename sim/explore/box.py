"""Windows relative to the last event, rounded outward: the default rule of time.

Each pending thing has a window [earliest, latest] counted from the last event. It may happen if its earliest is not
after the least latest of all. When it happens, between its earliest and that least latest has passed, and the windows
of the others move by that: earliest down by the most, latest down by the least. So windows grow; rounding them outward
to a grid adds more.

The windows are no part of a state's identity. Where the same tables and the same pending things are reached with other
windows, the state keeps the hull of both (``join``), and is expanded again if it had been before: one box for each
state instead of one for each way of interleaving what leads to it.

Every run is among the behaviours, and others are too: what holds, holds; what is violated must be earned
(``verdicts``). This is a time Petri net (Merlin and Farber, IEEE Trans. Communications 24(9), 1976) whose state classes
(Berthomieu and Diaz, IEEE Trans. Software Engineering 17(3), 1991) are widened to boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sim.clock import NEVER
from sim.explore.memo import Effect, Nothing, Read

if TYPE_CHECKING:
    from sim.explore.system import System
    from sim.explore.things import Thing

Pending = tuple[int, ...]
"""Numbers of (thing, window) pairs, in the order of things; equal ones may be there twice."""


_LEAVES = (Effect, Nothing)


class Box:
    """Numbers (thing, window) pairs, and tells what may come after what."""

    def __init__(self, system: System, grid: int) -> None:
        self._system, self.grid = system, max(1, grid)
        self.lows: list[int] = []
        self.highs: list[int] = []
        self.things: list[Thing] = []
        self.timed: list[bool] = []
        self.weights: list[int] = []
        self._ranks: list[tuple[int, int, int]] = []
        self._numbers: dict[tuple[int, int, int], int] = {}
        self._weight_of: dict[int, int] = {}
        self._moves: dict[tuple[int, int], dict[int, int]] = {}
        self._pending: Pending = ()
        self._latest = 0
        self._slots: dict[Any, int] | None = None
        self._moved: dict[int, Pending] = {}

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
            self.timed.append(low > 0 or high < NEVER)
            self._ranks.append(key)
            if thing.index not in self._weight_of:
                self._weight_of[thing.index] = self._system.journal.weight()
            self.weights.append(self._weight_of[thing.index])
        return found

    # --- what may be next -----------------------------------------------------------------------------------------

    def first(self, effect: Effect) -> Pending:
        """What is pending at the beginning."""
        self._begin(())
        return self.after(0, -1, effect)

    def _begin(self, pending: Pending) -> None:
        highs = self.highs
        self._pending, self._moved, self._slots = pending, {}, None
        self._latest = min([highs[number] for number in pending], default=NEVER)

    def successors(self, mark: int, pending: Pending) -> Iterator[tuple[int, Effect, int, int]]:
        """Everything that may be next: (fingerprint after it, effect, earliest and place of what happens).

        ``mark`` is the fingerprint now. ``after`` makes the new pending things out of the last three.
        """
        self._begin(pending)
        lows, weights, things = self.lows, self.weights, self.things
        effects, latest = self._system.effects, self._latest
        before = -1
        for place, number in enumerate(pending):
            low = lows[number]
            if low > latest or number == before:
                continue
            before = number
            thing = things[number]
            if thing.quiet and any(things[other].MOVING for other in pending):
                continue
            node: Any = thing.root
            while type(node) is Read:
                node = node.after.get(node.peek(node.key, 0))
            found: Any = node.alone if type(node) in _LEAVES else effects(thing)
            if thing.kept:
                rest, out = mark, -1
            else:
                rest, out = mark - weights[number], place
            for effect in found:
                if effect.ids is None:
                    self._prepare(effect)
                if effect.plain:
                    yield rest + effect.delta + effect.weight, effect, low, out
                elif effect.stops:
                    yield mark + effect.delta - self.weigh(pending), effect, low, out
                else:
                    yield rest + effect.delta + effect.weight - self._replaced(effect), effect, low, out

    def draw(self, mark: int, pending: Pending, pick: Callable[[int], int]) -> tuple[int, Effect, int, int] | None:
        """One of what may be next, every thing equally likely (None: nothing); ``pick(n)`` is a number below ``n``."""
        self._begin(pending)
        left = list(range(len(pending)))
        while left:
            place = left.pop(pick(len(left)))
            number = pending[place]
            thing, low = self.things[number], self.lows[number]
            waits = low > self._latest or (thing.quiet and any(self.things[n].MOVING for n in pending))
            found = [] if waits else self._system.effects(thing)
            if found:
                effect = found[pick(len(found))]
                if effect.ids is None:
                    self._prepare(effect)
                if effect.stops:
                    return mark + effect.delta - self.weigh(pending), effect, low, place
                gone = 0 if effect.plain else self._replaced(effect)
                gone += 0 if thing.kept else self.weights[number]
                return mark + effect.delta + effect.weight - gone, effect, low, -1 if thing.kept else place
        return None

    def _places(self) -> dict[Any, int]:
        """Where in what is pending now each slot is taken."""
        if self._slots is None:
            things = self.things
            self._slots = {
                slot: place for place, number in enumerate(self._pending) if (slot := things[number].slot) is not None
            }
        return self._slots

    def _replaced(self, effect: Effect) -> int:
        """What the things weigh that ``effect`` takes out of their slots, and those that it need not add."""
        adds, new = effect.ids
        things, weights, pending, places = self.things, self.weights, self._pending, self._places()
        gone: int = sum([weights[number] for number in adds if things[number].kept and number in pending])
        for number, (slot, _, _, _, fresh) in zip(new, effect.sets, strict=True):
            there = places.get(slot)
            if there is not None and slot != effect.thing.slot:
                gone += weights[number if fresh else pending[there]]
        return gone

    def _prepare(self, effect: Effect) -> None:
        """Number what ``effect`` adds, and what it puts into slots (-1: nothing)."""
        adds = tuple([self.enter(thing, low, high) for thing, low, high in effect.adds])
        new = [-1 if thing is None else self.enter(thing, low, high) for _, thing, low, high, _ in effect.sets]
        effect.ids = (adds, tuple(new))
        effect.weight = sum([self.weights[number] for number in (*adds, *new) if number >= 0])

    # --- what is pending then -------------------------------------------------------------------------------------

    def after(self, low: int, out: int, effect: Effect) -> Pending:
        """What is pending after ``effect``, whose cause was to come at ``low`` and stood at ``out`` (-1: it stays)."""
        if effect.ids is None:
            self._prepare(effect)
        moved = self._moved.get(low)
        if moved is None:
            moved = self._moved[low] = self._move(low, self._latest)
        if effect.stops:
            return ()
        adds, new = effect.ids
        if effect.plain:
            rest = moved if out < 0 else moved[:out] + moved[out + 1 :]
            if not adds:
                return rest
            left = [*rest, *adds]
        else:
            left = self._set(list(moved), out, effect, adds, new)
        left.sort(key=self._ranks.__getitem__)
        return tuple(left)

    def _set(self, left: list[int], out: int, effect: Effect, adds: Pending, new: Pending) -> list[int]:
        """``left`` without ``out``, with things put into slots, and kept ones added where they are not there yet."""
        things, places = self.things, self._places()
        more = [number for number in adds if not (things[number].kept and number in left)]
        if out >= 0:
            left[out] = -1
        for number, (slot, _, _, _, fresh) in zip(new, effect.sets, strict=True):
            at = places.get(slot, -1)
            taken = at >= 0 and at != out
            if taken and not fresh:
                left[at] = -1
            if number >= 0 and not (taken and fresh):
                more.append(number)
        return [number for number in left if number >= 0] + more

    def _move(self, least: int, most: int) -> Pending:
        """All windows after between ``least`` and ``most`` has passed."""
        pending, timed = self._pending, self.timed
        if not any(map(timed.__getitem__, pending)):
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

    # --- states ---------------------------------------------------------------------------------------------------

    def hull(self, pending: Pending) -> Pending | None:
        """What is to be remembered of ``pending`` beside a state's identity: nothing where no window is."""
        timed = self.timed
        return pending if any(map(timed.__getitem__, pending)) else None

    def join(self, known: Pending, new: Pending) -> Pending:
        """The least windows that contain those of both; ``known`` itself where it contains ``new``."""
        if known == new:
            return known
        lows, highs = self.lows, self.highs
        joined, wider = list(known), False
        for at, (a, b) in enumerate(zip(known, new, strict=True)):
            if a != b and (lows[b] < lows[a] or highs[b] > highs[a]):
                joined[at] = self.enter(self.things[a], min(lows[a], lows[b]), max(highs[a], highs[b]))
                wider = True
        return tuple(joined) if wider else known

    def weigh(self, pending: Pending) -> int:
        """What pending things add to a fingerprint."""
        weights = self.weights
        total: int = sum([weights[number] for number in pending])
        return total

    def key(self, pending: Pending) -> Any:
        """The exact identity of a set of pending things."""
        return tuple([self.things[number].index for number in pending])

    def holds(self, pending: Pending, index: int) -> bool:
        """Whether the thing of that index is pending."""
        return any(self.things[number].index == index for number in pending)
