"""Identity first, payment second."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import TokenIssued
from sim.property import Property, See
from sim.tables import Table


class AccountWithoutCharge(Property):
    """An account is made on an orchestrator's word and access to it given out, before anything is charged for it.

    There are no charges in the facts yet, so this says that provisioning works at all.
    """

    KIND = "sometimes"
    TEXT = "An account is made and access to it given out with nothing charged."
    MEMORY = ("reached",)
    READS: ClassVar = {TokenIssued: "_issued"}

    reached: Table
    """One row once it is reached."""

    def _issued(self, fact: TokenIssued, see: See) -> None:
        if "yes" in self.reached or fact.kind != "access" or not fact.issuer:
            return
        self.reached["yes"] = True
        see.violated(self, f"{see.behind} has access to {fact.account}, and nothing was charged")
