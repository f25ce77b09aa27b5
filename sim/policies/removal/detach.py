"""It stays with its owner, beyond the reach of the orchestrator's tokens (github.com/PostHog/posthog)."""

from __future__ import annotations


def destroys() -> bool:
    """The owner keeps it, and what opens it."""
    return False
