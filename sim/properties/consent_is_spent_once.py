"""A consent is spent on what it was asked for, once."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import DAY
from sim.facts import CodeMinted, ConsentAsked, ConsentGiven, Expired, Transition
from sim.property import Property, See
from sim.tables import Table


class ConsentIsSpentOnce(Property):
    """A page is approved while it is open, for the account, issuer and scopes it was opened for, and makes one code.

    The provider says itself when a page is over (``expired``, or ``replaced`` by a newer one). A day is far longer
    than the 600 s of [PHCONST], and stands for a provider that never says so; were the two equal, which of them comes
    first would depend on nothing but the order within an instant.
    """

    TEXT = "A consent is spent once, on the account, issuer and scopes it was asked for, before it expires."
    CITES = ("R5",)
    MEMORY = ("asked", "given")
    READS: ClassVar = {
        ConsentAsked: "_asked",
        ConsentGiven: "_given",
        CodeMinted: "_minted",
        Expired: "_expired",
        Transition: "_moved",
    }
    WITHIN = DAY

    asked: Table
    """Url → (account, issuer, scopes) of a page that is open."""
    given: Table
    """Url → (account, issuer) of a page that was approved and has not made its code."""

    def _asked(self, fact: ConsentAsked, see: See) -> None:
        self.asked[fact.url] = (fact.account, fact.issuer, fact.scopes)
        see.deadline(self, fact.url, self.within or 0)

    def _given(self, fact: ConsentGiven, see: See) -> None:
        asked = self.asked.pop(fact.url, None)
        see.met(self, fact.url)
        self.given[fact.url] = (fact.account, fact.issuer)
        if asked is None:
            see.violated(self, f"{see.behind} approved {fact.url}, which was not open")
        elif asked != (fact.account, fact.issuer, fact.scopes):
            see.violated(self, f"{see.behind} approved something else at {fact.url} than was asked there")

    def _minted(self, fact: CodeMinted, see: See) -> None:
        if not fact.url:
            return
        given = self.given.pop(fact.url, None)
        if given is None:
            see.violated(self, f"{fact.code} was minted on {fact.url}, which was not approved or is spent")
        elif given != (fact.account, fact.issuer):
            see.violated(self, f"{fact.code} for {fact.issuer} on {fact.account} was minted on another's {fact.url}")

    def _expired(self, fact: Expired, see: See) -> None:
        if fact.kind == "consent":
            self._close(fact.what, see)

    def _moved(self, fact: Transition, see: See) -> None:
        if fact.machine == "consent" and fact.after in ("expired", "replaced"):
            self._close(fact.thing, see)

    def _close(self, url: str, see: See) -> None:
        if url in self.asked:
            del self.asked[url]
            see.met(self, url)

    def due(self, key: str, see: See) -> None:
        """A page has been open for longer than any consent lives."""
        self.asked.pop(key, None)
