"""At the capture: the processor compares and books in one step, so that no two captures see the same headroom."""

from __future__ import annotations


def may_mint(amount: int, spent: int, limit: int) -> bool:
    """Minting is free; it is the capture that counts."""
    return True


def handed(limit: int) -> int:
    """The processor keeps the ceiling."""
    return limit
