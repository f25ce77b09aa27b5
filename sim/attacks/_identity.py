"""Being attested as oneself, where a provider mistakes that for somebody else."""

from __future__ import annotations

from sim.attacks import Campaign, Hand, _attested

tick, answered = _attested.tick, _attested.answered


def start(hand: Hand, campaign: Campaign) -> None:
    """As oneself, unless the scenario says as whom."""
    for target in campaign.targets:
        _attested.ask(hand, campaign, target, _attested.ASKED, campaign.alias or campaign.person)
