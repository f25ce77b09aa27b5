"""Issuer and subject, else an address verified on both sides, else a new account (github.com/workos/auth.md).

Where either side has not verified it a second account with the same address is made. An account that was made on the
word of an issuer that had verified the address counts as verified: the first assertion is trusted there.
"""

from __future__ import annotations

from sim.claims import Attestation
from sim.policies.matching import NOBODY, Accounts, Found, Match


def match(look: Accounts, claim: Attestation, verified: bool) -> Match:
    """By issuer and subject, else by an address that issuer and provider have both verified."""
    known = look.by_subject(claim.issuer, claim.subject)
    if known:
        return Found(known, "subject")
    if verified:
        for account in look.by_email(claim.email):
            row = look.account(account)
            if row.verified or row.vouched:
                return Found(account, "email")
    return NOBODY
