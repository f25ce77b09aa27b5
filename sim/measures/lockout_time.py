"""How long honest people are locked out."""

from __future__ import annotations

from sim.measures._lockout import Lockout
from sim.property import See


class LockoutTime(Lockout):
    """Hours of all lockouts together; those that have not ended count to the end of the run."""

    GROUP = "honest"
    UNIT = "h"

    def result(self, end: int, see: See) -> float | int | None:
        """Hours."""
        return self.hours(end)
