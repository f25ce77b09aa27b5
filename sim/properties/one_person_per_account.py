"""Identifiers of one account belong to one person."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import Linked
from sim.property import Property, See
from sim.tables import Table
from sim.truth import PASSWORD


class OnePersonPerAccount(Property):
    """The identifiers that lead to an account at the same time, its password included, were made by one person.

    Judged when the party has finished that linked one more: what adoption purges in the same step does not count.
    """

    TEXT = "All identifiers that lead to an account belong to one person."
    CITES = ("I2",)
    MEMORY = ("waiting",)
    READS: ClassVar = {Linked: "_linked"}

    waiting: Table
    """Accounts that are looked at when the party has finished → whether their addressee linked something just now."""

    def _linked(self, fact: Linked, see: See) -> None:
        others = see.truth.foreign(fact.account)
        if not others:
            return
        before = self.waiting.get(fact.account)
        self.waiting[fact.account] = bool(before) or all(fact.identifier != one.thing for one in others)
        if before is None:
            see.at_end(self, fact.account)

    def finish(self, key: str, see: See) -> None:
        """Report the people who have an identifier of the account now."""
        own = self.waiting.pop(key, False)
        found = see.truth.account(key)
        if found is None:
            return
        others = {one.thing: one.maker for one in see.truth.foreign(key) if one.kind == "identifier"}
        own = own or any(name not in others for name in found.identifiers)
        own = own or not (found.made_by or PASSWORD in others)  # a password is where the door begins
        people = list(dict.fromkeys([found.addressee] * own + list(others.values())))
        if len(people) > 1:
            see.violated(self, f"identifiers of {' and '.join(people)} lead to {key}")
