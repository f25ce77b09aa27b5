"""Which of many stolen cards are good? Buy the cheapest thing there is with each, and watch.

At an orchestrator a card is put on file for a made-up customer, and provisioning tells at once whether it was charged:
at each target the attack buys with one card after another, as a new person each time, until it is through with them.
A target that does not let it in any more is left. The cards that are charged are worth something elsewhere.

Threat T37. Visa counts an enumeration when more than 20 % of authorisations, and more than 300,000 in a month, are such
probes ([CBS]_); a third of the accounts so found is defrauded within five days ([VAA]_). Ids of weaknesses and
techniques are our mapping (assumed).

.. [CBS] https://www.chargebackstop.com/blog/preparing-for-vamp-a-merchants-playbook-for-visas-new-dispute-fraud-thresholds
.. [VAA] https://www.merchantfraudjournal.com/?p=10513
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import MINUTE, Constant

NEEDS = ()
AIMS = ("paid_resource_iff_charged", "charge_needs_acceptance")
FIRST_DESCRIBED = "Visa on account enumeration, 2024 (1.1 billion usd a year)"
WEAKNESSES = ("CWE-799",)
TECHNIQUES = ("T1657", "CAPEC-112")

#: Time from one card to the next at a provider, where the scenario does not say (assumed).
RATE = Constant(MINUTE)
#: Outcomes that say something of the card: it is good, or it is not.
TOLD = ("complete", "billing_activation_failed", "blocked")
#: Outcomes that say nothing: the next card may do.
ILL_LUCK = ("expired", "timeout", "no_mail", "server_busy", "pending", "cap_exceeded")


def start(hand: Hand, campaign: Campaign) -> None:
    """Without cards there is nothing to test."""
    for target in campaign.targets:
        if hand.cards():
            hand.wait(target, campaign.rate or RATE)
        else:
            hand.done_with(target)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """The next card, as somebody new."""
    tested = int(hand.stage(target) or 0)
    if tested >= hand.cards():
        hand.done_with(target)
        return
    hand.keep(target, str(tested + 1))
    hand.do("add", target, as_=campaign.alias or hand.fresh(target), via=campaign.of, service="paid")
    hand.wait(target, campaign.rate or RATE)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """Whatever it says of the card, there is another one; a refusal of the attacker itself ends it there."""
    if outcome not in TOLD + ILL_LUCK:
        hand.done_with(target)
