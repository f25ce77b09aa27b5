"""A token does not reach further than what was approved."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import ConsentGiven, TokenIssued
from sim.properties._words import intent
from sim.property import Property, See
from sim.tables import Table


class ScopeWithinConsent(Property):
    """The scopes of an access token, and of whatever hangs on its grant later, are among those that its owner approved.

    A grant that rests on no consent page (an account just made) has nothing to be measured by.
    """

    TEXT = "The scopes of a token are among those that the owner approved."
    CITES = ("I25", "R8")
    MEMORY = ("approved", "limits")
    READS: ClassVar = {ConsentGiven: "_given", TokenIssued: "_issued"}

    approved: Table
    """(Provider, request) → scopes approved, until the token is issued."""
    limits: Table
    """Grant → scopes approved, for what is refreshed later."""

    def _given(self, fact: ConsentGiven, see: See) -> None:
        self.approved[fact.provider, intent(fact.request)] = fact.scopes

    def _issued(self, fact: TokenIssued, see: See) -> None:
        if fact.kind == "access":
            key = (fact.provider, intent(fact.request))
            if key not in self.approved:
                return
            limit = self.limits[fact.grant] = self.approved.pop(key)
        else:
            limit = self.limits.get(fact.grant)
        beyond = [] if limit is None else [scope for scope in fact.scopes if scope not in limit]
        if beyond:
            see.violated(self, f"{fact.token} has the scopes {', '.join(beyond)}, which nobody approved")
