"""Accounts made by attackers."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import AccountCreated
from sim.measures._tally import Count
from sim.property import See


class AccountsByAdversary(Count):
    """Accounts, pending ones included, behind whose making is somebody who works for the attacker."""

    GROUP = "harm"
    UNIT = "accounts"
    READS: ClassVar = {AccountCreated: "_created"}

    def _created(self, fact: AccountCreated, see: See) -> None:
        if see.adversary(see.behind):
            self.more()
