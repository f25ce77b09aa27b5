"""The door is open to the owner."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import HumanStepped, StepCompleted
from sim.property import Property, See
from sim.tables import Table

#: Ways in that need no orchestrator: nothing but the mailbox.
WAYS_IN = ("adopt", "reset_password")


class OwnerCanExit(Property):
    """Whoever owns an account, and gets the mail to its address, gets in by the provider's own door.

    No orchestrator is needed for it, so that leaving one never means losing what was made through it. It is judged
    when an honest person has tried, by adopting the account or by a reset of the password, where it was there to
    begin with. A person whose account was moved to somebody else's address is not let out either.
    """

    TEXT = "An owner who gets the account's mail gets in without the orchestrator."
    CITES = ("R19",)
    MEMORY = ("knocking",)
    READS: ClassVar = {HumanStepped: "_stepped", StepCompleted: "_tried"}

    knocking: Table
    """``person provider`` → the accounts that were there when the person asked for a mailed link."""

    def _stepped(self, fact: HumanStepped, see: See) -> None:
        if fact.what == "recover" and not see.adversary(fact.person):
            there = see.truth.addressed_to(fact.person, fact.where)
            if fact.address:  # under another address: nothing can be said of what does not bear it
                there = tuple(account for account in there if _bears(see, account, fact.address))
            self.knocking[f"{fact.person} {fact.where}"] = there

    def _tried(self, fact: StepCompleted, see: See) -> None:
        if fact.verb not in WAYS_IN:
            return
        there = self.knocking.pop(f"{fact.person} {fact.party}", ())
        if fact.outcome == "complete":
            return
        for account in there:
            found = see.truth.account(account)
            if found is None:
                continue
            moved = any(other.thing == "address" for other in see.truth.foreign(account))
            if moved or see.truth.mailbox(found.email) == fact.person:
                see.violated(self, f"{fact.person} cannot get into {account} at {fact.party}'s door: {fact.outcome}")
                return


def _bears(see: See, account: str, address: str) -> bool:
    found = see.truth.account(account)
    return found is not None and found.email == address
