"""The account that bears the address, if the issuer says that it verified it; otherwise the request is refused."""

from __future__ import annotations

from sim.claims import Attestation
from sim.policies.matching import Accounts, Denied, Match, oldest


def match(look: Accounts, claim: Attestation, verified: bool) -> Match:
    """By the address alone; an unverified one is no reason for anything."""
    return oldest(look.by_email(claim.email)) if verified else Denied("email_not_verified")
