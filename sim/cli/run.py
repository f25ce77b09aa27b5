"""``sim run``: what happens in a story, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sim.cli import _shared
from sim.cli._brought import bring
from sim.cli._terminal import emit, paint, wrong_input

if TYPE_CHECKING:
    from sim.experiments.once import Outcome
    from sim.results import Result
    from sim.views.paint import Paint

#: with more people than this the steps are not kept in memory, and no diagram is drawn
DRAWN = 1_000


@click.command(name="run", short_help="Run a story once: diagram, verdicts, panel.")
@click.argument("file")
@_shared.overrides()
@_shared.as_json
@click.option("--trace", metavar="FILE.jsonl", help="Write every step to a file.")
@click.option("-q", "--quiet", is_flag=True, help="Print only what was not met, and the last line.")
def command(
    file: str, sets: tuple[str, ...], variant: str | None, seed: int | None, brought: tuple[str, ...],
    as_json: bool, trace: str | None, quiet: bool,
) -> int:  # fmt: skip
    """Run the story in FILE once: a sequence diagram, a verdict per property, the panel, measures.

    FILE may also be a trace written with --trace: its scenario is run again and compared step by step.
    """
    bring(brought)
    if _shared.is_trace(file):
        return _replay(file, as_json)
    from sim import results
    from sim.experiments.once import run_once
    from sim.scenario import load

    with wrong_input():
        scenario = load(file, sets=sets, variant=variant, seed=seed)
    drawn = not as_json and not quiet and _people(scenario) <= DRAWN
    if drawn or trace is not None:
        with _shared.trace_file(trace) as out:
            outcome = run_once(scenario, record=drawn, file=out)
    else:
        outcome = _shared.run_for_digest(scenario)
    again = _shared.command_line("run", file, set=sets, variant=variant, seed=seed, **{"with": brought})
    result = results.result(outcome, command=again, units=_shared.units())
    if as_json:
        emit(result.to_json())
    else:
        emit(_quietly(result, paint()) if quiet else _at_length(outcome, result, paint(), trace))
    return result.exit


def _people(scenario: Any) -> int:
    return sum(config.count for config in scenario.people.values())


def _at_length(outcome: Outcome, result: Result, paint: Paint, trace: str | None) -> str:
    """Story, diagram, verdicts, panel, measures, receipt, and what to do next."""
    from sim.views import panel, sequence, story, verdicts

    parts = [story.tell(outcome.scenario, paint)]
    if outcome.trace is not None:
        parts.append(sequence.draw(outcome.trace, kinds=outcome.kinds, paint=paint))
    else:
        parts.append("(no diagram: too many people; --trace FILE.jsonl keeps every step)")
    parts += [verdicts.table(result, paint), panel.table(result, paint, _shared.units())]
    parts += [_receipt(outcome, result), "\n".join(_last_lines(result, paint, trace))]
    return "\n\n".join(parts)


def _receipt(outcome: Outcome, result: Result) -> str:
    from sim.clock import format_time

    rate = f"{outcome.messages / outcome.seconds:,.0f} messages/s" if outcome.seconds > 0 else ""
    return (
        f"Seed {result.seed} · ended at {format_time(outcome.ended_at)} · {result.messages:,} messages"
        f" · {outcome.seconds:.2f} s ({rate})\nDigest {result.digest}"
    )


def _quietly(result: Result, paint: Paint) -> str:
    from sim.views import verdicts

    missed = [verdict for verdict in result.verdicts if verdicts.state(verdict) in ("NOT MET", "undetermined")]
    found = verdicts.numbers(result)
    lines = [
        f"{verdict.property}: {verdicts.came_out(verdict, found)}, expected {verdicts.expected(verdict.expected)}"
        for verdict in missed
    ]
    return "\n".join([*lines, _verdict_line(result, paint)])


def _verdict_line(result: Result, paint: Paint) -> str:
    from sim.views import verdicts

    text, tone = verdicts.summary(result)
    name = result.scenario + (f" ({result.variant})" if result.variant else "")
    return paint.finish(f"{paint.tone(text[0].upper() + text[1:], tone)} · {name} · exit {result.exit}")


def _last_lines(result: Result, paint: Paint, trace: str | None) -> list[str]:
    """The verdict, and how to look further."""
    witnessed = [verdict for verdict in result.verdicts if verdict.first is not None]
    firsts = [verdict.first for verdict in sorted(witnessed, key=lambda verdict: verdict.met is True)]
    step = firsts[0].step if firsts and firsts[0] is not None else 1
    if trace is None:
        hint = f"Look further: add --trace t.jsonl, then: sim explain t.jsonl {step}"
    else:
        hint = f"Look further: sim explain {trace} {step}"
    return [_verdict_line(result, paint), hint]


# --- a trace again ----------------------------------------------------------------------------------------------------


def _replay(file: str, as_json: bool) -> int:
    """Run a stored trace again; the first step that differs is told, and the exit code is 1."""
    import json
    from pathlib import Path

    from sim.results import MET, NOT_MET
    from sim.trace import read
    from sim.views.diff import first_difference

    with wrong_input():
        stored = read(Path(file))
        outcome = _shared.rerun(stored, record=True)
    assert outcome.trace is not None
    first = first_difference(stored.steps, outcome.trace.steps)
    code = MET if first is None else NOT_MET
    if as_json:
        told = None if first is None else {"step": first.step, "recorded": first.a, "now": first.b}
        steps = len(stored.steps)
        found = {"trace": file, "same": first is None, "steps": steps, "digest": outcome.digest}
        found |= {"first": told, "exit": code}
        emit(json.dumps(found, indent=2, ensure_ascii=False))
    elif first is None:
        emit(f"The same again: {len(stored.steps):,} steps, {outcome.digest}")
    else:
        lines = [f"{file}: step {first.step} is not the same again"]
        for name, told_ in (("recorded", first.a), ("now", first.b)):
            lines += paint().wrapped(f"{name}: {told_ or 'the end'}", 2, 4)
        emit(paint().finish("\n".join(lines)))
    return code
