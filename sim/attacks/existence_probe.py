"""Ask for an account under an address, and read from the kind of answer whether there was one.

Where an existing account asks its owner, or is refused, and a new one is made at once, every orchestrator can tell
which addresses a provider knows. One question an address is enough; too many at a time, and it waits and asks again.

Threat T14. The two kinds of answer differ in public provider code ([PHG]_), where limits by caller and by address are
the only brake ([PHCONST]_). Ids of weaknesses and techniques are our mapping (assumed).

.. [PHG] https://github.com/PostHog/posthog/tree/master/ee/api/agentic_provisioning
.. [PHCONST] https://github.com/PostHog/posthog, ee/api/agentic_provisioning/constants.py
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import HOUR, Exponential

NEEDS = ()
AIMS = ("existence_not_revealed", "rate_limit_holds")
FIRST_DESCRIBED = "PostHog, agentic provisioning, 2026 (kinds of answer and limits)"
WEAKNESSES = ("CWE-204",)
TECHNIQUES = ("T1087.004",)

#: How long it waits when it has asked too often, where the scenario does not say (assumed).
RATE = Exponential(HOUR)
#: Outcomes that say nothing of the address.
TRY_AGAIN = ("rate_limited", "timeout", "server_busy", "temporarily_unavailable")
#: Outcomes that say that there is an account, and one that looks like it: a new one that waits for its mail.
THERE, MAYBE = ("pending_auth", "email_taken", "other_issuer", "second_factor_missing"), "pending"


def start(hand: Hand, campaign: Campaign) -> None:
    """Ask everywhere."""
    for target in campaign.targets:
        hand.keep(target, campaign.alias or hand.fresh(target))
        tick(hand, campaign, target)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """Ask."""
    hand.do("add", target, as_=hand.stage(target), via=campaign.via, service="free")


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """Told, or told nothing; refused for want of patience: later."""
    if outcome in TRY_AGAIN:
        hand.wait(target, campaign.rate or RATE)
    else:
        hand.done_with(target, "won" if outcome in THERE else "contained" if outcome == MAYBE else "")
