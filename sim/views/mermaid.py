"""Diagrams as Mermaid text, which GitHub and many editors draw: a trace as a sequence, a life cycle as states."""

from __future__ import annotations

from collections.abc import Mapping

from sim.lifecycles import Machine
from sim.trace import Trace
from sim.views import words
from sim.views.lanes import Lanes, lanes
from sim.views.rows import Choice, Row, rows

#: so many lanes are still readable in a page
LANES = 10


def sequence(trace: Trace, choice: Choice | None = None, kinds: Mapping[str, str] | None = None) -> str:
    """The sequence diagram of ``trace`` as Mermaid text."""
    drawn = rows(trace, choice or Choice(), kinds)
    numbers = {row.n for row in drawn if row.kind not in ("gap", "fold")}
    across = lanes(trace, [step for step in trace.steps if step.n in numbers], LANES)
    lines = ["sequenceDiagram"]
    lines += [f"    participant p{place} as {_safe(name)}" for place, name in enumerate(across.names)]
    lines += [f"    {line}" for row in drawn if (line := _line(row, across))]
    return "\n".join(lines) + "\n"


def _line(row: Row, across: Lanes) -> str:
    everybody = "p0" if len(across.names) == 1 else f"p0,p{len(across.names) - 1}"
    if not across.names:
        return ""
    match row.kind:
        case "gap":
            text = f"{words.moment(row.at)} – {words.lapse(row.lasts)} later" if row.lasts else "the beginning"
            return f"Note over {everybody}: {_safe(text)}"
        case "fold":
            return f"Note over {everybody}: … {words.plural(row.steps, 'step')} left out …"
        case "arrow" | "lost":
            return _arrow(row, across)
        case _:
            place = across.of(row.a)
            where = everybody if place is None else f"p{place}"
            mark = {"found": "✓ " if row.good else "✗ ", "act": "● "}.get(row.kind, "")
            return f"Note over {where}: {mark}{_safe(row.text)}"


def _arrow(row: Row, across: Lanes) -> str:
    start, end = across.of(row.a), across.of(row.b)
    if start is None or end is None:
        return f"Note over p0: {_safe(f'{row.a} → {row.b}: {row.text}')}"
    arrow = "--x" if row.kind == "lost" else "->>"
    return f"p{start}{arrow}p{end}: {_safe(row.text)}"


def _safe(text: str) -> str:
    """Mermaid takes ``;`` for a line end and ``#`` for the beginning of an entity."""
    return text.replace("#", "no. ").replace(";", ",").replace("\n", " ")


def lifecycle(machine: Machine) -> str:
    """A life cycle as a Mermaid state diagram; it begins in the first state of the table."""
    lines = ["stateDiagram-v2", f"    [*] --> {next(iter(machine))}"]
    for state, following in machine.items():
        lines += [f"    {state} --> {after}" for after in following] or [f"    {state} --> [*]"]
    return "\n".join(lines) + "\n"
