"""Nobody learns from an answer whether an address has an account, but who it belongs to."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import AttestationRefused, ConsentAsked, Refused
from sim.property import Property, See

#: Reasons of a refusal that only an account which is there already can give.
TELLING = ("email_taken", "second_factor_missing", "other_issuer")


class ExistenceNotRevealed(Property):
    """No answer that is given only because an account exists goes to anybody but whose address it is.

    Such answers are a consent page, a refusal because the address is taken (to an orchestrator, or at the provider's
    own door), and a refusal for want of the owner's second factor or for another issuer's pin. That *no* account
    exists can be learnt as well, where the answer differs; what that is worth is a matter of measures. Silent linking
    reveals nothing, and gives everything away.
    """

    TEXT = "No answer that differs by whether an account exists goes to anyone but its owner."
    CITES = ("I20",)
    READS: ClassVar = {ConsentAsked: "_asked", AttestationRefused: "_disbelieved", Refused: "_refused"}

    def _asked(self, fact: ConsentAsked, see: See) -> None:
        found = see.truth.account(fact.account)
        if found is not None and see.behind not in (found.addressee, found.owner, see.truth.mailbox(found.email)):
            see.violated(self, f"{see.behind} was shown that {found.email} has an account at {fact.provider}")

    def _disbelieved(self, fact: AttestationRefused, see: See) -> None:
        if fact.reason in TELLING:
            self._told(fact.provider, fact.email, see)

    def _refused(self, fact: Refused, see: See) -> None:
        if fact.verb == "sign_up" and fact.code in TELLING:
            self._told(fact.party, fact.email, see)

    def _told(self, provider: str, email: str, see: See) -> None:
        if see.truth.mailbox(email) != see.behind:
            see.violated(self, f"{see.behind} was told that {email} has an account at {provider}")
