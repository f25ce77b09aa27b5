"""What things read and write, now and in everything they may lead to, as sets of cells.

A cell is a record of a table, a table as a whole, or a slot of what is pending; it is one bit of a number. What a
thing does is learnt from its reactions (``memo``): every reaction that runs for the first time adds what it read and
wrote, and what it left pending. Two things that do not touch what the other writes may change places: both orders lead
to the same state, and every reaction in between is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sim.tables import WHOLE

#: of what ends the story: it touches everything
EVERYTHING = -1


class Footprints:
    """By index of a thing: ``reads`` and ``writes`` of its own, ``all_reads`` and ``all_writes`` with what may follow.

    ``version`` counts what was learnt: a conclusion holds as long as it is the same.
    """

    def __init__(self) -> None:
        self.version = 0
        self.reads: list[int] = []
        self.writes: list[int] = []
        self.all_reads: list[int] = []
        self.all_writes: list[int] = []
        self.senders: set[int] = set()
        """What puts something on its way when it happens."""
        self._makers: list[set[int]] = []
        self._bits: dict[Any, int] = {}
        self._cells: list[Any] = []

    def enlist(self, slot: Any) -> None:
        """One more thing; what stands in a slot touches the slot when it happens."""
        own = 0 if slot is None else self.slot(slot)
        for masks in (self.reads, self.writes, self.all_reads, self.all_writes):
            masks.append(own)
        self._makers.append(set())

    def slot(self, slot: Any) -> int:
        """The cell of a slot."""
        return self._bit(("slot", slot))

    def cell(self, table: int, key: Any) -> int:
        """The cell of a record, the table by its index."""
        return self._bit((table, (key,)))

    def whole(self, table: int) -> int:
        """The cell of a table as a whole."""
        return self._bit((table, WHOLE))

    def named(self, mask: int) -> Iterator[tuple[Any, Any]]:
        """The cells in ``mask``: (index of the table, ``WHOLE`` or a key alone in a tuple), or ("slot", slot)."""
        while mask:
            yield self._cells[(mask & -mask).bit_length() - 1]
            mask &= mask - 1

    def _bit(self, cell: Any) -> int:
        found = self._bits.get(cell)
        if found is None:
            found = self._bits[cell] = 1 << len(self._bits)
            self._cells.append(cell)
        return found

    def cells(
        self, trail: Iterable[tuple[Any, Any, Any]], changes: Iterable[tuple[Any, ...]], slots: Iterable[Any]
    ) -> tuple[int, int]:
        """What a reaction reads and writes: its ``trail``, the (table, key, ...) it changes, the ``slots`` it sets."""
        reads = writes = 0
        for table, key, _ in trail:
            if table is not None:
                reads |= self.whole(table.index) if key is WHOLE else self.cell(table.index, key)
        for table, key, *_ in changes:
            writes |= self.cell(table.index, key) | self.whole(table.index)
        for slot in slots:
            cell = self.slot(slot)
            reads |= cell
            writes |= cell
        return reads, writes

    def learn(self, index: int, reads: int, writes: int, follow: Iterable[int]) -> None:
        """A reaction of the thing ``index`` was seen, and ``follow`` is what it left pending."""
        self.reads[index] |= reads
        self.writes[index] |= writes
        self._spread(index, self.reads[index], self.writes[index])
        for other in follow:
            self._makers[other].add(index)
            self._spread(index, self.all_reads[other], self.all_writes[other])

    def sends(self, index: int) -> None:
        """A reaction of the thing ``index`` was seen to put something on its way."""
        if index not in self.senders:
            self.senders.add(index)
            self.version += 1

    def _spread(self, index: int, reads: int, writes: int) -> None:
        """Whatever leads to ``index`` may come to read and write that."""
        waiting = [index]
        while waiting:
            at = waiting.pop()
            if reads | self.all_reads[at] != self.all_reads[at] or writes | self.all_writes[at] != self.all_writes[at]:
                self.all_reads[at] |= reads
                self.all_writes[at] |= writes
                self.version += 1
                waiting += self._makers[at]
