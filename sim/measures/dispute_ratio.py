"""The worst month of any provider, by the ratio that the Visa programme looks at."""

from __future__ import annotations

from sim.measures._monthly import Monthly
from sim.property import See


class DisputeRatio(Monthly):
    """The highest (fraud reports + disputes) / settled charges of a provider in a calendar month.

    Months in which nothing was settled have no ratio: a programme looks at merchants that do business.
    """

    GROUP = "money"

    def result(self, end: int, see: See) -> float | int | None:
        """The ratio; None where no month has one."""
        return max((row.items / row.settled for _, row in self.months.ordered() if row.settled), default=None)
