"""Buy the domain of a company that is no more, and be everybody who worked there.

Every mail to it is the buyer's, so that every check of the mailbox passes and every attestation of the address is true.
Through an orchestrator (``via``) the buyer is attested as the former holder; without one it goes to the provider's door
and has the password reset.

Threat T07. More than 100,000 domains of failed startups can be bought ([INF]_), and a login with an address keeps
leading to what its former holder had ([TRQ]_). Ids of weaknesses and techniques are our mapping (assumed).

.. [INF] https://infosecbulletin.com/millions-of-accounts-vulnerable-due-to-googles-oauth-flaw
.. [TRQ] https://trufflesecurity.com/blog/millions-at-risk-due-to-google-s-oauth-flaw
"""

from __future__ import annotations

from sim.attacks import _reowned

NEEDS = ("mailbox",)
AIMS = ("token_only_for_owner",)
FIRST_DESCRIBED = "Ayrey, Truffle Security, defunct domains and Google's OAuth, 2025"
WEAKNESSES = ("CWE-672",)
TECHNIQUES = ("T1584.001", "T1583.001")

start, tick, answered = _reowned.start, _reowned.tick, _reowned.answered
