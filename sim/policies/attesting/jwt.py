"""A signed JSON Web Token: issuer, subject, audience, token id, lifetime, key id (RFC 7519; ID-JAG, [AMD]_).

.. [AMD] https://github.com/workos/auth.md
"""

from __future__ import annotations

from sim.claims import Attestation, signing_key
from sim.clock import SECOND

#: Life of an assertion, microseconds: 300 s ([AMD]_).
LIFE = 300 * SECOND
SIGNS_EVERYTHING = False


def attest(
    *,
    issuer: str,
    subject: str,
    email: str,
    email_verified: bool,
    audience: str,
    number: int,
    request: str,
    issued_at: int,
) -> Attestation:
    """A claim for ``audience`` alone, with a token id of its own; the signature covers the claim, not the request."""
    return Attestation(
        "jwt", issuer, subject, audience, f"jti:{issuer}:{request}", email, email_verified, issued_at, LIFE,
        f"{issuer}#{number}", signing_key(issuer, number),
    )  # fmt: skip


def signer(issuer: str, audience: str, number: int) -> str:
    """The ``number``-th signing key of ``issuer``; the same towards everybody."""
    return signing_key(issuer, number)
