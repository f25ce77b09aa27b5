"""All of it ends."""

from __future__ import annotations


def ends() -> tuple[str, ...]:
    """Everything ends."""
    return ("sessions", "tokens", "identifiers", "pending_changes")
