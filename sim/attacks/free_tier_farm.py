"""Make accounts that cost nothing, and compute on each.

One account after another, for somebody made up each time; of each as soon as it is there a first call. Told that it
asks too often, the attack waits, twice as long each time, and is back at its old pace when it is let in again. It gives
a provider up that has refused it many times in a row, or that lets none of its accounts do anything.

Threat T36. One farm had 22,380 accounts at one service and 100,723 at another ([TFE]_), worth 7 to 15 usd a month each
([TNS]_); another made 202 in 80 minutes ([MUL]_). Ids of weaknesses and techniques are our mapping (assumed).

.. [TFE] https://teamfrance-export.fr/infos-sectorielles/22992/22992-un-groupe-de-hackers-sud-africains-vole-plusieurs-millions-de-ressources-cloud-a-microsoft-et-salesforce
.. [TNS] https://thenewstack.io/purpleurchin-github-actions-hijacked-for-crypto-mining/
.. [MUL] https://gokawiil.com/article/280604
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import MINUTE, Constant

NEEDS = ()
AIMS = ("rate_limit_holds", "quarantine_holds")
FIRST_DESCRIBED = "PURPLEURCHIN, 2022 (free accounts by the ten thousand)"
WEAKNESSES = ("CWE-799", "CWE-837")
TECHNIQUES = ("T1496", "T1585.003")

#: Time from one account to the next at a provider, where the scenario does not say: 202 in 80 minutes ([MUL]_).
RATE = Constant(24_000_000)
#: After a first refusal it waits so long, and so many in a row are the end (assumed).
PAUSE, GIVES_UP = MINUTE, 8
#: The provider says that there were too many.
TOO_MANY = ("rate_limited", "server_busy", "timeout", "expired", "no_mail")


def start(hand: Hand, campaign: Campaign) -> None:
    """Begin everywhere."""
    for target in campaign.targets:
        hand.wait(target, campaign.rate or RATE)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """One more account."""
    refused, name = hand.stage(target).partition(" ")[2], hand.fresh(target)
    hand.keep(target, f"{name} {refused or 0}")
    hand.do("add", target, as_=name, via=campaign.via or campaign.of, service="free")


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """An account: compute. Too many: wait. What lets no account do anything is not worth another."""
    name, _, before = hand.stage(target).partition(" ")
    refused = int(before) + 1
    if verb == "add" and outcome == "complete":
        hand.do("use", target, as_=name, via=campaign.via or campaign.of)
    elif verb == "use" and outcome == "complete":
        hand.keep(target, f"{name} 0")
        hand.wait(target, campaign.rate or RATE)
    elif refused == GIVES_UP or (verb == "add" and outcome not in TOO_MANY):
        hand.done_with(target, "contained")
    else:
        hand.keep(target, f"{name} {refused}")
        hand.wait(target, PAUSE << refused - 1)
