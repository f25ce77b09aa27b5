"""Let it go: the amount and one fee are lost, for certain."""

from __future__ import annotations


def fights(amount: int, above: int) -> bool:
    """Never."""
    return False
