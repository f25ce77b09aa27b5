"""It is replaced, and the old one works no more (github.com/PostHog/posthog)."""

from __future__ import annotations

from sim.policies.refresh import Use


def use(presented: int, current: int) -> Use:
    """New tokens of both kinds for the last one."""
    return "rotate" if presented == current else "refuse"
