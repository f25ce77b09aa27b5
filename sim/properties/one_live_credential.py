"""Rotation leaves one credential alive, and the orchestrator has it."""

from __future__ import annotations

from typing import Any, ClassVar

from sim.clock import MINUTE, SECOND
from sim.facts import ResourceRecorded, ResourceRemoved, SecretRotated, TokenEnded
from sim.properties._words import block
from sim.property import Property, See
from sim.tables import Table


class OneLiveCredential(Property):
    """After a rotation the old credential dies in time, and the new one is what the resource's orchestrator has stored.

    In time is at once, or within the overlap that the provider has announced. The orchestrator has the deadline (five
    minutes, assumed) to store the new generation; a late answer that brings back an older one starts it again.
    """

    TEXT = "At most one generation of a resource's credential lives after the overlap, and it is the one stored."
    CITES = ("R18",)
    MEMORY = ("current",)
    READS: ClassVar = {
        SecretRotated: "_rotated",
        TokenEnded: "_ended",
        ResourceRecorded: "_recorded",
        ResourceRemoved: "_removed",
    }
    WITHIN = 5 * MINUTE

    current: Table
    """Resource that was rotated → its orchestrator and its present credential."""

    def _rotated(self, fact: SecretRotated, see: See) -> None:
        if fact.before:
            config: Any = see.world.get(block(fact.provider, see.world))
            overlaps = getattr(config, "rotation", "at_once") == "overlap"
            grace = config.rotation_overlap.most if overlaps else 0
            see.deadline(self, f"dead {fact.before}", grace + SECOND)
        self.current[fact.resource] = (fact.issuer, fact.after)
        see.deadline(self, f"stored {fact.resource}", self.within or 0)

    def _ended(self, fact: TokenEnded, see: See) -> None:
        if fact.kind == "resource":
            see.met(self, f"dead {fact.token}")

    def _recorded(self, fact: ResourceRecorded, see: See) -> None:
        row = self.current.get(fact.resource)
        if row is None or row[0] != fact.orchestrator:
            return
        if fact.secret == row[1]:
            see.met(self, f"stored {fact.resource}")
        else:
            see.deadline(self, f"stored {fact.resource}", self.within or 0)

    def _removed(self, fact: ResourceRemoved, see: See) -> None:
        if self.current.pop(fact.resource, None) is not None:
            see.met(self, f"stored {fact.resource}")

    def due(self, key: str, see: See) -> None:
        """An old credential lives, or the new one is not where it should be."""
        what, _, thing = key.partition(" ")
        if what == "dead":
            see.violated(self, f"{thing} works beside the credential that took its place")
        elif thing in self.current:
            issuer, secret = self.current[thing]
            see.violated(self, f"what {issuer} has stored for {thing} is not its present credential, {secret}")
