"""Nothing: whatever existed before goes on working."""

from __future__ import annotations


def ends() -> tuple[str, ...]:
    """Nothing ends."""
    return ()
