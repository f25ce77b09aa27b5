"""It is replaced, and use of an old one ends the grant: one of two holders stole it (RFC 9700, 4.14.2)."""

from __future__ import annotations

from sim.policies.refresh import Use


def use(presented: int, current: int) -> Use:
    """New tokens for the last one, the end of the grant for an older one."""
    return "rotate" if presented == current else "end"
