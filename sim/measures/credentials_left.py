"""What attackers hold at the end: the part that a clean-up has not reached."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import AccountClosed, TokenEnded, TokenIssued
from sim.property import Measure, See
from sim.tables import Table


class CredentialsLeft(Measure):
    """Credentials given to attackers that work still when the run ends, on whose account whatsoever.

    A token stolen from its holder was not given to the thief; what it is used for shows in other measures.
    """

    GROUP = "harm"
    UNIT = "credentials"
    MEMORY = ("held",)
    READS: ClassVar = {TokenIssued: "_issued", TokenEnded: "_ended", AccountClosed: "_closed"}

    held: Table
    """Account → credentials of attackers on it, one a line."""

    def _issued(self, fact: TokenIssued, see: See) -> None:
        if see.adversary(see.behind):
            before: str = self.held.get(fact.account, "")
            self.held[fact.account] = f"{before}\n{fact.token}" if before else fact.token

    def _ended(self, fact: TokenEnded, see: See) -> None:
        before: str | None = self.held.get(fact.account)
        if before is None:
            return
        left = "\n".join(token for token in before.split("\n") if token != fact.token)
        if left:
            self.held[fact.account] = left
        else:
            del self.held[fact.account]

    def _closed(self, fact: AccountClosed, see: See) -> None:
        self.held.pop(fact.account, None)

    def result(self, end: int, see: See) -> float | int | None:
        """How many credentials."""
        return int(sum(tokens.count("\n") + 1 for _, tokens in self.held.ordered()))
