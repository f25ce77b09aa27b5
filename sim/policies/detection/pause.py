"""It adds nothing for anybody any more."""

from __future__ import annotations

from sim.policies.detection import Alarm, Hand


def react(alarm: Alarm, hand: Hand) -> None:
    """Everybody is refused, honest customers too."""
    hand.pause()
