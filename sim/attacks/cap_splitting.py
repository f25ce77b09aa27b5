"""Spend what one ceiling per provider leaves, at every provider there is.

At all targets at the same pace, one purchase after another, until the ceiling of each says no: so the sum grows with
the number of providers, and again with that of orchestrators, which do not know of each other. Where a ceiling over
all is declared and compared as a token is minted, purchases at the same instant all see the same headroom.

Threat T31. The documented ceiling is 100 usd a month and provider, and none over all is stated ([CFB]_). Ids of
weaknesses are our mapping (assumed).

.. [CFB] https://blog.cloudflare.com/agents-stripe-projects/
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.attacks._spending import CEILING, ILL_LUCK, buy
from sim.clock import MINUTE, Constant

NEEDS = ()
AIMS = ("aggregate_cap_holds",)
FIRST_DESCRIBED = "Cloudflare and Stripe, 2026 (a ceiling per provider, and none over all)"
WEAKNESSES = ("CWE-770", "CWE-840")
TECHNIQUES = ()

#: Time from one purchase to the next at a provider, where the scenario does not say (assumed).
RATE = Constant(MINUTE)


def start(hand: Hand, campaign: Campaign) -> None:
    """Everywhere at once."""
    for target in campaign.targets:
        hand.wait(target, campaign.rate or RATE)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """One more at each provider."""
    buy(hand, campaign, target)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """Served, or unlucky: go on. At the ceiling this provider is used up; any other refusal is the end there, too."""
    if outcome == "complete":
        hand.keep(target, "bought")
    if outcome == "complete" or outcome in ILL_LUCK:
        hand.wait(target, campaign.rate or RATE)
    else:
        used_up = outcome in CEILING and hand.stage(target) == "bought"
        hand.done_with(target, "won" if used_up else "contained")
