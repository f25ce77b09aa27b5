"""The grant: everything that descends from it shall end."""

from __future__ import annotations

from sim.policies.revocation import Named


def withdraw(grant: str, access_token: str) -> Named | None:
    """The grant, whatever its tokens are by now."""
    return Named(grant=grant)
