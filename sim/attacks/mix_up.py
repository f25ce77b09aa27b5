"""Have an orchestrator bring the code of one provider to another.

A provider that works for the attacker names an honest one as its authorization server. An orchestrator that goes by
that asks the honest one for an account, and brings the code it gets, with all that proves who asked for it, to the
provider it was told to add. There it is read and brought to where it came from.

Threat T17. The mix-up was found when OAuth 2.0 was modelled formally ([FKS]_); that the response names its issuer, and
that the client compares it, is the answer ([R9207]_). Ids of weaknesses and techniques are our mapping (assumed).

.. [FKS] https://arxiv.org/abs/1601.01229
.. [R9207] https://www.rfc-editor.org/info/rfc9207
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand, _shown

NEEDS = ("provider",)
HEARS = ("token",)
AIMS = ("token_only_for_owner",)
FIRST_DESCRIBED = "Fett, Kuesters and Schmitz, CCS 2016, https://arxiv.org/abs/1601.01229"
WEAKNESSES = ("CWE-441", "CWE-940")
TECHNIQUES = ("T1528",)


start, overheard, tick = _shown.start, _shown.elsewhere, _shown.tick


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """A token: that was it. A code that is not good there was none of its own; another may come."""
    if outcome == "complete":
        hand.done_with(target, "won")
    elif outcome in _shown.ILL_LUCK:
        hand.wait(target, campaign.rate or _shown.RATE)
