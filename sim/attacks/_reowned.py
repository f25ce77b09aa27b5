"""An address has become the attacker's: the mailbox behind it answers, and it is somebody else who used to."""

from __future__ import annotations

from sim.attacks import Campaign, Hand, _attested

tick = _attested.tick


def start(hand: Hand, campaign: Campaign) -> None:
    """Through the orchestrator that the scenario names, or else by a reset at the door."""
    if campaign.via:
        _attested.start(hand, campaign)
        return
    for target in campaign.targets:
        hand.do("reset_password", target, as_=campaign.alias or hand.fresh(target))


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """At the door, one mail decides; a provider that has no such account sends none."""
    if verb == "reset_password":
        hand.done_with(target, "won" if outcome == "complete" else "contained")
    else:
        _attested.answered(hand, campaign, verb, target, outcome)
