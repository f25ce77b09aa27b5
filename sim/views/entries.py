"""What tables of many runs are made of: columns in groups, entries with intervals, and words for names and numbers.

A number that is the same in every run is shown as it is, others as ``mean [low, high]``. Pages, figures and CSV files
show the same entries.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

GROUPS = {
    "": "", "harm": "Harm", "honest": "Price for the honest", "money": "Money", "measures": "Measured",
    "verdict": "Verdict", "explore": "Every order",
}  # fmt: skip
#: Units that are printed; of what is counted the name says what it is.
_MEASURED_IN = ("us", "s", "min", "h", "d", "usd")


class Column(NamedTuple):
    """A column: ``name`` as in the rows of the sweep, its title, its group, the unit of its numbers."""

    name: str
    title: str
    group: str = ""
    unit: str = ""


class Entry(NamedTuple):
    """What stands in one place of a table; ``value`` is what it is ordered by.

    ``tone``: ``bad`` is what was not expected, ``expected`` what was and is no good, ``harm`` what is neither, ``good``
    that nothing is wrong, ``doubt`` that it cannot be said, or none.
    ``low`` and ``high`` are the ends of an interval, where there is one.
    """

    text: str
    value: float | str | None = None
    tone: str = ""
    hint: str = ""
    low: float | None = None
    high: float | None = None


class Table(NamedTuple):
    """A table; ``notes`` stand below it."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]
    notes: tuple[str, ...] = ()


# --- words ------------------------------------------------------------------------------------------------------------


def plain(name: str) -> str:
    """A name of the file as words: ``owner_then_owner`` is ``owner then owner``."""
    return name.replace("_", " ")


def factor_title(key: str) -> str:
    """What is varied, shortly: ``providers.cloud.like`` is ``cloud.like``."""
    head, dot, rest = key.partition(".")
    return plain(rest if dot and head in ("providers", "orchestrators", "people", "story") else key)


def shown_unit(unit: str) -> str:
    """The unit in which numbers of ``unit`` are shown: money in dollars, times as they are, what is counted in none."""
    return "usd" if unit == "cents" else unit if unit in _MEASURED_IN else ""


def in_unit(value: float, unit: str) -> float:
    """``value`` in the unit that is shown."""
    return value / 100 if unit == "cents" else value


def number(value: float | None) -> str:
    """A number for people: whole ones with thousands apart, others with four digits that count.

    >>> number(12000.0), number(0.04567), number(1234.567), number(None)
    ('12,000', '0.04567', '1,235', '–')
    """
    if value is None or math.isnan(value):
        return "–"
    if float(value).is_integer():
        return f"{int(value):,}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def entry(one: Mapping[str, Any], unit: str) -> Entry:
    """An estimate of a summary as a table shows it."""
    if one["mean"] is None:
        return Entry("–", None, "", "never observed (which is not zero)")
    mean = in_unit(one["mean"], unit)
    low, high = (None if one[end] is None else in_unit(one[end], unit) for end in ("low", "high"))
    some = f"observed in {one['n']:,} of {one['n'] + one['missing']:,} runs" if one.get("missing") else ""
    hint = "; ".join(part for part in (one["method"], some) if part)
    if low is None or high is None or low == high:
        return Entry(number(mean), mean, "", hint)
    text, ends = number(mean), (number(low), number(high))
    if ends == (text, text):
        return Entry(text, mean, "", f"{hint}; differs in digits that are not shown", low, high)
    return Entry(f"{text} [{ends[0]}, {ends[1]}]", mean, "", hint, low, high)


def pick(found: Table, names: Sequence[str]) -> Table:
    """The table with the columns ``names`` alone, in that order; ``ValueError`` for one that it does not have."""
    places = {column.name: place for place, column in enumerate(found.columns)}
    for name in names:
        if name not in places:
            raise ValueError(f"the table has no column {name!r}; possible: {', '.join(places)}")
    order = [places[name] for name in names]
    rows = tuple(tuple(row[place] for place in order) for row in found.rows)
    return found._replace(columns=tuple(found.columns[place] for place in order), rows=rows)


# --- as text ----------------------------------------------------------------------------------------------------------


def to_csv(table: Table) -> str:
    """The table as CSV: of each column that has intervals its low and high end beside it."""
    wide = {
        place for place in range(len(table.columns)) if any(row[place].low is not None for row in table.rows)
    }  # fmt: skip
    head: list[str] = []
    for place, column in enumerate(table.columns):
        name = f"{column.name} ({column.unit})" if column.unit else column.name
        head += [name, f"{column.name} low", f"{column.name} high"] if place in wide else [name]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    for row in table.rows:
        line: list[Any] = []
        for place, one in enumerate(row):
            line.append(_plain_value(table.columns[place], one))
            if place in wide:
                line += [one.value if one.low is None else one.low, one.value if one.high is None else one.high]
        writer.writerow(line)
    return out.getvalue()


def _plain_value(column: Column, one: Entry) -> Any:
    """Numbers as they are, verdicts as words; what was not observed is empty."""
    if column.group in ("verdict", "explore"):
        return one.text.lstrip("✓✗●○? ")
    return "" if one.value is None else one.value
