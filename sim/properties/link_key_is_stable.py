"""Once linked, an identity leads where it led."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import Linked, Unlinked
from sim.property import Property, See
from sim.tables import Table


class LinkKeyIsStable(Property):
    """An identity (issuer and subject) that leads to an account of a provider is not led to another one there.

    Whatever happens to e-mail addresses in between, the first link decides until it is taken away.
    """

    TEXT = "An identity that is linked to an account of a provider leads to no other account there."
    CITES = ("R4",)
    MEMORY = ("leads",)
    READS: ClassVar = {Linked: "_linked", Unlinked: "_unlinked"}

    leads: Table
    """Identity → the accounts it leads to, one a line: mostly one, and as many rows as identities."""

    def _linked(self, fact: Linked, see: See) -> None:
        if not fact.issuer:
            return
        before = self.leads.get(fact.identifier)
        if before is None:
            self.leads[fact.identifier] = fact.account
        elif fact.account not in (accounts := before.split("\n")):
            here = fact.provider + "/"
            accounts = [one for one in accounts if see.truth.account(one) is not None]
            for other in accounts:
                if other.startswith(here):
                    see.violated(self, f"{fact.identifier} led to {other} and leads to {fact.account} now")
            self.leads[fact.identifier] = "\n".join([*accounts, fact.account])

    def _unlinked(self, fact: Unlinked, see: See) -> None:
        before = self.leads.get(fact.identifier)
        if before is None:
            return
        left = [one for one in before.split("\n") if one != fact.account]
        if left:
            self.leads[fact.identifier] = "\n".join(left)
        else:
            del self.leads[fact.identifier]
