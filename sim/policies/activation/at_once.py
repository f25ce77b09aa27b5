"""As soon as it is made (blog.cloudflare.com/agents-stripe-projects; PostHog likewise, with the address unverified)."""

from __future__ import annotations

from sim.claims import Attestation


def at_once(claim: Attestation) -> bool:
    """Nobody has to do anything."""
    return True
