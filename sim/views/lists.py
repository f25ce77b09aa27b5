"""The reference, for ``sim list``: fields, presets, shelves, facts, life cycles, scenarios; as text, Markdown or data.

Everything is generated: fields from the models, shelves from their files, life cycles from their tables.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

from sim.views.paint import Paint

#: no column is made narrower than this
_NARROWEST = 6


class Listing(NamedTuple):
    """A table: its title, the names of its columns, its rows; below it further ``sections``, then a ``note``.

    ``example`` is a piece of a scenario file, printed as it is; ``short``: every row keeps to one line, cut if need be.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""
    sections: tuple[Listing, ...] = ()
    example: str = ""
    short: bool = False

    def only(self, name: str) -> Listing:
        """The rows in which ``name`` is, or begins, the first cell, or is a word of it."""
        found = [row for row in self.rows if row[0] == name or row[0].startswith((f"{name}.", f"{name}/"))]
        found = found or [row for row in self.rows if name in row[0].replace(".", " ").replace("/", " ").split()]
        below = tuple(part for part in (section.only(name) for section in self.sections) if part.rows)
        if below and not found:
            return below[0]._replace(sections=below[1:])
        return self._replace(rows=found, note="", sections=below, example="")

    def names(self) -> list[str]:
        """The first cells of all rows, each once."""
        below = [name for section in self.sections for name in section.names()]
        return list(dict.fromkeys([*(row[0] for row in self.rows), *below]))

    def exactly(self, name: str) -> Listing | None:
        """The rows whose first cell is ``name`` or ends with it after a dot or a slash; None where there are none."""
        found = [row for row in self.rows if name in (row[0], *re.split(r"[./]", row[0]))]
        if found:
            return self._replace(rows=found, note="", sections=(), example="")
        return next((one for section in self.sections if (one := section.exactly(name)) is not None), None)


def text(listing: Listing, paint: Paint) -> str:
    """The table in the terminal, its cells wrapped; a single row that does not fit has a line for every column."""
    lines = [paint.tone(listing.title, "strong"), *_table(listing, paint)]
    lines += [line for section in listing.sections for line in ("", text(section, paint))]
    if listing.example:
        lines += ["", paint.tone("As in", "dim"), *(f"  {line}" for line in listing.example.splitlines())]
    if listing.note:
        lines += ["", *paint.wrapped(listing.note)]
    return paint.finish("\n".join(lines))


def _table(listing: Listing, paint: Paint) -> list[str]:
    if not listing.rows:
        return []
    if len(listing.rows) == 1 and not listing.short and _full(listing) > paint.width:
        return _upright(listing, paint)
    widths = _widths(listing, paint.width)
    lines = [paint.tone(_cells(listing.columns, widths), "dim")]
    for row in listing.rows:
        cut = [_cut(cell, width) for cell, width in zip(row, widths, strict=True)]
        lines += [_cells(cut, widths)] if listing.short else _wrapped(row, widths)
    return lines


def _full(listing: Listing) -> int:
    """How wide the table is if nothing is wrapped."""
    cells = [listing.columns, *listing.rows]
    return sum(max(len(row[place]) for row in cells) + 2 for place in range(len(listing.columns))) - 2


def _upright(listing: Listing, paint: Paint) -> list[str]:
    """One row, a line for every column that says something."""
    wide = max(map(len, listing.columns)) + 4
    lines: list[str] = []
    for column, cell in zip(listing.columns, listing.rows[0], strict=True):
        if cell:
            first, *rest = paint.wrapped(cell, wide)
            lines += [f"  {column:<{wide - 2}}{first.lstrip()}", *rest]
    return lines


def _cut(cell: str, width: int) -> str:
    return cell if len(cell) <= width else cell[: width - 1].rstrip() + "…"


def _widths(listing: Listing, width: int) -> list[int]:
    """Each column as wide as it needs, the widest narrowed until the table fits; names in the first are kept whole."""
    cells = [listing.columns, *listing.rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(listing.columns))]
    least = [min(widths[0], width // 4), *(_NARROWEST for _ in widths[1:])]
    while sum(widths) + 2 * (len(widths) - 1) > width:
        spare = [have - need for have, need in zip(widths, least, strict=True)]
        if max(spare) <= 0:
            break
        widths[max(range(len(widths)), key=lambda place: (spare[place] > 0, widths[place]))] -= 1
    return widths


def _cells(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def _wrapped(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    pairs = zip(row, widths, strict=True)
    cells = [textwrap.wrap(cell, max(width, 4), break_on_hyphens=False) for cell, width in pairs]
    height = max([1, *map(len, cells)])
    return [_cells([cell[line] if line < len(cell) else "" for cell in cells], widths) for line in range(height)]


def markdown(listing: Listing) -> str:
    """The table as Markdown."""
    lines = [f"### {listing.title}", ""]
    if listing.columns:
        lines += ["| " + " | ".join(listing.columns) + " |", "|" + "---|" * len(listing.columns)]
    lines += ["| " + " | ".join(_escaped(cell) for cell in row) + " |" for row in listing.rows]
    if listing.note:
        lines += ["", listing.note]
    if listing.example:
        lines += ["", "```yaml", listing.example, "```"]
    lines += [line for section in listing.sections for line in ("", markdown(section).rstrip("\n"))]
    return "\n".join(lines) + "\n"


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def data(listing: Listing) -> dict[str, Any]:
    """The object of ``sim list --json``: ``{"title", "rows": [{column: cell}]}``, with ``sections`` where there are.

    ``example`` is there where there is one.
    """
    rows = [dict(zip(listing.columns, row, strict=True)) for row in listing.rows]
    found: dict[str, Any] = {"title": listing.title, "rows": rows}
    found |= {"example": listing.example} if listing.example else {}
    below = [data(section) for section in listing.sections]
    return found | ({"sections": below} if below else {})
