"""What several attacks have in common: accounts at every provider, one after another, on an orchestrator's word.

With a stolen session they are the victim's; with a key, a secret or an orchestrator they are those of whomever the
scenario says, or of people made up. Ill luck is told apart from a refusal, and tried again.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.attacks import Campaign, Hand
from sim.clock import MINUTE, Constant

#: Time from one account to the next at a provider, where the scenario does not say (assumed).
RATE = Constant(MINUTE)
#: Outcomes after which there is an account, or would be if its owner agreed.
MADE = ("complete", "pending", "pending_auth")
#: Outcomes that say nothing about the power: the same again may work.
ILL_LUCK = ("expired", "consent_expired", "timeout", "no_mail", "server_busy", "rate_limited", "cooling_off")


def begin(hand: Hand, campaign: Campaign, powers: Sequence[str]) -> None:
    """Without one of ``powers`` over the orchestrator there is nothing to do."""
    for target in campaign.targets:
        if hand.power() in powers:
            hand.wait(target, campaign.rate or RATE)
        else:
            hand.done_with(target)


def one_more(hand: Hand, campaign: Campaign, target: str, powers: Sequence[str]) -> None:
    """One more account, while the power lasts."""
    if hand.power() not in powers:
        hand.done_with(target, "contained")
        return
    as_ = hand.victim() or campaign.alias or hand.fresh(target)
    if hand.do("add", target, as_=as_, via=campaign.of, service="free"):
        hand.wait(target, campaign.rate or RATE)


def went(hand: Hand, campaign: Campaign, target: str, outcome: str) -> None:
    """Of one person, one account is enough; a refusal says that the power is gone, at this provider at least."""
    if outcome in MADE:
        if hand.victim() or campaign.alias:
            hand.done_with(target, "won" if outcome == "complete" else "")
    elif outcome not in ILL_LUCK:
        hand.done_with(target, "contained")
