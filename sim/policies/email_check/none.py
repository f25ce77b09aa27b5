"""It does nothing: whatever address is typed in is taken."""

from __future__ import annotations


def check(email: str) -> str:
    """Accepted as it was typed."""
    return "none"
