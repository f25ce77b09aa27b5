"""How often credentials of honest people stop working."""

from __future__ import annotations

from sim.measures._outage import Outage


class Outages(Outage):
    """Credentials of honest people that stopped working without their asking, and were not replaced at once."""

    GROUP = "honest"
    UNIT = "credentials"
