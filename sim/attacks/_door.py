"""Being there first: an account under somebody else's address, made at a provider's ordinary door.

What the kindred attacks of *Pre-hijacked accounts* begin with ([PH22]_). Where the door wants its mail answered, the
verification trick is tried: sign up with an address of one's own, confirm that, and change to the victim's.

.. [PH22] Sudhodanan and Paverd, *Pre-hijacked accounts*, USENIX Security 2022, https://arxiv.org/abs/2205.10174
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import DAY, Exponential

#: Time from one visit to the next, where the scenario does not say (assumed).
RATE = Exponential(DAY)
FIRST_DESCRIBED = "Sudhodanan and Paverd, Pre-hijacked accounts, USENIX Security 2022"

#: How far the account has come, the word kept for a target: what was asked of the provider last.
KNOCKED, OWN, CHANGED, TRIED, IN = "knocked", "own", "changed", "tried", "in"


def start(hand: Hand, campaign: Campaign) -> None:
    """Sign up under the victim's address."""
    for target in campaign.targets:
        alias = campaign.alias or hand.fresh(target)
        hand.keep(target, f"{KNOCKED} {alias}")
        hand.do("sign_up", target, as_=alias)


def alias(hand: Hand, target: str) -> str:
    """As whom the attack acts at ``target``."""
    return hand.stage(target).split(" ")[1]


def outside(hand: Hand, target: str) -> bool:
    """Whether the account is still being made."""
    return hand.stage(target).split(" ")[0] in (KNOCKED, OWN, CHANGED, TRIED)


def came_in(hand: Hand, target: str, outcome: str) -> bool:
    """Go on with making the account after ``outcome``; whether that very answer has opened it."""
    stage, who, *own = hand.stage(target).split(" ")
    if stage == KNOCKED and outcome == "pending":
        made_up = hand.fresh(target)
        hand.keep(target, f"{OWN} {who} {made_up}")
        hand.do("sign_up", target, as_=made_up)
    elif outcome != "complete":
        hand.done_with(target, "contained")
    elif stage == OWN:
        hand.keep(target, f"{CHANGED} {who} {own[0]}")
        hand.do("change_email", target, as_=own[0], to=who)
    elif stage == CHANGED:  # or so it says: it may wait for the victim's click
        hand.keep(target, f"{TRIED} {who}")
        hand.do("log_in", target, as_=who)
    else:
        hand.keep(target, f"{IN} {who}")
        return True
    return False


def come_back(hand: Hand, campaign: Campaign, target: str) -> None:
    """Let some time pass."""
    hand.wait(target, campaign.rate or RATE)


def logged_in(hand: Hand, target: str) -> None:
    """Inside. Somebody has moved in: it has worked. Alone: leave, and no session behind."""
    if hand.found(target):
        hand.done_with(target, "won")
    else:
        hand.do("log_out", target, as_=alias(hand, target))
