"""A wide table as several narrow ones, a group of columns each, so that a page shows all of it.

Rows that agree share a line.

>>> from sim.views.entries import Column, Entry
>>> rows = tuple((Entry(policy), Entry("late"), Entry("0", 0.0)) for policy in ("M1", "M2", "M3"))
>>> columns = (Column("like", "like"), Column("arrival", "arrival"), Column("squats", "squats", "harm"))
>>> [[entry.text for entry in row] for row in merged(Table("", columns, rows)).rows]
[['all 3', 'late', '0']]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sim.views.entries import GROUPS, Column, Entry, Table

Rows = tuple[tuple[Entry, ...], ...]

#: So many letters are about as wide as a page, and so many are the space between two columns.
PAGE, GAP = 168, 4
#: A heading, a word or a key is broken at about so many letters.
BROKEN = 20
#: So many levels are named on one line; of more, those that are missing, or how many they are.
NAMED = 4


def unbroken(table: Table) -> list[str]:
    """The titles of properties that no row violates, nor expects to be violated: a line says it, and no column."""
    return [column.title for place, column in enumerate(table.columns) if _is_quiet(table, place)]


def _is_quiet(table: Table, place: int) -> bool:
    entries = [row[place] for row in table.rows]
    always = all(entry.text[1:].strip().startswith("unbroken") for entry in entries)
    return table.columns[place].group == "verdict" and always and all(entry.tone == "good" for entry in entries)


def parts(table: Table) -> list[Table]:
    """The table by groups of its columns, none wider than a page; what is varied stands in front of each.

    What ``unbroken`` names is left out.
    """
    keys = [place for place, column in enumerate(table.columns) if not column.group]
    groups = list(dict.fromkeys(column.group for column in table.columns if column.group))
    found = []
    for group in groups:
        places = [place for place, column in enumerate(table.columns) if column.group == group]
        places = [place for place in places if not _is_quiet(table, place)]
        for number, some in enumerate(_fitting(table, keys, places) if places else ()):
            order = [*keys, *some]
            columns = tuple(table.columns[place] for place in order)
            rows = tuple(tuple(row[place] for place in order) for row in table.rows)
            more = f", part {number + 1}" if number else ""
            found.append(merged(Table(f"{GROUPS.get(group, group)}{more}", columns, rows)))
    return found


def _fitting(table: Table, keys: Sequence[int], places: Sequence[int]) -> Iterator[list[int]]:
    """The columns, as many at a time as fit beside the keys."""
    left = PAGE - sum(_width(table, place) for place in keys)
    some: list[int] = []
    for place in places:
        if some and sum(_width(table, one) for one in (*some, place)) > left:
            yield some
            some = []
        some.append(place)
    yield some


def _width(table: Table, place: int) -> int:
    """About how many letters a column takes, with its gap; an interval stands below its mean."""
    column = table.columns[place]
    heads = [*column.title.split(), column.unit]
    texts = [part for row in table.rows for part in row[place].text.split(" [")]
    wide = max([0, *map(len, texts)])
    return max(min(wide, BROKEN), *map(len, heads)) + GAP


# --- rows that agree --------------------------------------------------------------------------------------------------


def merged(table: Table, every: Mapping[str, Sequence[str]] | None = None) -> Table:
    """The table with rows that differ in one key alone as one row, which names its levels.

    The key that saves most rows goes first; rows that then still differ in another key alone become one as well.
    """
    keys = {
        place: (every or {}).get(column.name) or list(dict.fromkeys(row[place].text for row in table.rows))
        for place, column in enumerate(table.columns)
        if not column.group
    }
    rows = table.rows
    while keys:
        tries = {key: _merged(rows, key, levels) for key, levels in keys.items()}
        best = min(tries, key=lambda key: len(tries[key]))
        rows = tries[best]
        del keys[best]
    return table._replace(rows=rows)


def _merged(rows: Rows, key: int, levels: Sequence[str]) -> Rows:
    agreeing: dict[tuple[Entry, ...], list[Entry]] = {}
    for row in rows:
        agreeing.setdefault((*row[:key], *row[key + 1 :]), []).append(row[key])
    return tuple((*rest[:key], _together(found, levels), *rest[key:]) for rest, found in agreeing.items())


def _together(found: Sequence[Entry], levels: Sequence[str]) -> Entry:
    """Several levels in few words, in the order of the file."""
    texts = list(dict.fromkeys(entry.text for entry in found))
    return found[0]._replace(text=listed(texts, levels))


def listed(texts: Sequence[str], levels: Sequence[str]) -> str:
    """Some of ``levels`` in few words: by name, or as all but some."""
    missing = [level for level in levels if level not in texts]
    if len(texts) == len(levels) > 1:
        return f"all {len(levels)}"
    if len(texts) <= NAMED or len(texts) <= len(missing):
        return ", ".join(texts)
    return f"all but {', '.join(missing)}"


# --- words ------------------------------------------------------------------------------------------------------------


def is_number(column: Column) -> bool:
    """Whether the entries of a column are numbers, which stand at the right."""
    return column.group in ("harm", "honest", "money", "measures")
