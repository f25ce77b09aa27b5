"""Nothing: the orchestrator forgets its tokens, and the provider never hears of it."""

from __future__ import annotations

from sim.policies.revocation import Named


def withdraw(grant: str, access_token: str) -> Named | None:
    """No message."""
    return None
