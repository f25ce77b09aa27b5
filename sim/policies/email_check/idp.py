"""It takes the word of an identity provider upstream, which may let its own customers write any address.

Source: the e-mail claim of a multi-tenant identity provider is mutable and unverified ([SEM]_).

.. [SEM] https://www.semperis.com/blog/noauth-abuse-update-pivot-into-microsoft-365/
"""

from __future__ import annotations


def check(email: str) -> str:
    """Accepted as the identity provider states it."""
    return "idp"
