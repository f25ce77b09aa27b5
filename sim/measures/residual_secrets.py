"""How long secrets of resources outlive the single action."""

from __future__ import annotations

from sim.measures._residual import Residual


class ResidualSecrets(Residual):
    """Hours of secrets of resources, which lie in an agent's ``.env``, after the single action."""

    KINDS = ("resource",)
