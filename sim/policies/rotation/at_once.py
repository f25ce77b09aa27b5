"""It dies at once: no field of the wire speaks of an overlap (skills.sh/kernel/just-html/stripe-projects-cli)."""

from __future__ import annotations

from sim.clock import Constant, Duration


def grace(overlap: Duration) -> Duration | None:
    """None of it."""
    return Constant(0)
