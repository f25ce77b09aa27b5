"""What attacks that buy have in common: as whom, and which answers say what.

They buy as the person whose session was stolen, else as whom the scenario says, else in the attacker's own name.
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand

SERVICE = "paid"
#: Outcomes that say nothing about what is allowed: the same again may work.
ILL_LUCK = ("expired", "timeout", "no_mail", "server_busy", "rate_limited", "cooling_off", "pending", "pending_auth")
#: A ceiling says no.
CEILING = ("cap_exceeded",)


def buy(hand: Hand, campaign: Campaign, target: str) -> bool:
    """Buy one more at ``target``; False where the budget does not allow it, and the attack is over."""
    as_ = hand.victim() or campaign.alias
    return hand.do("add", target, as_=as_, via=campaign.of, service=SERVICE)
