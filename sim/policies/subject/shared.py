"""A short local name: unique within the orchestrator at best, and the same string as somebody's elsewhere."""

from __future__ import annotations


def subject(orchestrator: str, email: str, key: str) -> str:
    """What stands before the ``@`` of the address."""
    return email.rpartition("@")[0]
