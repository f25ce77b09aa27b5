"""The account that bears the address: whatever the subject, each time anew.

What PostHog's surface for Stripe and Stripe's sample provider do (github.com/PostHog/posthog,
github.com/erint-stripe/toastercloud-provider).
"""

from __future__ import annotations

from sim.claims import Attestation
from sim.policies.matching import Accounts, Match, oldest


def match(look: Accounts, claim: Attestation, verified: bool) -> Match:
    """By the address alone, compared character by character."""
    return oldest(look.by_email(claim.email))
