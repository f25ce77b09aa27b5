"""The account to which issuer and subject lead, else the one that bears the address.

The shape at Cloudflare and on PostHog's generic surface, with consent for the second case
(blog.cloudflare.com/agents-stripe-projects; github.com/PostHog/posthog).
"""

from __future__ import annotations

from sim.claims import Attestation
from sim.policies.matching import Accounts, Found, Match, oldest


def match(look: Accounts, claim: Attestation, verified: bool) -> Match:
    """By issuer and subject, else by the address."""
    known = look.by_subject(claim.issuer, claim.subject)
    return Found(known, "subject") if known else oldest(look.by_email(claim.email))
