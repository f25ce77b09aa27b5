"""Terms come before the account."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import AccountCreated, Answered, Requested, TermsAccepted
from sim.properties._words import add_line, has_line, intent
from sim.property import Property, See
from sim.tables import Table


class AccountNeedsAcceptance(Property):
    """Before an account is made on an orchestrator's word, a person has accepted the provider's terms in that login.

    Acceptance passed by a script (``--accept-tos``) is none. An account that nobody asked an orchestrator for was
    forged; there is no login that could have accepted, and ``effects_are_traceable`` reports it.
    """

    TEXT = "An account is made on an orchestrator's word only after a person has accepted the provider's terms."
    CITES = ("T35",)
    MEMORY = ("accepted", "asking")
    READS: ClassVar = {
        TermsAccepted: "_accepted",
        Requested: "_requested",
        AccountCreated: "_created",
        Answered: "_answered",
    }

    accepted: Table
    """Login → ``orchestrator provider`` of each acceptance, one a line."""
    asking: Table
    """What a person wants → (orchestrator, provider, login), until it has made an account or is answered."""

    def _accepted(self, fact: TermsAccepted, see: See) -> None:
        if not fact.by_script:
            add_line(self.accepted, fact.login, f"{fact.orchestrator} {fact.provider}")

    def _requested(self, fact: Requested, see: See) -> None:
        self.asking[intent(fact.id)] = (fact.orchestrator, fact.provider, fact.login)

    def _created(self, fact: AccountCreated, see: See) -> None:
        if not fact.issuer:
            return
        login = self.asking.pop(intent(fact.request), None)
        if login is not None and not has_line(self.accepted, login[2], f"{login[0]} {login[1]}"):
            see.violated(self, f"{fact.account} was made, and nobody had accepted terms in {login[2]} at {login[0]}")

    def _answered(self, fact: Answered, see: See) -> None:
        if fact.outcome != "pending":
            self.asking.pop(intent(fact.id), None)
