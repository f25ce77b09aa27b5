"""The balance of the issuer."""

from __future__ import annotations

from sim.measures._books import Net


class NetIssuer(Net):
    """The issuer of the cards."""

    PARTY = "issuer"
