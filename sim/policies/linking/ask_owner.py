"""The owner signs in and approves on a consent page (blog.cloudflare.com/agents-stripe-projects; PostHog likewise)."""

from __future__ import annotations

from sim.claims import Attestation
from sim.policies.linking import Account, How


def link(claim: Attestation, account: Account, domains: tuple[str, ...]) -> How:
    """The owner is asked."""
    return "consent"
