"""The books balance."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import Charged, Posted, Refunded
from sim.money import format_money, imbalance
from sim.property import Property, See
from sim.tables import Table


class MoneyIsConserved(Property):
    """Every entry of the books adds up to nothing, to the cent, and what is captured or given back is booked as such.

    Judged when the party has finished that captured or gave back.
    """

    TEXT = "No cent comes into being or vanishes: every entry is balanced, and every charge and refund is booked once."
    CITES = ("I15",)
    MEMORY = ("unbooked",)
    READS: ClassVar = {Charged: "_charged", Refunded: "_refunded", Posted: "_posted"}

    unbooked: Table
    """(Charge, person, provider) → cents that the person has paid and the books do not show."""

    def _charged(self, fact: Charged, see: See) -> None:
        self._owe((fact.charge, fact.person, fact.provider), fact.amount, see)

    def _refunded(self, fact: Refunded, see: See) -> None:
        self._owe((fact.charge, fact.person, fact.provider), -fact.amount, see)

    def _owe(self, key: tuple[str, str, str], cents: int, see: See) -> None:
        self.unbooked[key] = self.unbooked.get(key, 0) + cents
        see.at_end(self, " ".join(key))

    def _posted(self, fact: Posted, see: See) -> None:
        off = imbalance(fact.lines)
        if off:
            see.violated(self, f"the entry {fact.why!r} for {fact.request} is out of balance by {format_money(off)}")
        if fact.why not in ("charge", "refund"):
            return
        lines = dict(fact.lines)
        person = next((name for name, _ in fact.lines if name.startswith("person:")), "")
        provider = next((name for name, _ in fact.lines if name.startswith("provider:")), "")
        key = (fact.request, person.partition(":")[2], provider.partition(":")[2])
        if lines.get(provider, 0) == -lines.get(person, 0):
            self.unbooked[key] = self.unbooked.get(key, 0) - lines.get(provider, 0)
        see.at_end(self, " ".join(key))

    def finish(self, key: str, see: See) -> None:
        """Report what is not booked as it was."""
        charge, person, provider = key.split(" ", 2)
        left = self.unbooked.pop((charge, person, provider), 0)
        if left:
            see.violated(self, f"{format_money(left)} of {charge} between {person} and {provider} are not in the books")
