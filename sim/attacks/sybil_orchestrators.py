"""Accounts through as many orchestrators as one cares to register, where each has a limit of its own.

The scenario's ``of`` names orchestrators that work for the attacker; each of them attests one made-up person after
another, at a pace of its own. One whose bucket is empty waits until there is a token in it again, so that all of them
together get through as often as one, times their number; where the limit is on what they share, waiting gets each the
share of one. A provider that refuses the orchestrator itself is left.

Threat T29. A client that publishes its metadata registers itself; one public implementation allows five registrations
an hour from a domain, and counts by caller because a limit by partner starts anew with each ([PHCONST]_). Ids of
weaknesses and techniques are our mapping (assumed).

.. [PHCONST] https://github.com/PostHog/posthog/blob/032af7e2311547deb9d9d8c9755e39e437f91f12/ee/api/agentic_provisioning/constants.py
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.attacks import _accounts as accounts
from sim.clock import MINUTE

NEEDS = ("orchestrator",)
SAYS = {"of": "orchestrators"}
AIMS = ("one_bucket_each", "rate_limit_holds")
FIRST_DESCRIBED = "Douceur, The Sybil attack, IPTPS 2002, https://doi.org/10.1007/3-540-45748-8_24"
WEAKNESSES = ("CWE-799", "CWE-307")
TECHNIQUES = ("T1585",)

#: How long it waits when it came too often (assumed).
PAUSE = 5 * MINUTE
TOO_OFTEN = "rate_limited"


def start(hand: Hand, campaign: Campaign) -> None:
    """Begin with every target, if the orchestrator is the attacker's."""
    accounts.begin(hand, campaign, NEEDS)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """One more account."""
    accounts.one_more(hand, campaign, target, NEEDS)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """Too often: wait. Anything else as with every power over an orchestrator."""
    if outcome == TOO_OFTEN:
        hand.wait(target, PAUSE)
    else:
        accounts.went(hand, campaign, target, outcome)
