"""An identifier of its own for every login, which no other orchestrator uses."""

from __future__ import annotations


def subject(orchestrator: str, email: str, key: str) -> str:
    """Made of orchestrator and login; an address that changes or moves changes nothing."""
    return f"sub:{orchestrator}:{key}"
