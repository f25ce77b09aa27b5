"""Accounts that were ever a squat."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import AccountActivated, AccountCreated
from sim.measures._tally import Count
from sim.property import See


class Squats(Count):
    """Accounts that were ever active and contested, judged when the party has finished that made or activated them."""

    GROUP = "harm"
    UNIT = "accounts"
    READS: ClassVar = {AccountCreated: "_created", AccountActivated: "_activated"}

    def _created(self, fact: AccountCreated, see: See) -> None:
        if fact.state == "active" and see.truth.contested(fact.account):
            see.at_end(self, fact.account)

    def _activated(self, fact: AccountActivated, see: See) -> None:
        if see.truth.contested(fact.account):
            see.at_end(self, fact.account)

    def finish(self, key: str, see: See) -> None:
        """Count the account if it is contested still."""
        if see.truth.contested(key):
            self.more()
