"""The balance of people."""

from __future__ import annotations

from sim.measures._books import Net


class NetUser(Net):
    """Honest people: what they have got for their money, less the money."""

    PARTY = "user"
