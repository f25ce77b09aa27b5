"""What attackers got into: existing accounts, told apart by whether an orchestrator led to them before.

An account is *existing* if nobody who works for the attacker had it made. It is entered when somebody who does gets a
credential of it, or is served with one that was stolen. Whether it was *linked* is judged by what honest people had
linked until then: the link that the attacker's own request brings does not count.
"""

from __future__ import annotations

from typing import ClassVar

from sim.facts import ApiAccepted, Linked, TokenIssued
from sim.property import Measure, See
from sim.tables import Table


class Entered(Measure):
    """Base of both measures; ``LINKED`` says which accounts count."""

    GROUP = "harm"
    UNIT = "accounts"
    LINKED: ClassVar[bool]
    MEMORY = ("linked", "entered")
    READS: ClassVar = {Linked: "_linked", TokenIssued: "_got_in", ApiAccepted: "_got_in"}

    linked: Table
    """Accounts to which an honest person's orchestrator leads → True."""
    entered: Table
    """Existing account → whether it was linked when it was first entered."""

    def _linked(self, fact: Linked, see: See) -> None:
        if fact.issuer and not see.adversary(see.behind):
            self.linked[fact.account] = True

    def _got_in(self, fact: TokenIssued | ApiAccepted, see: See) -> None:
        if not see.adversary(see.behind) or fact.account in self.entered:
            return
        found = see.truth.account(fact.account)
        if found is not None and not see.adversary(found.maker):
            self.entered[fact.account] = fact.account in self.linked

    def result(self, end: int, see: See) -> float | int | None:
        """How many accounts."""
        return sum(1 for _, linked in self.entered.ordered() if linked is self.LINKED)
