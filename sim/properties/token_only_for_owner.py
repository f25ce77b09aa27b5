"""No takeover."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import TokenIssued
from sim.property import Property, See


class TokenOnlyForOwner(Property):
    """A takeover is somebody else getting a token or a session, of whatever kind, while the owner is settled.

    The secret of a resource is one, too: it is what a thief gets who adds a service in a stolen session. A contested
    account has no owner and is not judged (``no_squat`` speaks of it).
    """

    TEXT = "A token or session of an account goes to nobody but its owner."
    CITES = ("I1", "R2")
    READS: ClassVar = {TokenIssued: "_issued"}

    def _issued(self, fact: TokenIssued, see: See) -> None:
        owner = see.truth.owner(fact.account)
        if owner and owner != see.behind:
            see.violated(self, f"{see.behind} got {fact.token} ({fact.kind}) of {fact.account}, which is {owner}'s")
