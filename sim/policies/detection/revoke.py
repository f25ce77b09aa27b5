"""It takes back what the thief may use: keys, sessions, and the grants that hang on them."""

from __future__ import annotations

from sim.policies.detection import Alarm, Hand


def react(alarm: Alarm, hand: Hand) -> None:
    """A stolen session costs its login's grants, a stolen key or vault everybody's."""
    if alarm.what in ("session", "too_many"):
        hand.end_sessions(alarm.sessions)
        return
    if alarm.what != "tokens":
        hand.renew_keys()
    hand.revoke_all()
