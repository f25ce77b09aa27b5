"""How old an assertion is, without a clock.

A stamp is a symbol made from its cause. Whoever asks whether it is still fresh asks for an age; the first time an age is
asked for, the exploration begins again knowing it, and from then on every stamp has, for each such age, a pending
thing that happens when the stamp gets older than that. So order decides here as everywhere else, and a state has no
absolute time in it. Constant clock offsets are part of the age asked for; an uncertain offset leaves the answer open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.clock import NEVER
from sim.explore.things import Aged

if TYPE_CHECKING:
    from sim.explore.system import System

#: symbols are far below any real local time, so that a mix-up would be seen
FIRST = -(1 << 60)


class Learnt(Exception):
    """Somebody asked for an age that was not known: begin again."""


class Ages:
    """Stamps and what is asked of them."""

    def __init__(self, system: System, asked: set[int]) -> None:
        self._system = system
        self.asked = asked
        self._symbols: dict[tuple[str, int, int], int] = {}
        self.makers: list[str] = []

    def stamp(self, me: str) -> int:
        """A symbol for now, on the clock of ``me``."""
        system = self._system
        cause = (me, system.cause.index)
        count = system.stamps.get(cause, 0) + 1
        system.stamps[cause] = count
        key = (*cause, count)
        if key not in self._symbols:
            self._symbols[key] = FIRST + len(self._symbols)
            self.makers.append(me)
        symbol = self._symbols[key]
        for age in sorted(self.asked):
            if age <= system.model.until:
                system.add(system.thing(Aged, symbol, age), age, age)
        return symbol

    def within(self, me: str, stamp: int, least: int, most: int) -> bool:
        """Whether the age of ``stamp`` on the clock of ``me`` is between ``least`` and ``most``."""
        if stamp >= 0:
            return True
        maker = self.makers[stamp - FIRST]
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
            clock = getattr(self._system.model.config(name), "clock", None)
            if clock is None:
                found.append(0)
            elif clock.least == clock.most:
                found.append(clock.least)
            else:
                return None
        return found[0] - found[1]
