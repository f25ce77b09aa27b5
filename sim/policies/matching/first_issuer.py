"""The account that bears the address, unless another issuer attested for it first.

A password account has no issuer yet: the first that attests has it from then on. Subjects are not compared, so
everybody whom that issuer says to have the address is let in.
"""

from __future__ import annotations

from sim.claims import Attestation
from sim.policies.matching import NOBODY, Accounts, Denied, Found, Match


def match(look: Accounts, claim: Attestation, verified: bool) -> Match:
    """By the address, for the issuer that came first."""
    for account in look.by_email(claim.email):
        pinned = look.account(account).issuer
        return Denied("other_issuer") if pinned not in ("", claim.issuer) else Found(account, "email")
    return NOBODY
