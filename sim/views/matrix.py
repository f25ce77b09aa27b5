"""Threats against answers as a table: in the terminal, as Markdown, as one HTML page, and one cell at length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from sim.experiments.matrix.cells import Judged
from sim.experiments.matrix.expectations import Expectations, expectations
from sim.views.paint import Paint

LEGEND = (
    ("X", "an account is taken over, or something foreign survives on one"),
    ("x", "only under a condition of the world that the story names"),
    ("d", "neither, but somebody honest is refused, locked out, has two accounts or a stray one under their address"),
    (".", "none of it"),
    ("?", "could not be observed"),
)
MARKS = (
    ("≠", "another letter was expected, which stands behind it"),
    ("*", "another letter was expected; why this one is right stands below"),
)
#: said of a cell whose world is not the one that the story's expectations are about
NOT_JUDGED = "Other answers than the file's: what it expects of its own world is not judged here."
_TONES = {"X": "bad", "x": "doubt", "d": "note", ".": "good", "?": "doubt"}
#: what stands in the table of the honest price, and its letter there
PRICES = (
    ("honest_refusals", "r", "refusals"),
    ("lockouts", "l", "lockouts"),
    ("locked_out_at_end", "e", "locked out at the end"),
    ("duplicates", "2", "second accounts"),
    ("outages", "o", "outages"),
    ("extra_steps", "s", "steps by hand at a provider"),
)

Table = dict[str, dict[str, Judged]]


def table(judged: Iterable[Judged]) -> Table:
    """Cells by threat and policy, in the order in which they come."""
    rows: Table = {}
    for one in judged:
        rows.setdefault(one.threat, {})[one.policy] = one
    return rows


def policies(rows: Table) -> list[str]:
    """The columns, in the order in which they come first."""
    return list(dict.fromkeys(policy for row in rows.values() for policy in row))


def mark(one: Judged | None) -> str:
    """A cell in a few letters: its letter, and what was expected where that differs."""
    if one is None:
        return ""
    if one.agrees is False:
        return f"{one.outcome}≠{one.corrected or one.expected}"
    corrected = one.corrected is not None and one.corrected != one.expected
    return f"{one.outcome}*" if corrected else one.outcome


def price(one: Judged | None) -> str:
    """What honest people pay in a cell: means over its runs, each with its letter; empty where it is nothing."""
    if one is None:
        return ""
    return " ".join(f"{letter}{one.price[name]:.3g}" for name, letter, _ in PRICES if one.price.get(name))


def amount(one: Judged | None) -> str:
    """The number of a cell, and the one expected where that differs."""
    if one is None or one.amount is None:
        return ""
    return _amount(one.amount, one.unit) + (f"≠{_wanted(one)}" if one.amount_agrees is False else "")


def _amount(value: float, unit: str) -> str:
    return f"{value / 100:,.2f} usd" if unit == "cents" else f"{value:.6g}"


def _wanted(one: Judged) -> str:
    wanted = one.amount_expected
    return _amount(wanted, one.unit) if isinstance(wanted, float | int) else str(wanted)


def notes(judged: Sequence[Judged]) -> tuple[list[str], list[str]]:
    """What disagrees, and what was corrected with its argument; each a line, cells of one argument together."""
    wrong = [
        f"{one.threat}:{one.policy} came to {one.outcome}, expected {one.corrected or one.expected}"
        + (f" ({one.why})" if one.why else "")
        for one in judged
        if one.agrees is False
    ]
    wrong += [
        f"{one.threat}:{one.policy} {one.measure} is {_amount(one.amount, one.unit)}, expected {_wanted(one)}"
        for one in judged
        if one.amount_agrees is False and one.amount is not None
    ]
    corrected: dict[tuple[str, str], list[str]] = {}
    for one in judged:
        if one.corrected is not None and one.corrected != one.expected:
            change = f"{one.expected}→{one.corrected}"
            corrected.setdefault((change, one.argument or ""), []).append(f"{one.threat}:{one.policy}")
    lines = [f"{change} {_joined(where)}: {why}" for (change, why), where in corrected.items()]
    return wrong, lines


def _joined(cells: Sequence[str]) -> str:
    """Cells, those of one threat together: ``T02:M7 M8, T03:M7``."""
    rows: dict[str, list[str]] = {}
    for one in cells:
        threat, _, policy = one.partition(":")
        rows.setdefault(threat, []).append(policy)
    return ", ".join(f"{threat}:{' '.join(mine)}" for threat, mine in rows.items())


def last(judged: Sequence[Judged], of: int) -> str:
    """How it came out, in one line."""
    agree = sum(one.agrees is True for one in judged)
    counts = {
        "agree": agree,
        "disagree": sum(one.agrees is False or one.amount_agrees is False for one in judged),
        "not predicted": sum(one.expected is None and one.outcome != "?" for one in judged),
        "open": sum(one.outcome == "?" for one in judged),
        "not computed": of - len(judged),
    }
    proven = sum(one.proven for one in judged)
    said = ", ".join(f"{count} {words}" for words, count in counts.items() if count)
    return f"{len(judged)} cells: {said}; {proven} of the harmless ones in every order within bounds"


# --- the terminal -----------------------------------------------------------------------------------------------------


def text(judged: Sequence[Judged], paint: Paint, of: int) -> str:
    """Letters, numbers, the honest price, and where the letters are not those expected."""
    rows = table(judged)
    parts = [_grid(rows, mark, paint, tones=True)]
    if any(one.amount is not None for one in judged):
        numbered = {name: row for name, row in rows.items() if any(one.amount is not None for one in row.values())}
        parts.append(paint.tone("Amounts", "strong") + "\n" + _grid(numbered, amount, paint, tails=_measures(numbered)))
    paid = {name: row for name, row in rows.items() if any(price(one) for one in row.values())}
    if paid:
        legend = ", ".join(f"{letter} {words}" for _, letter, words in PRICES)
        parts.append(paint.tone("Honest price", "strong") + f" ({legend})\n" + _grid(paid, price, paint))
    wrong, corrected = notes(judged)
    for title, lines in (("Disagreements", wrong), ("Corrected", corrected)):
        if lines:
            wrapped = [line for one in lines for line in paint.wrapped(one, 2, 4)]
            parts.append("\n".join([paint.tone(title, "strong"), *wrapped]))
    legend = "\n".join(f"  {letter}  {words}" for letter, words in (*LEGEND, *MARKS))
    parts.append(paint.tone("Letters", "strong") + f"\n{legend}")
    parts.append(last(judged, of) + "\nLook into a cell: sim matrix --cell " + _example(judged))
    return paint.finish("\n\n".join(parts))


def _example(judged: Sequence[Judged]) -> str:
    one = next((one for one in judged if one.agrees is False), judged[0] if judged else None)
    return f"{one.threat}:{one.policy}" if one is not None else "T01:M1"


def _measures(rows: Table) -> dict[str, str]:
    return {name: next((one.measure or "" for one in row.values()), "") for name, row in rows.items()}


def _grid(rows: Table, cell: Any, paint: Paint, *, tones: bool = False, tails: Mapping[str, str] | None = None) -> str:
    columns = policies(rows)
    label = max(map(len, rows), default=0) + 2
    shown = {name: [cell(row.get(column)) for column in columns] for name, row in rows.items()}
    widths = [
        max([len(column), *(len(cells[place]) for cells in shown.values())]) + 2 for place, column in enumerate(columns)
    ]
    heads = [f"{name:<{width}}" for name, width in zip(columns, widths, strict=True)]
    lines = [paint.tone((" " * label + "".join(heads)).rstrip(), "strong")]
    for name, cells in shown.items():
        padded = [f"{one:<{width}}" for one, width in zip(cells, widths, strict=True)]
        if tones:
            padded = [paint.tone(one, _TONES.get(one[:1], "")) for one in padded]
        lines.append(f"{name:<{label}}{''.join(padded)}{(tails or {}).get(name, '')}".rstrip())
    return "\n".join(lines)


# --- one cell ---------------------------------------------------------------------------------------------------------


def cell(one: Judged, paint: Paint, said: Expectations | None = None) -> str:
    """One cell at length, without the counterexample, which is a story of its own."""
    row = (said or expectations()).row(one.threat)
    words = dict(LEGEND)
    head = (
        f"{one.threat} under {one.policy}: {paint.tone(one.outcome, _TONES.get(one.outcome, ''))}  {words[one.outcome]}"
    )
    how = {"run": "shown by a run", "exploration": "shown by an order of events", "": "nothing else was found"}[one.by]
    lines = [head, f"  {how}" + (f", under the condition {one.condition}" if one.condition else "")]
    if one.why:
        lines += paint.wrapped(one.why, 2)
    if one.explored is not None and not one.explored.broken:
        reach = "every order within bounds" if one.explored.complete else "a part of the orders"
        looked = one.explored.refused or f"{one.explored.states:,} states, {reach}"
        lines += paint.wrapped(f"explored: {looked}", 2)
    lines.append(f"  honest price: {price(one) or 'none'}")
    if one.amount is not None:
        lines.append(f"  {one.measure}: {amount(one)}")
    if one.expected is not None:
        verdict = {True: "agrees", False: "disagrees", None: "is not compared"}[one.agrees]
        lines += paint.wrapped(f"expected {one.expected}; {verdict}. {row.why} [{', '.join(row.cites)}]", 2)
    if one.argument:
        lines += paint.wrapped(f"corrected to {one.corrected}: {one.argument}", 2)
    return paint.finish("\n".join([*lines, f"  {one.command}"]))


# --- documents --------------------------------------------------------------------------------------------------------


def markdown(judged: Sequence[Judged], of: int) -> str:
    """The matrix as a piece of Markdown, to be pasted into a document."""
    rows = table(judged)
    lines = ["### Threats against answers", "", *_md_grid(rows, mark), ""]
    lines += [f"- `{letter}` {words}" for letter, words in (*LEGEND, *MARKS)]
    numbered = {name: row for name, row in rows.items() if any(one.amount is not None for one in row.values())}
    if numbered:
        lines += ["", "#### Amounts", "", *_md_grid(numbered, amount, _measures(numbered))]
    paid = {name: row for name, row in rows.items() if any(price(one) for one in row.values())}
    if paid:
        lines += ["", "#### Honest price", "", *_md_grid(paid, price), ""]
        lines.append(", ".join(f"`{letter}` {words}" for _, letter, words in PRICES) + "; means over runs.")
    wrong, corrected = notes(judged)
    for title, found in (("Disagreements", wrong), ("Corrected", corrected)):
        if found:
            lines += ["", f"#### {title}", "", *[f"- {_md(one)}" for one in found]]
    return "\n".join([*lines, "", _md(last(judged, of))]) + "\n"


def _md_grid(rows: Table, cell: Any, tails: Mapping[str, str] | None = None) -> list[str]:
    columns = policies(rows)
    heads = ["threat", *columns, *(["measure"] if tails else [])]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for name, row in rows.items():
        cells = [_md(cell(row.get(column))) for column in columns]
        lines.append(f"| {' | '.join([name, *cells, *([tails[name]] if tails else [])])} |")
    return lines


def _md(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; } caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { border: 1px solid #8886; padding: .2rem .55rem; text-align: center; }
tbody th { text-align: left; font-weight: 500; }
.taken { background: #d9534f55; } .condition { background: #f0ad4e55; } .harmed { background: #5bc0de44; }
.clean { background: #5cb85c33; } .open { background: #9995; } .wrong { outline: 2px solid #d9534f; }
code { font-size: .9em; } dt { font-weight: 600; float: left; width: 2rem; } dd { margin-left: 2.5rem; }
"""
_CLASSES = {"X": "taken", "x": "condition", "d": "harmed", ".": "clean", "?": "open"}


def html(judged: Sequence[Judged], of: int) -> str:
    """The matrix as one page that needs nothing else; what a cell rests on stands in its tip."""
    rows = table(judged)
    parts = [
        "<!doctype html>",
        f'<html lang="en"><meta charset="utf-8"><title>Threats against answers</title><style>{_STYLE}</style>',
        "<h1>Threats against answers</h1>",
        _html_grid(rows, mark, "Letters", coloured=True),
        "<dl>"
        + "".join(f"<dt>{escape(one)}</dt><dd>{escape(words)}</dd>" for one, words in (*LEGEND, *MARKS))
        + "</dl>",
    ]
    numbered = {name: row for name, row in rows.items() if any(one.amount is not None for one in row.values())}
    if numbered:
        parts.append(_html_grid(numbered, amount, "Amounts", tails=_measures(numbered)))
    paid = {name: row for name, row in rows.items() if any(price(one) for one in row.values())}
    if paid:
        legend = ", ".join(f"{letter} {words}" for _, letter, words in PRICES)
        parts.append(_html_grid(paid, price, f"Honest price ({legend})"))
    wrong, corrected = notes(judged)
    for title, found in (("Disagreements", wrong), ("Corrected", corrected)):
        if found:
            parts.append(f"<h2>{title}</h2><ul>" + "".join(f"<li>{escape(one)}</li>" for one in found) + "</ul>")
    return "\n".join([*parts, f"<p>{escape(last(judged, of))}</p></html>"]) + "\n"


def _html_grid(
    rows: Table, cell: Any, title: str, *, coloured: bool = False, tails: Mapping[str, str] | None = None
) -> str:
    columns = policies(rows)
    heads = "".join(f"<th>{escape(one)}</th>" for one in ["threat", *columns, *(["measure"] if tails else [])])
    lines = [f"<table><caption>{escape(title)}</caption><thead><tr>{heads}</tr></thead><tbody>"]
    for name, row in rows.items():
        cells = "".join(_html_cell(row.get(column), cell, coloured) for column in columns)
        tail = f"<td>{escape(tails[name])}</td>" if tails else ""
        lines.append(f"<tr><th>{escape(name)}</th>{cells}{tail}</tr>")
    return "\n".join([*lines, "</tbody></table>"])


def _html_cell(one: Judged | None, cell: Any, coloured: bool) -> str:
    if one is None:
        return "<td></td>"
    classes = [_CLASSES[one.outcome]] if coloured else []
    if one.agrees is False and coloured:
        classes.append("wrong")
    tip = escape(f"{one.why or 'nothing found'}\n{one.command}", quote=True)
    return f'<td class="{" ".join(classes)}" title="{tip}">{escape(cell(one))}</td>'
