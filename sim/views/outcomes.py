"""Outcome tables of a sweep: a row per cell, columns grouped as harm, price for the honest, money, measured, verdict.

Nothing is weighted: every number stands in its own column, and rows can be ordered by any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim import measures, properties
from sim.views.entries import Column, Entry, Table, entry, factor_title, number, plain, shown_unit

Cell = Mapping[str, Any]
"""A cell of a sweep's summary."""

#: Measures by which a letter is given: X where somebody else got in or stayed in, d where the honest pay.
BROKEN = ("takeovers", "foreign_survivors")
PRICE = ("honest_refusals", "lockouts", "duplicates", "squats")
#: Ends of the names of what is varied where a policy of matching is, which is what letters are about.
_POLICIES = (".like", ".matching", ".linking", ".activation", ".on_adopt")


# --- the outcome table ------------------------------------------------------------------------------------------------


def tables(summary: Mapping[str, Any], receipt: Mapping[str, Any], explored: Mapping[str, Any] | None) -> list[Table]:
    """The outcome table of the base and of each variant, in the order of the file."""
    names = list(dict.fromkeys(cell["variant"] for cell in summary["cells"]))
    many = len(names) > 1
    if not summary["vary"]:
        return [table(summary, receipt, summary["cells"], explored, title="Outcomes", variants=True)]
    found = []
    for name in names:
        cells = [cell for cell in summary["cells"] if cell["variant"] == name]
        title = f"Outcomes: {plain(name) if name else 'base'}" if many else "Outcomes"
        found.append(table(summary, receipt, cells, explored, title=title))
    return found


def table(
    summary: Mapping[str, Any],
    receipt: Mapping[str, Any],
    cells: Sequence[Cell],
    explored: Mapping[str, Any] | None = None,
    *,
    title: str,
    variants: bool = False,
) -> Table:
    """One table over ``cells``; ``explored`` has what an exploration says of each, by number."""
    units = summary["units"]
    factors = [Column("variant", "variant")] if variants else []
    factors += [Column(key, factor_title(key)) for key in summary["vary"]]
    groups = _groups(cells, receipt)
    numbers = [
        Column(name, plain(name), group, shown_unit(units.get(name, "")))
        for group, names in groups.items()
        for name in names
        if _says_something(cells, group, name)
    ]
    letters = [Column("letter", "letter", "verdict")] if _about_policies(summary["vary"]) else []
    asked = [Column(name, plain(name), "verdict") for name in _asked(cells, receipt)]
    others = [Column("others", "also violated", "verdict")]
    here = explored if explored and any(str(cell["cell"]) in explored["cells"] for cell in cells) else None
    orders = [Column("explore", "within bounds", "explore")] if here else []
    rows = []
    for cell in cells:
        estimates = {**cell["measures"], **{n: one for group in cell["panel"].values() for n, one in group.items()}}
        row = [_level(cell, column.name) for column in factors]
        row += [entry(estimates[one.name], units.get(one.name, "")) for one in numbers]
        row += [letter(estimates) for _ in letters]
        verdicts = {one["property"]: one for one in cell["verdicts"]}
        row += [_verdict(verdicts[one.name]) for one in asked]
        row += [_others(verdicts, {one.name for one in asked})]
        row += [order(here, cell["cell"]) for _ in orders if here is not None]
        rows.append(tuple(row))
    notes = _notes(summary, receipt, cells, groups, {one.name for one in numbers}, bool(letters), here)
    columns = (*factors, *numbers, *letters, *asked, *others, *orders)
    return _without_empty(Table(title, columns, tuple(rows), notes))


def group_of(name: str, receipt: Mapping[str, Any]) -> str:
    """The group of a number: as the panel or its shelf says; of a file's own whom it is about, where that is plain."""
    panel = {one: group for group, one in measures.PANEL}
    if name in panel:
        return panel[name]
    if name in measures.names():
        return measures.load(name).GROUP or "measures"
    behind = receipt.get("scenario", {}).get("measures", {}).get(name, {}).get("where", {}).get("behind", "")
    return {"adversary": "harm", "honest": "honest"}.get(behind if isinstance(behind, str) else "", "measures")


def _groups(cells: Sequence[Cell], receipt: Mapping[str, Any]) -> dict[str, list[str]]:
    """The numbers of the cells by group, in their order."""
    found: dict[str, list[str]] = {"harm": [], "honest": [], "money": [], "measures": []}
    names = [name for cell in cells for entries in cell["panel"].values() for name in entries]
    for name in dict.fromkeys([*names, *(name for cell in cells for name in cell["measures"])]):
        found[group_of(name, receipt)].append(name)
    return found


def _estimate(cell: Cell, group: str, name: str) -> Any:
    own = cell["measures"].get(name)
    return own if own is not None else cell["panel"].get(group, {}).get(name)


def _says_something(cells: Sequence[Cell], group: str, name: str) -> bool:
    """Whether a number is other than nothing in some cell, and every cell has it."""
    found = [_estimate(cell, group, name) for cell in cells]
    return all(one is not None for one in found) and any(one["mean"] for one in found)


def _about_policies(keys: Iterable[str]) -> bool:
    return any(key.endswith(_POLICIES) for key in keys)


def _asked(cells: Sequence[Cell], receipt: Mapping[str, Any]) -> list[str]:
    """The properties of which the file expects something, in its order."""
    text = receipt.get("source", {}).get("text", {})
    expects = [
        text.get("expect") or {},
        *((one or {}).get("expect") or {} for one in (text.get("variants") or {}).values()),
    ]
    known = {one["property"] for one in cells[0]["verdicts"]} & set(properties.names()) if cells else set()
    return [name for name in dict.fromkeys(name for expect in expects for name in expect) if name in known]


def _level(cell: Cell, key: str) -> Entry:
    value = (cell["variant"] or "base") if key == "variant" else cell["values"][key]
    return Entry(number(value), value) if isinstance(value, int | float) else Entry(plain(value), value)


def letter(estimates: Mapping[str, Any]) -> Entry:
    """X: somebody else got in or stayed in; d: no such thing, but the honest pay; a dot: neither."""
    if any(estimates[name]["mean"] for name in BROKEN if name in estimates):
        return Entry("X", 2, "harm")
    if any(estimates[name]["mean"] for name in PRICE if name in estimates):
        return Entry("d", 1, "doubt")
    return Entry("·", 0, "good")


def _verdict(one: Mapping[str, Any]) -> Entry:
    """What became of a property. Where something is expected of it, the tone says whether that is met; a violation of
    which nothing is expected is an outcome and no failure.
    """  # noqa: D205
    seen = one["violated_in"]
    if seen is None:
        return Entry(plain(one["verdict"]), one["verdict"])
    share = seen["count"] / seen["of"] if seen["of"] else 0.0
    sometimes = properties.load(one["property"]).KIND == "sometimes"
    happened = seen["count"] > 0
    text = {(True, True): "reached", (True, False): "not reached", (False, True): "violated"}.get(
        (sometimes, happened), "unbroken"
    )
    some = f" in {seen['count']:,} of {seen['of']:,}" if 0 < seen["count"] < seen["of"] else ""
    if one["expected"] is None:
        sign, tone = ("○", "good") if happened is sometimes else ("●", "doubt" if sometimes else "harm")
        return Entry(f"{sign} {text}{some}", share, tone, one["why"])
    sign, said = {True: ("✓", "expected"), False: ("✗", "NOT expected"), None: ("?", "undetermined")}[one["met"]]
    tone = {True: "good" if happened is sometimes else "expected", False: "bad", None: "doubt"}[one["met"]]
    return Entry(f"{sign} {text}{some}, {said}", share, tone, one["why"])


def _others(verdicts: Mapping[str, Any], asked: set[str]) -> Entry:
    found = [
        one
        for name, one in verdicts.items()
        if name not in asked and one["verdict"] == "violated" and one["violated_in"] is not None
    ]
    tone = "bad" if any(one["met"] is False for one in found) else "harm" if found else ""
    return Entry(", ".join(plain(one["property"]) for one in found), len(found), tone)


def order(explored: Mapping[str, Any], cell: int) -> Entry:
    """What an exploration says of a cell: what is violated in some order and in how many steps, or that all holds."""
    found = explored["cells"].get(str(cell))
    if found is None:
        return Entry("not explored", None)
    if found.get("refused"):
        return Entry("too large", None, "", found["refused"])
    violated = sorted((one["depth"], name) for name, one in found["verdicts"].items() if one["verdict"] == "violated")
    states = f"{found['states']:,} states"
    said = "; ".join(f"{plain(name)} in {depth} steps" for depth, name in violated)
    if any(one["verdict"] == "undetermined" for one in found["verdicts"].values()):
        said = f"● {said}; the rest undetermined" if said else "undetermined"
        return Entry(said, len(violated), "harm" if violated else "doubt", f"stopped by the limit at {states}")
    if violated:
        rest = "" if len(violated) == len(found["verdicts"]) else "; all else holds"
        return Entry(f"● {said}{rest}", len(violated), "harm", f"every order: {states}")
    return Entry("○ all holds", 0, "good", f"every order: {states}")


def _without_empty(found: Table) -> Table:
    """The table without the column of further violations, where there are none."""
    places = [
        place
        for place, column in enumerate(found.columns)
        if column.name != "others" or any(row[place].text for row in found.rows)
    ]
    rows = tuple(tuple(row[place] for place in places) for row in found.rows)
    return found._replace(columns=tuple(found.columns[place] for place in places), rows=rows)


def _notes(
    summary: Mapping[str, Any],
    receipt: Mapping[str, Any],
    cells: Sequence[Cell],
    groups: Mapping[str, Sequence[str]],
    shown: set[str],
    letters: bool,
    explored: Mapping[str, Any] | None,
) -> tuple[str, ...]:
    runs = sorted({cell["runs"] for cell in cells})
    each = f"{runs[0]:,}" if len(runs) == 1 else f"{runs[0]:,} to {runs[-1]:,}"
    level = f"{summary['level']:.0%}".replace("%", " %")
    bare = f"A bare number is the same in every run, mean [low, high] at {level} where it is not."
    notes = [f"{each} runs a cell, seed {summary['seed']}, {receipt['digest']}. {bare}"]
    if letters:
        notes.append("Letter: X somebody else got in or stayed in, d nobody did but the honest pay, · neither.")
    quiet = [name for names in groups.values() for name in names if name not in shown]
    if quiet:
        notes.append(f"Nothing in any of these cells: {', '.join(map(plain, quiet))}.")
    if explored:
        bounds = ", ".join(f"{plain(name)} {value}" for name, value in explored["within"].items() if value is not None)
        notes.append(f"Every order, within {bounds}.")
    return tuple(notes)


# --- parts of a table -------------------------------------------------------------------------------------------------


def letters(found: Table) -> Table | None:
    """The letters alone: policies down, the one other thing that is varied across; None where that is not the case."""
    keys = [place for place, column in enumerate(found.columns) if not column.group]
    policies = [place for place in keys if found.columns[place].name.endswith(_POLICIES)]
    at = next((place for place, column in enumerate(found.columns) if column.name == "letter"), None)
    if at is None or len(keys) != 2 or len(policies) != 1:
        return None
    down = policies[0]
    across = keys[1 - keys.index(down)]
    by = {(row[down].value, row[across].value): row[at] for row in found.rows}
    heads = list({row[across].value: row[across] for row in found.rows}.values())
    policy = list({row[down].value: row[down] for row in found.rows}.values())
    columns = [found.columns[down], *(Column(str(one.value), one.text, "verdict") for one in heads)]
    rows = [(one, *(by.get((one.value, other.value), Entry("")) for other in heads)) for one in policy]
    return Table("Letters", tuple(columns), tuple(rows), found.notes[1:2])
