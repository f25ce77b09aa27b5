"""There is no such door: accounts come by attestation alone."""

from __future__ import annotations


def opens() -> str:
    """Closed."""
    return ""
