"""Nothing beyond the alarm."""

from __future__ import annotations

from sim.policies.detection import Hand


def react(what: str, sessions: tuple[str, ...], hand: Hand) -> None:
    """The alarm has been given; what follows is up to the providers."""
