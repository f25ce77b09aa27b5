"""At how many providers attackers were active."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import AccountCreated, ApiAccepted, TokenIssued
from sim.property import Measure, See
from sim.tables import Table


class ProvidersTouched(Measure):
    """Providers that made an account for an attacker, gave one a credential, or served one."""

    GROUP = "harm"
    UNIT = "providers"
    MEMORY = ("touched",)
    READS: ClassVar = {AccountCreated: "_at", TokenIssued: "_at", ApiAccepted: "_at"}

    touched: Table
    """Provider → True."""

    def _at(self, fact: AccountCreated | TokenIssued | ApiAccepted, see: See) -> None:
        if see.adversary(see.behind):
            self.touched[fact.provider] = True

    def result(self, end: int, see: See) -> float | int | None:
        """How many providers."""
        return len(self.touched)
