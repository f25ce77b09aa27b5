"""When an honest person is locked out of a provider."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import Linked, Refused, TokenIssued
from sim.facts.money import ABOUT_MONEY
from sim.measures._tally import Spans
from sim.property import See

#: What a person tries to get in by.
GETTING_IN = ("add", "log_in")
#: What a provider answers that remembers somebody for a dispute: the account it is about may be gone.
BLOCKED = "blocked"


class Lockout(Spans):
    """A lockout begins when an honest person's ``add`` or ``log_in`` ends in an error or at an expired consent page.

    It must be at a provider that has an account which is theirs or bears their address; their next token, session or
    link there ends it. Who is remembered there for a dispute counts as well; whoever only cannot pay is not locked out.
    """

    READS: ClassVar = {Refused: "_refused", TokenIssued: "_in", Linked: "_in"}

    def _refused(self, fact: Refused, see: See) -> None:
        key = f"{fact.person} {fact.party}"
        if fact.verb not in GETTING_IN or fact.code in ABOUT_MONEY or key in self.open or see.adversary(fact.person):
            return
        if fact.code == BLOCKED or see.truth.concerns(fact.person, fact.party, fact.email):
            self.began(key, see.now)

    def _in(self, fact: TokenIssued | Linked, see: See) -> None:
        self.ended(f"{see.behind} {fact.provider}", see.now)
