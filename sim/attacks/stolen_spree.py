"""Buy with every session there is, and leave the disputes to those who were robbed.

At each target the attack buys once as each person whose session it has. Weeks later they read their statements; the
service is used by then, the chargebacks come to the provider, and where there are enough of them in a month, a card
network's programme as well. A refusal is that person's; an orchestrator that lets nobody in any more ends it.

Threat T39, what follows a hijacked session (T24). Visa's ratio counts a fraud that is reported and disputed twice
([CKO]_). Ids of weaknesses and techniques are our mapping (assumed).

.. [CKO] https://support.checkout.com/hc/en-us/articles/26990138066450-Update-to-the-Visa-Acquirer-Monitoring-Program-VAMP
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.attacks._spending import SERVICE
from sim.clock import MINUTE, Constant

NEEDS = ("session",)
AIMS = ("dispute_follows_stages", "money_is_conserved")
FIRST_DESCRIBED = "Visa on its acquirer monitoring programme, 2025 (fraud reports and disputes in one ratio)"
WEAKNESSES = ("CWE-778",)
TECHNIQUES = ("T1657",)

#: Time from one purchase to the next at a provider, where the scenario does not say (assumed).
RATE = Constant(MINUTE)
#: The orchestrator lets nobody in any more.
CLOSED = ("paused",)


def start(hand: Hand, campaign: Campaign) -> None:
    """Without sessions there is nobody to pay."""
    for target in campaign.targets:
        if hand.has("session"):
            hand.wait(target, campaign.rate or RATE)
        else:
            hand.done_with(target)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """The next victim."""
    victims, robbed = hand.has("session"), int(hand.stage(target).partition(" ")[0] or 0)
    served = hand.stage(target).partition(" ")[2]
    if robbed >= len(victims):
        hand.done_with(target, "won" if served else "contained")
        return
    hand.keep(target, f"{robbed + 1} {served}".strip())
    if hand.do("add", target, as_=victims[robbed], via=campaign.of, service=SERVICE):
        hand.wait(target, campaign.rate or RATE)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """Whoever was refused, there is another; unless the door is closed to all."""
    if outcome == "complete":
        hand.keep(target, f"{hand.stage(target).partition(' ')[0]} served")
    elif outcome in CLOSED:
        hand.done_with(target, "contained")
