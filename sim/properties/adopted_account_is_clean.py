"""What the owner takes possession of is the owner's alone."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import Adopted, ChangeConfirmed, ChangeRequested, Linked, TokenIssued
from sim.property import Property, See
from sim.tables import Table


class AdoptedAccountIsClean(Property):
    """No foreign survivor: somebody else's credential, identifier or pending change on what is now the owner's.

    Judged when the party has finished that let it settle or be adopted (a purge in the same step counts), and whenever
    something foreign comes to life on such an account later. An account that was its maker's from the beginning has
    nothing to survive until it is adopted (``token_only_for_owner`` speaks of it). Each thing is reported once.
    """

    TEXT = "On an account that was adopted or has settled, nothing that somebody else made is alive."
    CITES = ("I9", "R3")
    MEMORY = ("adopted", "told")
    READS: ClassVar = {
        Adopted: "_adopted",
        TokenIssued: "_touched",
        Linked: "_touched",
        ChangeRequested: "_touched",
        ChangeConfirmed: "_touched",
    }

    adopted: Table
    """Accounts that were adopted → True."""
    told: Table
    """Account → the foreign things reported on it."""

    def _adopted(self, fact: Adopted, see: See) -> None:
        self.adopted[fact.account] = True
        self._touched(fact, see)

    def _touched(self, fact: Adopted | TokenIssued | Linked | ChangeRequested | ChangeConfirmed, see: See) -> None:
        if not see.truth.foreign(fact.account):
            return
        found = see.truth.account(fact.account)
        if found is not None and found.owner and (found.maker != found.owner or fact.account in self.adopted):
            see.at_end(self, fact.account)

    def finish(self, key: str, see: See) -> None:
        """Report what is foreign on the account now."""
        others = see.truth.foreign(key)
        told = self.told.get(key, ())
        for other in others:
            if other.thing not in told:
                why = f"{other.maker}'s {other.kind} {other.thing} is alive on {key}"
                see.violated(self, f"{why}, which is {see.truth.owner(key)}'s")
        if others:
            self.told[key] = tuple(other.thing for other in others)
