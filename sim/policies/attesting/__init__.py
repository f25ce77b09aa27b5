"""How does an orchestrator say who somebody is?

An answer defines

* ``attest(identity: Identity, audience: str, number: int, request: str, issued_at: int) -> Attestation``: the claim
  about ``identity``, for provider ``audience``, made for ``request`` at ``issued_at`` (the issuer's local clock) with
  the issuer's key or secret ``number`` (counted from 1);
* ``signer(issuer: str, audience: str, number: int) -> str``: the atom with which the issuer proves itself to
  ``audience``;
* ``SIGNS_EVERYTHING``: whether the two sides sign every request (then a bearer alone is worth nothing), or the claim
  only (then a code is bound to whoever asked for it, as under PKCE, and a bearer is enough).
"""

from __future__ import annotations

import msgspec


class Identity(msgspec.Struct, frozen=True, gc=False):
    """Whom an attestation is about: ``subject`` and ``email`` as ``issuer`` knows them."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
