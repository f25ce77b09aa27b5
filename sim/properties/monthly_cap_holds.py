"""The ceiling by month and provider."""

from __future__ import annotations

from typing import Any, ClassVar

from sim.facts import CapRaised, Charged, Refunded
from sim.money import format_money
from sim.properties._words import block
from sim.property import Property, See
from sim.tables import Table


class MonthlyCapHolds(Property):
    """What is captured of a customer of an orchestrator for a provider in a calendar month is within the ceiling.

    In force is what the person has set for the provider, else for all, else ``cap.per_provider``. Purchases count, and
    refunds make room, as the orchestrator's ``cap`` says. By how much a ceiling is passed is in the words.
    """

    TEXT = "In no calendar month is more captured of a customer for a provider than the ceiling allows."
    CITES = ("I10",)
    MEMORY = ("captured", "raised")
    READS: ClassVar = {Charged: "_charged", Refunded: "_refunded", CapRaised: "_raised"}

    captured: Table
    """(Orchestrator, login, provider) → (month, cents)."""
    raised: Table
    """(Orchestrator, login, provider or empty) → the ceiling that the person has set, cents."""

    def _raised(self, fact: CapRaised, see: See) -> None:
        self.raised[fact.orchestrator, fact.login, fact.provider] = fact.limit

    def _charged(self, fact: Charged, see: See) -> None:
        cap = _cap(fact.orchestrator, see)
        if cap is None or (fact.one_off and not cap.counts_one_off):
            return
        key = (fact.orchestrator, fact.login, fact.provider)
        month, before = self.captured.get(key, (fact.month, 0))
        total = fact.amount + (before if month == fact.month else 0)
        self.captured[key] = (fact.month, total)
        everywhere = self.raised.get((fact.orchestrator, fact.login, ""), cap.per_provider)
        limit: int | None = self.raised.get(key, everywhere)
        if limit is not None and total > limit:
            why = f"{fact.provider} captured {format_money(total)} of {fact.login} at {fact.orchestrator} in month"
            over = format_money(total - limit)
            see.violated(self, f"{why} {fact.month}, {over} above the ceiling of {format_money(limit)}")

    def _refunded(self, fact: Refunded, see: See) -> None:
        cap = _cap(fact.orchestrator, see)
        key = (fact.orchestrator, fact.login, fact.provider)
        month, before = self.captured.get(key, (0, 0))
        if cap is not None and cap.refunds_restore and month == fact.month and before:
            self.captured[key] = (month, before - fact.amount)


def _cap(orchestrator: str, see: See) -> Any:
    """What the scenario says of ceilings at an orchestrator; None if nothing."""
    return getattr(see.world.get(block(orchestrator, see.world)), "cap", None)
