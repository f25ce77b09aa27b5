"""Pass an assertion that was made for one provider on to another.

A provider that works for the attacker, or whoever reads what is sent to one, holds assertions that name somebody else
as their audience. Each is presented at every target it was not made for. A verifier that compares the audience refuses
them all alike; one that does not takes them for its own, and what they open is up to its matching.

Threat T16. Researchers of the University of Stuttgart reported audience injection in 2024, made public in February
2025 ([OSW]_); the answer is an exact single audience, the issuer identifier of the authorization server ([R7523]_). Ids
of weaknesses and techniques are our mapping (assumed).

.. [OSW] https://talks.secworkshop.events/osw2026/talk/Q3BFZL/
.. [R7523] https://datatracker.ietf.org/doc/html/draft-ietf-oauth-rfc7523bis
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand, _shown

NEEDS = ("channel", "provider")
AIMS = ("accepted_assertion_is_valid", "token_only_for_owner")
FIRST_DESCRIBED = "Hosseyni, Kuesters and Wuertele, audience injection, 2025, https://eprint.iacr.org/2025/629"
WEAKNESSES = ("CWE-1270", "CWE-345")
TECHNIQUES = ("T1550.001",)

#: The assertion was not made for this provider, and none that reaches the attacker is.
NOT_FOR_ME = "invalid_request"


start, overheard, tick = _shown.start, _shown.elsewhere, _shown.tick


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """A token: that was it. A refusal of the audience: so will be all others. Otherwise, wait for the next."""
    if outcome == "complete":
        hand.done_with(target, "won")
    elif outcome == NOT_FOR_ME:
        hand.done_with(target, "contained")
    elif outcome in _shown.ILL_LUCK:
        hand.wait(target, campaign.rate or _shown.RATE)
