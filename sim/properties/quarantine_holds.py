"""An account on probation does nothing that costs or computes, and is not forgotten there."""

from __future__ import annotations

from typing import Any, ClassVar

from sim.clock import NEVER, SECOND
from sim.facts import (
    AccountClosed,
    ApiAccepted,
    Quarantined,
    QuarantineLifted,
    ResourceBilled,
)
from sim.properties._words import block
from sim.property import Property, See
from sim.tables import Table


class QuarantineHolds(Property):
    """A quarantined account makes no served call and gets nothing that costs money; in time it is released or closed.

    In time: within the longest quarantine that its provider's settings have, and a second.
    """

    TEXT = "A quarantined account does nothing paid or computing, and is released or closed in time."
    CITES = ("I22",)
    MEMORY = ("inside",)
    READS: ClassVar = {
        Quarantined: "_quarantined",
        QuarantineLifted: "_out",
        AccountClosed: "_out",
        ApiAccepted: "_used",
        ResourceBilled: "_paid",
    }

    inside: Table
    """Account → True, while it is in quarantine."""

    def _quarantined(self, fact: Quarantined, see: See) -> None:
        self.inside[fact.account] = True
        config: Any = see.world.get(block(fact.provider, see.world))
        longest = NEVER if config is None else config.quarantine.most
        if longest < NEVER:
            see.deadline(self, fact.account, longest + SECOND)

    def _out(self, fact: QuarantineLifted | AccountClosed, see: See) -> None:
        if self.inside.pop(fact.account, False):
            see.met(self, fact.account)

    def _used(self, fact: ApiAccepted, see: See) -> None:
        if fact.account in self.inside:
            see.violated(self, f"{fact.provider} served a call on {fact.account}, which is in quarantine")

    def _paid(self, fact: ResourceBilled, see: See) -> None:
        if fact.account in self.inside:
            see.violated(self, f"{fact.provider} sold {fact.resource} to {fact.account}, which is in quarantine")

    def due(self, key: str, see: See) -> None:
        """The quarantine should be over."""
        see.violated(self, f"{key} is in quarantine still")
