"""A request signed as a whole with a secret that the two sides share; the identity is an address and a login's id.

Neither audience nor token id: within its window a copy passes wherever the secret is known and no memory is kept
([PHSIG]_).

.. [PHSIG] https://github.com/PostHog/posthog, ee/api/agentic_provisioning/signature.py
"""

from __future__ import annotations

from sim.claims import Attestation, shared_secret
from sim.clock import SECOND

#: How far from the receiver's clock a signature may be, microseconds: 300 s ([PHSIG]_).
LIFE = 300 * SECOND
SIGNS_EVERYTHING = True


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
    """A claim bound to ``request``, under the secret shared with ``audience``."""
    return Attestation(
        "hmac_email", issuer, subject, "", "", email, email_verified, issued_at, LIFE, "",
        signer(issuer, audience, number), request,
    )  # fmt: skip


def signer(issuer: str, audience: str, number: int) -> str:
    """The secret that ``issuer`` and ``audience`` share; the ``number``-th, where it has been changed."""
    secret = shared_secret(issuer, audience)
    return secret if number == 1 else f"{secret}#{number}"
