"""No squat."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import AccountActivated, AccountCreated
from sim.property import Property, See


class NoSquat(Property):
    """A squat is an account that works although its maker is not who held its address, and who held it has not come.

    A pending account is none. Judged when the party has finished that made or activated the account: the click of the
    addressee on a mailed link activates and settles in one.
    """

    TEXT = "No account is active while it is contested."
    CITES = ("T05", "T12")
    READS: ClassVar = {AccountCreated: "_created", AccountActivated: "_activated"}

    def _created(self, fact: AccountCreated, see: See) -> None:
        if fact.state == "active" and see.truth.contested(fact.account):
            see.at_end(self, fact.account)

    def _activated(self, fact: AccountActivated, see: See) -> None:
        if see.truth.contested(fact.account):
            see.at_end(self, fact.account)

    def finish(self, key: str, see: See) -> None:
        """Report the account if it is still contested."""
        found = see.truth.account(key)
        if found is not None and not found.owner:
            why = f"{found.maker} made {key}, active, for {found.email}"
            see.violated(self, f"{why}, which is {found.addressee}'s address")
