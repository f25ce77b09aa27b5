"""The balance of providers."""

from __future__ import annotations

from sim.measures._books import Net


class NetProvider(Net):
    """Honest providers: money taken, less the worth of services given."""

    PARTY = "provider"
