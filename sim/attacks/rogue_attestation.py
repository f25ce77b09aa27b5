"""Attest somebody with an orchestrator of one's own, and use what the provider gives for it.

It signs what it likes: any address, verified. What holds it back is only what the provider asks beyond the issuer's
word, or for which addresses it takes that word.

Threat T12. Compromising a trusted issuer compromises every delegation routed through it ([AMD]_). Ids of weaknesses and
techniques are our mapping (assumed).

.. [AMD] https://github.com/workos/auth.md
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand, _attested

NEEDS = ("orchestrator",)
SAYS = {"of": "orchestrators"}
AIMS = ("token_only_for_owner", "compromise_is_contained", "no_squat")
FIRST_DESCRIBED = "WorkOS, auth.md, 2026 (trusted providers and delegation)"
WEAKNESSES = ("CWE-346", "CWE-441")
TECHNIQUES = ("T1199",)

tick, answered = _attested.tick, _attested.answered


def start(hand: Hand, campaign: Campaign) -> None:
    """Without an orchestrator of one's own there is nothing to do."""
    if hand.power() == "orchestrator":
        _attested.start(hand, campaign)
        return
    for target in campaign.targets:
        hand.done_with(target)
