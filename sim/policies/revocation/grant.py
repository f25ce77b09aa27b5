"""The grant: everything that descends from it shall end."""

from __future__ import annotations


def withdraw(grant: str, access_token: str) -> tuple[str, tuple[str, ...]] | None:
    """The grant, whatever its tokens are by now."""
    return grant, ()
