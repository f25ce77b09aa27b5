"""No link to an existing account without its owner."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import SECOND
from sim.facts import ConsentAsked, ConsentGiven, Linked
from sim.property import Property, See
from sim.tables import Table


class ExistingAccountNeedsConsent(Property):
    """A link to an account that was there rests on an approval, by its owner, of this page, for this issuer.

    The approval is at most as old as a consent lives (600 s, PostHog's provisioning constants [PHCONST]). What the
    owner adds from the dashboard needs no page, and the click that activates a new account is one. A contested account
    has no owner who could be asked; but a silent link to its addressee settles it, and is judged. A page that approves
    by itself in the owner's session is as good as a click for a request of the owner's own, and for no other.
    """

    TEXT = "An existing account is linked to an identity only after its owner has approved that."
    CITES = ("I4",)
    MEMORY = ("given", "asked")
    READS: ClassVar = {ConsentAsked: "_asked", ConsentGiven: "_given", Linked: "_linked"}
    WITHIN = 600 * SECOND

    given: Table
    """Url → (account, issuer, who approved), until a link rests on it or it is too old."""

    asked: Table
    """Url of a page for a request that was not the owner's → who asked, while the page is open."""

    def _asked(self, fact: ConsentAsked, see: See) -> None:
        owner = see.truth.owner(fact.account)
        if owner and owner != see.behind:
            self.asked[fact.url] = see.behind
            see.deadline(self, f"asked {fact.url}", self.within or 0)

    def _given(self, fact: ConsentGiven, see: See) -> None:
        stranger = self.asked.pop(fact.url, "")
        if stranger:
            see.met(self, f"asked {fact.url}")
        by = see.behind if fact.clicked or not stranger else f"nobody, for {stranger}"
        self.given[fact.url] = (fact.account, fact.issuer, by)
        see.deadline(self, fact.url, self.within or 0)

    def due(self, key: str, see: See) -> None:
        """An approval, or a page, is too old."""
        if key.startswith("asked "):
            self.asked.pop(key.removeprefix("asked "), None)
        else:
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
