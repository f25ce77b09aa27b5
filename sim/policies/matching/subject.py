"""The account to which issuer and subject lead; an address that another account bears is taken.

Issuer and subject together are the only identifier that OpenID Connect promises to be stable and unique
(openid.net/specs/openid-connect-core-1_0.html, 5.7).
"""

from __future__ import annotations

from sim.claims import Attestation
from sim.policies.matching import Accounts, Found, Match, oldest


def match(look: Accounts, claim: Attestation, verified: bool) -> Match:
    """By issuer and subject; *linking* (which should refuse) decides on an address that is borne already."""
    known = look.by_subject(claim.issuer, claim.subject)
    return Found(known, "subject") if known else oldest(look.by_email(claim.email))
