"""Base and variants side by side: verdicts, panel, measures, and how each differs from the base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sim.results import Number, Result, Verdict
from sim.views import panel, verdicts, words
from sim.views.paint import Paint

#: a row: its label, and per result a text with its tone
Row = tuple[str, list[tuple[str, str]]]

_MARKS = {"met": " ✓", "NOT MET": " ✗", "undetermined": " ?", "not judged": ""}
_TONES = {"met": "good", "NOT MET": "bad", "undetermined": "doubt", "not judged": ""}


def compare(results: Sequence[Result], paint: Paint, units: Mapping[str, str] | None = None) -> str:
    """The table of ``sim compare``: one column per result, the base first; as many tables as it takes to fit."""
    names = [result.variant or "base" for result in results]
    sections = [("Verdicts", _verdict_rows(results))]
    for group in results[0].panel:
        rows = _number_rows([result.panel.get(group, {}) for result in results], units or {})
        sections.append((panel.TITLES.get(group, group), rows))
    sections.append(("Measures", _number_rows([result.measures for result in results], units or {})))
    label = max((len(row[0]) for _, rows in sections for row in rows), default=0) + 2
    lines: list[str] = []
    for columns in _pages(names, sections, paint.width - label):
        lines += [*([""] if lines else []), *_page(columns, names, sections, label, paint)]
    quiet = _unbroken_everywhere(results)
    if quiet:
        lines.append("")
        lines += paint.wrapped(f"Unbroken in all of them: {', '.join(quiet)}", 0, 2)
    lines += _notes(results, paint)
    return paint.finish("\n".join(lines).rstrip())


# --- rows -------------------------------------------------------------------------------------------------------------


def _verdict_rows(results: Sequence[Result]) -> list[Row]:
    """Expected numbers, and the properties that are not fine everywhere."""
    by_name = [{verdict.property: verdict for verdict in result.verdicts} for result in results]
    quiet = set(_unbroken_everywhere(results))
    names = dict.fromkeys(name for verdicts_ in by_name for name in verdicts_ if name not in quiet)
    return [
        (name, [_verdict_cell(found.get(name), result) for found, result in zip(by_name, results, strict=True)])
        for name in names
    ]


def _verdict_cell(verdict: Verdict | None, result: Result) -> tuple[str, str]:
    if verdict is None:
        return "", ""
    kind = verdicts.state(verdict)
    found = verdicts.numbers(result)
    if verdict.property in found and not verdict.violations:
        return words.number(found[verdict.property]) + _MARKS[kind], _TONES[kind]
    return verdict.verdict.replace("_", " ") + _MARKS[kind], _TONES[kind]


def _unbroken_everywhere(results: Sequence[Result]) -> list[str]:
    names = [verdict.property for verdict in results[0].verdicts] if results else []
    heard = {
        verdict.property
        for result in results
        for verdict in result.verdicts
        if verdict.verdict != "unbroken" or verdict.met is False
    }
    return [name for name in names if name not in heard]


def _number_rows(columns: Sequence[Mapping[str, Number]], units: Mapping[str, str]) -> list[Row]:
    names = dict.fromkeys(name for column in columns for name in column)
    rows: list[Row] = []
    for name in names:
        values = [column.get(name) for column in columns]
        if any(value is not None for value in values):
            unit = units.get(name, "")
            rows.append((name, [_number_cell(value, values[0], unit) for value in values]))
    return rows


def _number_cell(value: Number, base: Number, unit: str) -> tuple[str, str]:
    """A number, and by how much it differs from the base."""
    text = panel.amount(value, unit)
    if value is None or base is None or value == base:
        return text, ""
    more = value - base
    return f"{text} ({'+' if more > 0 else '-'}{panel.amount(abs(more))})", "strong"


# --- pages ------------------------------------------------------------------------------------------------------------


def _width(place: int, names: Sequence[str], sections: Iterable[tuple[str, list[Row]]]) -> int:
    cells = [len(row[1][place][0]) for _, rows in sections for row in rows]
    return max([len(names[place]), *cells]) + 2


def _pages(names: Sequence[str], sections: list[tuple[str, list[Row]]], room: int) -> list[list[int]]:
    """Which columns stand on which page; the base is the first of each."""
    widths = [_width(place, names, sections) for place in range(len(names))]
    pages: list[list[int]] = []
    page: list[int] = [0]
    for place in range(1, len(names)):
        if len(page) > 1 and sum(widths[other] for other in [*page, place]) > room:
            pages.append(page)
            page = [0]
        page.append(place)
    return [*pages, page]


def _page(
    columns: list[int], names: Sequence[str], sections: list[tuple[str, list[Row]]], label: int, paint: Paint
) -> list[str]:
    widths = {place: _width(place, names, sections) for place in columns}
    head = "".join(f"{names[place]:<{widths[place]}}" for place in columns)
    lines = [paint.tone(f"{'':<{label}}{head}".rstrip(), "strong")]
    for title, rows in sections:
        if rows:
            lines.append(paint.tone(title, "strong"))
        for name, cells in rows:
            shown = [paint.tone(f"{cells[place][0]:<{widths[place]}}", cells[place][1]) for place in columns]
            lines.append(f"{name:<{label}}{''.join(shown)}".rstrip())
    return lines


def _notes(results: Sequence[Result], paint: Paint) -> list[str]:
    """One line per result on its expectations, and what was not met with its first witness."""
    lines = [""]
    for result in results:
        text, tone = verdicts.summary(result)
        lines.append(f"{result.variant or 'base'}: {paint.tone(text, tone)}")
        for verdict in result.verdicts:
            if verdicts.state(verdict) in ("NOT MET", "undetermined"):
                came = verdicts.came_out(verdict, verdicts.numbers(result))
                why = f"; step {verdict.first.step}: {verdict.first.why}" if verdict.first else ""
                text = f"{verdict.property}: {came}, expected {verdicts.expected(verdict.expected)}{why}"
                lines += paint.wrapped(text, 4, 6)
    return lines
