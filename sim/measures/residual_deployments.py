"""How long what is running outlives the single action."""

from __future__ import annotations

from sim.measures._residual import Residual


class ResidualDeployments(Residual):
    """Hours that running deployments go on being served, after the single action."""

    KINDS = ("deployment",)
