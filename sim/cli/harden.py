"""``sim harden``: the cheapest change of answers after which chosen properties hold."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from sim.cli import _shared
from sim.cli._brought import bring, bring_texts, texts
from sim.cli._terminal import InputError, emit, paint, wrong_input

if TYPE_CHECKING:
    from sim.experiments.harden import Progress


@click.command(name="harden", short_help="The cheapest answers after which properties hold.")
@click.argument("file")
@_shared.overrides()
@click.option("--property", "wishes", multiple=True, required=True, metavar="NAME[=ANSWER]", help="What is to hold.")
@click.option(
    "--questions", metavar="A,B", help="What may be changed: fields of providers, or paths; also path=one|other."
)
@click.option("--providers", metavar="A,B", help="Whose answers; those called cloud…, else all.")
@click.option("--max-changes", type=click.IntRange(0), metavar="N", help="Sets of up to N changes.")
@click.option("--runs", type=click.IntRange(1), metavar="N", help="Runs of each set of answers.")
@click.option("--states", type=click.IntRange(1), metavar="N", help="States of each exploration.")
@click.option("--runs-only", is_flag=True, help="Explore nothing.")
@click.option("--workers", type=click.IntRange(1, 4096), metavar="K", help="Processes; one per core if not given.")
@_shared.as_json
def command(
    *,
    file: str, sets: tuple[str, ...], variant: str | None, seed: int | None, brought: tuple[str, ...],
    wishes: tuple[str, ...], questions: str | None, providers: str | None, max_changes: int | None, runs: int | None,
    states: int | None, runs_only: bool, workers: int | None, as_json: bool,
) -> int:  # fmt: skip
    """Search the answers to QUESTIONS for the fewest changes of FILE after which every --property holds.

    A property must hold in an exploration and stay unbroken in runs; a measure is asked for with what is expected of
    it (--property honest_refusals=0) and judged in runs. Among sets of equally few changes the one that costs honest
    people least comes first. Exit code 1 where no single set does, 3 where what was found is unbroken but not proven.

    With --json: {"scenario", "properties", "exit", "base", "found", "tried", "of", "max_changes", "conflicts", "alone",
    "stopped", "runs", "states"}; a set of answers is {"changes", "holds", "broken", "not_proven", "price", "command"}.
    """
    bring(brought)
    from sim.experiments import harden as search
    from sim.experiments.matrix.policies import asked
    from sim.scenario import load
    from sim.views import harden as view

    with wrong_input():
        scenario = load(file, sets=sets, variant=variant, seed=seed)
        blocks = asked(scenario, _named(providers or "", scenario.providers))
        names = tuple(filter(None, (questions or "").split(","))) or search.QUESTIONS
        wanted = search.wanted(wishes, scenario.measures)
        open_ = search.questions(scenario, names, blocks)
        scenario.with_values({f"expect.{wish.name}": wish.expected for wish in wanted})
        found = search.harden(
            scenario,
            wanted,
            open_,
            most=search.CHANGES if max_changes is None else max_changes,
            runs=runs or search.RUNS,
            states=0 if runs_only else states or search.STATES,
            workers=workers or os.cpu_count() or 1,
            prepare=partial(bring_texts, texts(brought)) if brought else None,
            progress=_teller(),
        )
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    emit(json.dumps(view.data(found, file, wishes), indent=2) if as_json else view.text(found, file, wishes, paint()))
    if found.stopped:
        click.echo(f"interrupted after {found.tried} of {found.of} sets of answers", err=True)
    return view.exit_code(found)


def _named(words: str, providers: Collection[str]) -> tuple[str, ...]:
    """The providers named; refused where one is none of the scenario's."""
    from sim.scenario.errors import possible, quote

    found = tuple(filter(None, (one.strip() for one in words.split(","))))
    for one in found:
        if one not in providers:
            raise InputError(f"--providers: there is no provider {quote(one)}; {possible(one, providers)}")
    return found


def _teller() -> Any:
    """Progress on a terminal."""
    if not sys.stderr.isatty():
        return lambda at: None

    def tell(at: Progress) -> None:
        sys.stderr.write(f"\r\033[K{at.tried} of at most {at.of} sets · {at.changes} changes · {at.passed} hold")
        sys.stderr.flush()

    return tell
