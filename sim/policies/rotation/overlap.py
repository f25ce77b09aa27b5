"""It works for a while beside the new one, so that what is running can be given the new one in time (assumed)."""

from __future__ import annotations

from sim.clock import Duration


def grace(overlap: Duration) -> Duration | None:
    """As long as the provider says."""
    return overlap
