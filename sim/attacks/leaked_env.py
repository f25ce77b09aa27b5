"""Use the secrets that lie in somebody's ``.env``, at once and for as long as they work.

Found files are searched by programs, so the first call comes a minute or so after the leak; then the secret is used
again and again. Refused, the attack looks whether there is a newer one, for what replaced the secret may leak like the
first; after a few refusals in a row it gives up.

Threat T34. Keys that were laid out were used 67 s after they were found, all fast cases within 90 s ([CYD]_); the
command-line interface writes them into a ``.env`` in plain text. Ids of weaknesses and techniques are our mapping
(assumed).

.. [CYD] https://blog.cyberdesserts.com/exposed-credentials-pipeline/
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import SECOND, Constant

NEEDS = ("env_file",)
AIMS = ("revoked_grant_is_dead",)
FIRST_DESCRIBED = "Meli, McNiece and Reaves, 2019 (secrets in public repositories are found within seconds)"
WEAKNESSES = ("CWE-312", "CWE-532")
TECHNIQUES = ("T1552.001",)

#: Time from a leak to its first use, and from one use to the next where the scenario does not say ([CYD]_).
RATE = Constant(67 * SECOND)
#: So many refusals in a row, and nobody comes back (assumed).
GIVES_UP = 3


def start(hand: Hand, campaign: Campaign) -> None:
    """The file may not have leaked yet: look for it."""
    for target in campaign.targets:
        hand.wait(target, campaign.rate or RATE)


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """Make a call, as whomever there is a file of."""
    victims = hand.has("env_file")
    if not victims:
        hand.wait(target, campaign.rate or RATE)
    else:
        hand.do("use", target, as_=campaign.alias or victims[0])


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """Served: once more. Refused: is there another? After a while there is not."""
    refused = 0 if outcome == "complete" else int(hand.stage(target) or 0) + 1
    hand.keep(target, str(refused))
    if refused == GIVES_UP:
        hand.done_with(target, "contained")
    else:
        hand.wait(target, campaign.rate or RATE)
