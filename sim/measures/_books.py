"""What the money rows share: books of double entry, and whose account is whose."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import Posted
from sim.money import Ledger
from sim.property import Measure, See
from sim.tables import Table


def party_of(account: str, see: See) -> str:
    """To which row of the panel an account of the books belongs.

    ``customer`` is whoever is behind the entry; what an attacker's own orchestrator or provider has is the attacker's.
    """
    kind, _, name = account.partition(":")
    if kind == "customer":
        return "adversary" if see.adversary(see.behind) else "user"
    if kind in ("processor", "issuer", "adversary"):
        return kind
    if see.adversary(name):
        return "adversary"
    return {"person": "user", "service": "provider"}.get(kind, kind)


class Net(Measure):
    """What a kind of party has, cash and the worth of services together, against the beginning; cents.

    All rows add up to nothing.
    """

    GROUP = "money"
    UNIT = "cents"
    MEMORY: ClassVar[tuple[str, ...]] = ("books",)
    READS: ClassVar = {Posted: "_posted"}
    PARTY: ClassVar[str] = ""

    books: Table
    """One row, the balance."""

    def _posted(self, fact: Posted, see: See) -> None:
        Ledger(self.books).post(
            (self.PARTY, cents) for account, cents in fact.lines if party_of(account, see) == self.PARTY
        )

    def result(self, end: int, see: See) -> float | int | None:
        """The balance."""
        return Ledger(self.books).balance(self.PARTY)
