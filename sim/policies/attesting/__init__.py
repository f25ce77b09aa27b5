"""How an orchestrator says who somebody is.

An answer defines

* ``attest(*, issuer, subject, email, email_verified, audience, number, request, issued_at) -> Attestation``: the claim
  that ``issuer`` makes about ``subject`` and ``email`` for provider ``audience``, made for ``request`` at ``issued_at``
  (the issuer's local clock) with the issuer's key or secret ``number`` (counted from 1);
* ``signer(issuer: str, audience: str, number: int) -> str``: the atom with which the issuer proves itself to
  ``audience``;
* ``SIGNS_EVERYTHING``: whether the two sides sign every request (then a bearer alone is worth nothing), or the claim
  only (then a code is bound to whoever asked for it, as under PKCE, and a bearer is enough).
"""
