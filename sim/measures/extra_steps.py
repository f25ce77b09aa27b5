"""What people do by hand at providers."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import HumanStepped
from sim.measures._tally import Count, is_provider
from sim.property import See


class ExtraSteps(Count):
    """Actions of honest people at a provider by hand; what they do at an orchestrator does not count."""

    GROUP = "honest"
    UNIT = "actions"
    READS: ClassVar = {HumanStepped: "_stepped"}

    def _stepped(self, fact: HumanStepped, see: See) -> None:
        if not see.adversary(fact.person) and is_provider(fact.where, see.world):
            self.more()
