"""Accounts taken over."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import TokenIssued
from sim.property import Measure, See
from sim.tables import Table


class Takeovers(Measure):
    """Accounts of which somebody else got a token or a session, of whatever kind, while the owner was settled."""

    GROUP = "harm"
    UNIT = "accounts"
    MEMORY = ("taken",)
    READS: ClassVar = {TokenIssued: "_issued"}

    taken: Table
    """Accounts taken over → True."""

    def _issued(self, fact: TokenIssued, see: See) -> None:
        owner = see.truth.owner(fact.account)
        if owner and owner != see.behind:
            self.taken[fact.account] = True

    def result(self, end: int, see: See) -> float | int | None:
        """How many accounts, however often each."""
        return len(self.taken)
