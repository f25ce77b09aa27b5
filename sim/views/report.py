"""The results of a sweep as one page of HTML that needs nothing from anywhere, and its tables as CSV.

The page has the question, what is compared, the outcome tables (to be ordered by any column; nothing is weighted), the
figures, paired differences, what exploration says where that was asked for, the command and the receipt. Everything a
file says is escaped; a policy in the page itself forbids a browser to load anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from sim import measures
from sim.views import entries, outcomes
from sim.views.entries import GROUPS, Table, plain
from sim.views.figures import against, curve, ecdf, forest, heat, svg
from sim.views.figures.drawing import in_file_order, numeric

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

#: So many measures are drawn if none are named, and so many forest plots.
MEASURES, FORESTS = 6, 3
#: Fewer runs than this do not make a distribution.
RUNS_FOR_ECDF = 20


class Picture(NamedTuple):
    """A figure in the page: what it shows in words, and the drawing as an ``<svg>`` element."""

    caption: str
    svg: str


class Level(NamedTuple):
    """A variant or level: what is varied, its name, what it changes, why."""

    factor: str
    name: str
    changes: tuple[str, ...]
    why: str = ""


def page(sweep: Any, *, explored: Mapping[str, Any] | None = None, names: Sequence[str] = ()) -> str:
    """The page. ``names`` are the measures that are drawn; without, those of which the file expects something.

    ``ValueError`` for a measure that the results do not have.
    """
    from jinja2 import Environment, StrictUndefined

    summary, receipt = sweep.summary, sweep.receipt
    text = receipt.get("source", {}).get("text", {})
    drawn = chosen(sweep, names)
    tables = outcomes.tables(summary, receipt, explored)
    letters = [found for table in tables if (found := outcomes.letters(table)) is not None]
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files("sim.views").joinpath("report.html").read_text("utf-8"))
    return template.render(
        title=summary["title"] or summary["scenario"],
        why=" ".join(str(text.get("why") or "").split()),
        refs=text.get("refs") or [],
        head=_head(summary, receipt),
        levels=list(_levels(text)),
        letters=letters,
        tables=tables,
        spans=_spans,
        groups=GROUPS,
        figures=list(_figures(sweep, drawn)),
        differences=outcomes.differences(summary, drawn) if summary["differences"] else None,
        expectations=list(_expectations(summary)),
        command=summary["command"],
        receipt=json.dumps({key: receipt[key] for key in receipt if key not in ("scenario", "source")}, indent=2),
        scenario=_scenario_text(text),
        plain=plain,
    )


def csv_files(sweep: Any, *, explored: Mapping[str, Any] | None = None, names: Sequence[str] = ()) -> dict[str, str]:
    """Every table of the page as CSV, by a name for its file."""
    tables = outcomes.tables(sweep.summary, sweep.receipt, explored)
    found = {_file_name(table.title): entries.to_csv(table) for table in tables}
    found |= {
        f"letters-{place}" if place else "letters": entries.to_csv(letters)
        for place, table in enumerate(tables)
        if (letters := outcomes.letters(table)) is not None
    }
    if sweep.summary["differences"]:
        found["differences"] = entries.to_csv(outcomes.differences(sweep.summary, chosen(sweep, names)))
    return found


def _file_name(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


# --- what the page says -----------------------------------------------------------------------------------------------


def _head(summary: Mapping[str, Any], receipt: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "file": summary["scenario"],
        "cells": f"{len(summary['cells']):,}",
        "runs": f"{receipt['runs']:,}",
        "seed": summary["seed"],
        "version": receipt["version"],
        "digest": receipt["digest"],
    }


def _levels(text: Mapping[str, Any]) -> Iterator[Level]:
    """The variants, and the levels that have names of their own, with what they change."""
    for name, variant in (text.get("variants") or {}).items():
        if isinstance(variant, dict):
            changes = tuple(_changes(variant.get("set") or {}))
            yield Level("variant", plain(str(name)), changes, " ".join(str(variant.get("why") or "").split()))
    for key, levels in (text.get("vary") or {}).items():
        if isinstance(levels, dict):
            for name, values in levels.items():
                yield Level(entries.factor_title(str(key)), plain(str(name)), tuple(_changes(values or {})))
        else:
            listed = levels if isinstance(levels, list) else [levels]
            yield Level(entries.factor_title(str(key)), ", ".join(map(_said, listed)), (str(key),))


def _changes(values: Mapping[str, Any]) -> Iterator[str]:
    for path, value in values.items():
        yield f"{path}: {_said(value)}"


def _said(value: Any) -> str:
    """A value as a file may have it, in one line."""
    if value is None:
        return "(taken out)"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _scenario_text(text: Mapping[str, Any]) -> str:
    return json.dumps(text, indent=1, ensure_ascii=False)


def _expectations(summary: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """What was expected of base and variants: label, name, how it came out, tone."""
    for cell in summary["cells"]:
        for one in cell["verdicts"]:
            if one["expected"] is not None:
                tone = {True: "good", False: "bad", None: "doubt"}[one["met"]]
                said = {True: "✓ met", False: "✗ not met", None: "? undetermined"}[one["met"]]
                verdict = plain(one["verdict"])
                why = one["why"] if one["why"].startswith(verdict) else f"{verdict}, {one['why']}"
                yield cell["label"], plain(one["property"]), f"{said}: {why}", tone


def _spans(table: Table) -> list[tuple[str, int]]:
    """The groups over a table's columns, each with how many columns it spans."""
    spans: list[tuple[str, int]] = []
    for column in table.columns:
        if spans and spans[-1][0] == column.group:
            spans[-1] = (column.group, spans[-1][1] + 1)
        else:
            spans.append((column.group, 1))
    return spans


# --- what is drawn ----------------------------------------------------------------------------------------------------


def chosen(sweep: Any, names: Sequence[str] = ()) -> list[str]:
    """The measures that are drawn: those named; else those expected that differ between cells; else of the panel."""
    cells: DataFrame = sweep.cells[sweep.cells["group"] != "violations"]
    there = list(in_file_order(cells["measure"]))
    for name in names:
        if name not in there:
            raise ValueError(f"there is no measure {name!r} in these results; possible: {', '.join(there)}")
    if names:
        return list(dict.fromkeys(names))
    moving = {name for name, part in cells.groupby("measure", sort=False) if part["mean"].nunique(dropna=False) > 1}
    text = sweep.receipt.get("source", {}).get("text", {})
    parts = [text, *(one or {} for one in (text.get("variants") or {}).values())]
    expected = dict.fromkeys(name for part in parts for name in (part.get("expect") or {}))
    found = [name for name in expected if name in moving]
    found += [name for _, name in measures.PANEL if name in moving and name not in found]
    return sorted(found[:MEASURES], key=lambda name: _group_of(name, sweep.receipt))


def _group_of(name: str, receipt: Mapping[str, Any]) -> int:
    """The place of a measure's group: harm first."""
    return list(GROUPS).index(outcomes.group_of(name, receipt))


def _figures(sweep: Any, names: Sequence[str]) -> Iterator[Picture]:
    """Curves along numbers that are varied, heat maps over two things, forest plots, and distributions."""
    keys = list(sweep.summary["vary"])
    numbers = [key for key in keys if _is_numeric(sweep, key)]
    for variant in in_file_order(sweep.cells["variant"]) if keys else ():
        part = sweep.cells[sweep.cells["variant"] == variant]
        where = f", {plain(variant) or 'base'}" if sweep.cells["variant"].nunique() > 1 else ""
        for name in names:
            yield from _of_measure(sweep, part, keys, numbers, name, where)
    yield from _forests(sweep, keys, names)
    if len(sweep.summary["cells"]) <= MEASURES and sweep.rows.groupby("cell").size().min() >= RUNS_FOR_ECDF:
        for name in names[:FORESTS]:
            yield from _drawn(
                f"{plain(name)}: the share of runs in which it is at most so much",
                lambda name=name: ecdf(sweep, name, by=keys or ["variant"]),  # type: ignore[misc]
            )


def _is_numeric(sweep: Any, key: str) -> bool:
    levels = in_file_order(sweep.cells[key])
    return len(levels) > 2 and numeric(levels) is not None


def _of_measure(
    sweep: Any, part: DataFrame, keys: Sequence[str], numbers: Sequence[str], name: str, where: str
) -> Iterator[Picture]:
    unit = str(sweep.summary["units"].get(name, ""))
    if part[(part["measure"] == name) & (part["mean"] != 0)].empty:
        return
    if numbers:
        x, by = numbers[0], [key for key in keys if key != numbers[0]]
        if len(part.groupby(by, sort=False)) <= 8 if by else True:
            title = f"{plain(name)}{where}"
            text = f"{title} along {entries.factor_title(x)}: mean, and its interval as a band"
            yield from _drawn(text, lambda: curve(part, x, name, by=by, unit=unit, title=title))
    elif len(keys) == 2:
        short, long = sorted(keys, key=lambda key: part[key].nunique())
        title = f"{plain(name)}{f' ({entries.shown_unit(unit)})' if entries.shown_unit(unit) else ''}{where}"
        text = f"{title}: mean for each {entries.factor_title(long)} and {entries.factor_title(short)}"
        yield from _drawn(text, lambda: heat(part, short, long, name, unit=unit, title=title))


def _forests(sweep: Any, keys: Sequence[str], names: Sequence[str]) -> Iterator[Picture]:
    """What each level changes against the first one, for the first measures; rows without a difference are left out."""
    rows = sweep.rows[sweep.rows["variant"] == sweep.rows["variant"].iloc[0]] if keys else sweep.rows
    for factor in [key for key in keys if not _is_numeric(sweep, key)] if keys else ["variant"]:
        reference = in_file_order(rows[factor])[0]
        for name in names[:FORESTS]:
            found = against(rows, factor, reference, name)
            moved = found[found["mean"].fillna(0) != 0] if len(found) else found
            if moved.empty:
                continue
            unit = str(sweep.summary["units"].get(name, ""))
            first = plain(reference) if reference else "base"
            title = f"{plain(name)}, each {entries.factor_title(factor)} less {first}"
            text = f"{title}: paired run by run on the same random numbers; filled where the interval leaves out 0"
            yield from _drawn(text, lambda: forest(moved, name, unit=unit, title=title))  # noqa: B023


def _drawn(caption: str, draw: Callable[[], Figure]) -> Iterator[Picture]:
    """A picture, where there is something to draw."""
    try:
        figure = draw()
    except ValueError:
        return
    yield Picture(caption, svg(figure))
