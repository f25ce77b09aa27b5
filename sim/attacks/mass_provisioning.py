"""Accounts at every provider, one after another, on the word of an orchestrator that the attacker has power over.

With a stolen session they are the victim's, so there is one to be had at each provider. With a stolen key or secret,
or an orchestrator of the attacker's own, every one is for somebody made up, unless the scenario says as whom, and
there is no end to them. It stops at a provider where the power does not work any more: the session is over, the key
is refused, the orchestrator does not take requests. Ill luck is told apart from that, and tried again.

What ``stolen_signing_key`` (T19), ``stolen_shared_secret`` (T21), ``hijacked_session`` (T24) and
``sybil_orchestrators`` (T29) do each with one power, this does with whichever it has. Keys: [PAR]_ tells of
Storm-0558, who forged tokens for about 25 organisations with one key; sessions: [OKT]_, five sessions hijacked out of
files of 134 customers. Ids of weaknesses and techniques are our mapping (assumed).

.. [PAR] https://www.paloaltonetworks.com/blog/2023/09/storm-0558/
.. [OKT] https://sec.okta.com/harfiles/
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.attacks import _accounts as accounts
from sim.attacks._accounts import RATE

__all__ = ["RATE", "answered", "start", "tick"]

NEEDS = ("session", "signing_key", "shared_secret", "orchestrator")
SAYS = {"of": "orchestrators"}
AIMS = ("token_only_for_owner", "compromise_is_contained", "no_squat")
FIRST_DESCRIBED = "Storm-0558, 2023 (a stolen signing key); Okta support system, 2023 (stolen sessions)"
WEAKNESSES = ("CWE-321", "CWE-347", "CWE-384", "CWE-613")
TECHNIQUES = ("T1606", "CAPEC-474", "T1539", "T1550.004")


def start(hand: Hand, campaign: Campaign) -> None:
    """Without power over anybody there is nothing to do."""
    accounts.begin(hand, campaign, NEEDS)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """One more account."""
    accounts.one_more(hand, campaign, target, NEEDS)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """Of one person, one account is enough; a refusal says that the power is gone, at this provider at least."""
    accounts.went(hand, campaign, target, outcome)
