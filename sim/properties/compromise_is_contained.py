"""A compromise stays where its party had links."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import KeyStolen, Linked, SessionStolen, SharedSecretStolen, TokenIssued, TokensStolen
from sim.property import Property, See
from sim.tables import Table


class CompromiseIsContained(Property):
    """No attacker gets a token on a compromised word for an account that was there and had no link to that party.

    Compromised is an orchestrator whose key, shared secret or token store was stolen, and from the beginning one that
    works for the attacker; also, towards the accounts of its owner, a person's session, in the hands of its thief.
    Accounts that did not exist before are a measure (``accounts_by_adversary``) and no violation, and what honest
    people do through a compromised orchestrator is none either.
    """

    TEXT = "A compromised orchestrator's word gets no attacker into an existing account that had no link to it."
    CITES = ("I26",)
    MEMORY = ("stolen", "entered")
    READS: ClassVar = {
        KeyStolen: "_party",
        SharedSecretStolen: "_party",
        TokensStolen: "_party",
        SessionStolen: "_session",
        Linked: "_linked",
        TokenIssued: "_issued",
    }

    stolen: Table
    """Names of parties, and (thief, person) of stolen sessions → True."""
    entered: Table
    """(Account, issuer) of first links on a compromised word → True, until a token is issued on it."""

    def _party(self, fact: KeyStolen | SharedSecretStolen | TokensStolen, see: See) -> None:
        self.stolen[fact.of] = True

    def _session(self, fact: SessionStolen, see: See) -> None:
        self.stolen[f"{fact.thief} {fact.of}"] = True

    def _compromised(self, issuer: str, see: See) -> bool:
        return issuer in self.stolen or see.adversary(issuer)

    def _linked(self, fact: Linked, see: See) -> None:
        if not fact.existing or not fact.issuer:
            return
        found = see.truth.account(fact.account)
        if found is None or found.issuers.count(fact.issuer) != 1 or found.made_by == fact.issuer:
            return  # it had a link before, or was made on that very word
        if self._compromised(fact.issuer, see) or f"{see.behind} {found.addressee}" in self.stolen:
            self.entered[fact.account, fact.issuer] = True

    def _issued(self, fact: TokenIssued, see: See) -> None:
        if fact.kind != "access":
            return
        found = see.truth.account(fact.account)
        if found is None:
            return
        first = (fact.account, fact.issuer) in self.entered
        if first:
            del self.entered[fact.account, fact.issuer]
        if not see.adversary(see.behind) or not (first or self._unlinked(fact.issuer, found.issuers, see)):
            return
        why = f"{see.behind} got {fact.token} of {fact.account} on the word of {fact.issuer}"
        see.violated(self, f"{why}, to which it had no link")

    def _unlinked(self, issuer: str, issuers: tuple[str, ...], see: See) -> bool:
        """Whether a compromised issuer's word worked without any link."""
        return issuer not in issuers and self._compromised(issuer, see)
