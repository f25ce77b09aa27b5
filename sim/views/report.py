"""The results of a sweep as one page of HTML that needs nothing from anywhere, and its tables as CSV.

The page has the question, what is compared, the outcome tables (to be ordered by any column; nothing is weighted), the
figures, paired differences, what exploration says where that was asked for, the command and the receipt. Everything a
file says is escaped; a policy in the page itself forbids a browser to load anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, NamedTuple

from sim import properties
from sim.experiments.judging import VIOLATIONS
from sim.views import entries, outcomes
from sim.views.entries import plain
from sim.views.outcomes_differences import differences, every_difference
from sim.views.outcomes_parts import is_number, parts, unbroken
from sim.views.report_figures import chosen, figures
from sim.views.sweep import of_base_and_variants

#: So many differences of a measure are shown; the others are folded.
LARGEST = 10


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
    pictures = figures(sweep, drawn)
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
        tables=[(table, parts(table), ", ".join(unbroken(table))) for table in tables],
        is_number=is_number,
        largest=LARGEST,
        pictures=[one for one in pictures if one.svg and not one.folded],
        folded=[one for one in pictures if one.svg and one.folded],
        sentences=[one.caption for one in pictures if not one.svg],
        differences=differences(summary, [*drawn, *_properties(summary)]) if summary["differences"] else None,
        judged=_judged(summary),
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
        shown = [*chosen(sweep, names), *_properties(sweep.summary)]
        found["differences"] = entries.to_csv(every_difference(sweep.summary, shown))
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
    """What was expected of base and variants: which it is, name, how it came out, tone; what is not met first."""
    found = []
    for cell in of_base_and_variants(summary["cells"]):
        for one in cell["verdicts"]:
            if one["expected"] is not None:
                tone = {True: "good", False: "bad", None: "doubt"}[one["met"]]
                said = {True: "✓ met", False: "✗ not met", None: "? undetermined"}[one["met"]]
                verdict = plain(one["verdict"])
                clear = one["violated_in"] is None or one["why"].startswith(verdict)
                why = one["why"] if clear else f"{verdict}, {one['why']}"
                found.append((plain(cell["variant"] or "base"), plain(one["property"]), f"{said}: {why}", tone))
    yield from sorted(found, key=lambda row: ("bad", "doubt", "good").index(row[3]))


def _judged(summary: Mapping[str, Any]) -> str:
    """Which cells are judged, and how that came out, in a sentence or two."""
    cells = [cell for cell in summary["cells"] if cell["judged"]]
    judged = of_base_and_variants(cells)
    found = [one for cell in judged for one in cell["verdicts"] if one["expected"] is not None]
    if not cells:
        said = "No cell is judged: levels of vary change each of them, and of such worlds the file expects nothing"
        return f"{said}. What it expects of base and variants is judged by sim compare."
    met = sum(one["met"] is True for one in found)
    said = f"{met} of {len(found)} expectations are met."
    if len(cells) < len(summary["cells"]):
        some = "is the one cell" if len(cells) == 1 else f"are the {len(cells)} cells"
        said += f" Judged {some} of {len(summary['cells'])} in which no level of vary changes anything; of the others "
        said += "the file expects nothing."
    return said


def _properties(summary: Mapping[str, Any]) -> list[str]:
    """The properties whose differences are shown, as ``violations.<property>``: those that must always hold."""
    names = dict.fromkeys(one["measure"] for one in summary["differences"])
    own = [name for name in names if name.startswith(VIOLATIONS)]
    return [name for name in own if properties.load(name.removeprefix(VIOLATIONS)).KIND == "always"]
