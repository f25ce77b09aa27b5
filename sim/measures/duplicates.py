"""People with several accounts at one provider."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import AccountCreated, Adopted, Linked, TokenIssued
from sim.measures._tally import Count
from sim.property import See
from sim.tables import Table


class Duplicates(Count):
    """Further accounts of one honest owner at one provider, pending ones included.

    A contested account counts from the moment it settles, if its owner has another one there.
    """

    GROUP = "honest"
    UNIT = "accounts"
    MEMORY = ("counted", "contested")
    READS: ClassVar = {AccountCreated: "_created", TokenIssued: "_settled", Linked: "_settled", Adopted: "_settled"}

    contested: Table
    """Accounts that are contested → True."""

    def _created(self, fact: AccountCreated, see: See) -> None:
        owner = see.truth.owner(fact.account)
        if owner:
            self._own(fact.account, fact.provider, owner, see)
        else:
            self.contested[fact.account] = True

    def _settled(self, fact: TokenIssued | Linked | Adopted, see: See) -> None:
        if fact.account in self.contested and (owner := see.truth.owner(fact.account)):
            del self.contested[fact.account]
            self._own(fact.account, fact.provider, owner, see)

    def _own(self, account: str, provider: str, owner: str, see: See) -> None:
        """``account`` is ``owner``'s from now on."""
        beside = see.truth.beside(account)
        if len(beside) < 2 or see.adversary(owner):
            return
        here = provider + "/"
        if any(one != account and one.startswith(here) and see.truth.owner(one) == owner for one in beside):
            self.more()
