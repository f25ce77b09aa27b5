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

    def __init__(self, name: str, within: int | None = None) -> None:
        super().__init__(name, within)
        self._providers: dict[str, bool] = {}
        """Which names are providers': what is asked again and again, and never changes."""

    def _stepped(self, fact: HumanStepped, see: See) -> None:
        known = self._providers.get(fact.where)
        if known is None:
            known = self._providers[fact.where] = is_provider(fact.where, see.world)
        if known and not see.adversary(fact.person):
            self.more()
