"""Be there first: make an account under somebody's address, wait for the owner to move in, and come back.

The account is made at the ordinary door, or, with ``via``, by provisioning through an orchestrator that does not look
who asks. Then the attacker tries from time to time to get in: with the credential it kept, and failing that by the
door. Where both are refused, the owner is rid of it.

Threats T01 (classic-federated merge), T02 (a session or token that survives), T05 (an orchestrator that does not
verify). Of 74 services with the means, 19 let an old session live on; 13 of 54 merged accounts ([PH22]_). Ids of
weaknesses and techniques are our mapping (assumed).

.. [PH22] Sudhodanan and Paverd, *Pre-hijacked accounts*, USENIX Security 2022, https://arxiv.org/abs/2205.10174
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import DAY, Exponential

NEEDS = ()
AIMS = ("no_squat", "adopted_account_is_clean", "token_only_for_owner", "one_person_per_account")
FIRST_DESCRIBED = "Sudhodanan and Paverd, Pre-hijacked accounts, USENIX Security 2022"
WEAKNESSES = ("CWE-287", "CWE-1390", "CWE-613", "CWE-290", "CWE-345")
TECHNIQUES = ("T1136.003", "T1078.004", "CAPEC-60", "T1550.001", "T1199")

#: Time from one visit to the next, where the scenario does not say (assumed).
RATE = Exponential(DAY)


def start(hand: Hand, campaign: Campaign) -> None:
    """Make the account under the victim's address."""
    for target in campaign.targets:
        as_ = campaign.alias or hand.fresh(target)
        hand.keep(target, as_)
        if campaign.via:
            hand.do("add", target, as_=as_, via=campaign.via, service="free")
        else:
            hand.do("sign_up", target, as_=as_)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """Come back, with what was kept."""
    hand.do("use", target, as_=hand.stage(target), via=campaign.via)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """In: come back later. Refused what was kept: try the door. Refused there, or never let in: it is over."""
    if outcome == "complete":
        hand.wait(target, campaign.rate or RATE)
    elif verb == "use" and not campaign.via:
        hand.do("log_in", target, as_=hand.stage(target))
    else:
        hand.done_with(target)
