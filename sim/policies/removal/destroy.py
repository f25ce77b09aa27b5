"""It ends, and its secrets are wiped (github.com/erint-stripe/toastercloud-provider)."""

from __future__ import annotations


def destroys() -> bool:
    """Nothing is left."""
    return True
