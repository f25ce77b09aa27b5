"""Sign up with somebody's address, ask for a change to one's own, and confirm it after the owner's recovery.

The link of the change is kept back and renewed while the attacker is still alone. Once the password is refused, or
somebody else's doings are on the account, the owner has come: then the link is opened, the account bears the attacker's
address, and a reset by mail gets in.

Threat T04. Of 72 services 11 let such a change outlive a reset ([PH22]_). Ids of weaknesses and techniques are our
mapping (assumed).

.. [PH22] Sudhodanan and Paverd, *Pre-hijacked accounts*, USENIX Security 2022, https://arxiv.org/abs/2205.10174
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand, _door
from sim.clock import HOUR, MINUTE, Constant

NEEDS = ()
AIMS = ("adopted_account_is_clean", "token_only_for_owner", "no_squat")
FIRST_DESCRIBED = _door.FIRST_DESCRIBED
WEAKNESSES = ("CWE-640", "CWE-672")
TECHNIQUES = ()

#: Time from one visit to the next, where the scenario does not say: well within the life of a mailed link (assumed).
RATE = Constant(12 * HOUR)
#: What the provider is given to take note of a confirmed address (assumed).
MOMENT = MINUTE
#: The word kept once the link was opened.
SPRUNG = "sprung"

start = _door.start


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """Has the owner come? Or, the link being open: get in by the new address."""
    stage, who, *own = hand.stage(target).split(" ")
    if stage == SPRUNG:
        hand.do("reset_password", target, as_=own[0])
    else:
        hand.do("log_in", target, as_=who)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """Alone: renew the change, and leave. Not alone any more: open the link."""
    if _door.outside(hand, target):
        if _door.came_in(hand, target, outcome):
            _ask(hand, target)
    elif verb == "change_email" and outcome == "complete":
        hand.do("log_out", target, as_=_door.alias(hand, target))
    elif verb == "log_out":
        hand.wait(target, campaign.rate or RATE)
    elif verb == "log_in" and outcome == "complete" and not hand.found(target):
        _ask(hand, target)
    elif verb == "log_in":
        _spring(hand, target)
    elif verb in ("change_email", "reset_password"):
        hand.done_with(target, "won" if verb == "reset_password" and outcome == "complete" else "contained")


def _ask(hand: Hand, target: str) -> None:
    """Ask for a change to an address of one's own, always the same."""
    stage, who, *own = hand.stage(target).split(" ")
    mine = own[0] if own else hand.fresh(target)
    hand.keep(target, f"{stage} {who} {mine}")
    hand.do("change_email", target, as_=who, to=mine)


def _spring(hand: Hand, target: str) -> None:
    """Open the link that was kept back; without one there is nothing to be had."""
    _, who, *own = hand.stage(target).split(" ")
    if own and hand.confirm(target):
        hand.keep(target, f"{SPRUNG} {who} {own[0]}")
        hand.wait(target, MOMENT)
    else:
        hand.done_with(target, "contained")
