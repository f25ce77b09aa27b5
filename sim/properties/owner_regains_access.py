"""Lockouts end."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import DAY
from sim.facts import Linked, Refused, TokenIssued
from sim.facts.money import ABOUT_MONEY
from sim.property import Property, See
from sim.tables import Table

#: What a person tries to get in by.
GETTING_IN = ("add", "log_in")


class OwnerRegainsAccess(Property):
    """A person who was refused where an account is theirs, or bears their address, gets in there within the deadline.

    A lockout starts when an honest person's ``add`` or ``log_in`` ends there in an error, or at a consent page that
    ran out; it ends at the person's next token, session or link there. Whoever only cannot pay is
    not locked out. The seven days are assumed.
    """

    TEXT = "Whoever is refused where an account is theirs or bears their address gets in there within the deadline."
    CITES = ("I19",)
    MEMORY = ("out",)
    READS: ClassVar = {Refused: "_refused", TokenIssued: "_in", Linked: "_in"}
    WITHIN = 7 * DAY

    out: Table
    """``person provider`` of lockouts → the code it began with."""

    def _refused(self, fact: Refused, see: See) -> None:
        key = f"{fact.person} {fact.party}"
        if fact.verb not in GETTING_IN or fact.code in ABOUT_MONEY or key in self.out or see.adversary(fact.person):
            return
        if see.truth.concerns(fact.person, fact.party, fact.email):
            self.out[key] = fact.code
            see.deadline(self, key, self.within or 0)

    def _in(self, fact: TokenIssued | Linked, see: See) -> None:
        key = f"{see.behind} {fact.provider}"
        if key in self.out:
            del self.out[key]
            see.met(self, key)

    def due(self, key: str, see: See) -> None:
        """Still locked out."""
        code = self.out.pop(key, "")
        person, _, provider = key.partition(" ")
        see.violated(self, f"{person} has been locked out of {provider} since {code!r}")
