"""Every effect goes back to somebody who asked for it."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import AccountCreated, Answered, Linked, Requested, SupportActed, TokenIssued
from sim.properties._words import intent
from sim.property import Property, See
from sim.tables import Table

#: When the orchestrator gave up, or its second attempt found the queue full, the provider may still be at the first.
STILL_AT_WORK = ("timeout", "server_busy")


class EffectsAreTraceable(Property):
    """Behind each account, link and token is a person; and what was made on an orchestrator's word was asked of it.

    So an account, link or access token that a thief gets with a stolen key, or by presenting a captured attestation
    again, is reported: no request at the orchestrator leads to it. So is what a support desk does and nobody writes
    down. Refreshed tokens and secrets of resources hang on a grant, whose access token was judged.
    """

    TEXT = "Every account, link and token goes back to a request that a person made."
    CITES = ("I24", "R20")
    MEMORY = ("open",)
    READS: ClassVar = {
        Requested: "_requested",
        Answered: "_answered",
        AccountCreated: "_made",
        Linked: "_linked",
        TokenIssued: "_issued",
        SupportActed: "_supported",
    }

    open: Table
    """What a person wants → (orchestrator, whether it was answered ``pending``), while something may come of it."""

    def _requested(self, fact: Requested, see: See) -> None:
        self.open[intent(fact.id)] = (fact.orchestrator, False)

    def _answered(self, fact: Answered, see: See) -> None:
        wanted = intent(fact.id)
        row = self.open.get(wanted)
        if row is None or fact.code in STILL_AT_WORK:
            return
        if fact.outcome.startswith("pending"):
            self.open[wanted] = (row[0], True)
        else:
            del self.open[wanted]

    def _made(self, fact: AccountCreated, see: See) -> None:
        self._trace(f"the account {fact.account}", fact.issuer, fact.request, see)

    def _linked(self, fact: Linked, see: See) -> None:
        if fact.how != "added":
            self._trace(f"the link of {fact.identifier} to {fact.account}", fact.issuer, fact.request, see)

    def _supported(self, fact: SupportActed, see: See) -> None:
        if not fact.recorded:
            see.violated(self, f"nothing leads from the {fact.action} on {fact.account} back to who did it")

    def _issued(self, fact: TokenIssued, see: See) -> None:
        if fact.kind != "access":
            if not see.behind:
                see.violated(self, f"nobody is behind the token {fact.token}")
            return
        self._trace(f"the token {fact.token}", fact.issuer, fact.request, see)
        wanted = intent(fact.request)
        row = self.open.get(wanted)
        if row is not None and row[1]:
            del self.open[wanted]  # the answer was given before; nothing else will say that it is over

    def _trace(self, what: str, issuer: str, request: str, see: See) -> None:
        if not see.behind:
            see.violated(self, f"nobody is behind {what}")
        elif issuer:
            row = self.open.get(intent(request))
            if row is None or row[0] != issuer:
                see.violated(self, f"{see.behind} got {what} on {issuer}'s word, and nobody had asked {issuer} for it")
