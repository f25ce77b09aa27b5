"""The first layer of secrets stays with the orchestrator."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import SecretStored
from sim.property import Property, See

#: How the names of a provider's access and refresh tokens begin.
LAYER_1 = ("at:", "rt:")


class AgentHoldsNoSecret(Property):
    """A provider's access and refresh tokens (layer 1) never lie in an agent's ``.env``.

    The secrets of resources (layer 2) do: that is what the agent asked for. An API key that a human made and handed
    over is the way it was before the protocol.
    """

    TEXT = "No access or refresh token of a provider reaches an agent."
    CITES = ("R10",)
    READS: ClassVar = {SecretStored: "_stored"}

    def _stored(self, fact: SecretStored, see: See) -> None:
        if fact.secret.startswith(LAYER_1):
            see.violated(self, f"{fact.agent} has {fact.secret} of {fact.party} in its .env")
