"""Buy, use, have the money back, and come again.

The customer is no thief: the purchase is real, and is contested weeks later as if it were not. Then the same is done
once more, in one's own name as long as that is welcome; where one is remembered, as somebody new, and where somebody
new is not welcome either it is over at that provider.

Threat T38. How many disputes are of this kind is contested itself: 21 % ([CBL]_), 45 % ([TRB]_) or 79 % ([CPD]_), by
method. Ids of weaknesses and techniques are our mapping (assumed).

.. [CBL] https://blog.trychargeblast.com/blog/first-party-misuse-from-mastercards-2025-state-of-chargebacks-report
.. [TRB] http://bbs.intersrv.net/?page=001-forum.ssjs&sub=fidonet_politics&thread=15745
.. [CPD] https://cellpointdigital.com/articles/blog/payment-101-chargeback-services
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.attacks._spending import SERVICE
from sim.clock import DAY, Constant

NEEDS = ()
AIMS = ("dispute_follows_stages", "money_is_conserved")
FIRST_DESCRIBED = "Mastercard on first-party misuse, 2025"
WEAKNESSES = ("CWE-840",)
TECHNIQUES = ("T1657",)

#: From a purchase to the complaint, and from that to the next purchase, where the scenario does not say (assumed).
RATE = Constant(20 * DAY)


def start(hand: Hand, campaign: Campaign) -> None:
    """A first purchase at every target."""
    for target in campaign.targets:
        _buy(hand, campaign, target, campaign.alias)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """The money back; or, that done, the next purchase."""
    what, _, name = hand.stage(target).partition(" ")
    if what == "buys":
        _buy(hand, campaign, target, name)
    else:
        hand.do("dispute", target)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """Bought: wait a while and contest it. Contested: come again. Unwelcome: as somebody new."""
    name = hand.stage(target).partition(" ")[2]
    if verb == "dispute":
        hand.keep(target, f"buys {name}")
        hand.wait(target, campaign.rate or RATE)
    elif outcome == "complete":
        hand.keep(target, f"contests {name}")
        hand.wait(target, campaign.rate or RATE)
    elif not hand.stage(target).startswith("new "):
        _buy(hand, campaign, target, hand.fresh(target), known=False)
    else:
        hand.done_with(target, "contained")


def _buy(hand: Hand, campaign: Campaign, target: str, name: str, *, known: bool = True) -> None:
    """``known``: somebody of that name was a customer before, or might have been."""
    hand.keep(target, f"{'known' if known else 'new'} {name}")
    hand.do("add", target, as_=name, via=campaign.of, service=SERVICE)
