"""Hold a mailbox whose address a provider takes for somebody else's.

It differs by case, a dot more, a tag, a letter that looks alike.
Everything is in order, the orchestrator has verified the address and it is the attacker's. It is the provider that
folds two addresses into one.

Threat T09. GitHub mailed password resets to the address that was typed, which for a dotless i was another mailbox
([GHB]_); Django likewise, CVE-2019-19844 ([DJG]_). Ids of weaknesses and techniques are our mapping (assumed).

.. [GHB] https://bounty.github.com/2016/07/05/forgot-password-vulnerability.html
.. [DJG] https://www.djangoproject.com/weblog/2019/dec/18/security-releases/
"""

from __future__ import annotations

from sim.attacks import _identity

NEEDS = ()
AIMS = ("one_person_per_account", "token_only_for_owner")
FIRST_DESCRIBED = "GitHub bounty, forgotten passwords, 2016"
WEAKNESSES = ("CWE-178", "CWE-176", "CWE-1289")
TECHNIQUES = ("CAPEC-71",)

start, tick, answered = _identity.start, _identity.tick, _identity.answered
