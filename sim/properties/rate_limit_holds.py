"""No bucket ever lets more through than it may."""

from __future__ import annotations

from sim.facts import Admitted
from sim.properties._buckets import Buckets
from sim.property import See


class RateLimitHolds(Buckets):
    """In every interval of length t at most burst + rate times t requests with one key are admitted, exactly."""

    TEXT = "In every interval a key is admitted no more often than its burst and its rate allow."
    CITES = ("I21",)

    def whose(self, fact: Admitted, see: See) -> str:
        """The key's."""
        return fact.key
