"""Paired differences as tables: those whose interval leaves out 0, the largest of each measure first, and the others.

A row is one step from a level to another with everything else alike. Steps of the same size under several conditions
share a row, which names the conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sim import properties
from sim.experiments.judging import VIOLATIONS
from sim.views.entries import Column, Entry, Table, entry, factor_title, pick, plain, shown_unit
from sim.views.outcomes_parts import merged

Found = Mapping[str, Any]
"""A difference of a sweep's summary."""


class Differences(NamedTuple):
    """``sure``: whose interval leaves out 0, a table a measure; ``rest``: whose does not, or that have none.

    ``none`` counts the pairs of cells that did not differ in any run.
    """

    sure: list[Table]
    rest: Table
    none: int


def differences(summary: Mapping[str, Any], names: Sequence[str]) -> Differences:
    """The paired differences of ``names``: measures, or ``violations.<property>``."""
    asked: dict[str, list[Found]] = {name: [] for name in names}
    for one in summary["differences"]:
        if one["measure"] in asked:
            asked[one["measure"]].append(one)
    sure, rest, none = [], [], 0
    for name, found in asked.items():
        larger = [one for one in found if _is_sure(one)]
        if larger:
            unit = _unit(name, summary)
            title = f"{named(name)} ({unit})" if unit else named(name)
            table = _table(title, summary, larger)
            sure.append(pick(table, [one.name for one in table.columns if one.name not in ("measure", "unit")]))
        none += sum(_is_none(one) for one in found)
        rest += [one for one in found if not _is_sure(one) and not _is_none(one)]
    return Differences(sure, _table("Not told apart from nothing", summary, rest), none)


def every_difference(summary: Mapping[str, Any], names: Sequence[str]) -> Table:
    """All paired differences of ``names``, one row each, those whose interval leaves out 0 first."""
    found = [one for one in summary["differences"] if one["measure"] in names]
    columns = (
        Column("a", "from"), Column("b", "to"), Column("measure", "measure"), Column("difference", "difference"),
        Column("unit", "unit"), Column("method", "method"), Column("n", "runs"),
    )  # fmt: skip
    rows = []
    for one in sorted(found, key=lambda one: not _is_sure(one)):
        texts = (one["a"], one["b"], one["measure"], _unit(one["measure"], summary), one["method"], str(one["n"]))
        a, b, name, unit, method, n = (Entry(text, text) for text in texts)
        rows.append((a, b, name, _shown(one, summary), unit, method, n))
    return Table("Paired differences", columns, tuple(rows))


def _is_sure(one: Found) -> bool:
    """Whether the interval leaves 0 out."""
    return one["low"] is not None and (one["low"] > 0 or one["high"] < 0)


def _is_none(one: Found) -> bool:
    """Whether there is no difference in any run."""
    shares = one["measure"].startswith(VIOLATIONS)
    return one["mean"] == 0 and (shares or (one["low"] or 0.0) == (one["high"] or 0.0) == 0)


# --- rows -------------------------------------------------------------------------------------------------------------


def _table(title: str, summary: Mapping[str, Any], found: Sequence[Found]) -> Table:
    """A column for each thing that is varied, with its level or the step from one to another; then the difference.

    Rows that differ in their conditions alone stand together.
    """
    cells = {cell["cell"]: {"variant": cell["variant"] or "base"} | cell["values"] for cell in summary["cells"]}
    keys = [key for key in cells[0] if key != "variant" or len({cell[key] for cell in cells.values()}) > 1]
    levels = {key: list(dict.fromkeys(_level(cell[key], cell[key]).text for cell in cells.values())) for key in keys}
    by_step: dict[str, list[tuple[Entry, ...]]] = {}
    for one in found:
        a, b = cells[one["a_cell"]], cells[one["b_cell"]]
        step = next((key for key in keys if a[key] != b[key]), keys[0])
        row = [_level(a[key], b[key]) for key in keys]
        row += [
            Entry(named(one["measure"]), one["measure"]),
            _shown(one, summary),
            Entry(_unit(one["measure"], summary)),
        ]
        by_step.setdefault(step, []).append(tuple(row))
    own = (Column("measure", "measure", "measured"), Column("difference", "difference", "measures"))
    columns = (*(Column(key, factor_title(key)) for key in keys), *own, Column("unit", "unit", "measured"))
    rows: list[tuple[Entry, ...]] = []
    for step, some in by_step.items():
        rows += _together(columns, levels, step, some)
    place = len(keys)
    order = {name: number for number, name in enumerate(dict.fromkeys(one["measure"] for one in found))}
    rows.sort(key=lambda row: (order[str(row[place].value)], -abs(float(row[place + 1].value or 0.0))))
    return Table(title, columns, tuple(rows))


def _together(
    columns: Sequence[Column], levels: Mapping[str, Sequence[str]], step: str, rows: Sequence[tuple[Entry, ...]]
) -> Iterable[tuple[Entry, ...]]:
    """Rows of one step that agree in it and in the difference as one."""
    fixed = tuple(column._replace(group="step") if column.name == step else column for column in columns)
    return merged(Table("", fixed, tuple(rows)), levels).rows if len(levels) > 1 else rows


def _level(a: Any, b: Any) -> Entry:
    """A level, or the step from one to another."""
    before, after = (plain(one) if isinstance(one, str) else f"{one:.4g}" for one in (a, b))
    return Entry(before, str(a)) if a == b else Entry(f"{before} → {after}", f"{a} {b}")


# --- words ------------------------------------------------------------------------------------------------------------


def named(measure: str) -> str:
    """A measure as words; of a property, that it is violated (or reached)."""
    if not measure.startswith(VIOLATIONS):
        return plain(measure)
    name = measure.removeprefix(VIOLATIONS)
    return f"{plain(name)} {'reached' if properties.load(name).KIND == 'sometimes' else 'violated'}"


def _unit(measure: str, summary: Mapping[str, Any]) -> str:
    return "share of runs" if measure.startswith(VIOLATIONS) else shown_unit(summary["units"].get(measure, ""))


def _shown(one: Found, summary: Mapping[str, Any]) -> Entry:
    shown = entry({**one, "missing": 0}, summary["units"].get(one["measure"], ""))
    sign = "+" if one["mean"] is not None and one["mean"] > 0 else ""
    return shown._replace(text=sign + shown.text)
