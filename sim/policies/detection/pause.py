"""It adds nothing for anybody any more."""

from __future__ import annotations

from sim.policies.detection import Hand


def react(what: str, sessions: tuple[str, ...], hand: Hand) -> None:
    """Everybody is refused, honest customers too."""
    hand.pause()
