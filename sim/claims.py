"""Claims: who says what about whom to whom, and every reason why such a claim may be refused.

An attestation is a claim that its issuer signed. Two modes exist on the real wire: a JSON Web Token with issuer,
subject, audience and token id (RFC 7519; the ID-JAG shape of github.com/workos/auth.md), and a request signed as a
whole with a secret shared by the two sides, whose identity is an e-mail address and the orchestrator's account id
(github.com/PostHog/posthog, ee/api/agentic_provisioning/signature.py).

Signatures are symbolic. ``signer`` names the key an attestation was made with; ``knowledge`` checks that whoever sends
a new attestation holds that key, and a copy may be passed on by whoever has received it. Real Ed25519 would cap a core
at some 7,000 messages a second without changing a single decision.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

import msgspec

Mode = Literal["jwt", "hmac_email"]


class Attestation(msgspec.Struct, frozen=True, gc=False):
    """A signed identity claim.

    ``issuer``, ``subject``, ``audience``, ``token_id`` are the JWT's iss, sub, aud, jti. Under ``hmac_email`` the
    subject is the orchestrator's account id, and there is neither audience nor token id: both are empty.
    ``issued_at`` is the issuer's local clock (microseconds), ``life`` how long after it the claim may be accepted.
    """

    mode: Mode
    issuer: str
    subject: str
    audience: str
    token_id: str
    email: str
    email_verified: bool
    issued_at: int
    life: int
    key_id: str
    signer: str
    binds: str = ""
    """The request that the signature covers (``hmac_email`` signs all of it); empty where it covers the claim alone."""

    @property
    def atom(self) -> str:
        """Name under which the signed object itself is known to whoever has seen it (enough to pass a copy on).

        It says everything that was signed: an altered copy is another object.
        """
        signed = f"{self.subject}:{self.email}:{self.email_verified}:{self.audience}:{self.life}:{self.key_id}"
        return f"attestation:{self.issuer}:{self.token_id}:{self.binds}:{self.issued_at}:{self.signer}:{signed}"


#: What a relying party may find wrong with an attestation, in the order in which it looks.
FAULTS = (
    "issuer_not_trusted",
    "issuer_contained",
    "domain_not_trusted",
    "unknown_key",
    "bad_signature",
    "wrong_audience",
    "expired",
    "not_yet_valid",
    "replayed",
)


def signing_key(issuer: str, number: int) -> str:
    """Atom of the ``number``-th signing key of ``issuer`` (asymmetric: proves, and is never revealed by use)."""
    return f"key:{issuer}:{number}"


def shared_secret(issuer: str, audience: str) -> str:
    """Atom of the secret that ``issuer`` and ``audience`` share under ``hmac_email`` (one per pair)."""
    return f"secret:{issuer}:{audience}"


def domain(email: str) -> str:
    """The part of an address after its last ``@``, in lower case."""
    return email.rpartition("@")[2].lower()


def root(email: str) -> str:
    """What is left of an address without case, compatibility forms, plus tag and dots.

    >>> root("Al.Ice+cloud@Example.org")
    'alice@example.org'
    """
    local, _, host = unicodedata.normalize("NFKC", email).casefold().rpartition("@")
    return local.partition("+")[0].replace(".", "") + "@" + host
