"""Revocation wins."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import MINUTE
from sim.facts import ApiAccepted, Revoked
from sim.property import Property, See
from sim.tables import Table


class RevokedGrantIsDead(Property):
    """No call is served with anything that descends from a grant, from the deadline after its revocation on.

    The clock starts at the orchestrator's single action, whether or not a message says so to the provider. Refreshed
    tokens and the secrets of resources hang on the grant like the first token. Fifteen minutes are the worst case that
    continuous access evaluation states (Microsoft Entra documentation [CAE]).
    """

    TEXT = "Once a grant is revoked, nothing that descends from it is accepted after the deadline."
    CITES = ("I7", "R9")
    MEMORY = ("dead",)
    READS: ClassVar = {Revoked: "_revoked", ApiAccepted: "_accepted"}
    WITHIN = 15 * MINUTE

    dead: Table
    """Grants that must be dead → True."""

    def _revoked(self, fact: Revoked, see: See) -> None:
        if fact.grant:
            see.deadline(self, fact.grant, self.within or 0)

    def due(self, key: str, see: See) -> None:
        """From now on the grant must be dead."""
        self.dead[key] = True

    def _accepted(self, fact: ApiAccepted, see: See) -> None:
        if fact.grant in self.dead:
            see.violated(self, f"{fact.provider} accepted {fact.token} of {see.behind} after {fact.grant} was revoked")
