"""A table as a figure, for a paper: groups over columns, verdicts in colour and with a sign."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from sim.views.entries import GROUPS, Column, Table
from sim.views.figures.drawing import COLOURS, INK, empty, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Inches: a letter, a line, the space between columns.
LETTER, LINE, SPACE = 0.066, 0.2, 0.18
#: A title or an entry is broken at so many letters.
WRAP = 22
_TONES = {
    "good": COLOURS[2], "bad": COLOURS[1], "harm": COLOURS[1], "expected": COLOURS[0], "doubt": "#7a5c00", "": INK
}  # fmt: skip


def sheet(table: Table, *, title: str | None = None) -> Figure:
    """The table as a figure, as wide and high as it needs; long titles and entries are broken into lines."""
    heads = [_broken(_head(column)) for column in table.columns]
    cells = [[_broken(one.text) for one in row] for row in table.rows]
    widths = [
        LETTER * max(_across(one) for one in (heads[place], *(row[place] for row in cells))) + SPACE
        for place in range(len(heads))
    ]
    heights = [LINE * max(1, *(one.count("\n") + 1 for one in row)) + 0.06 for row in cells]
    top = LINE * max(1, *(one.count("\n") + 1 for one in heads)) + 0.1
    wide, high = sum(widths) + 0.2, sum(heights) + top + 0.85
    with style():
        figure, axes = empty(wide, high)
        figure.set_layout_engine("none")
        axes.set_position((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set_xlim(0, wide)
        axes.set_ylim(high, 0)
        axes.text(0.1, 0.2, title or table.title, fontsize=10, fontweight="bold", va="center")
        _groups(axes, table.columns, widths)
        _rows(axes, table, [heads, *cells], [top, *heights], widths)
    return figure


def _head(column: Column) -> str:
    return f"{column.title} ({column.unit})" if column.unit else column.title


def _broken(text: str) -> str:
    return "\n".join(textwrap.wrap(text, WRAP, break_on_hyphens=False)) or " "


def _across(text: str) -> int:
    return max(map(len, text.split("\n")))


def _groups(axes: Axes, columns: tuple[Column, ...], widths: list[float]) -> None:
    """The names of groups over their columns, with a line below each."""
    left, place = 0.1, 0
    while place < len(columns):
        group, first = columns[place].group, left
        while place < len(columns) and columns[place].group == group:
            left += widths[place]
            place += 1
        if group:
            axes.text(first + 0.04, 0.5, GROUPS.get(group, group), fontsize=8, fontweight="bold", va="center")
            axes.plot([first + 0.04, left - SPACE / 2], [0.6, 0.6], color="#888888", linewidth=0.7)


def _rows(axes: Axes, table: Table, texts: list[list[str]], heights: list[float], widths: list[float]) -> None:
    y = 0.66
    for number, (line, height) in enumerate(zip(texts, heights, strict=True)):
        if number % 2 == 0 and number:
            axes.axhspan(y, y + height, color="#f4f4f4", linewidth=0)
        x = 0.1
        for place, text in enumerate(line):
            one = table.rows[number - 1][place] if number else None
            right = table.columns[place].group in ("harm", "honest", "money", "measures")
            colour = _TONES.get(one.tone, INK) if one else INK
            at = x + widths[place] - SPACE if right else x + 0.04
            axes.text(
                at, y + height / 2, text, fontsize=7.5, va="center", ha="right" if right else "left", color=colour,
                fontweight="normal" if number else "bold", linespacing=1.25,
            )  # fmt: skip
            x += widths[place]
        y += height
