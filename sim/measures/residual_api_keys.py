"""How long keys made by hand outlive the single action."""

from __future__ import annotations

from sim.measures._residual import Residual


class ResidualApiKeys(Residual):
    """Hours of API keys on the account, after the single action."""

    KINDS = ("api_key",)
