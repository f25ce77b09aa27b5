"""What is kept of each run of a sweep: a few hundred bytes, in arrays; as a table, one tidy row per run and cell.

Rows may come in any order. Whatever is made of them is made in the order of cells and replications, so that nothing
depends on who was done first.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sim.experiments.plan import Plan

_DIGEST = "sha256:"
_NAN = math.nan


class Row(NamedTuple):
    """One run of one cell. ``ended_at`` is in microseconds.

    ``counts`` says how often which property (by its place) spoke;
    ``numbers`` are the panel and the measures in the order of the cell's names, None where nothing was observed.
    """

    cell: int
    run: int
    digest: str
    ended_at: int
    messages: int
    numbers: list[float | None]
    counts: list[tuple[int, int]]


class _Block:
    """The rows of one cell, by the number of the run."""

    __slots__ = ("counts", "digests", "done", "head", "here", "numbers", "prefix")

    def __init__(self) -> None:
        self.done = bytearray()
        self.digests = bytearray()
        self.head = array("q")
        self.numbers = array("d")
        self.counts: dict[int, dict[int, int]] = {}
        self.prefix = 0
        self.here = 0


class Rows:
    """All rows of a sweep so far."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._blocks = [_Block() for _ in plan.cells]
        self._widths = [len(cell.names) for cell in plan.cells]

    def add(self, row: Row) -> bool:
        """Keep ``row``; False if that run is there already."""
        block, width, run = self._blocks[row.cell], self._widths[row.cell], row.run
        if len(row.numbers) != width:
            raise ValueError(f"a run of cell {row.cell} has {len(row.numbers)} numbers and not {width}")
        if self.has(row.cell, run):
            return False
        missing = run + 1 - len(block.done)
        if missing > 0:
            block.done.extend(bytes(missing))
            block.digests.extend(bytes(32 * missing))
            block.head.extend([0] * 2 * missing)
            block.numbers.extend([_NAN] * width * missing)
        block.done[run] = 1
        block.here += 1
        block.digests[32 * run : 32 * run + 32] = bytes.fromhex(row.digest.removeprefix(_DIGEST))
        block.head[2 * run : 2 * run + 2] = array("q", (row.ended_at, row.messages))
        block.numbers[width * run : width * (run + 1)] = array("d", [_NAN if n is None else n for n in row.numbers])
        for place, count in row.counts:
            block.counts.setdefault(place, {})[run] = count
        while block.prefix < len(block.done) and block.done[block.prefix]:
            block.prefix += 1
        return True

    def has(self, cell: int, run: int) -> bool:
        """Whether that run is there."""
        done = self._blocks[cell].done
        return run < len(done) and done[run] == 1

    def prefix(self, cell: int) -> int:
        """How many runs there are without a gap, from the first on."""
        return self._blocks[cell].prefix

    def count(self, cell: int) -> int:
        """How many runs of a cell there are."""
        return self._blocks[cell].here

    def cut(self, cell: int, runs: int) -> None:
        """Keep the first ``runs`` of a cell, all of which are there."""
        block, width = self._blocks[cell], self._widths[cell]
        del block.done[runs:], block.digests[32 * runs :], block.head[2 * runs :], block.numbers[width * runs :]
        block.prefix = min(block.prefix, runs)
        block.here = block.done.count(1)
        for counts in block.counts.values():
            for run in [run for run in counts if run >= runs]:
                del counts[run]

    # --- reading, once all gaps are closed ----------------------------------------------------------------------------

    # Only NaN is not equal to itself, and NaN is how arrays keep what was not observed.

    def values(self, cell: int, name: str) -> list[float | None]:
        """One number of the first runs of a cell, in their order; None where it was not observed."""
        names = self.plan.cells[cell].names
        if name not in names:
            return [None] * self.prefix(cell)
        block, width = self._blocks[cell], self._widths[cell]
        found = block.numbers[names.index(name) : block.prefix * width : width]
        return [None if value != value else value for value in found]  # noqa: PLR0124

    def violations(self, cell: int, place: int) -> list[int]:
        """How often a property spoke, by its place among all, in the first runs of a cell."""
        counts = self._blocks[cell].counts.get(place, {})
        return [counts.get(run, 0) for run in range(self.prefix(cell))]

    def spoke(self, cell: int, place: int) -> bool:
        """Whether a property, by its place among all, spoke in any of the first runs of a cell."""
        return any(run < self.prefix(cell) for run in self._blocks[cell].counts.get(place, {}))

    def digests(self, cell: int) -> list[str]:
        """The digests of the first runs of a cell."""
        block = self._blocks[cell]
        return [_DIGEST + block.digests[32 * run : 32 * run + 32].hex() for run in range(block.prefix)]

    @property
    def digest(self) -> str:
        """One digest over the plan and every run."""
        whole = sha256(self.plan.hash.encode())
        for block in self._blocks:
            whole.update(block.prefix.to_bytes(8, "little"))
            whole.update(block.digests[: 32 * block.prefix])
        return _DIGEST + whole.hexdigest()

    def rows(self, cell: int) -> Iterator[Row]:
        """The first runs of a cell, one by one."""
        block, width = self._blocks[cell], self._widths[cell]
        for run, digest in enumerate(self.digests(cell)):
            numbers = [None if value != value else value for value in block.numbers[width * run : width * (run + 1)]]  # noqa: PLR0124
            counts = [(place, counts[run]) for place, counts in sorted(block.counts.items()) if run in counts]
            yield Row(cell, run, digest, block.head[2 * run], block.head[2 * run + 1], numbers, counts)

    def head(self, cell: int) -> tuple[Sequence[int], Sequence[int]]:
        """When each of the first runs ended (microseconds), and its number of messages."""
        block = self._blocks[cell]
        return block.head[0 : 2 * block.prefix : 2], block.head[1 : 2 * block.prefix : 2]


# --- as a table -------------------------------------------------------------------------------------------------------


def schema(plan: Plan) -> Any:
    """The columns of a sweep's rows, in their order."""
    import pyarrow as pa

    picked = {key for key in plan.keys if any(isinstance(cell.values[key], float) for cell in plan.cells)}
    fields = [("variant", pa.string()), ("cell", pa.int64())]
    fields += [(key, pa.float64() if key in picked else pa.string()) for key in plan.keys]
    fields += [("run", pa.int64()), ("seed", pa.int64()), ("digest", pa.string())]
    fields += [("ended_at_s", pa.float64()), ("messages", pa.int64())]
    fields += [(name, pa.float64()) for name in plan.measures]
    fields += [(f"violations.{name}", pa.int64()) for name in plan.properties]
    return pa.schema(fields, metadata={"trust-triangle": plan.hash})


def batches(rows: Rows) -> Iterator[Any]:
    """The table, one piece per cell."""
    import pyarrow as pa

    plan, wanted = rows.plan, schema(rows.plan)
    for cell in plan.cells:
        runs = rows.prefix(cell.number)
        ended, messages = rows.head(cell.number)
        columns: list[Any] = [[cell.variant] * runs, [cell.number] * runs]
        columns += [[cell.values[key]] * runs for key in plan.keys]
        columns += [list(range(runs)), [cell.seed] * runs, rows.digests(cell.number)]
        columns += [[at / 1e6 for at in ended], list(messages)]
        columns += [rows.values(cell.number, name) for name in plan.measures]
        columns += [rows.violations(cell.number, place) for place in range(len(plan.properties))]
        arrays = [pa.array(column, field.type) for column, field in zip(columns, wanted, strict=True)]
        yield pa.record_batch(arrays, schema=wanted)


def table(rows: Rows) -> Any:
    """All rows as a pyarrow table."""
    import pyarrow as pa

    return pa.Table.from_batches(list(batches(rows)), schema(rows.plan))
