"""Capture with a payment token that was made for somebody else's purchase.

Whoever has the token tries what its limits do not stop: another seller than the one it is for, several captures for
the same purchase, and more than it is good for. The target is a seller that works for the attacker. As a token is taken
back when its use is heard of, captures of several amounts are tried at the same instant; if one of them came to money
the same is done once more, with whatever tokens there are still, and else it is over.

Threat T33. A shared payment token has a seller, a currency, a largest amount and an expiry, and is deactivated as
consumed, expired, resolved or revoked ([SPT]_ [SPTI]_); what is not among its limits is left to whoever holds it. Ids
of weaknesses are our mapping (assumed).

.. [SPT] https://stripe.dev/stripe-java/com/stripe/model/sharedpayment/GrantedToken.UsageLimits.html
.. [SPTI] https://docs.stripe.com/api/shared-payment/issued-token/object
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import MINUTE, Constant

NEEDS = ("payment_tokens",)
AIMS = ("payment_token_confined", "charged_once")
FIRST_DESCRIBED = "Stripe, 2025 (shared payment tokens, and what they are limited to)"
WEAKNESSES = ("CWE-294", "CWE-837")
TECHNIQUES = ("CAPEC-60",)

#: Time from one round of captures to the next, where the scenario does not say (assumed).
RATE = Constant(MINUTE)
#: What is tried at the same instant, cents (assumed).
AMOUNTS = (1_000, 2_000, 4_000, 8_000)


def start(hand: Hand, campaign: Campaign) -> None:
    """Without a token there is nothing to capture with."""
    for target in campaign.targets:
        if hand.has("payment_tokens"):
            _capture(hand, target, before=0)
        else:
            hand.done_with(target)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """Once more."""
    _capture(hand, target, before=1)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """When all captures of a round are answered: another round, unless nothing came of this one."""
    waiting, lucky, before = (int(word) for word in hand.stage(target).split())
    waiting, lucky = waiting - 1, lucky + (outcome == "complete")
    hand.keep(target, f"{waiting} {lucky} {before}")
    if waiting:
        return
    if lucky:
        hand.wait(target, campaign.rate or RATE)
    else:
        hand.done_with(target, "won" if before else "contained")


def _capture(hand: Hand, target: str, before: int) -> None:
    """A round; kept is how many are not answered yet, how many came to money, and whether an earlier round did."""
    hand.keep(target, f"{len(AMOUNTS)} 0 {before}")
    for amount in AMOUNTS:
        if not hand.do("redeem", target, amount=amount):
            return
