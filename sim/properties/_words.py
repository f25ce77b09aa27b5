"""What several properties need to read names: requests, and the block a member belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def intent(request: str) -> str:
    """What a person asked for, of which ``request`` is a part (``add.alice.1+2+token~3`` → ``add.alice.1+2``).

    It comes without the number of a retry and without the word that tells a stage of it from the others. What has a
    number is a request of its own: the second of several, or a repetition (``+again2``).
    """
    whole = request.partition("~")[0]
    head, _, word = whole.rpartition("+")
    return head if head and word.isalpha() else whole


def block(name: str, world: Mapping[str, Any]) -> str:
    """The block of ``world`` that ``name`` is, or is a member of; empty if none."""
    while name and name not in world:
        if not name[-1].isdigit():
            return ""
        name = name[:-1]
    return name
