"""The balance of the attacker."""

from __future__ import annotations

from sim.measures._books import Net


class NetAdversary(Net):
    """The attacker: everything that works for it, together."""

    PARTY = "adversary"
