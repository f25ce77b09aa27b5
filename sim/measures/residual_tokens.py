"""How long access tokens outlive the single action."""

from __future__ import annotations

from sim.measures._residual import Residual


class ResidualTokens(Residual):
    """Hours of access tokens after the single action, those refreshed later included."""

    KINDS = ("access", "refreshed")
