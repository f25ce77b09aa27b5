"""A table of cells in the terminal: labels at the left, as many columns as fit, the rest below with the same labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim.views.paint import Paint

#: a text with its tone
Text = tuple[str, str]

#: more rows than this are not printed
MOST_ROWS = 200
#: a label wider than this is cut in the middle
_WIDEST = 40


class Column(NamedTuple):
    """A column: its head, and a text per row."""

    head: str
    texts: list[Text]

    @property
    def width(self) -> int:
        """In letters, the gap to the next one included."""
        return max([len(self.head), *(len(text) for text, _ in self.texts)]) + 2


def draw(labels: Sequence[Column], columns: Sequence[Column], paint: Paint, indent: int = 2) -> list[str]:
    """The lines of a table; columns that do not fit stand in further tables below."""
    labels = [Column(_cut(one.head), [(_cut(text), tone) for text, tone in one.texts]) for one in labels]
    used = indent + sum(one.width for one in labels)
    lines: list[str] = []
    page: list[Column] = []
    for column in columns:
        if page and used + sum(one.width for one in page) + column.width - 2 > paint.width:
            lines += _page([*labels, *page], paint, indent)
            page = []
        page.append(column)
    return lines + (_page([*labels, *page], paint, indent) if page else [])


def _page(columns: Sequence[Column], paint: Paint, indent: int) -> list[str]:
    lines = [paint.tone((" " * indent + "".join(f"{one.head:<{one.width}}" for one in columns)).rstrip(), "dim")]
    count = len(columns[0].texts) if columns else 0
    for row in range(min(count, MOST_ROWS)):
        parts = [paint.tone(f"{one.texts[row][0]:<{one.width}}", one.texts[row][1]) for one in columns]
        lines.append((" " * indent + "".join(parts)).rstrip())
    if count > MOST_ROWS:
        lines.append(" " * indent + f"… and {count - MOST_ROWS} more; --json and --out DIR have them all")
    return lines


def _cut(text: str) -> str:
    half = (_WIDEST - 1) // 2
    return text if len(text) <= _WIDEST else f"{text[:half]}…{text[-half:]}"
