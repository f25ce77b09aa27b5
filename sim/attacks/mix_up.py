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

from sim.attacks import Campaign, Hand
from sim.clock import SECOND, Constant

NEEDS = ("provider",)
HEARS = ("token",)
AIMS = ("token_only_for_owner",)
FIRST_DESCRIBED = "Fett, Kuesters and Schmitz, CCS 2016, https://arxiv.org/abs/1601.01229"
WEAKNESSES = ("CWE-441", "CWE-940")
TECHNIQUES = ("T1528",)

#: Time from one attempt to the next with the same code, where the scenario does not say (assumed); it lives 300 s.
RATE = Constant(10 * SECOND)
#: Outcomes that say nothing of the code: the same again may work.
ILL_LUCK = ("timeout", "server_busy", "rate_limited")


def start(hand: Hand, campaign: Campaign) -> None:
    """Nothing can be done before something is heard."""


def overheard(hand: Hand, campaign: Campaign, request: str, to: str) -> None:
    """A code came to ``to``: good, perhaps, at every target that is somebody else."""
    for target in campaign.targets:
        if target != to:
            hand.keep(target, request)
            hand.show(request, target)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """The same again."""
    hand.show(hand.stage(target), target)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """A token: that was it. A code that is not good there was none of its own; another may come."""
    if outcome == "complete":
        hand.done_with(target, "won")
    elif outcome in ILL_LUCK:
        hand.wait(target, campaign.rate or RATE)
