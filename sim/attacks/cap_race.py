"""Ask many times at once, before any of it counts.

Purchases that are under way, and use that is metered late, are not captured yet: whoever compares a ceiling with what
was captured lets all of them pass. So the attack buys in bursts. If all of a burst is served it asks for another; once
something of it is refused the ceiling has been seen, and whatever was sold by then beyond it is the gain.

Threat T32. Usage-based billing is in the scope of the documented ceiling ([CFB]_); payment tokens of one payer share no
counter among themselves ([SPT]_). The overshoot is what is in flight, and with a late meter rate times lag. Ids of
weaknesses are our mapping (assumed).

.. [CFB] https://blog.cloudflare.com/agents-stripe-projects/
.. [SPT] https://stripe.dev/stripe-java/com/stripe/model/sharedpayment/GrantedToken.UsageLimits.html
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.attacks._spending import ILL_LUCK, buy
from sim.clock import MINUTE, Constant

NEEDS = ()
AIMS = ("monthly_cap_holds",)
FIRST_DESCRIBED = "Bishop and Dilger, 1996 (checking and using a shared value are two steps)"
WEAKNESSES = ("CWE-362", "CWE-367")
TECHNIQUES = ("CAPEC-29",)

#: Time from one burst to the next at a provider, where the scenario does not say (assumed).
RATE = Constant(10 * MINUTE)
#: So many purchases are begun at the same instant (assumed).
BURST = 5


def start(hand: Hand, campaign: Campaign) -> None:
    """A first burst at every target."""
    for target in campaign.targets:
        _burst(hand, campaign, target)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """The next burst."""
    _burst(hand, campaign, target)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """When a whole burst is answered: another one, unless some of it was refused."""
    waiting, refused, lucky = (int(word) for word in hand.stage(target).split())
    waiting -= 1
    lucky += outcome == "complete"
    refused += outcome != "complete" and outcome not in ILL_LUCK
    hand.keep(target, f"{waiting} {refused} {lucky}")
    if waiting:
        return
    if refused:
        hand.done_with(target, "won" if lucky else "contained")
    else:
        hand.wait(target, campaign.rate or RATE)


def _burst(hand: Hand, campaign: Campaign, target: str) -> None:
    """Many at once; how many are not answered yet, and how the others went, is kept before the first one is begun."""
    hand.keep(target, f"{BURST} 0 0")
    for _ in range(BURST):
        if not buy(hand, campaign, target):
            return
