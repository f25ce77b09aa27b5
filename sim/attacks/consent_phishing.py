"""Have the owner of an account approve somebody else's request.

An orchestrator that works for the attacker asks for the victim's account; the provider opens a consent page, and its
address goes to the victim, who may take it for something of their own, or whose browser may not even ask. If it was
approved the attacker has a token. The page runs out after a while, so a new one is sent, but not for ever.

Threat T35. A campaign of this kind reached more than 340 organisations in five weeks ([EVT]_). What agents pass by
script (``--accept-tos``) and what a catalogue tells them are the same threat in other clothes. Ids of weaknesses and
techniques are our mapping (assumed); trust between people and agents is ASI09 of OWASP's list for agents.

.. [EVT] https://mesasdelrio.com/article/oauth-consent-phishing-how-attackers-bypass-mfa-in-2026-eviltokens-explained
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import MINUTE, Constant

NEEDS = ("orchestrator", "signing_key", "shared_secret")
SAYS = {"of": "orchestrators", "as": "people"}
AIMS = ("token_only_for_owner", "existing_account_needs_consent", "scope_within_consent")
FIRST_DESCRIBED = "OAuth worm in a document's name, 2017 (a consent page that was taken for something else)"
WEAKNESSES = ("CWE-451", "CWE-1021")
TECHNIQUES = ("T1566", "T1528")

#: Until it looks what came of a page: as long as one is open, where the scenario does not say.
RATE = Constant(10 * MINUTE)
#: So many pages are sent to one victim (assumed).
PAGES = 3


def start(hand: Hand, campaign: Campaign) -> None:
    """A first page of every provider."""
    for target in campaign.targets:
        if hand.power() and campaign.alias:
            _ask(hand, campaign, target, 1)
        else:
            hand.done_with(target)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """See whether it came to anything."""
    hand.do("use", target, as_=campaign.alias, via=campaign.of)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """A token is what was wanted; else another page, a few times."""
    pages = int(hand.stage(target))
    if verb == "use" and outcome == "complete":
        hand.done_with(target, "won")
    elif verb == "add" and outcome in ("complete", "pending", "pending_auth", "expired", "timeout"):
        hand.wait(target, campaign.rate or RATE)
    elif verb == "use" and pages < PAGES:
        _ask(hand, campaign, target, pages + 1)
    else:
        hand.done_with(target, "contained")


def _ask(hand: Hand, campaign: Campaign, target: str, pages: int) -> None:
    hand.keep(target, str(pages))
    hand.do("add", target, as_=campaign.alias, via=campaign.of, service="free")
