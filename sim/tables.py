"""The two kinds of table in which all state lives.

Rules of this room: a table maps a key to an immutable record. Parties, truth, knowledge and properties keep
everything they remember in tables that an engine gives them, and touch them only by ``table[key]``, ``get``, ``in``,
``table[key] = record``, ``del table[key]``, ``pop(key, default)``, ``len`` and ``ordered()``. Nobody iterates a table
raw: undoing a write may put keys back in another order. Where a look-up by something else is needed, keep a
second table.

``simulate`` gives plain tables; ``explore`` gives tables that write every change into a journal.
"""

from __future__ import annotations

from typing import Any


class Table(dict[Any, Any]):
    """A plain table: a dictionary that can be listed in a fixed order."""

    __slots__ = ()

    def ordered(self) -> list[tuple[Any, Any]]:
        """All (key, record) pairs in the order of their keys, whatever the order of the writes."""
        return sorted(self.items(), key=_by_key)


def _by_key(item: tuple[Any, Any]) -> Any:
    return item[0]
