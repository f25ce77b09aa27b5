"""How long others hold credentials of settled accounts."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import HOUR
from sim.facts import AccountClosed, Adopted, Linked, TokenEnded, TokenIssued
from sim.property import Measure, See
from sim.tables import Table

#: In place of a time: the account is contested still.
CONTESTED = -1


class ExposureTime(Measure):
    """Credential-hours that others hold on settled accounts.

    Each credential issued to somebody else than the owner counts from its issue, or from when the account settled, to
    its end or the end of the run. What was the owner's and is stolen was not issued to the thief, and does not count.
    """

    GROUP = "harm"
    UNIT = "h"
    MEMORY = ("held", "spent")
    READS: ClassVar = {
        TokenIssued: "_issued",
        TokenEnded: "_ended",
        Linked: "_settled",
        Adopted: "_settled",
        AccountClosed: "_closed",
    }

    held: Table
    """Account → (credential, since when) for each that others hold on it."""
    spent: Table
    """One row, the microseconds of those that have ended."""

    def _issued(self, fact: TokenIssued, see: See) -> None:
        found = see.truth.account(fact.account)
        if found is None:
            return
        if found.addressee != see.behind:
            since = see.now if found.owner else CONTESTED
            self.held[fact.account] = (*self.held.get(fact.account, ()), (fact.token, since))
        elif fact.account in self.held:
            self._settled(fact, see)

    def _settled(self, fact: TokenIssued | Linked | Adopted, see: See) -> None:
        """If the account has just settled, the clock starts for what others hold on it."""
        rows = self.held.get(fact.account)
        if rows is None or not see.truth.owner(fact.account):
            return
        self.held[fact.account] = tuple((token, see.now if since == CONTESTED else since) for token, since in rows)

    def _ended(self, fact: TokenEnded, see: See) -> None:
        rows = self.held.get(fact.account)
        if rows is None:
            return
        self._add([since for token, since in rows if token == fact.token], see.now)
        left = tuple(row for row in rows if row[0] != fact.token)
        if left:
            self.held[fact.account] = left
        else:
            del self.held[fact.account]

    def _closed(self, fact: AccountClosed, see: See) -> None:
        self._add([since for _, since in self.held.pop(fact.account, ())], see.now)

    def _add(self, starts: list[int], end: int) -> None:
        us = sum(end - since for since in starts if since != CONTESTED)
        if us:
            self.spent["us"] = self.spent.get("us", 0) + us

    def result(self, end: int, see: See) -> float | int | None:
        """Hours, all credentials together."""
        starts = [since for _, rows in self.held.ordered() for _, since in rows if since != CONTESTED]
        return float((self.spent.get("us", 0) + sum(end - since for since in starts)) / HOUR)
