"""Sign up with somebody's address and a password of one's own, and log in once the owner has been merged into it.

The account is left alone, without even a session, until an orchestrator attests the real owner and the provider takes
the two for one. Then the password is still good. Where it is not any more, the owner is rid of the attacker.

Threat T01. Of 54 services with the means, 13 merged the accounts ([PH22]_); of 60 sites 46 link local and federated
logins, 35 of these without asking ([TW20]_). Ids of weaknesses and techniques are our mapping (assumed).

.. [PH22] Sudhodanan and Paverd, *Pre-hijacked accounts*, USENIX Security 2022, https://arxiv.org/abs/2205.10174
.. [TW20] http://essay.utwente.nl/82024/
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand, _door

NEEDS = ()
AIMS = ("token_only_for_owner", "one_person_per_account", "no_squat")
FIRST_DESCRIBED = _door.FIRST_DESCRIBED
WEAKNESSES = ("CWE-287", "CWE-1390")
TECHNIQUES = ("T1136.003", "T1078.004")

start = _door.start


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """See whether the password is still good."""
    hand.do("log_in", target, as_=_door.alias(hand, target))


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """Leave no session behind; later: in, and not alone, is won, and a refusal is the end."""
    if _door.outside(hand, target):
        if _door.came_in(hand, target, outcome):
            hand.do("log_out", target, as_=_door.alias(hand, target))
    elif verb == "log_out":
        _door.come_back(hand, campaign, target)
    elif verb == "log_in" and outcome == "complete":
        _door.logged_in(hand, target)
    elif verb == "log_in":
        hand.done_with(target, "contained")
