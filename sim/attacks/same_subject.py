"""Be called by a second issuer what the victim is called by the first, where the provider does not look who says it.

A subject is unique with its issuer only. A provider that keeps the subject alone as its key hands the account to
whoever has the same text elsewhere; one that keeps both does not know the attacker.

Threat T13 ([SLA]_). Ids of weaknesses and techniques are our mapping (assumed).

.. [SLA] https://slashid.com/blog/sso-safe-email-claim
"""

from __future__ import annotations

from sim.attacks import _identity

NEEDS = ()
AIMS = ("token_only_for_owner",)
FIRST_DESCRIBED = "OpenID Connect Core 1.0, 5.7, 2014 (only issuer and subject together are unique)"
WEAKNESSES = ("CWE-639", "CWE-706")
TECHNIQUES = ()

start, tick, answered = _identity.start, _identity.tick, _identity.answered
