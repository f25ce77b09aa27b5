"""The address itself: whoever has it is the same subject, here and at every orchestrator that does likewise."""

from __future__ import annotations


def subject(orchestrator: str, email: str, key: str) -> str:
    """The login's address."""
    return email
