"""How old an assertion is, without a clock.

A stamp is a symbol made from its cause. Whoever asks whether it is still fresh asks for an age; the first time an age
is asked for, the exploration begins again knowing it, and from then on every stamp has, for each such age, a pending
thing that happens when the stamp gets older than that. So order decides here as everywhere else, and a state has no
absolute time in it. Constant clock offsets are part of the age asked for; an uncertain offset leaves the answer open.

A stamp that stands in no table and in no message on its way can be shown to nobody any more, and its age is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from sim.clock import NEVER
from sim.explore.things import Aged, Thing

if TYPE_CHECKING:
    from sim.explore.symmetry import Renaming
    from sim.explore.system import System

#: symbols are far below any real local time, so that a mix-up would be seen
FIRST = -(1 << 60)
MOST = 1 << 40


class Learnt(Exception):
    """Somebody asked for an age that was not known: begin again."""


class Ages:
    """Stamps and what is asked of them."""

    def __init__(self, system: System, asked: set[int]) -> None:
        self._system = system
        self.asked = asked
        self._symbols: dict[tuple[str, int, int], int] = {}
        self._causes: list[tuple[str, int]] = []
        self._keys: list[tuple[str, int, int]] = []
        self._standing: dict[int, tuple[int, ...]] = {}

    def stamp(self, me: str) -> int:
        """A symbol for now, on the clock of ``me``."""
        system = self._system
        cause = (me, system.cause.index)
        count = system.stamps.get(cause, 0) + 1
        system.stamps[cause] = count
        symbol = self._symbol((*cause, count))
        for age in sorted(self.asked):
            system.put(system.thing(Aged, symbol, age), age, age)
        return symbol

    def _symbol(self, key: tuple[str, int, int]) -> int:
        """The symbol of a cause: on whose clock, by which thing, the how-manieth."""
        if key not in self._symbols:
            self._symbols[key] = FIRST + len(self._symbols)
            self._causes.append(key[:2])
            self._keys.append(key)
        return self._symbols[key]

    def renamed(self, symbol: int, by: Renaming) -> int:
        """The symbol of the same cause under other names."""
        me, index, count = self._keys[symbol - FIRST]
        return self._symbol((by.value(me), by.index(index), count))

    def forget(self, thing: Thing) -> None:
        """At the end of a reaction to ``thing``: count where stamps stand, and forget those that stand nowhere."""
        system = self._system
        if not self._causes:
            return
        stand: dict[int, int] = {}
        for _, _, old, new in system.journal.changes():
            self._count(stand, old, -1)
            self._count(stand, new, 1)
        moved = [(added, 1) for added, _, _ in system.adds] + ([] if thing.kept else [(thing, -1)])
        for other, by in moved:
            for stamp in stamps(getattr(other, "message", None)):
                stand[stamp] = stand.get(stamp, 0) + by
        for stamp, by in stand.items():
            system.places[stamp] = system.places.get(stamp, 0) + by
        for stamp in stand:
            if not system.places[stamp]:
                self._drop(stamp)

    def _count(self, stand: dict[int, int], mark: int, by: int) -> None:
        found = self._standing.get(mark)
        if found is None:
            found = self._standing[mark] = tuple(stamps(self._system.journal.records[mark]))
        for stamp in found:
            stand[stamp] = stand.get(stamp, 0) + by

    def _drop(self, stamp: int) -> None:
        system = self._system
        del system.places[stamp]
        cause = self._causes[stamp - FIRST]
        made = (self._symbols[*cause, number + 1] for number in range(system.stamps.get(cause, 0)))
        if not any(map(system.places.get, made)):  # otherwise a new stamp would be given the name of one that stands
            system.stamps.pop(cause, None)
        for age in sorted(self.asked):
            system.clear((Aged, stamp, age))
            system.aged.pop((stamp, age), None)

    def within(self, me: str, stamp: int, least: int, most: int) -> bool:
        """Whether the age of ``stamp`` on the clock of ``me`` is between ``least`` and ``most``."""
        if stamp >= 0:
            return True
        maker = self._causes[stamp - FIRST][0]
        apart = self._offset(me, maker)
        if apart is None:
            return self._system.choose(2, ("clock", f"{me} {maker}")) == 1
        low, high = least - apart, most - apart
        if high < 0 or (low > 0 and not self._past(stamp, low)):
            return False
        return high >= NEVER or not self._past(stamp, high + 1)

    def _past(self, stamp: int, age: int) -> bool:
        if age > self._system.model.until:
            return False
        if age not in self.asked:
            self.asked.add(age)
            raise Learnt
        return (stamp, age) in self._system.aged

    def _offset(self, me: str, maker: str) -> int | None:
        """By how much the clock of ``me`` is ahead of the clock of ``maker``; None where that is uncertain."""
        if me == maker:
            return 0
        found = []
        for name in (me, maker):
            clock = getattr(self._system.setting.config(name), "clock", None)
            if clock is None:
                found.append(0)
            elif clock.least == clock.most:
                found.append(clock.least)
            else:
                return None
        return found[0] - found[1]


def stamps(value: Any) -> Iterator[int]:
    """All symbols for times in a record or a message."""
    if isinstance(value, int):
        if FIRST <= value < FIRST + MOST:
            yield value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from stamps(getattr(value, field))
    elif isinstance(value, tuple | frozenset):
        for inner in value:
            yield from stamps(inner)


def alike(mine: Any, theirs: Any) -> bool:
    """Whether two values are equal, where a symbol for a time equals any time."""
    if isinstance(mine, int) and FIRST <= mine < FIRST + MOST:
        return isinstance(theirs, int)
    if isinstance(mine, msgspec.Struct):
        return type(mine) is type(theirs) and all(
            alike(getattr(mine, field), getattr(theirs, field)) for field in mine.__struct_fields__
        )
    if isinstance(mine, tuple | list):
        return type(mine) is type(theirs) and len(mine) == len(theirs) and all(map(alike, mine, theirs))
    if isinstance(mine, dict):
        return (
            isinstance(theirs, dict)
            and mine.keys() == theirs.keys()
            and all(alike(mine[key], theirs[key]) for key in mine)
        )
    return bool(mine == theirs)
