"""What ``sim harden`` found: alternatives side by side with what each costs the honest, or why there is none."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import Any

import msgspec

from sim.experiments.harden import Candidate, Hardened, as_values
from sim.views import words
from sim.views.paint import Paint

#: columns of the price, and their heads
_COLUMNS = (
    ("honest_refusals", "refused"), ("lockouts", "lockouts"), ("locked_out_at_end", "out at end"),
    ("duplicates", "second"), ("strays", "strays"), ("outages", "outages"), ("extra_steps", "steps"),
)  # fmt: skip
#: so many alternatives are printed
SHOWN = 12


def text(hardened: Hardened, file: str, wishes: Sequence[str], paint: Paint) -> str:
    """The alternatives, cheapest first; or the properties that no single set satisfies together."""
    head = paint.tone(f"To hold: {', '.join(wishes)}", "strong")
    parts = [head]
    if hardened.base.holds and not hardened.stopped:
        parts.append("They hold as it is; nothing needs to change.\n\n" + _table([hardened.base], paint))
    elif hardened.found:
        few = len(hardened.found[0].changes)
        said = f"{few} change{'s' if few > 1 else ''} will do; the cheapest for honest people comes first"
        parts.append(f"{said}.\n\n" + _table([hardened.base, *hardened.found[:SHOWN]], paint))
        if len(hardened.found) > SHOWN:
            parts.append(f"… and {len(hardened.found) - SHOWN} more; --json has them all")
        parts.append("Try the first: " + command(file, hardened.found[0]))
    elif not hardened.stopped:
        parts.append(_none(hardened, paint))
    looked = f"{hardened.states:,} states where no run broke anything" if hardened.states else "no exploration"
    tried = (
        f"{hardened.tried:,} of {hardened.of:,} sets of answers tried, up to {words.plural(hardened.most, 'change')}"
    )
    effort = f"{tried}; {words.plural(hardened.runs, 'run')} each, {looked}; the adversary does what the story says"
    parts.append("\n".join(paint.wrapped(effort)))
    return paint.finish("\n\n".join(parts))


def _table(candidates: Sequence[Candidate], paint: Paint) -> str:
    names = [said(one) for one in candidates]
    rows = [[f"{one.price.get(key, 0):.3g}" for key, _ in _COLUMNS] for one in candidates]
    width = max(map(len, names)) + 2
    head = " " * width + "  ".join(f"{name:>{len(name)}}" for _, name in _COLUMNS)
    lines = [paint.tone(head, "dim")]
    for one, name, row in zip(candidates, names, rows, strict=True):
        cells = "  ".join(f"{cell:>{len(head_)}}" for cell, (_, head_) in zip(row, _COLUMNS, strict=True))
        verdict, tone = _verdict(one)
        lines.append(f"{name:<{width}}{cells}  {paint.tone(verdict, tone)}")
    return "\n".join(lines)


def _verdict(one: Candidate) -> tuple[str, str]:
    if one.broken:
        return f"breaks {', '.join(one.broken)}", "bad"
    if one.open:
        return f"unbroken, not proven: {', '.join(one.open)}", "doubt"
    return "holds", "good"


def said(one: Candidate) -> str:
    """A set of answers in words."""
    return ", ".join(f"{change.question}: {_word(change.answer)}" for change in one.changes) or "(as it is)"


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _none(hardened: Hardened, paint: Paint) -> str:
    lines = [paint.tone(f"No single set of up to {hardened.most} changes does.", "bad")]
    for group in hardened.conflicts:
        together = "cannot be had" if len(group) == 1 else "cannot be had together"
        lines.append(f"  {', '.join(group)}: {together}")
    for name, one in hardened.alone.items():
        if one is not None:
            lines += paint.wrapped(f"{name} alone: {said(one)} ({_verdict(one)[0]})", 2, 4)
    why = "; ".join(f"{name}: {reason}" for name, reason in hardened.base.broken.items())
    return "\n".join([*lines, *paint.wrapped(f"as it is: {why}", 2, 4)])


def command(file: str, one: Candidate) -> str:
    """The command that runs the file with a set of answers."""
    again = ["sim", "run", file]
    for path, value in as_values(one.changes).items():
        again += ["--set", f"{path}={value if isinstance(value, str) else json.dumps(value)}"]
    return shlex.join(again)


def data(hardened: Hardened, file: str, wishes: Sequence[str]) -> dict[str, Any]:
    """The object of ``sim harden --json``.

    ``{"scenario", "properties", "exit", "base": candidate, "found": [candidate], "tried", "of", "max_changes",
    "conflicts": [[property]], "alone": {property: candidate | null}, "stopped", "runs", "states"}``, a candidate
    being ``{"changes": {path: answer}, "holds", "broken": {property: why}, "not_proven": [property], "price":
    {measure: number}, "command"}``
    """
    return {
        "scenario": file,
        "properties": list(wishes),
        "exit": exit_code(hardened),
        "base": _candidate(hardened.base, file),
        "found": [_candidate(one, file) for one in hardened.found],
        "tried": hardened.tried,
        "of": hardened.of,
        "max_changes": hardened.most,
        "conflicts": [list(group) for group in hardened.conflicts],
        "alone": {name: None if one is None else _candidate(one, file) for name, one in hardened.alone.items()},
        "stopped": hardened.stopped,
        "runs": hardened.runs,
        "states": hardened.states,
    }


def _candidate(one: Candidate, file: str) -> dict[str, Any]:
    return {
        "changes": msgspec.to_builtins(dict(as_values(one.changes))),
        "holds": one.holds,
        "broken": one.broken,
        "not_proven": list(one.open),
        "price": one.price,
        "command": command(file, one),
    }


def exit_code(hardened: Hardened) -> int:
    """0 if a set is found of which every order was tried, 3 if one is only unbroken, 1 if none does."""
    if hardened.stopped:
        return 130
    if not hardened.found:
        return 1
    return 0 if any(not one.open for one in hardened.found) else 3
