"""No click where there is nothing to choose: an early revision of PostHog's page redirected a signed-in owner at once.

Source: github.com/PostHog/posthog, ee/api/agentic_provisioning, March 2026.
"""

from __future__ import annotations

from sim.policies.consent import AUTO


def page(url: str, accounts: int) -> str:
    """The page approves by itself where the owner has one account only."""
    return url + AUTO if accounts == 1 else url
