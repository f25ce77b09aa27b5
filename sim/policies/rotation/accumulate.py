"""It is never withdrawn: keys accumulate, as personal keys do at one provider (github.com/PostHog/posthog)."""

from __future__ import annotations

from sim.clock import Duration


def grace(overlap: Duration) -> Duration | None:
    """For ever."""
    return None
