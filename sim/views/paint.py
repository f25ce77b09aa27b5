"""Colour where it is wanted, and letters that any terminal has where it needs them.

A view marks what it prints with a *tone* and decides nothing about terminals; the command line decides that once.
"""

from __future__ import annotations

import textwrap
from typing import NamedTuple

_CODES = {"bad": "31", "good": "32", "doubt": "33", "dim": "2", "strong": "1", "note": "36"}
_PLAIN = str.maketrans(
    {
        "│": "|", "─": "-", "┼": "+", "├": "|", "┤": "|", "┊": ":", "╌": "-", "▶": ">", "◀": "<", "●": "o", "◆": "*",
        "↻": "@", "✗": "X", "✓": "v", "…": "...", "–": "-", "·": "-", "→": "->", "×": "x", "“": '"', "”": '"', "’": "'",
        "═": "=", "Δ": "d", "≥": ">=", "≤": "<=",
    }
)  # fmt: skip


class Paint(NamedTuple):
    """How a text is put on a terminal: ``width`` columns, with ``colour``, in ``ascii`` only."""

    width: int = 100
    colour: bool = False
    ascii: bool = False

    def tone(self, text: str, tone: str) -> str:
        """``text`` in a tone (``bad good doubt dim strong note``), where there is colour."""
        return f"\x1b[{_CODES[tone]}m{text}\x1b[0m" if self.colour and tone and text else text

    def finish(self, text: str) -> str:
        """``text`` in letters the terminal has."""
        return text.translate(_PLAIN) if self.ascii else text

    def wrapped(self, text: str, indent: int = 0, hang: int | None = None) -> list[str]:
        """``text`` in lines of the width, the first indented by ``indent``, the others by ``hang``."""
        lines = textwrap.wrap(
            text,
            max(20, self.width),
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent if hang is None else hang),
            break_on_hyphens=False,
        )
        return lines or [""]
