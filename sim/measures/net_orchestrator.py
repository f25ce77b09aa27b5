"""The balance of orchestrators."""

from __future__ import annotations

from sim.measures._books import Net


class NetOrchestrator(Net):
    """Honest orchestrators."""

    PARTY = "orchestrator"
