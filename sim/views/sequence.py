"""A trace as a sequence diagram in the terminal: one lane per party, one line per message, time gaps and folds marked.

At the left the number of the step and the seconds since the last time that was printed; then the lanes; then what was
said or noted. ``●`` is a step of the story, ``◆`` something noted, ``↻`` something said between a person and an agent
of the person, ``✗`` a message lost or a property violated, ``✓`` a ``sometimes`` property reached.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from sim.clock import SECOND
from sim.trace import Trace
from sim.views import words
from sim.views.lanes import Lanes, lanes, person
from sim.views.paint import Paint
from sim.views.rows import Choice, Row, rows

#: columns for the step's number and the time
LEFT = 15
#: columns that the words at the right need at least
WORDS = 34
NARROWEST, WIDEST = 6, 10
#: so many lines, and the names of the lanes are printed again
PAGE = 50

_TONES = {"act": "strong", "note": "note", "lost": "doubt", "gap": "dim", "fold": "dim"}


def draw(
    trace: Trace,
    *,
    choice: Choice | None = None,
    kinds: Mapping[str, str] | None = None,
    paint: Paint | None = None,
) -> str:
    """The diagram of ``trace``: of it ``choice``; ``kinds`` says which findings are of ``sometimes`` properties."""
    paint = paint or Paint()
    drawn = rows(trace, choice or Choice(), kinds)
    if not drawn:
        count = words.plural(len(trace.steps), "step")
        return paint.finish(f"(nothing to draw: {count}, and in none of them was anything said, done or noted)")
    numbers = {row.n for row in drawn if row.kind not in ("gap", "fold")}
    shown = [step for step in trace.steps if step.n in numbers]
    across = lanes(trace, shown, max(3, (paint.width - LEFT - WORDS) // NARROWEST))
    return paint.finish("\n".join(_Sheet(across, paint).lines(drawn)))


class _Sheet:
    """Lanes of a certain width, and the lines drawn on them."""

    def __init__(self, across: Lanes, paint: Paint) -> None:
        self.across, self.paint = across, paint
        count = max(1, len(across.names))
        self.step = min(WIDEST, max(NARROWEST, (paint.width - LEFT - WORDS) // count))
        self.lanes = self.step * count
        self.room = max(20, paint.width - LEFT - self.lanes - 1)
        self.since, self.last = 0, 0

    def lines(self, drawn: list[Row]) -> list[str]:
        """Every row as its lines, with the names of the lanes on top of each page."""
        lines = self._names()
        page = 0
        for row in drawn:
            if page > PAGE and row.kind == "gap":
                lines += self._names()
                page = 0
            new = self._row(row)
            lines += new
            page += len(new)
        return lines

    def _row(self, row: Row) -> list[str]:
        match row.kind:
            case "gap":
                self.since = row.at - row.at % SECOND
                return [self._gap(row)]
            case "fold":
                text = f"… {words.plural(row.steps, 'step')} left out (from step {row.n}) …"
                return [self.paint.tone(" " * LEFT + self._bars("┊") + " " + text, "dim").rstrip()]
            case "found":
                return self._found(row)
            case _:
                return self._happening(row)

    # --- pieces ---------------------------------------------------------------------------------------------------

    def _names(self) -> list[str]:
        """The lanes' names over their bars, on two lines in turn where they are long."""
        names = self.across.names
        width = self.step - 1
        if all(len(name) <= width for name in names):
            return [self._header(names, width)]
        stagger = [[name if place % 2 == half else "" for place, name in enumerate(names)] for half in (0, 1)]
        return [self._header(half, 2 * width) for half in stagger]

    def _header(self, names: list[str], width: int) -> str:
        line = [" "] * (LEFT + self.lanes + width)
        for place, name in enumerate(names):
            text = name if len(name) <= width else name[: width - 1] + "…"
            start = max(LEFT, LEFT + self._centre(place) - len(text) // 2)
            line[start : start + len(text)] = text
        return self.paint.tone("".join(line).rstrip(), "strong")

    def _centre(self, place: int) -> int:
        return place * self.step + self.step // 2

    def _bars(self, bar: str = "│") -> str:
        line = [" "] * self.lanes
        for place in range(len(self.across.names)):
            line[self._centre(place)] = bar
        return "".join(line)

    def _gap(self, row: Row) -> str:
        at = words.moment(self.since)
        text = f"… {words.lapse(row.lasts)} later" if row.lasts else "… the beginning"
        return self.paint.tone(f"{at:<{LEFT}}{self._bars('┊')} {text}".rstrip(), "dim")

    def _found(self, row: Row) -> list[str]:
        mark, tone = ("✓", "good") if row.good else ("✗", "bad")
        left = f"{row.n:>5} " if row.n != self.last else ""
        self.last = row.n
        lines = textwrap.wrap(f"{mark} {row.text}", self.paint.width - LEFT, break_on_hyphens=False)
        first, *others = [self.paint.tone(line, tone) for line in lines]
        return [f"{left:<{LEFT}}{first}", *(" " * LEFT + line for line in others)]

    # --- what happens ---------------------------------------------------------------------------------------------

    def _happening(self, row: Row) -> list[str]:
        lane, text = (self._message if row.b else self._mark)(row)
        left = f"{row.n:>5} {self._offset(row.at):>8} " if row.n != self.last else " " * LEFT
        self.last = row.n
        first, *others = textwrap.wrap(text, self.room, subsequent_indent="  ", break_on_hyphens=False) or [""]
        tone = _TONES.get(row.kind, "")
        lines = [f"{left}{lane} {self.paint.tone(first, tone)}".rstrip()]
        bars = " " * LEFT + self._bars()
        return lines + [f"{bars} {self.paint.tone(other, tone)}" for other in others]

    def _offset(self, at: int) -> str:
        return f"+{(at - self.since) / SECOND:.2f}s"

    def _mark(self, row: Row) -> tuple[str, str]:
        """Something at one party."""
        place = self.across.of(row.a)
        line = list(self._bars())
        if place is None:
            return "".join(line), f"{row.a}: {row.text}" if row.a not in ("", "director") else row.text
        line[self._centre(place)] = "●" if row.kind == "act" else "◆"
        return "".join(line), self._named(row.a, row.text)

    def _named(self, name: str, text: str) -> str:
        """``text``, after the party's name where its lane does not say it."""
        place = self.across.of(name)
        known = place is not None and self.across.names[place] in (name, person(name))
        return text if known or "@" in name or name in text else f"{name}: {text}"

    def _message(self, row: Row) -> tuple[str, str]:
        """An arrow from lane to lane."""
        start, end = self.across.of(row.a), self.across.of(row.b)
        line = list(self._bars())
        lost = row.kind == "lost"
        if start is None or end is None:
            return "".join(line), f"{row.a} → {row.b}: {row.text}" + (" (lost)" if lost else "")
        if start == end:
            line[self._centre(start)] = "✗" if lost else "↻"
            return "".join(line), self._aside(row) + (" (lost)" if lost else "")
        self._arrow(line, self._centre(start), self._centre(end), lost)
        return "".join(line), self._addressed(row, start, end) + (" (lost)" if lost else "")

    def _aside(self, row: Row) -> str:
        """Said within one lane: between a person and an agent, or two members of a group."""
        if person(row.a) == person(row.b):
            other, word = (row.b, "to") if "/" in row.b else (row.a, "from")
            return f"{word} {other.rpartition('/')[2]}: {row.text}"
        return f"{row.a} → {row.b}: {row.text}"

    def _addressed(self, row: Row, start: int, end: int) -> str:
        names = self.across.names
        text = row.text
        if names[start] not in (row.a, person(row.a)) and "@" not in row.a:
            text = f"{row.a}: {text}"
        if names[end] not in (row.b, person(row.b)) and "@" not in row.b:
            text = f"{text} → {row.b}"
        return text

    @staticmethod
    def _arrow(line: list[str], start: int, end: int, lost: bool) -> None:
        """From the bar at ``start`` to the bar at ``end``; lines that it crosses stay visible."""
        right = end > start
        low, high = min(start, end), max(start, end)
        for column in range(low + 1, high):
            line[column] = "┼" if line[column] == "│" else "╌" if lost else "─"
        line[start] = "├" if right else "┤"
        line[end - 1 if right else end + 1] = "✗" if lost else "▶" if right else "◀"
