"""Sign up with somebody's address, keep the session alive, and go on using it when the owner has recovered the account.

The session is used from time to time, so that it does not run out, and the account looked at in it. When it is dead
the owner is rid of the attacker; nothing else is tried. The same with a token that an orchestrator keeps is
``non_verifying_orchestrator``.

Threat T02. Of 74 services 19 let an old session live on after a reset ([PH22]_). Ids of weaknesses and techniques are
our mapping (assumed).

.. [PH22] Sudhodanan and Paverd, *Pre-hijacked accounts*, USENIX Security 2022, https://arxiv.org/abs/2205.10174
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand, _door

NEEDS = ()
AIMS = ("adopted_account_is_clean", "no_squat")
FIRST_DESCRIBED = _door.FIRST_DESCRIBED
WEAKNESSES = ("CWE-613",)
TECHNIQUES = ("CAPEC-60", "T1550.001")

start = _door.start


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """See whether the session still works."""
    hand.do("use", target, as_=_door.alias(hand, target))


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """It works: look who is there. It does not: over."""
    if _door.outside(hand, target):
        if _door.came_in(hand, target, outcome):
            _door.come_back(hand, campaign, target)
    elif verb == "use" and outcome == "complete":
        hand.do("look", target, as_=_door.alias(hand, target))
    elif verb == "look" and outcome == "complete" and hand.found(target):
        hand.done_with(target, "won")
    elif verb == "look" and outcome == "complete":
        _door.come_back(hand, campaign, target)
    elif verb in ("use", "look"):
        hand.done_with(target, "contained")
