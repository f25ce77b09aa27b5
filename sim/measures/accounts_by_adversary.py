"""Accounts made by attackers."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import AccountActivated, AccountClosed, AccountCreated
from sim.measures._tally import Count
from sim.property import See
from sim.tables import Table


class AccountsByAdversary(Count):
    """Accounts that are or became active, behind whose making is somebody who works for the attacker."""

    GROUP = "harm"
    UNIT = "accounts"
    MEMORY = ("counted", "pending")
    READS: ClassVar = {AccountCreated: "_created", AccountActivated: "_activated", AccountClosed: "_closed"}

    pending: Table
    """Accounts of attackers that are pending → True."""

    def _created(self, fact: AccountCreated, see: See) -> None:
        if not see.adversary(see.behind):
            return
        if fact.state == "active":
            self.more()
        else:
            self.pending[fact.account] = True

    def _activated(self, fact: AccountActivated, see: See) -> None:
        if fact.account in self.pending:
            del self.pending[fact.account]
            self.more()

    def _closed(self, fact: AccountClosed, see: See) -> None:
        if fact.account in self.pending:
            del self.pending[fact.account]
