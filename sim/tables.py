"""The two kinds of table in which all state lives.

Rules of this room: a table maps a key to an immutable record. Parties, truth, knowledge and properties keep
everything they remember in tables that an engine gives them, and touch them only by ``table[key]``, ``get``, ``in``,
``table[key] = record``, ``del table[key]``, ``pop(key, default)``, ``len`` and ``ordered()``. Nobody iterates a table
raw: undoing a write may put keys back in another order. Where a look-up by something else is needed, keep a
second table.

``simulate`` gives plain tables; ``explore`` gives tables that write every change into a journal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.chance import mix


class Table(dict[Any, Any]):
    """A plain table: a dictionary that can be listed in a fixed order."""

    __slots__ = ()

    def ordered(self) -> list[tuple[Any, Any]]:
        """All (key, record) pairs in the order of their keys, whatever the order of the writes."""
        return sorted(self.items(), key=_by_key)


def _by_key(item: tuple[Any, Any]) -> Any:
    return item[0]


#: in a trail: stands for all keys of a table at once
WHOLE = object()


class Journal:
    """What one reaction reads and writes, for all journaled tables of a world; undone in one go.

    Every (table, key, record) ever seen is given a small number, its *mark*, on first sight; 0 stands for no record.
    A mark has a random weight of ``BITS`` bits, and the fingerprint of a state is the sum of its weights: adding or
    taking away a record costs one addition, and the sum of several equal things is not nothing. ``whole`` keeps apart
    records that count as the same in a state's identity.

    ``trail`` lists what a reaction read, in order, as (table, key, mark) or (table, ``WHOLE``, sum); a reaction is a
    function of its trail, so that the same trail need never be walked twice.
    """

    BITS = 80

    def __init__(self) -> None:
        self.records: list[Any] = [None]
        self.weights: list[int] = [0]
        self.whole: list[int] = [0]
        self.tables: list[JournalTable] = []
        self.trail: list[tuple[Any, Any, Any]] = []
        self.touched = False
        self._known: set[tuple[int, Any]] = set()
        self._before: dict[tuple[int, Any], int] = {}
        self._marks: dict[tuple[int, Any, Any], int] = {}
        self._identities: dict[tuple[int, Any, Any], int] = {}
        self._drawn = 0

    def table(self, name: str, identity: Callable[[Any], Any] | None = None) -> JournalTable:
        """A new table. ``identity`` tells what of a record is part of a state's identity (None: nothing)."""
        table = JournalTable(self, name, len(self.tables), identity)
        self.tables.append(table)
        return table

    def weight(self) -> int:
        """A random number that has not been given out before; the same sequence in every process."""
        self._drawn += 1
        high, low = mix(2 * self._drawn), mix(2 * self._drawn + 1)
        return (high << 16 | low & 0xFFFF) & ((1 << self.BITS) - 1)

    def begin(self) -> None:
        """A reaction begins; what the one before wrote stays."""
        self.trail = []
        self.touched = False
        self._known.clear()
        self._before.clear()

    def undo(self) -> None:
        """Take back everything written since ``begin``."""
        for (index, key), mark in self._before.items():
            self.tables[index].marks[key] = mark
        self._before.clear()

    def changes(self) -> list[tuple[JournalTable, Any, int, int]]:
        """What was changed since ``begin``: (table, key, mark before, mark now); the same record is no change."""
        tables = self.tables
        listed = [(tables[at], key, old, tables[at].marks[key]) for (at, key), old in self._before.items()]
        return [change for change in listed if change[2] != change[3]]

    def mark(self, table: JournalTable, key: Any, record: Any) -> int:
        """The mark of ``record`` under ``key``."""
        found = self._marks.get((table.index, key, record))
        if found is None:
            found = self._marks[table.index, key, record] = len(self.records)
            self.records.append(record)
            self.whole.append(self.weight())
            self.weights.append(self._weigh(table, key, record, self.whole[-1]))
        return found

    def _weigh(self, table: JournalTable, key: Any, record: Any, own: int) -> int:
        if table.identity is None:
            return own
        seen = table.identity(record)
        if seen is None:
            return 0
        return self._identities.setdefault((table.index, key, seen), own)

    def read(self, table: JournalTable, key: Any) -> int:
        """The mark under ``key``, entered in the trail when it is read for the first time."""
        mark = table.marks.get(key, 0)
        place = (table.index, key)
        if place not in self._known:
            self._known.add(place)
            self.trail.append((table, key, mark))
        return mark

    def read_all(self, table: JournalTable) -> None:
        """All of a table is read: the trail has its sum as it was when the reaction began."""
        place = (table.index, WHOLE)
        if place not in self._known:
            self._known.add(place)
            whole = self.whole
            written = sum(
                whole[table.marks[key]] - whole[old] for (at, key), old in self._before.items() if at == table.index
            )
            self.trail.append((table, WHOLE, table.sum() - written))

    def write(self, table: JournalTable, key: Any, mark: int) -> None:
        """Put ``mark`` under ``key``; the mark before is read first."""
        old = self.read(table, key)
        self.touched = True
        self._before.setdefault((table.index, key), old)
        table.marks[key] = mark


class JournalTable(Table):
    """A table that journals what is read and written; it holds marks, its ``Journal`` the records they stand for."""

    __slots__ = ("identity", "index", "journal", "marks", "name")

    def __init__(self, journal: Journal, name: str, index: int, identity: Callable[[Any], Any] | None) -> None:
        super().__init__()
        self.journal, self.name, self.index, self.identity = journal, name, index, identity
        self.marks: dict[Any, int] = {}

    def sum(self) -> int:
        """A number that stands for all records of the table."""
        if not self.marks:
            return 0
        whole = self.journal.whole
        return sum([whole[mark] for mark in self.marks.values()])

    def __getitem__(self, key: Any) -> Any:
        mark = self.journal.read(self, key)
        if not mark:
            raise KeyError(key)
        return self.journal.records[mark]

    def get(self, key: Any, default: Any = None) -> Any:
        """The record under ``key``, or ``default``."""
        mark = self.journal.read(self, key)
        return self.journal.records[mark] if mark else default

    def __contains__(self, key: object) -> bool:
        return self.journal.read(self, key) != 0

    def __setitem__(self, key: Any, record: Any) -> None:
        self.journal.write(self, key, self.journal.mark(self, key, record))

    def __delitem__(self, key: Any) -> None:
        if not self.journal.read(self, key):
            raise KeyError(key)
        self.journal.write(self, key, 0)

    def pop(self, key: Any, default: Any = None) -> Any:
        """Take the record under ``key`` out; ``default`` where there is none."""
        mark = self.journal.read(self, key)
        self.journal.touched = True
        if not mark:
            return default
        self.journal.write(self, key, 0)
        return self.journal.records[mark]

    def __len__(self) -> int:
        self.journal.read_all(self)
        return sum(1 for mark in self.marks.values() if mark)

    def __bool__(self) -> bool:
        return len(self) > 0

    def ordered(self) -> list[tuple[Any, Any]]:
        """All (key, record) pairs in the order of their keys, whatever the order of the writes."""
        self.journal.read_all(self)
        records = self.journal.records
        return sorted([(key, records[mark]) for key, mark in self.marks.items() if mark], key=_by_key)

    def __iter__(self) -> Any:
        raise TypeError(f"table {self.name} is listed by ordered(); undoing a write may put its keys in another order")

    keys = values = items = setdefault = update = popitem = copy = clear = __iter__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__  # type: ignore[assignment]
