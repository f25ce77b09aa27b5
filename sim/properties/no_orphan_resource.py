"""No resource that nobody looks after."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import MINUTE
from sim.facts import ResourceCompleted, ResourceForgotten, ResourceRecorded, ResourceRemoved
from sim.property import Property, See
from sim.tables import Table


class NoOrphanResource(Property):
    """What was made on an orchestrator's word is known there soon, and what is forgotten there is gone.

    The clock starts when the provider has it and stops when the orchestrator has stored it, or when it was removed. An
    orchestrator that takes a resource for removed (because the provider said so) is right: it was destroyed, or
    detached and said to be. A resource made by hand is its maker's to look after. The five minutes are assumed.
    """

    TEXT = "Each resource made on an orchestrator's word is known there, or was removed or detached."
    CITES = ("R17", "I18")
    MEMORY = ("gone",)
    READS: ClassVar = {
        ResourceCompleted: "_completed",
        ResourceRecorded: "_recorded",
        ResourceRemoved: "_removed",
        ResourceForgotten: "_forgotten",
    }
    WITHIN = 5 * MINUTE

    gone: Table
    """Resources that were removed or detached → True, until the orchestrator has forgotten them."""

    def _completed(self, fact: ResourceCompleted, see: See) -> None:
        if fact.grant:
            see.deadline(self, fact.resource, self.within or 0)

    def _recorded(self, fact: ResourceRecorded, see: See) -> None:
        see.met(self, fact.resource)

    def _removed(self, fact: ResourceRemoved, see: See) -> None:
        see.met(self, fact.resource)
        self.gone[fact.resource] = True

    def _forgotten(self, fact: ResourceForgotten, see: See) -> None:
        if self.gone.pop(fact.resource, None) is None:
            see.violated(self, f"{fact.orchestrator} takes {fact.resource} for removed, and {fact.provider} has it")

    def due(self, key: str, see: See) -> None:
        """Nobody has stored it in time."""
        see.violated(self, f"{key} exists, and no orchestrator knows of it")
