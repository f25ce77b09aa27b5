"""Nothing is charged that nobody agreed to."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import Charged, PriceQuoted, TermsAccepted
from sim.money import format_money
from sim.properties._words import add_line, has_line, intent
from sim.property import Property, See
from sim.tables import Table


class ChargeNeedsAcceptance(Property):
    """Before a charge a human accepted the provider's terms at the orchestrator, and a price was read in the catalogue.

    Acceptance by script is none. Where the catalogue named a figure, the charge is not above it; where it names none,
    nobody can tell a bill from it, and the ceilings are all there is. Another month of a plan needs nothing new.
    """

    TEXT = "Nothing is charged before a human accepted the terms and a price was shown, nor more than was shown."
    CITES = ("I13", "T35")
    MEMORY = ("accepted", "shown")
    READS: ClassVar = {TermsAccepted: "_accepted", PriceQuoted: "_quoted", Charged: "_charged"}

    accepted: Table
    """Login → ``orchestrator provider`` whose terms a human accepted, one a line."""
    shown: Table
    """Intent → cents that the catalogue named for it, -1 where it named none."""

    def _accepted(self, fact: TermsAccepted, see: See) -> None:
        if not fact.by_script:
            add_line(self.accepted, fact.login, f"{fact.orchestrator} {fact.provider}")

    def _quoted(self, fact: PriceQuoted, see: See) -> None:
        self.shown[intent(fact.request)] = fact.quoted

    def _charged(self, fact: Charged, see: See) -> None:
        what = f"{fact.provider} charged {fact.person} {format_money(fact.amount)} for {fact.intent}"
        shown: int | None = self.shown.get(intent(fact.intent))
        if not has_line(self.accepted, fact.login, f"{fact.orchestrator} {fact.provider}"):
            see.violated(self, f"{what}, and no human had accepted its terms")
        elif shown is None:
            see.violated(self, f"{what}, and no price had been shown")
        elif 0 <= shown < fact.amount:
            see.violated(self, f"{what}, and the price shown was {format_money(shown)}")
