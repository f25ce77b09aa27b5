"""Nothing: the orchestrator forgets its tokens, and the provider never hears of it."""

from __future__ import annotations


def withdraw(grant: str, access_token: str) -> tuple[str, tuple[str, ...]] | None:
    """No message."""
    return None
