"""How long what is running is refused."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import DeploymentBroken, DeploymentMended
from sim.measures._tally import Spans
from sim.property import See


class DeploymentDowntime(Spans):
    """Hours between a deployment's first call that was refused and the first that is served again."""

    UNIT = "h"
    READS: ClassVar = {DeploymentBroken: "_broken", DeploymentMended: "_mended"}

    def _broken(self, fact: DeploymentBroken, see: See) -> None:
        self.began(f"{fact.agent} {fact.provider}", see.now)

    def _mended(self, fact: DeploymentMended, see: See) -> None:
        self.ended(f"{fact.agent} {fact.provider}", see.now)

    def result(self, end: int, see: See) -> float | int | None:
        """Hours; those still refused count to ``end``."""
        return self.hours(end)
