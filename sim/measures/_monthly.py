"""What happened to each provider in each calendar month: disputes, fraud reports, settled charges."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from msgspec.structs import replace

from sim.facts import Disputed, FraudReported, Settled
from sim.measures._programmes import month_at
from sim.property import Measure, See
from sim.tables import Table


class Month(msgspec.Struct, frozen=True, gc=False):
    """Numbers of one provider in one calendar month."""

    fraud_reports: int = 0
    fraud_disputes: int = 0
    other_disputes: int = 0
    settled: int = 0

    @property
    def items(self) -> int:
        """What counts for the ratio."""
        return self.fraud_reports + self.fraud_disputes + self.other_disputes


NOTHING = Month()


class Monthly(Measure):
    """Counts by provider and month."""

    MEMORY: ClassVar[tuple[str, ...]] = ("months",)
    READS: ClassVar = {Disputed: "_disputed", FraudReported: "_reported", Settled: "_settled"}

    months: Table
    """(Provider, calendar month) → ``Month``."""

    def _add(self, provider: str, see: See, field: str) -> None:
        key = (provider, month_at(see.now))
        row: Month = self.months.get(key, NOTHING)
        self.months[key] = replace(row, **{field: getattr(row, field) + 1})

    def _disputed(self, fact: Disputed, see: See) -> None:
        self._add(fact.provider, see, "fraud_disputes" if fact.reason == "fraud" else "other_disputes")

    def _reported(self, fact: FraudReported, see: See) -> None:
        self._add(fact.provider, see, "fraud_reports")

    def _settled(self, fact: Settled, see: See) -> None:
        self._add(fact.provider, see, "settled")
