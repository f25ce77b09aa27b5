"""``sim run``: what happens in a story, once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli import _shared
from sim.cli._brought import bring
from sim.cli._replay import replay
from sim.cli._terminal import InputError, emit, paint, wrong_input

if TYPE_CHECKING:
    from sim.experiments.once import Outcome
    from sim.views.rows import Choice

#: with more people than this the steps are not kept in memory, and no diagram is drawn unless a part is asked for
DRAWN = 1_000
#: so many rows are "everything"
EVERYTHING = 10**9


@click.command(name="run", short_help="Run a story once: diagram, verdicts, panel.")
@click.argument("file")
@_shared.overrides()
@_shared.as_json
@click.option("--trace", metavar="FILE.jsonl", help="Write every step to a file.")
@click.option("-q", "--quiet", is_flag=True, help="Print only what was not met, and the last line.")
@click.option("--around", type=click.IntRange(1), metavar="STEP", multiple=True, help="Draw only what is near a step.")
@click.option("--only", metavar="NAME", multiple=True, help="Draw only a party, a kind of message, or a fact.")
@click.option("--all", "everything", is_flag=True, help="Draw every step, however many.")
@click.option("--diagram", metavar="FILE", help="Write the diagram to FILE.svg, or to FILE.mmd for Mermaid.")
def command(
    *,
    file: str, sets: tuple[str, ...], variant: str | None, seed: int | None, brought: tuple[str, ...],
    as_json: bool, trace: str | None, quiet: bool, around: tuple[int, ...], only: tuple[str, ...],
    everything: bool, diagram: str | None,
) -> int:  # fmt: skip
    """Run the story in FILE once: a sequence diagram, a verdict per property, the panel, measures.

    FILE may also be a trace written with --trace: its scenario is run again and compared step by step.
    """
    bring(brought)
    if _shared.is_trace(file):
        _shared.alone(file, ("file", "as_json"))
        return replay(file, as_json)
    from sim import results
    from sim.scenario import load
    from sim.views import run
    from sim.views.rows import Choice

    with wrong_input():
        scenario = load(file, sets=sets, variant=variant, seed=seed)
    chosen = bool(around or only or everything)
    if chosen and (as_json or quiet) and diagram is None:
        raise InputError("--around, --only and --all choose what is drawn; with --quiet or --json nothing is")
    draws = not as_json and not quiet and (chosen or _people(scenario) <= DRAWN)
    choice = Choice(around=around, only=only, rows=EVERYTHING if everything else Choice().rows)
    with wrong_input():
        outcome = _run(scenario, draws, trace, diagram, choice)
    again = _shared.command_line("run", file, set=sets, variant=variant, seed=seed, **{"with": brought})
    result = results.result(outcome, command=again)
    if as_json:
        emit(result.to_json())
    elif quiet:
        emit(run.quietly(result, paint()))
    else:
        emit(run.at_length(outcome, result, paint(), choice=choice, units=results.units(scenario), trace_file=trace))
    return result.exit


def _people(scenario: Any) -> int:
    return sum(config.count for config in scenario.people.values())


def _run(scenario: Any, draws: bool, trace: str | None, diagram: str | None, choice: Choice) -> Outcome:
    """One run, its steps kept where they are drawn, written where they are wanted, and hashed in any case."""
    from sim.experiments.once import run_once

    if not draws and trace is None and diagram is None:
        return _shared.run_for_digest(scenario)
    if diagram is not None and Path(diagram).suffix not in (".svg", ".mmd"):
        raise InputError(f"{diagram}: a diagram is written to a file ending in .svg or .mmd")
    with _shared.output_file(diagram, "diagram") as drawing, _shared.output_file(trace, "trace") as steps:
        outcome = run_once(scenario, record=draws or diagram is not None, file=steps)
        _drawable(outcome, choice)
        if drawing is not None:
            drawing.write(_drawn(outcome, str(diagram), choice).encode())
    return outcome


def _drawable(outcome: Outcome, choice: Choice) -> None:
    """Refuse to draw steps, parties and messages that the run does not have; it would be an empty diagram."""
    from sim.views import rows

    if outcome.trace is None:
        return
    steps = outcome.trace.steps
    for number in choice.around:
        if number > len(steps):
            raise InputError(f"--around {number}: there is no such step; this run has steps 1 to {len(steps)}")
    for name in choice.only:
        if not any(rows.concerns(step, (name,)) for step in steps):
            raise InputError(f"--only {name}: no step of this run has to do with a party, message or fact of that name")


def _drawn(outcome: Outcome, path: str, choice: Choice) -> str:
    from sim.views import mermaid, svg

    assert outcome.trace is not None
    draw = svg.sequence if path.endswith(".svg") else mermaid.sequence
    return draw(outcome.trace, choice, outcome.kinds)
