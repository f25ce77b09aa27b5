"""What properties about limits have in common: a bucket of one's own beside each that is judged.

A request takes a place in it, places come back one by one, and there must be one at any time: that says of all
intervals at once that no more was let through than burst and rate times the interval's length.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import gcd
from typing import Any, ClassVar

from sim.clock import HOUR
from sim.facts import Admitted
from sim.properties._words import block
from sim.property import Property, See
from sim.tables import Table

#: What is over the limit is judged when everything of the same instant has happened, microseconds.
INSTANT = 1


class Buckets(Property, ABC):
    """Judges what is admitted in the name of ``whose``. Rates change what is looked at from then on."""

    MEMORY = ("used",)
    READS: ClassVar = {Admitted: "_admitted"}

    used: Table
    """``party limit whose`` → (places taken, how many came back since none was)."""

    @abstractmethod
    def whose(self, fact: Admitted, see: See) -> str:
        """Whose bucket a request takes a place in; empty: nobody's that is judged."""

    def _admitted(self, fact: Admitted, see: See) -> None:
        limit = _limit(fact.party, fact.limit, see)
        whose = self.whose(fact, see)
        if limit is None or not whose:
            return
        key = f"{fact.party} {fact.limit} {whose}"
        taken, came = self.used.get(key, (0, 0))
        self.used[key] = (taken + 1, came)
        if not taken:
            see.deadline(self, f"back {key}", _until(0, limit.per_hour))
        if taken + 1 > limit.burst:
            see.deadline(self, f"over {key}", INSTANT)

    def due(self, key: str, see: See) -> None:
        """A place is free again; or it is to be seen whether one more was taken than there are."""
        what, _, key = key.partition(" ")
        party, number, name = key.split(" ", 2)
        taken, came = self.used.get(key, (0, 0))
        limit = _limit(party, int(number), see)
        if limit is None:
            self.used.pop(key, None)
        elif what == "back":
            self._back(key, taken, came, limit.per_hour, see)
        elif taken > limit.burst:
            see.violated(self, f"{party} has let {taken} requests of {name} through where {limit.burst} may be at once")

    def _back(self, key: str, taken: int, came: int, per_hour: int, see: See) -> None:
        if taken <= 1:
            self.used.pop(key, None)
            return
        came = (came + 1) % (per_hour // gcd(per_hour, HOUR))
        self.used[key] = (taken - 1, came)
        see.deadline(self, f"back {key}", _until(came, per_hour))


def _until(came: int, per_hour: int) -> int:
    """From when the ``came``-th place came back to when the next one does: whole microseconds, none too early."""
    whole, rest = divmod((came + 1) * HOUR, per_hour)
    before, left = divmod(came * HOUR, per_hour)
    return whole - before + (rest > 0) - (left > 0)


def _limit(party: str, number: int, see: See) -> Any:
    """The settings of a limit; None if it is no more."""
    config: Any = see.world.get(block(party, see.world))
    limits = () if config is None else config.limits
    return limits[number] if number < len(limits) else None
