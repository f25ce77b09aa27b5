"""It stays what it is, and works as long as its grant."""

from __future__ import annotations

from sim.policies.refresh import Use


def use(presented: int, current: int) -> Use:
    """A new access token each time."""
    return "keep" if presented == current else "refuse"
