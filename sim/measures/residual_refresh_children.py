"""How long refreshed tokens outlive the single action."""

from __future__ import annotations

from sim.measures._residual import Residual


class ResidualRefreshChildren(Residual):
    """Hours of refreshed tokens after the single action: those that took the place of another, then or later."""

    KINDS = ("refreshed",)
