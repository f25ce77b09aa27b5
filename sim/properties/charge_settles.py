"""Every charge settles."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import DAY
from sim.facts import Charged, Disputed, Refunded, Settled
from sim.property import Property, See
from sim.tables import Table


class ChargeSettles(Property):
    """Every charge that nobody contests has reached the provider, or gone back in full, within a week."""

    TEXT = "Every undisputed charge settles within the deadline, or is given back."
    CITES = ("I17",)
    WITHIN = 7 * DAY
    MEMORY = ("open",)
    READS: ClassVar = {Charged: "_charged", Settled: "_over", Disputed: "_over", Refunded: "_refunded"}

    open: Table
    """Charge that has not settled → (provider, cents not given back)."""

    def _charged(self, fact: Charged, see: See) -> None:
        self.open[fact.charge] = (fact.provider, fact.amount)
        see.deadline(self, fact.charge, self.within or 0)

    def _over(self, fact: Settled | Disputed, see: See) -> None:
        self._close(fact.charge, see)

    def _refunded(self, fact: Refunded, see: See) -> None:
        provider, left = self.open.get(fact.charge, ("", 0))
        if left > fact.amount:
            self.open[fact.charge] = (provider, left - fact.amount)
        else:
            self._close(fact.charge, see)

    def _close(self, charge: str, see: See) -> None:
        if self.open.pop(charge, None) is not None:
            see.met(self, charge)

    def due(self, key: str, see: See) -> None:
        """It has not settled."""
        provider, left = self.open.pop(key, ("", 0))
        if provider:
            see.violated(self, f"{key} has not settled: {provider} waits for {left} cents")
