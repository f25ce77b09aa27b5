"""What several properties need to read names: requests, and the block a member belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def intent(request: str) -> str:
    """What a person wanted, of which ``request`` is a part (``add.alice.1+again2+token~3`` → ``add.alice.1``).

    It comes without the number of a retry, without what tells a request from its sisters, and without the number of a
    repetition. Ids are compared only after both have gone through here.
    """
    return request.partition("~")[0].partition("+")[0]


def block(name: str, world: Mapping[str, Any]) -> str:
    """The block of ``world`` that ``name`` is, or is a member of; empty if none."""
    while name and name not in world:
        if not name[-1].isdigit():
            return ""
        name = name[:-1]
    return name
