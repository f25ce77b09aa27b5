"""A stored trace, run again: its scenario and seed are in its header."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sim.cli import _shared
from sim.cli._terminal import emit, paint, wrong_input

if TYPE_CHECKING:
    from sim.views.diff import FirstDifference
    from sim.views.paint import Paint


def replay(file: str, as_json: bool) -> int:
    """Run the trace in ``file`` again; the first step that differs is told, and the exit code is then 1."""
    from sim.results import MET, NOT_MET
    from sim.views.diff import first_difference

    with wrong_input():
        (stored,) = _shared.read_traces(file)
        outcome = _shared.rerun(stored, record=True)
    assert outcome.trace is not None
    first = first_difference(stored.steps, outcome.trace.steps)
    code = MET if first is None else NOT_MET
    if as_json:
        told = None if first is None else {"step": first.step, "recorded": first.a, "now": first.b}
        found = {"trace": file, "same": first is None, "steps": len(stored.steps), "digest": outcome.digest}
        emit(json.dumps(found | {"first": told, "exit": code}, indent=2, ensure_ascii=False))
    elif first is None:
        emit(f"The same again: {len(stored.steps):,} steps, {outcome.digest}")
    else:
        emit(_differs(file, first, paint()))
    return code


def _differs(file: str, first: FirstDifference, paint: Paint) -> str:
    lines = [f"{file}: step {first.step} is not the same again"]
    for name, told in (("recorded", first.a), ("now", first.b)):
        lines += paint.wrapped(f"{name}: {told or 'the end'}", 2, 4)
    return paint.finish("\n".join(lines))
