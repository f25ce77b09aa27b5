"""No link to an existing account without its owner."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import SECOND
from sim.facts import ConsentGiven, Linked
from sim.property import Property, See
from sim.tables import Table


class ExistingAccountNeedsConsent(Property):
    """A link to an account that was there rests on an approval, by its owner, of this page, for this issuer.

    The approval is at most as old as a consent lives (600 s, PostHog's provisioning constants [PHCONST]). What the
    owner adds from the dashboard needs no page, and the click that activates a new account is one. A contested account
    has no owner who could be asked; but a silent link to its addressee settles it, and is judged.
    """

    TEXT = "An existing account is linked to an identity only after its owner has approved that."
    CITES = ("I4",)
    MEMORY = ("given",)
    READS: ClassVar = {ConsentGiven: "_given", Linked: "_linked"}
    WITHIN = 600 * SECOND

    given: Table
    """Url → (account, issuer, who approved), until a link rests on it or it is too old."""

    def _given(self, fact: ConsentGiven, see: See) -> None:
        self.given[fact.url] = (fact.account, fact.issuer, see.behind)
        see.deadline(self, fact.url, self.within or 0)

    def due(self, key: str, see: See) -> None:
        """An approval is too old."""
        self.given.pop(key, None)

    def _linked(self, fact: Linked, see: See) -> None:
        if not fact.existing or not fact.issuer or fact.how in ("created", "added"):
            return
        consent = None
        if fact.url in self.given:
            consent = self.given.pop(fact.url)
            see.met(self, fact.url)
        owner = see.truth.owner(fact.account)
        if owner and consent != (fact.account, fact.issuer, owner):
            why = "without an approval" if consent is None else f"on what {consent[2]} approved"
            see.violated(self, f"{fact.identifier} was linked ({fact.how}) to {owner}'s account {fact.account} {why}")
