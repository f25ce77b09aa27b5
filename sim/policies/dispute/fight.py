"""Fight for every amount."""

from __future__ import annotations


def fights(amount: int, above: int) -> bool:
    """Always."""
    return True
