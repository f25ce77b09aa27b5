"""At once, and the address is verified later if ever: the rule among the sites that USENIX Security 2022 looked at."""

from __future__ import annotations


def opens() -> str:
    """Usable before the mail is answered."""
    return "active"
