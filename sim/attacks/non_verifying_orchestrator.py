"""Have an account made under somebody's address by an orchestrator that never asks the address, and come back to it.

It is done before the owner arrives, or after: where the provider takes every orchestrator's word for an address, the
one is a squat and the other a takeover. The token that the orchestrator keeps lives for a year ([PHCONST]_), and
whoever was thrown out may be attested again.

Threat T05, and T02 in the form of a token. Of three services that could be tested one trusted an identity provider that
does not verify, and a provider's own check of the mailbox helps against every kind of pre-hijacking but this one
([PH22]_). Ids of weaknesses and techniques are our mapping (assumed).

.. [PH22] Sudhodanan and Paverd, *Pre-hijacked accounts*, USENIX Security 2022, https://arxiv.org/abs/2205.10174
.. [PHCONST] https://github.com/PostHog/posthog, ee/api/agentic_provisioning/constants.py
"""

from __future__ import annotations

from sim.attacks import _attested

NEEDS = ()
AIMS = ("token_only_for_owner", "one_person_per_account", "adopted_account_is_clean", "no_squat")
FIRST_DESCRIBED = "Sudhodanan and Paverd, Pre-hijacked accounts, USENIX Security 2022"
WEAKNESSES = ("CWE-290", "CWE-345")
TECHNIQUES = ("T1199",)

start, tick, answered = _attested.start, _attested.tick, _attested.answered
