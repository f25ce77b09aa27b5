"""A click, each time: nothing that a partner can prove shows that the owner agrees (PostHog's later revisions)."""

from __future__ import annotations


def page(url: str, accounts: int) -> str:
    """The page waits for the click."""
    return url
