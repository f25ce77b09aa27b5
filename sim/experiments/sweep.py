"""Many runs of a scenario and its variants: from a file to a folder of results, and to pandas frames.

>>> import sim
>>> found = sim.sweep("scenarios/pre_hijack.yaml", runs=20)    # doctest: +SKIP
>>> found.cells.query("measure == 'takeovers'")[["variant", "mean", "low", "high"]]    # doctest: +SKIP
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from sim import measures, results
from sim.experiments import folder as folders
from sim.experiments import folder_rows, judging
from sim.experiments.folder_rows import Row, Rows
from sim.experiments.plan import Plan, plan, replan
from sim.experiments.running import Running, SetUp, Tell, row_of, run_all
from sim.scenario import Scenario, load, load_text

if TYPE_CHECKING:
    from pandas import DataFrame

#: So many rows are run again by ``check``.
SAMPLE = 5


class Sweep:
    """The results of a sweep.

    ``receipt`` says what it takes to get them again, ``summary`` is the object of ``sim sweep --json``, ``exit`` its
    exit code, ``folder`` where they are kept (None: nowhere).
    """

    def __init__(
        self, summary: Mapping[str, Any], receipt: Mapping[str, Any], table: Callable[[], Any], folder: Path | None
    ) -> None:
        """``table`` gives the rows as a pyarrow table, when they are asked for."""
        self.summary = dict(summary)
        self.receipt = dict(receipt)
        self.folder = folder
        self._table = table

    @property
    def exit(self) -> int:
        """0 every expectation met, 1 one not met, 3 one undetermined."""
        return int(self.summary["exit"])

    @cached_property
    def rows(self) -> DataFrame:
        """One row per run and cell: ``variant``, ``cell``, what is varied, ``run``, ``seed``, ``digest``,
        ``ended_at_s``, ``messages``, every panel entry and measure (missing where nothing was observed), and
        ``violations.<property>``, how often it was violated (for ``sometimes``: reached).

        What is varied is text; a parameter that a design picked is a float in the unit of its range's low end.
        Times of measures are in the unit that ``sim list measures`` says, money in cents.
        """  # noqa: D205
        frame: DataFrame = self._table().to_pandas()
        return frame

    @cached_property
    def cells(self) -> DataFrame:
        """One row per cell and number: ``cell``, ``variant``, what is varied, ``group`` (harm, honest, money,
        measures, violations), ``measure``, ``runs``, ``n`` (runs in which it was observed), ``mean``, ``low``,
        ``high``, ``method``. In the group ``violations`` it is the share of runs in which a property was violated.
        """  # noqa: D205
        from pandas import DataFrame

        found = []
        for cell in self.summary["cells"]:
            head = _head(cell)
            groups = {**cell["panel"], "measures": cell["measures"]}
            for group, entries in groups.items():
                for name, one in entries.items():
                    numbers = {key: one[key] for key in ("n", "mean", "low", "high", "method")}
                    found.append(head | {"group": group, "measure": name, "runs": cell["runs"]} | numbers)
            for verdict in cell["verdicts"]:
                if (seen := verdict["violated_in"]) is not None:
                    numbers = {"n": seen["of"], "mean": seen["count"] / seen["of"] if seen["of"] else None}
                    numbers |= {key: seen[key] for key in ("low", "high", "method")}
                    row = {"group": "violations", "measure": verdict["property"], "runs": cell["runs"]}
                    found.append(head | row | numbers)
        frame: DataFrame = DataFrame(found).astype({"mean": float, "low": float, "high": float})
        return frame

    @cached_property
    def verdicts(self) -> DataFrame:
        """One row per cell and verdict: ``cell``, ``variant``, what is varied, ``property``, ``verdict``, ``expected``,
        ``met`` (missing where nothing is judged), ``count`` and ``of`` (runs in which it was violated), ``why``.
        """  # noqa: D205
        from pandas import DataFrame

        found = []
        for cell in self.summary["cells"]:
            for one in cell["verdicts"]:
                seen = one["violated_in"] or {"count": None, "of": None}
                said = {key: one[key] for key in ("property", "verdict", "expected", "met", "why")}
                found.append(_head(cell) | said | {"count": seen["count"], "of": seen["of"]})
        return DataFrame(found)

    @cached_property
    def differences(self) -> DataFrame:
        """One row per pair of cells and measure: ``a``, ``b`` (labels), ``a_cell``, ``b_cell``, ``measure``, ``mean``
        (b minus a, run by run), ``low``, ``high``, ``method``, ``n``, ``level``, ``paired``. The measure
        ``violations.<property>`` is the share of runs in which it was violated, where any cell violated it at all.
        """  # noqa: D205
        from pandas import DataFrame

        columns = list(judging.Difference.__struct_fields__)
        return DataFrame(self.summary["differences"], columns=columns)

    def to_json(self) -> bytes:
        """``summary`` as text, the same bytes for the same results."""
        text: bytes = results.to_json(self.summary)
        return text


def _head(cell: Mapping[str, Any]) -> dict[str, Any]:
    return {"cell": cell["cell"], "variant": cell["variant"] or "", **cell["values"]}


# --- doing it ---------------------------------------------------------------------------------------------------------


def sweep(
    scenario: Scenario | str | os.PathLike[str],
    *,
    runs: int | None = None,
    workers: int | None = None,
    out: str | os.PathLike[str] | None = None,
    variants: Sequence[str] | None = None,
    resume: bool = False,
    csv: bool = False,
    cluster: str | None = None,
    command: str | None = None,
    tell: Tell = lambda done, total: None,
    set_up: SetUp | None = None,
) -> Sweep:
    """Run every cell of ``scenario`` (or of the file there) many times, and judge what came out.

    ``runs`` goes before the file's; ``workers`` are processes, by default one per core (a script that uses them must
    stand under ``if __name__ == "__main__"``); ``out`` is a folder for the results, which ``resume`` completes;
    ``variants`` leaves the base and other variants out; ``cluster`` is the address of a Dask scheduler.
    ``set_up`` is called in each process, ``tell`` hears of progress. ``ScenarioError``, ``FolderError`` or
    ``RunningError`` say what is wrong.
    """
    made = scenario if isinstance(scenario, Scenario) else load(scenario)
    planned = plan(made, runs=runs, variants=variants)
    command = command or _command(made.file, {"runs": runs, "out": out, "variant": variants, "cluster": cluster})
    rows = Rows(planned)
    if out is None:
        running = Running(planned, rows, lambda rows: None, set_up)
        run_all(running, workers=workers, cluster=cluster, tell=tell)
        summary, receipt = _summarised(planned, rows, command)
        return Sweep(summary, receipt, lambda: folder_rows.table(rows), None)
    version, scheme = results.code_version(), results.RANDOM_SCHEME
    with folders.opened(out, planned, version=version, scheme=scheme) as folder:
        folder.load(rows, resume)
        _not_fewer(planned, rows, folder)
        folder.begin()
        run_all(Running(planned, rows, folder.keep, set_up), workers=workers, cluster=cluster, tell=tell)
        summary, receipt = _summarised(planned, rows, command)
        folder.finish(rows, receipt, results.to_json(summary), csv)
    return read_results(out)


def _command(file: str, asked: Mapping[str, Any]) -> str:
    words = ["sim", "sweep", file]
    for name, value in asked.items():
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is not None:
                words += [f"--{name}", str(one)]
    return shlex.join(words)


def _not_fewer(planned: Plan, rows: Rows, folder: folders.Folder) -> None:
    most = max(rows.count(cell.number) for cell in planned.cells)
    if planned.rule is None and most > planned.runs:
        raise folders.FolderError(
            f"{folder.path}: holds {most:,} runs of a cell, and {planned.runs:,} are asked for; nothing is thrown "
            "away: ask for as many, or give another folder"
        )


def _summarised(planned: Plan, rows: Rows, command: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The object of ``--json``, and the receipt of the folder, which has the scenario as well."""
    scenario = planned.scenario
    units = results.units(scenario)
    cells = judging.judge(planned, rows, units)
    short = results.receipt(scenario, scenario.seed, command)
    short |= {"runs": sum(cell.runs for cell in cells), "digest": rows.digest}
    summary = {
        "scenario": scenario.file, "variant": scenario.variant, "seed": scenario.seed,
        "exit": judging.exit_code(cells), "receipt": short, "command": command, "level": scenario.level,
        "title": scenario.title, "vary": list(planned.keys),
        "units": {name: units[name] for name in planned.measures if units.get(name)},
        "cells": cells, "differences": judging.differences(planned, rows),
    }  # fmt: skip
    receipt = short | {
        "plan": planned.hash,
        "scenario": scenario.resolved(),
        "source": planned.source,
        "columns": {group: [name for at, name in measures.PANEL if at == group] for group, _ in measures.PANEL},
    }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(summary))
    return plain, receipt


def read_results(folder: str | os.PathLike[str]) -> Sweep:
    """The results in ``folder``; ``FolderError`` says what is wrong with it."""
    path = Path(folder)
    receipt, summary = folders.read_receipt(path), folders.read_summary(path)
    if summary.get("receipt", {}).get("digest") != receipt["digest"]:
        raise folders.FolderError(f"{path}: the summary is not of the sweep of the receipt; --resume writes it anew")
    folders.check_rows(path, receipt)
    return Sweep(summary, receipt, lambda: folders.read_table(path), path)


# --- again ------------------------------------------------------------------------------------------------------------


class Again(msgspec.Struct, frozen=True):
    """What came of running rows of a folder again: which (cell, run), and the first that is not the same."""

    sample: list[tuple[int, int]]
    cell: str | None = None
    run: int | None = None
    column: str | None = None
    stored: Any = None
    now: Any = None


def check(folder: str | os.PathLike[str], sample: int = SAMPLE) -> Again:
    """Run some rows of ``folder`` again, spread over all of them; ``FolderError`` where that cannot be done."""
    path = Path(folder)
    receipt = folders.read_receipt(path)
    folders.read_summary(path)
    try:
        planned = replan(receipt["source"])
    except (KeyError, TypeError) as error:
        raise folders.FolderError(f"{path / folders.RECEIPT}: is damaged: {error!r}") from None
    if planned.hash != receipt["plan"]:
        raise folders.FolderError(
            f"{path}: the scenario in its receipt is not the one that was run: the receipt was changed, or this "
            f"program ({results.code_version()}, the folder is of {receipt.get('version')}) reads it differently"
        )
    folders.check_rows(path, receipt)
    rows = Rows(planned)
    for row in folders.read_rows(path, planned):
        rows.add(row)
    if rows.digest != receipt["digest"]:
        raise folders.FolderError(f"{path / folders.ROWS}: its rows are not those of the receipt (by their digest)")
    return _again(planned, rows, sample)


def _again(planned: Plan, rows: Rows, sample: int) -> Again:
    everything = [(cell.number, run) for cell in planned.cells for run in range(rows.prefix(cell.number))]
    some = min(sample, len(everything))
    picked = [everything[place * len(everything) // some] for place in range(some)]
    for number, run in picked:
        cell = planned.cells[number]
        scenario = load_text(cell.text, file=cell.label, allow_later=planned.scenario.source.later)
        stored = next(row for row in rows.rows(number) if row.run == run)
        now = row_of(scenario, number, run, planned.also)
        if stored != now:
            column, was, is_now = _first_difference(planned, number, stored, now)
            return Again(picked, cell.label, run, column, was, is_now)
    return Again(picked)


def _first_difference(planned: Plan, cell: int, stored: Row, now: Row) -> tuple[str, Any, Any]:
    """The first column in which two rows of a cell differ, numbers before the digest, which says less."""
    for name, a, b in zip(planned.cells[cell].names, stored.numbers, now.numbers, strict=True):
        if a != b:
            return name, a, b
    a_counts, b_counts = dict(stored.counts), dict(now.counts)
    for place, name in enumerate(planned.properties):
        if a_counts.get(place, 0) != b_counts.get(place, 0):
            return f"violations.{name}", a_counts.get(place, 0), b_counts.get(place, 0)
    for name in ("messages", "ended_at", "digest"):
        if getattr(stored, name) != getattr(now, name):
            return name, getattr(stored, name), getattr(now, name)
    return "", stored, now
