"""Write somebody's address into one's own profile at an identity provider with many tenants, and be attested with it.

The orchestrator behind which that identity provider stands forwards the address as it is told. Where the provider looks
for the account by the address, the attacker is in the owner's.

Threat T06 (nOAuth). 9 of 104 applications fell to it, later 2 of 38 ([SEM]_). Ids of weaknesses and techniques are our
mapping (assumed).

.. [SEM] https://www.semperis.com/blog/noauth-abuse-update-pivot-into-microsoft-365/
"""

from __future__ import annotations

from sim.attacks import _attested

NEEDS = ()
AIMS = ("token_only_for_owner", "no_squat")
FIRST_DESCRIBED = "Descope, nOAuth, 2023; measured by Semperis, 2024 and 2025"
WEAKNESSES = ("CWE-290", "CWE-302")
TECHNIQUES = ("T1606",)

start, tick, answered = _attested.start, _attested.tick, _attested.answered
