"""What ``sim run`` prints: story, diagram, verdicts, panel, measures, receipt, and how to look further."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.clock import format_time
from sim.results import Result
from sim.trace import Trace
from sim.views import panel, rows, sequence, story, verdicts
from sim.views.paint import Paint
from sim.views.rows import Choice


def at_length(
    outcome: Any, result: Result, paint: Paint, *, choice: Choice, units: Mapping[str, str], trace_file: str | None
) -> str:
    """Everything; ``outcome`` is of ``experiments.once``, ``choice`` the part that is drawn."""
    parts = [
        story.tell(outcome.scenario, paint),
        _diagram(outcome.trace, outcome.kinds, choice, paint),
        verdicts.table(result, paint),
        panel.table(result, paint, units),
        paint.finish(_receipt(outcome, result)),
        paint.finish(_verdict_line(result, paint) + _hint(result, outcome.trace, trace_file)),
    ]
    return "\n\n".join(parts) + _for_sweep(outcome.scenario)


def _for_sweep(scenario: Any) -> str:
    """One line where the file asks for more than one run."""
    asked = ["runs"] if scenario.runs != 1 else []
    asked += ["vary"] if scenario.vary else []
    if not asked:
        return ""
    return f"\nThis was one run; the file's {' and '.join(asked)} are for: sim sweep {scenario.file}"


def quietly(result: Result, paint: Paint) -> str:
    """What was not met or could not be determined, and one line on the whole."""
    missed = [verdict for verdict in result.verdicts if verdicts.state(verdict) in ("NOT MET", "undetermined")]
    found = verdicts.numbers(result)
    lines = [
        f"{verdict.property}: {verdicts.came_out(verdict, found)}, expected {verdicts.expected(verdict.expected)}"
        for verdict in missed
    ]
    return paint.finish("\n".join([*lines, _verdict_line(result, paint)]))


def _diagram(trace: Trace | None, kinds: Mapping[str, str], choice: Choice, paint: Paint) -> str:
    if trace is None:
        return "(no diagram: too many people; --around STEP or --only NAME draws a part, --trace T.jsonl keeps all)"
    return sequence.draw(trace, choice=choice, kinds=kinds, paint=paint)


def _receipt(outcome: Any, result: Result) -> str:
    rate = f" ({outcome.messages / outcome.seconds:,.0f} messages/s)" if outcome.seconds > 0 else ""
    return (
        f"Seed {result.seed} · ended at {format_time(outcome.ended_at)} · {result.messages:,} messages"
        f" · {outcome.seconds:.2f} s{rate}\nDigest {result.digest}"
    )


def _verdict_line(result: Result, paint: Paint) -> str:
    text, tone = verdicts.summary(result)
    name = result.scenario + (f" ({result.variant})" if result.variant else "")
    return f"{paint.tone(text[0].upper() + text[1:], tone)} · {name} · exit {result.exit}"


def _hint(result: Result, trace: Trace | None, trace_file: str | None) -> str:
    """How to look at the first witness that matters most, or else at the first step that is drawn."""
    witnessed = sorted((one for one in result.verdicts if one.first is not None), key=lambda one: one.met is True)
    step = witnessed[0].first.step if witnessed and witnessed[0].first is not None else 0
    if not step and trace is not None:
        step = next((row.n for row in rows.rows(trace, Choice()) if row.n), 0)
    if not step:
        return ""
    if trace_file is not None:
        return f"\nLook further: sim explain {trace_file} {step}"
    return f"\nLook further: --around {step} draws what is near it; --trace t.jsonl, then sim explain t.jsonl {step}"
