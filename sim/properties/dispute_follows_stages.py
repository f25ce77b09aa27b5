"""Disputes take the way that the networks have for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim.clock import DAY, SECOND
from sim.facts import Disputed, DisputeDecided, DisputeMoved
from sim.lifecycles import legal
from sim.property import Property, See
from sim.tables import Table

#: A stage lasts so long at most, microseconds, whatever the network ([PAR2]_; inquiry and review assumed).
#:
#: .. [PAR2] https://www.paymentsandrisk.com/docs/reference/time-frames
AT_MOST: Mapping[str, int] = {
    "inquiry": 5 * DAY,
    "chargeback": 45 * DAY,
    "represented": 30 * DAY,
    "pre_arbitration": 45 * DAY,
    "arbitration": 45 * DAY,
}
#: What ends at the very end of its time is in time.
GRACE = SECOND


class DisputeFollowsStages(Property):
    """A dispute goes from stage to stage as ``lifecycles`` has it, in time, and ends once.

    The deadline is for the whole of it, from the complaint on: 30 + 30 + 45 + 45 days, the sum of the stages that
    follow the filing. No stage is longer than the longest that a network allows, and a dispute that is decided is
    closed, won or lost, and not decided a second time.
    """

    TEXT = "Disputes move only along inquiry, chargeback, answer, decision and closing, each stage in its time."
    CITES = ("I16", "I17")
    WITHIN = 150 * DAY
    MEMORY = ("stages",)
    READS: ClassVar = {Disputed: "_disputed", DisputeMoved: "_moved", DisputeDecided: "_decided"}

    stages: Table
    """Dispute that is not decided yet → its stage."""

    def _disputed(self, fact: Disputed, see: See) -> None:
        if fact.dispute in self.stages:
            see.violated(self, f"{fact.dispute} was opened a second time")
        self.stages[fact.dispute] = "absent"
        see.deadline(self, f"whole {fact.dispute}", self.within or 0)

    def _moved(self, fact: DisputeMoved, see: See) -> None:
        stage = self.stages.get(fact.dispute)
        if stage is None:
            see.violated(self, f"{fact.dispute} went to {fact.after}, and nobody had contested anything")
        elif stage != fact.before or not legal("dispute", fact.before, fact.after):
            see.violated(self, f"{fact.dispute} went from {fact.before} to {fact.after}, and was {stage}")
        self.stages[fact.dispute] = fact.after
        see.met(self, f"stage {fact.dispute}")
        if fact.after in AT_MOST:
            see.deadline(self, f"stage {fact.dispute}", AT_MOST[fact.after] + GRACE)

    def _decided(self, fact: DisputeDecided, see: See) -> None:
        stage = self.stages.pop(fact.dispute, None)
        see.met(self, f"stage {fact.dispute}")
        see.met(self, f"whole {fact.dispute}")
        if stage != "closed":
            why = "and was no dispute any more" if stage is None else f"while it was {stage}"
            see.violated(self, f"{fact.dispute} was decided ({fact.outcome}), {why}")

    def due(self, key: str, see: See) -> None:
        """A stage, or the whole, lasts too long."""
        what, _, dispute = key.partition(" ")
        stage = self.stages[dispute]
        whole = "has not been decided for too long, and" if what == "whole" else "has waited for too long, and"
        see.violated(self, f"{dispute} {whole} is {stage}")
