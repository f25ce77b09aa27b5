"""Refusals of honest requests."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import Refused
from sim.measures._tally import Count
from sim.property import See

#: The code of a refusal that is no answer: a consent page ran out.
RAN_OUT = "consent_expired"


class HonestRefusals(Count):
    """Error answers to requests of honest people, whatever the reason. A consent page that ran out is no answer."""

    GROUP = "honest"
    UNIT = "refusals"
    READS: ClassVar = {Refused: "_refused"}

    def _refused(self, fact: Refused, see: See) -> None:
        if fact.code != RAN_OUT and not see.adversary(fact.person):
            self.more()
