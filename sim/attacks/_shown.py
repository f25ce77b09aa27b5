"""What attacks share that show somebody else's request again: they wait until one is heard, and try it as it is."""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import SECOND, Constant

#: Time from one attempt to the next with the same request, where the scenario does not say (assumed).
RATE = Constant(10 * SECOND)
#: Outcomes that say nothing of what was shown: the same again may work.
ILL_LUCK = ("timeout", "server_busy", "rate_limited")


def start(hand: Hand, campaign: Campaign) -> None:
    """Nothing can be done before something is heard."""


def elsewhere(hand: Hand, campaign: Campaign, request: str, to: str) -> None:
    """What came to ``to`` is good, perhaps, at every target that is somebody else."""
    for target in campaign.targets:
        if target != to:
            hand.keep(target, request)
            hand.show(request, target)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """The same again."""
    hand.show(hand.stage(target), target)
