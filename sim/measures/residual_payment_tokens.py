"""How long payment tokens outlive the single action."""

from __future__ import annotations

from sim.measures._residual import Residual


class ResidualPaymentTokens(Residual):
    """Hours of payment tokens of the login for the provider, after the single action."""

    KINDS = ("payment_token",)
