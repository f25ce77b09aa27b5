"""The account to which issuer and subject lead; an account that bears the address does not count."""

from __future__ import annotations

from sim.claims import Attestation
from sim.policies.matching import NOBODY, Accounts, Found, Match


def match(look: Accounts, claim: Attestation, verified: bool) -> Match:
    """By issuer and subject, or not at all: the same address may be borne by several accounts."""
    known = look.by_subject(claim.issuer, claim.subject)
    return Found(known, "subject") if known else NOBODY
