"""Make an account for somebody, and stay on it when they claim it.

Through an orchestrator that does not check addresses an account comes into being under the victim's, and its maker has
a token. Nothing is done with it that could be noticed but to keep it fresh: when the owner comes to claim the account
the token is a token of the owner's account, unless claiming rotates what there is. Refused, it is refreshed; if that is
refused as well it is over.

Threat T40. auth.md upgrades an anonymous registration's key in place when it is claimed, says what that means, and
offers a forced rotation ([AMD]_); a temporary account of Cloudflare's is whoever's has its claim address, for 60
minutes ([CFT]_). In this protocol every account bears an address, so the form of it here is an account that was
provisioned for its later owner. Ids of weaknesses are our mapping (assumed).

.. [AMD] https://github.com/workos/auth.md/blob/0784759361b2876a34d58a92dc866ee8342b1954/agent-services/README.md
.. [CFT] https://developers.cloudflare.com/workers/platform/claim-deployments/
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import DAY, Constant

NEEDS = ()
SAYS = {"as": "people"}
AIMS = ("adopted_account_is_clean", "no_squat")
FIRST_DESCRIBED = "WorkOS, 2026 (auth.md on what a key that is upgraded in place may do)"
WEAKNESSES = ("CWE-384", "CWE-613")
TECHNIQUES = ("CAPEC-60",)

#: Time from one look at the account to the next, where the scenario does not say (assumed).
RATE = Constant(DAY)


def start(hand: Hand, campaign: Campaign) -> None:
    """An account that somebody else will claim."""
    for target in campaign.targets:
        if campaign.alias:
            hand.do("add", target, as_=campaign.alias, via=campaign.via or campaign.of, service="free")
        else:
            hand.done_with(target)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """See whether the token works still."""
    hand.do("use", target, as_=campaign.alias, via=campaign.via or campaign.of)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """As long as it does: wait. If not: refresh it, and if that does not help either it is over."""
    if outcome == "complete":
        hand.keep(target, "in")
        hand.wait(target, campaign.rate or RATE)
    elif verb == "use":
        hand.do("refresh", target, as_=campaign.alias, via=campaign.via or campaign.of)
    else:
        hand.done_with(target, "contained")
