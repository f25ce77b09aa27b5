"""Sign up with somebody's address, add a login of one's own, and get in by it after the owner's recovery.

A reset changes the password and may end sessions; a login elsewhere that leads to the account is often forgotten.

Threat T03. Of 49 services with the means, 12 kept it ([PH22]_). Ids of weaknesses and techniques are our mapping
(assumed).

.. [PH22] Sudhodanan and Paverd, *Pre-hijacked accounts*, USENIX Security 2022, https://arxiv.org/abs/2205.10174
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand, _door

NEEDS = ()
AIMS = ("one_person_per_account", "adopted_account_is_clean", "token_only_for_owner", "no_squat")
FIRST_DESCRIBED = _door.FIRST_DESCRIBED
WEAKNESSES = ("CWE-287",)
TECHNIQUES = ("T1098",)

start = _door.start


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """See whether any of what leads to the account still does."""
    hand.do("log_in", target, as_=_door.alias(hand, target))


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """In: add the login, and leave. Back later: not alone is won, refused is over; so is a login that was not added."""
    if _door.outside(hand, target):
        if _door.came_in(hand, target, outcome):
            hand.do("add_identifier", target, as_=_door.alias(hand, target))
    elif verb == "add_identifier" and outcome == "complete":
        hand.do("log_out", target, as_=_door.alias(hand, target))
    elif verb == "log_out":
        _door.come_back(hand, campaign, target)
    elif verb == "log_in" and outcome == "complete":
        _door.logged_in(hand, target)
    elif verb in ("add_identifier", "log_in"):
        hand.done_with(target, "contained")
