"""Order services everywhere in the name of whoever the stolen session belongs to.

The session is enough for everything its owner is linked to, and for a new account wherever none waits for a click in
the owner"s mailbox. One account at each provider is enough; a session that is over, a second look or a refusal ends it
there, and what only takes time is waited for.

Threat T24. Out of files of 134 customers in a support system five sessions were hijacked in 2023 ([OKT]_). Ids of
weaknesses and techniques are our mapping (assumed).

.. [OKT] https://sec.okta.com/harfiles/
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.attacks import _accounts as accounts

NEEDS = ("session",)
SAYS = {"of": "orchestrators"}
AIMS = ("compromise_is_contained", "token_only_for_owner", "aggregate_cap_holds")
FIRST_DESCRIBED = "Okta support system, 2023, https://sec.okta.com/harfiles/"
WEAKNESSES = ("CWE-384", "CWE-613")
TECHNIQUES = ("T1539", "T1550.004")


def start(hand: Hand, campaign: Campaign) -> None:
    """Begin with every target, if the power is there."""
    accounts.begin(hand, campaign, NEEDS)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """One more account."""
    accounts.one_more(hand, campaign, target, NEEDS)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """In, for good; or refused: then the power is worth nothing there any more."""
    accounts.went(hand, campaign, target, outcome)
