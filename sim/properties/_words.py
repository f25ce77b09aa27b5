"""What several properties need to read names: requests, and the block a member belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from sys import intern
from typing import Any

from sim.tables import Table


@lru_cache(4096)
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


def add_line(table: Table, key: str, line: str) -> None:
    """Add ``line`` to a row of lines: mostly one, the same in as many rows as there are people."""
    before: str = table.get(key, "")
    if not has_line(table, key, line):
        table[key] = f"{before}\n{line}" if before else intern(line)


def has_line(table: Table, key: str, line: str) -> bool:
    """Whether ``line`` is in a row of lines."""
    row: str = table.get(key, "")
    return row == line or line in row.split("\n")
