"""Sign attestations as the orchestrator does, for whomever one likes, with the key that was stolen from it.

As a person whom the scenario names until the provider lets it in, or as people made up for as long as the key is
believed: at each provider a pace of its own, and the end where a signature is refused. What a forged word opens is up
to the provider: everybody"s account, those that are linked to the orchestrator, or those of its domains.

Threat T19. The key of Storm-0558 was issued in 2016, had expired in 2021 and was accepted in 2023; about 25
organisations were entered before a customer noticed ([PAR]_). Ids of weaknesses and techniques are our mapping
(assumed).

.. [PAR] https://paragmali.com/blog/forged-from-2016-how-storm-0558-turned-one-stolen-signing-ke/
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.attacks import _accounts as accounts

NEEDS = ("signing_key",)
SAYS = {"of": "orchestrators"}
AIMS = ("token_only_for_owner", "withdrawn_key_is_refused", "compromise_is_contained")
FIRST_DESCRIBED = (
    "Storm-0558, 2023, https://paragmali.com/blog/forged-from-2016-how-storm-0558-turned-one-stolen-signing-ke/"
)
WEAKNESSES = ("CWE-321", "CWE-347")
TECHNIQUES = ("T1606", "CAPEC-474")


def start(hand: Hand, campaign: Campaign) -> None:
    """Begin with every target, if the power is there."""
    accounts.begin(hand, campaign, NEEDS)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """One more account."""
    accounts.one_more(hand, campaign, target, NEEDS)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """In, for good; or refused: then the power is worth nothing there any more."""
    accounts.went(hand, campaign, target, outcome)
