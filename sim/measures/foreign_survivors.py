"""Accounts on which something foreign survived."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import Adopted, ChangeConfirmed, ChangeRequested, Linked, TokenIssued
from sim.property import Measure, See
from sim.tables import Table


class ForeignSurvivors(Measure):
    """Accounts, adopted or settled late, on which somebody else's credential, identifier or change lived then or later.

    Judged, as ``adopted_account_is_clean`` does, when the party has finished. An account counts once, whatever
    survived on it.
    """

    GROUP = "harm"
    UNIT = "accounts"
    MEMORY = ("adopted", "found")
    READS: ClassVar = {
        Adopted: "_adopted",
        TokenIssued: "_touched",
        Linked: "_touched",
        ChangeRequested: "_touched",
        ChangeConfirmed: "_touched",
    }

    adopted: Table
    """Accounts that were adopted → True."""
    found: Table
    """Accounts with a survivor → True."""

    def _adopted(self, fact: Adopted, see: See) -> None:
        self.adopted[fact.account] = True
        self._touched(fact, see)

    def _touched(self, fact: Adopted | TokenIssued | Linked | ChangeRequested | ChangeConfirmed, see: See) -> None:
        if not see.truth.foreign(fact.account):
            return
        true = see.truth.account(fact.account)
        if true is not None and true.owner and (true.maker != true.owner or fact.account in self.adopted):
            see.at_end(self, fact.account)

    def finish(self, key: str, see: See) -> None:
        """Count the account if something foreign is on it still."""
        if see.truth.foreign(key):
            self.found[key] = True

    def result(self, end: int, see: See) -> float | int | None:
        """How many accounts."""
        return len(self.found)
