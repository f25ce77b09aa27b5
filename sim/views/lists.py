"""The reference, for ``sim list``: fields, presets, shelves, facts, life cycles, scenarios; as text, Markdown or data.

Everything is generated: fields from the models, shelves from their files, life cycles from their tables.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

from sim.views.paint import Paint


class Listing(NamedTuple):
    """A table: its title, the names of its columns, its rows; ``note`` stands below it, then further ``sections``."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""
    sections: tuple[Listing, ...] = ()

    def only(self, name: str) -> Listing:
        """The rows in which ``name`` is, or begins, the first cell, or is a word of it."""
        found = [row for row in self.rows if row[0] == name or row[0].startswith(f"{name}.")]
        found = found or [row for row in self.rows if name in row[0].replace(".", " ").replace("/", " ").split()]
        below = tuple(part for part in (section.only(name) for section in self.sections) if part.rows)
        if below and not found:
            return below[0]._replace(sections=below[1:])
        return self._replace(rows=found, note="", sections=below)


def text(listing: Listing, paint: Paint) -> str:
    """The table in the terminal; the last column is wrapped, the columns in the middle are cut."""
    widths = _widths(listing, paint.width)
    lines = [paint.tone(listing.title, "strong")]
    if listing.rows:
        lines.append(paint.tone(_cells(listing.columns, widths), "dim"))
    for row in listing.rows:
        lines += _wrapped(row, widths)
    if listing.note:
        lines += ["", *paint.wrapped(listing.note)]
    lines += [line for section in listing.sections for line in ("", text(section, paint))]
    return paint.finish("\n".join(lines))


def _widths(listing: Listing, width: int) -> list[int]:
    """Each column as wide as it needs, the widest narrowed until the table fits."""
    cells = [listing.columns, *listing.rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(listing.columns))]
    while sum(widths) + 2 * (len(widths) - 1) > width and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
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
    lines.append("| " + " | ".join(listing.columns) + " |")
    lines.append("|" + "---|" * len(listing.columns))
    lines += ["| " + " | ".join(_escaped(cell) for cell in row) + " |" for row in listing.rows]
    if listing.note:
        lines += ["", listing.note]
    lines += [line for section in listing.sections for line in ("", markdown(section).rstrip("\n"))]
    return "\n".join(lines) + "\n"


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def data(listing: Listing) -> dict[str, Any]:
    """The object of ``sim list --json``: ``{"title", "rows": [{column: cell}]}``, with ``sections`` where there are."""
    found = {"title": listing.title, "rows": [dict(zip(listing.columns, row, strict=True)) for row in listing.rows]}
    below = [data(section) for section in listing.sections]
    return found | ({"sections": below} if below else {})
