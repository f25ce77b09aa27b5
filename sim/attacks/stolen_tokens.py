"""Work through a stolen token store: one customer after another, for as long as anything in it is alive.

With each customer's token one call is made, and a child of it is asked for at once, which lives on where only the token
that was seen to leak is withdrawn. Then all of them again, in turn. A token that works no more is refreshed; whoever's
child is refused as well is left, and a provider at which nobody is left is done with.

Threat T25. Tokens out of one vendor's store opened more than 700 organisations between 8 and 18 August 2025 ([SOA]_);
an allow-list of addresses saved one of them ([CIB]_). Ids of weaknesses and techniques are our mapping (assumed).

.. [SOA] https://stateofai.pages.dev/findings/ai-vendor-breach-customer-response-card/
.. [CIB] https://thecisobrief.com/?p=15002
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import HOUR, Constant

NEEDS = ("tokens",)
AIMS = ("revoked_grant_is_dead", "token_only_for_owner")
FIRST_DESCRIBED = "Lodderstedt, McGloin and Hunt, RFC 6819 section 4.5.2, 2013, https://www.rfc-editor.org/rfc/rfc6819"
WEAKNESSES = ("CWE-522",)
TECHNIQUES = ("T1528", "T1199")

#: Time from one deed to the next at a provider, where the scenario does not say (assumed).
RATE = Constant(HOUR)
#: Outcomes that say nothing of a token: the same again may work.
ILL_LUCK = ("timeout", "server_busy", "rate_limited")
#: What stands before the name of a customer of whose token a child was asked for; and of one whose token was refused.
ASKED, REFUSED = "+", "-"


def start(hand: Hand, campaign: Campaign) -> None:
    """Everybody whose token for a target lies in the store."""
    for target in campaign.targets:
        owners = hand.owners(target)
        if campaign.alias:
            owners = tuple(owner for owner in owners if owner == campaign.alias)
        hand.keep(target, " ".join(owners))
        _next(hand, campaign, target)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """The customer whose turn it is."""
    hand.do("use", target, as_=_first(hand, target).lstrip(ASKED + REFUSED))


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """What works is used again; what does not is refreshed once more, and then left."""
    first = _first(hand, target)
    owner = first.lstrip(ASKED + REFUSED)
    works = outcome == "complete"
    if verb == "use" and outcome not in ILL_LUCK and (first == owner or not works):
        _replace(hand, target, (ASKED if works else REFUSED) + owner)
        hand.do("refresh", target, as_=owner)
        return
    if works or outcome in ILL_LUCK or not first.startswith(REFUSED):
        _replace(hand, target, "", last=ASKED + owner)
    else:
        _replace(hand, target, "")
    _next(hand, campaign, target)


def _first(hand: Hand, target: str) -> str:
    return hand.stage(target).partition(" ")[0]


def _replace(hand: Hand, target: str, word: str, last: str = "") -> None:
    """Put ``word`` in the place of the customer whose turn it was, and ``last`` behind all the others."""
    rest = hand.stage(target).split(" ")[1:]
    hand.keep(target, " ".join(name for name in (word, *rest, last) if name))


def _next(hand: Hand, campaign: Campaign, target: str) -> None:
    """Wait for the next one's turn, if anybody is left."""
    if hand.stage(target):
        hand.wait(target, campaign.rate or RATE)
    else:
        hand.done_with(target, "contained")
