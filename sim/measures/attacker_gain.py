"""What the attacker got hold of."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import Posted
from sim.measures._books import party_of
from sim.measures._tally import Count
from sim.property import See


class AttackerGain(Count):
    """Services and money that came to the attacker, cents; what it paid for them is left out (``net_adversary``)."""

    GROUP = "harm"
    UNIT = "cents"
    READS: ClassVar = {Posted: "_posted"}

    def _posted(self, fact: Posted, see: See) -> None:
        gained = sum(cents for account, cents in fact.lines if cents > 0 and party_of(account, see) == "adversary")
        if gained:
            self.more(gained)
