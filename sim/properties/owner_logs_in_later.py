"""A provisioned account is a first-class account."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import TokenIssued
from sim.property import Property, See
from sim.tables import Table


class OwnerLogsInLater(Property):
    """The owner of an account that was made on an orchestrator's word gets a session at the provider's own door."""

    KIND = "sometimes"
    TEXT = "The owner of an account that was made for them signs in at the provider itself."
    CITES = ("R19",)
    MEMORY = ("reached",)
    READS: ClassVar = {TokenIssued: "_issued"}

    reached: Table
    """One row once it is reached."""

    def _issued(self, fact: TokenIssued, see: See) -> None:
        if fact.kind != "session" or "yes" in self.reached:
            return
        found = see.truth.account(fact.account)
        if found is not None and found.made_by and found.owner == see.behind and not see.adversary(see.behind):
            self.reached["yes"] = True
            see.violated(self, f"{see.behind} signed in to {fact.account}, made on {found.made_by}'s word")
