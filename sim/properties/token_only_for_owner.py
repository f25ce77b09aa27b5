"""No takeover."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import TokenIssued
from sim.property import Property, See


class TokenOnlyForOwner(Property):
    """A takeover is somebody else getting an access token, a session or an API key while the owner is settled.

    A contested account has no owner and is not judged (``no_squat`` speaks of it). What follows from a token, a
    refreshed one or a resource's secret, is no takeover of its own.
    """

    TEXT = "A token, session or API key of an account goes to nobody but its owner."
    CITES = ("I1", "R2")
    READS: ClassVar = {TokenIssued: "_issued"}

    def _issued(self, fact: TokenIssued, see: See) -> None:
        owner = see.truth.owner(fact.account)
        if owner and owner != see.behind and fact.kind in ("access", "session", "api_key"):
            see.violated(self, f"{see.behind} got {fact.token} ({fact.kind}) of {fact.account}, which is {owner}'s")
