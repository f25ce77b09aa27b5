"""A mistake that is made: the subject alone, as if no second issuer could use the same text; else the address.

Only issuer and subject together are unique (slashid.com/blog/sso-safe-email-claim).
"""

from __future__ import annotations

from sim.claims import Attestation
from sim.policies.matching import Accounts, Found, Match, oldest


def match(look: Accounts, claim: Attestation, verified: bool) -> Match:
    """By the subject, whoever says it; else by the address."""
    known = look.by_subject("", claim.subject)
    return Found(known, "subject") if known else oldest(look.by_email(claim.email))
