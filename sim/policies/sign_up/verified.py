"""After a click on a link that is mailed to the address."""

from __future__ import annotations


def opens() -> str:
    """Waits for the mailbox."""
    return "pending"
