"""What several properties need to read names: requests, and the block a member belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def intent(request: str) -> str:
    """The request of a person that ``request`` belongs to (``alice.1+metadata~2`` → ``alice.1``).

    It comes without the number of its retry, and without what tells it from its sisters.
    """
    return request.partition("~")[0].partition("+")[0]


def block(name: str, world: Mapping[str, Any]) -> str:
    """The block of ``world`` that ``name`` is, or is a member of; empty if none."""
    while name and name not in world:
        if not name[-1].isdigit():
            return ""
        name = name[:-1]
    return name
