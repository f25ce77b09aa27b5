"""How long credentials of honest people do not work."""

from __future__ import annotations

from sim.measures._outage import Outage
from sim.property import See


class OutageTime(Outage):
    """Hours of all outages together; those that have not ended count to the end of the run."""

    GROUP = "honest"
    UNIT = "h"

    def result(self, end: int, see: See) -> float | int | None:
        """Hours."""
        return self.hours(end)
