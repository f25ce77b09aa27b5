"""How much works after the single action."""

from __future__ import annotations

from sim.measures._residual import Residual


class ResidualAccess(Residual):
    """Credential-hours that outlive the single action: tokens, secrets, sessions, keys, payment tokens."""

    KINDS = ("access", "refreshed", "resource", "session", "api_key", "payment_token")
