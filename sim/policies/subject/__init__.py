"""What an orchestrator puts into ``sub``.

An answer defines ``subject(orchestrator: str, email: str, key: str) -> str`` for the login ``key`` with the address
``email``. OpenID Connect promises uniqueness of issuer and subject together, and only of both ([SLA]_).

.. [SLA] https://www.slashid.com/blog/sso-safe-email-claim/
"""
