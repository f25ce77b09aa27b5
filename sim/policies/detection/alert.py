"""Nothing beyond the alarm."""

from __future__ import annotations

from sim.policies.detection import Alarm, Hand


def react(alarm: Alarm, hand: Hand) -> None:
    """The alarm has been given; what follows is up to the providers."""
