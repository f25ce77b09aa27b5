"""When a credential of an honest person stops working."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import AccountReinstated, AccountSuspended, TokenEnded, TokenIssued
from sim.measures._tally import Spans
from sim.property import See
from sim.tables import Table


class Outage(Spans):
    """An outage begins when an honest person's credential stops working without their asking, and ends with the next.

    Not asked for are: an end that somebody else caused, a purge (also of one's own adoption, which asks for the account
    and not for that), the closing of an account over a dispute, and running out, except of a session, which one signs
    in again for. A rotated token has its successor. It is replaced by the person's next credential of the same sort at
    the provider; what is replaced before the party has finished was no outage. An account that is suspended is one
    more, until it works again.
    """

    MEMORY = ("counted", "open", "spent", "foreign", "ending")
    READS: ClassVar = {
        TokenIssued: "_issued",
        TokenEnded: "_ended",
        AccountSuspended: "_suspended",
        AccountReinstated: "_reinstated",
    }

    foreign: Table
    """Credentials that are somebody else's than their account's addressee → whose."""
    ending: Table
    """Key → how many ended in what the party does now."""

    def _issued(self, fact: TokenIssued, see: See) -> None:
        found = see.truth.account(fact.account)
        if found is not None and found.addressee != see.behind:
            self.foreign[fact.token] = see.behind
        key = _key(see.behind, fact)
        if self.ending.get(key, 0):
            self.ending[key] -= 1
        else:
            self.ended(key, see.now)

    def _ended(self, fact: TokenEnded, see: See) -> None:
        found = see.truth.account(fact.account)
        person = self.foreign.pop(fact.token, found.addressee if found is not None else "")
        if not person or see.adversary(person) or _asked(person, fact, see.behind):
            return
        key = _key(person, fact)
        self.ending[key] = self.ending.get(key, 0) + 1
        see.at_end(self, key)

    def _suspended(self, fact: AccountSuspended, see: See) -> None:
        found = see.truth.account(fact.account)
        if found is not None and not see.adversary(found.addressee):
            self.began(f"{fact.account} rests", see.now)

    def _reinstated(self, fact: AccountReinstated, see: See) -> None:
        self.ended(f"{fact.account} rests", see.now)

    def finish(self, key: str, see: See) -> None:
        """Begin an outage for each that was not replaced at once."""
        for _ in range(self.ending.pop(key, 0)):
            self.began(key, see.now)


def _key(person: str, fact: TokenIssued | TokenEnded) -> str:
    sort = "access" if fact.kind == "refreshed" else fact.kind
    return f"{person} {fact.provider} {sort}"


def _asked(person: str, fact: TokenEnded, behind: str) -> bool:
    """Whether a credential ended at its holder's wish, or as it is meant to."""
    if fact.reason == "expired":
        return fact.kind == "session"
    return fact.reason == "rotated" or (fact.reason not in ("purged", "closed") and behind == person)
