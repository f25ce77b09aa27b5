"""Fight where it pays: above an amount, which for a fee f and a share of wins w is f (1 - w) / w."""

from __future__ import annotations


def fights(amount: int, above: int) -> bool:
    """Above the amount, not at it."""
    return amount > above
