"""Go on signing with a key that its orchestrator has withdrawn, where a verifier has not heard of that.

Every verifier fetched its copy of the keys at another moment; each is tried at a pace of its own until it refuses,
which says that its copy is new. The longer a copy is kept, the longer a withdrawal does nothing.

Threat T20. Copies are kept for 10 minutes by one library ([JOSE]_), for 10 hours by another ([KTOR]_). Ids of
weaknesses and techniques are our mapping (assumed).

.. [JOSE] https://raw.githubusercontent.com/panva/jose/main/docs/jwks/remote/interfaces/RemoteJWKSetOptions.md
.. [KTOR] https://api.ktor.io/ktor-server-auth-oidc/io.ktor.server.auth.oidc/-oidc-jwt-config/jwk-cache.html
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.attacks import _accounts as accounts

NEEDS = ("signing_key",)
SAYS = {"of": "orchestrators"}
AIMS = ("withdrawn_key_is_refused",)
FIRST_DESCRIBED = "RFC 7517, section 5 and 9.1, 2015, https://www.rfc-editor.org/rfc/rfc7517"
WEAKNESSES = ("CWE-324", "CWE-672")
TECHNIQUES = ("T1606",)


def start(hand: Hand, campaign: Campaign) -> None:
    """Begin with every target, if the power is there."""
    accounts.begin(hand, campaign, NEEDS)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """One more account."""
    accounts.one_more(hand, campaign, target, NEEDS)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """In, for good; or refused: then the power is worth nothing there any more."""
    accounts.went(hand, campaign, target, outcome)
