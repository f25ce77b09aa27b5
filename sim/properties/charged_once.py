"""One intent, one charge."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import Charged, Refunded
from sim.properties._words import intent
from sim.property import Property, See
from sim.tables import Table


class ChargedOnce(Property):
    """One request of one person is charged at most once, retries and duplicates of every message included.

    A charge that was given back in full does not count. Another month of a plan is an intent of its own.
    """

    TEXT = "One intent is charged at most once."
    CITES = ("I14", "R12", "T33")
    MEMORY = ("charges", "left")
    READS: ClassVar = {Charged: "_charged", Refunded: "_refunded"}

    charges: Table
    """Intent → the charge for it."""
    left: Table
    """Charge → (intent, cents that have not been given back)."""

    def _charged(self, fact: Charged, see: See) -> None:
        wanted = intent(fact.intent)
        before: str = self.charges.get(wanted, "")
        if before:
            twice = f"{before} and {fact.charge}"
            see.violated(self, f"{wanted} of {fact.person} was charged twice by {fact.provider}: {twice}")
        self.charges[wanted] = fact.charge
        self.left[fact.charge] = (wanted, fact.amount)

    def _refunded(self, fact: Refunded, see: See) -> None:
        wanted, left = self.left.get(fact.charge, ("", 0))
        self.left[fact.charge] = (wanted, left - fact.amount)
        if left == fact.amount and self.charges.get(wanted) == fact.charge:
            del self.charges[wanted]
