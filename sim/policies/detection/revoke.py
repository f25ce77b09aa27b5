"""It takes back what the thief may use: keys, sessions, and the grants that hang on them."""

from __future__ import annotations

from sim.policies.detection import Hand


def react(what: str, sessions: tuple[str, ...], hand: Hand) -> None:
    """A stolen session costs its login's grants, a stolen key or vault everybody's."""
    if what in ("session", "too_many"):
        hand.end_sessions(sessions)
        return
    if what != "tokens":
        hand.renew_keys()
    hand.revoke_all()
