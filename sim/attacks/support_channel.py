"""Let a support desk open the account that its owner's password keeps shut.

Whoever has the desk's credential, because it was stolen or because one works there, asks for a link that recovers the
victim's account and uses it like a mailed one. A second factor of the owner's, or a second person who would have to
agree, ends it; a busy desk is asked again.

Threat T26. Files of the support system of Okta were read from 28 September to 17 October 2023, and five sessions in
them hijacked ([OKT]_). Ids of weaknesses and techniques are our mapping (assumed).

.. [OKT] https://sec.okta.com/harfiles/
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import MINUTE, Constant

NEEDS = ("support_desk",)
SAYS = {"as": "people"}
AIMS = ("token_only_for_owner", "effects_are_traceable")
FIRST_DESCRIBED = "Okta support system, 2023, https://sec.okta.com/harfiles/"
WEAKNESSES = ("CWE-269", "CWE-532")
TECHNIQUES = ("T1078", "T1213")

#: Time from one attempt to the next, where the scenario does not say (assumed).
RATE = Constant(10 * MINUTE)
#: Outcomes that say nothing of the desk: the same again may work.
ILL_LUCK = ("expired", "timeout", "server_busy", "rate_limited")


def start(hand: Hand, campaign: Campaign) -> None:
    """Without the desk, or nobody in mind, there is nothing to do."""
    for target in campaign.targets:
        if target in hand.has("support_desk") and campaign.alias:
            tick(hand, campaign, target)
        else:
            hand.done_with(target)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """Ask for the link."""
    hand.do("reset_password", target, as_=campaign.alias)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """In: that was it. Refused: the desk alone cannot do it."""
    if outcome == "complete":
        hand.done_with(target, "won")
    elif outcome in ILL_LUCK:
        hand.wait(target, campaign.rate or RATE)
    else:
        hand.done_with(target, "contained")
