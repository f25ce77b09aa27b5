"""Sign requests as the orchestrator does, with the secret that it shares with one provider.

Whoever has the secret is the orchestrator, to that provider and to no other: a secret leaks on either side, and what it
opens is what that one provider lets the orchestrator do. Elsewhere the attack finds that it has nothing to sign with.

Threat T21. Requests are signed with a shared secret in one public implementation ([PHSIG]_). Ids of weaknesses and
techniques are our mapping (assumed).

.. [PHSIG] https://github.com/PostHog/posthog/blob/0b2daa81a77c0aff435f025945bbebbfd9c82794/ee/api/agentic_provisioning/signature.py
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.attacks import _accounts as accounts

NEEDS = ("shared_secret",)
SAYS = {"of": "orchestrators"}
AIMS = ("token_only_for_owner",)
FIRST_DESCRIBED = "RFC 2104, section 3, 1997, https://www.rfc-editor.org/rfc/rfc2104"
WEAKNESSES = ("CWE-522", "CWE-798")
TECHNIQUES = ("T1552",)


def start(hand: Hand, campaign: Campaign) -> None:
    """Begin with every target, if the power is there."""
    accounts.begin(hand, campaign, NEEDS)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """One more account."""
    accounts.one_more(hand, campaign, target, NEEDS)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """In, for good; or refused: then the power is worth nothing there any more."""
    accounts.went(hand, campaign, target, outcome)
