"""The ceiling by month over all providers."""

from __future__ import annotations

from typing import Any, ClassVar

from sim.facts import Charged, Refunded
from sim.money import format_money
from sim.properties._words import block
from sim.property import Property, See
from sim.tables import Table


class AggregateCapHolds(Property):
    """Where an orchestrator declares a ceiling over all providers together (``cap.total``), it is kept.

    No real orchestrator is known to have one; two orchestrators do not know of each other, so that a person who uses
    both has twice the ceiling.
    """

    TEXT = "In no calendar month is more captured of a customer in all than the declared ceiling over all providers."
    CITES = ("I11", "T31")
    MEMORY = ("captured",)
    READS: ClassVar = {Charged: "_charged", Refunded: "_refunded"}

    captured: Table
    """(Orchestrator, login) → (month, cents)."""

    def _charged(self, fact: Charged, see: See) -> None:
        cap = _cap(fact.orchestrator, see)
        if cap is None or cap.total is None or (fact.one_off and not cap.counts_one_off):
            return
        key = (fact.orchestrator, fact.login)
        month, before = self.captured.get(key, (fact.month, 0))
        total = fact.amount + (before if month == fact.month else 0)
        self.captured[key] = (fact.month, total)
        if total > cap.total:
            why = f"{format_money(total)} were captured of {fact.login} at {fact.orchestrator} in month {fact.month}"
            over = format_money(total - cap.total)
            see.violated(self, f"{why}, {over} above the ceiling over all of {format_money(cap.total)}")

    def _refunded(self, fact: Refunded, see: See) -> None:
        cap = _cap(fact.orchestrator, see)
        month, before = self.captured.get((fact.orchestrator, fact.login), (0, 0))
        if cap is not None and cap.refunds_restore and month == fact.month and before:
            self.captured[fact.orchestrator, fact.login] = (month, before - fact.amount)


def _cap(orchestrator: str, see: See) -> Any:
    """What the scenario says of ceilings at an orchestrator; None if nothing."""
    return getattr(see.world.get(block(orchestrator, see.world)), "cap", None)
