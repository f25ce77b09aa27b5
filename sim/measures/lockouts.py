"""How often honest people are locked out."""

from __future__ import annotations

from sim.measures._lockout import Lockout


class Lockouts(Lockout):
    """Lockouts that began: an honest person refused where an account is theirs or bears their address.

    Further refusals before the person is in again belong to the same lockout.
    """

    GROUP = "honest"
    UNIT = "lockouts"
