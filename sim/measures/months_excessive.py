"""Months in which a provider is in a card network's programme."""

from __future__ import annotations

from sim.measures._monthly import Monthly
from sim.measures._programmes import mastercard, vamp
from sim.property import See


class MonthsExcessive(Monthly):
    """Calendar months, over all providers, in which one was excessive by Visa's rule or by Mastercard's.

    Every dispute is held against both rules, whichever network its card is of: the one for a merchant whose customers
    all have such cards. Of Visa's boundary the strict reading counts, more than 1,500.
    """

    GROUP = "money"
    UNIT = "months"

    def result(self, end: int, see: See) -> float | int | None:
        """How many."""
        return sum(
            vamp(row.fraud_reports, row.fraud_disputes, row.other_disputes, row.settled, month, or_more=False)
            or bool(mastercard(row.fraud_disputes + row.other_disputes, row.settled))
            for (_, month), row in self.months.ordered()
        )
