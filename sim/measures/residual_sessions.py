"""How long dashboard sessions outlive the single action."""

from __future__ import annotations

from sim.measures._residual import Residual


class ResidualSessions(Residual):
    """Hours of sessions that were opened by deep links, after the single action."""

    KINDS = ("session",)
