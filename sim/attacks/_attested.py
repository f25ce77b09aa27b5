"""Being attested: an orchestrator tells the provider that the attacker is somebody, or has somebody's address.

What it rests on is the orchestrator's carelessness, its dishonesty, or that the address has really become the
attacker's. The rest is alike: have a service added, come back from time to time with what the orchestrator keeps, and
look round where the provider lets the orchestrator's customers in. Thrown out, ask once more: who was let in on an
orchestrator's word may be let in again. Refused then, or asked to wait for somebody who will not come, it is over.
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import DAY, Exponential

#: Time from one visit to the next, where the scenario does not say (assumed).
RATE = Exponential(DAY)
#: The word kept while a first and while a second request is under way, while waiting for a click, and when in.
ASKED, AGAIN, WAITING, IN = "asked", "again", "waiting", "in"
#: Outcomes after which it is up to somebody else.
UP_TO_OTHERS = ("pending", "pending_auth")


def start(hand: Hand, campaign: Campaign) -> None:
    """Have a service added, as somebody."""
    for target in campaign.targets:
        ask(hand, campaign, target, ASKED, campaign.alias or hand.fresh(target))


def ask(hand: Hand, campaign: Campaign, target: str, stage: str, who: str) -> None:
    """Have a service added, as ``who``."""
    hand.keep(target, f"{stage} {who}")
    hand.do("add", target, as_=who, via=campaign.via, service="free")


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """See whether what the orchestrator keeps still works."""
    hand.do("use", target, as_=_who(hand, target), via=campaign.via)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """In: have the token renewed, look round, and come back later. Out: ask once more."""
    stage, who = hand.stage(target).split(" ")
    if verb == "add":
        _let_in(hand, campaign, target, outcome)
    elif verb == "use" and outcome == "complete":
        hand.do("refresh", target, as_=who, via=campaign.via)
    elif verb in ("use", "refresh") and outcome != "complete":
        if stage == IN:
            ask(hand, campaign, target, AGAIN, who)
        else:
            hand.done_with(target, "contained")
    elif verb == "refresh":
        hand.do("log_in", target, as_=who, via=campaign.via)
    elif verb == "log_in" and outcome == "complete" and hand.found(target):
        hand.done_with(target, "won")
    elif verb == "log_in":
        hand.wait(target, campaign.rate or RATE)


def _let_in(hand: Hand, campaign: Campaign, target: str, outcome: str) -> None:
    """What has become of asking."""
    stage, who = hand.stage(target).split(" ")
    if outcome == "complete":
        hand.keep(target, f"{IN} {who}")
        hand.do("log_in", target, as_=who, via=campaign.via)
    elif outcome in UP_TO_OTHERS and stage == ASKED:
        hand.keep(target, f"{WAITING} {who}")
        hand.wait(target, campaign.rate or RATE)
    else:
        hand.done_with(target, "contained")


def _who(hand: Hand, target: str) -> str:
    """As whom the attack acts at ``target``."""
    return hand.stage(target).split(" ")[1]
