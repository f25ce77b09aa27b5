"""``sim matrix``: threats against answers, every letter computed."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli import _shared
from sim.cli._brought import bring
from sim.cli._terminal import InputError, emit, paint, wrong_input

if TYPE_CHECKING:
    from sim.experiments.matrix.cells import Judged, Task, Threat
    from sim.experiments.matrix.computing import Progress
    from sim.experiments.matrix.policies import Policy
    from sim.scenario import Scenario

INTERRUPTED = 130
#: seconds between two lines where progress is not told on a terminal
_QUIET = 20.0


@click.command(name="matrix", short_help="Threats against answers, every letter computed.")
@click.option("--threats", metavar="T01,T05", help="Only these threats, by number or name; also files of your own.")
@click.option("--policies", metavar="M1,M4", help="Presets of providers to be the columns; M1 to M10 by default.")
@click.option("--answers", multiple=True, metavar="'NAME: {…}'", help="Answers of your own as a column.")
@click.option("--cell", metavar="T01:M6", help="One cell at length: what shows it, the command, the counterexample.")
@click.option("--runs", type=click.IntRange(1), metavar="N", help="Runs of each world.")
@click.option("--states", type=click.IntRange(1), metavar="N", help="States of each exploration.")
@click.option("--runs-only", is_flag=True, help="Explore nothing.")
@click.option("--workers", type=click.IntRange(1), metavar="K", help="Processes; as many as there are cores.")
@click.option("--out", type=click.Path(file_okay=False), metavar="FOLDER", help="Keep every cell there as it is done.")
@click.option("--resume", is_flag=True, help="Take what is in the folder and is still true from it.")
@click.option("--markdown", is_flag=True, help="Print Markdown to be pasted into a document.")
@click.option("--html", metavar="FILE", help="Write one HTML page.")
@click.option("--with", "brought", multiple=True, metavar="FILE.py", help="Code of your own, to be used by name.")
@_shared.as_json
def command(
    *,
    threats: str | None, policies: str | None, answers: tuple[str, ...], cell: str | None, runs: int | None,
    states: int | None, runs_only: bool, workers: int | None, out: str | None, resume: bool, markdown: bool,
    html: str | None, brought: tuple[str, ...], as_json: bool,
) -> int:  # fmt: skip
    """Tell each threat's story under each set of answers, and say what came of it: X, x, d or a dot.

    A letter is computed from runs, and from an exploration where the story is small enough; beside it stand what the
    honest pay, and the letter that was expected. Exit code 1 where one disagrees and no correction is on record.

    With --json a list of {"threat", "policy", "outcome", "expected", "agrees", "corrected", "argument", "by",
    "condition", "why", "proven", "explored", "runs", "harm", "price", "amount", "amount_expected", "amount_agrees",
    "measure", "unit", "scenario", "command"}.
    """
    bring(brought)
    if resume and out is None:
        raise InputError("--resume needs the folder to resume from: --out FOLDER")
    if out is not None:
        _refuse_sweep(Path(out))
    from sim.experiments.matrix import cells
    from sim.experiments.matrix.computing import JOURNAL, compute_all

    limits = {"runs": runs or cells.RUNS, "states": 0 if runs_only else states or cells.STATES}
    if cell is not None:
        return _one(cell, policies, answers, limits, as_json)
    with wrong_input():
        rows, columns = _rows(threats), _columns(policies, answers)
        _check(rows, columns)
    tasks = [cells.Task(row, column, **limits) for row in rows for column in columns]
    try:
        done = compute_all(
            tasks,
            workers=workers,
            out=None if out is None else Path(out),
            resume=resume,
            prepare=partial(bring, brought) if brought and workers != 1 else None,
            progress=_teller(),
        )
    except OSError as error:
        raise InputError(f"{out}: {error.strerror or error}") from None
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K")
    if done.unreadable:
        click.echo(f"{out}: left out as unreadable: {done.unreadable} of the lines of {JOURNAL}", err=True)
    judged = cells.judge(done.cells)
    _print(judged, len(tasks), markdown, html, as_json)
    if done.stopped:
        kept = f"; sim matrix --out {out} --resume goes on" if out else ""
        click.echo(f"interrupted after {len(done.cells)} of {len(tasks)} cells{kept}", err=True)
        return INTERRUPTED
    return cells.exit_code(judged)


def _print(judged: list[Judged], of: int, markdown: bool, html: str | None, as_json: bool) -> None:
    from sim.results import to_json
    from sim.views import matrix as view

    if html is not None:
        with _shared.output_file(html, "page") as file:
            assert file is not None
            file.write(view.html(judged, of).encode())
    if as_json:
        emit(to_json(judged))
    elif markdown:
        emit(view.markdown(judged, of))
    elif html is None:
        emit(view.text(judged, paint(), of))


# --- what is asked ----------------------------------------------------------------------------------------------------


def _rows(asked: str | None) -> list[Threat]:
    """The threats asked for: numbers, names or files; without any all that come with the code."""
    from sim.experiments.matrix.cells import threats
    from sim.scenario import shipped

    folder = shipped.folder() / shipped.THREATS
    there = threats(shipped.stories(folder))
    if asked is None:
        if not there:
            raise InputError(f"there are no threats in {folder}; name files with --threats")
        return there
    found: list[Threat] = []
    for word in _words("--threats", asked):
        mine = [
            one for one in there if one.name.lower() == word.lower() or one.name.lower().startswith(f"{word.lower()}_")
        ]
        if not mine and Path(word).is_file():
            mine = threats([Path(word)])
        if not mine:
            names = ", ".join(one.name for one in there) or "none; a file can be named"
            raise InputError(f"--threats: there is no threat and no file {word!r}; possible: {names}")
        found += mine
    return list(dict.fromkeys(found))


def _columns(names: str | None, answers: tuple[str, ...]) -> list[Policy]:
    """Presets and answers of one's own; M1 to M10 where nothing is asked for."""
    from sim.experiments.matrix.policies import USUAL, answered, named

    asked = _words("--policies", names) if names is not None else () if answers else USUAL
    found = [*(named(one) for one in asked), *(answered(one) for one in answers)]
    doubled = [one.name for one in found if [other.name for other in found].count(one.name) > 1]
    if doubled:
        raise InputError(f"two columns are called {doubled[0]!r}")
    return found


def _words(option: str, given: str) -> list[str]:
    """What stands between the commas; refused where it is nothing."""
    found = [one for one in (word.strip() for word in given.split(",")) if one]
    if not found:
        raise InputError(f"{option}: {given!r} names nothing; leave it out for the usual ones")
    return found


def _check(rows: list[Threat], columns: list[Policy]) -> None:
    """Answers of one's own that are wrong are told before anything is computed."""
    from sim.experiments.matrix.expectations import expectations
    from sim.experiments.matrix.policies import check

    for column in columns:
        if not column.preset:
            check(column, [(row.file, expectations().row(row.key).providers) for row in rows])


def _refuse_sweep(out: Path) -> None:
    """Cells are not kept among the results of a sweep."""
    from sim.experiments.folder import RECEIPT, ROWS

    there = [name for name in (RECEIPT, ROWS) if (out / name).exists()]
    if there:
        raise InputError(f"--out: {out} is the folder of a sweep (it has {there[0]}); name another")


def _teller() -> Any:
    """Progress on standard error: one line that changes on a terminal, now and then a line elsewhere."""
    tty, told = sys.stderr.isatty(), [time.monotonic()]

    def tell(at: Progress) -> None:
        now = time.monotonic()
        if not tty and now - told[0] < _QUIET:
            return
        told[0] = now
        left = "" if at.left is None else f" · about {_minutes(at.left)} left"
        line = f"{at.done} of {at.of} cells · {_minutes(at.spent)}{left} · {at.cell}"
        sys.stderr.write(f"\r\033[K{line}" if tty else f"{line}\n")
        sys.stderr.flush()

    return tell


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


# --- one cell ---------------------------------------------------------------------------------------------------------


def _one(cell: str, policies: str | None, answers: tuple[str, ...], limits: dict[str, int], as_json: bool) -> int:
    """One cell at length: the letter and what it rests on, then the run or the order of events that shows it."""
    from sim.experiments.matrix import cells
    from sim.results import to_json
    from sim.views import matrix as view

    threat, colon, name = cell.rpartition(":")
    if not colon or not threat.strip() or not name.strip():
        raise InputError(f"--cell: {cell!r} is not a threat and a policy, such as T01:M6")
    with wrong_input():
        rows = _rows(threat)
        mine = {one.name: one for one in _columns(None, answers)} if answers else {}
        policy = mine.get(name) or _columns(name, ())[0]
    if len(rows) != 1:
        raise InputError(f"--cell: {threat} has several stories: {', '.join(one.name for one in rows)}")
    with wrong_input():
        _check(rows, [policy])
    task = cells.Task(rows[0], policy, **limits)
    judged = cells.judge([cells.compute(task)])
    if as_json:
        emit(to_json(judged[0]))
    else:
        emit(view.cell(judged[0], paint()) + "\n\n" + _shown(task, judged[0]))
    return cells.exit_code(judged)


def _shown(task: Task, found: Judged) -> str:
    """The counterexample, or where there is none the story under these answers."""
    from sim.experiments.matrix.expectations import expectations
    from sim.experiments.matrix.policies import laid_over, story
    from sim.views import matrix as view

    if found.outcome == "?":
        return ""
    row = expectations().row(task.threat.key)
    scenario = laid_over(task.threat.file, task.policy, row.providers, found.condition)
    said = ""
    if scenario.hash != story(task.threat.file, found.condition).hash:
        # The file says what to expect of its own world; of this one only the letter was predicted.
        scenario = replace(scenario, expect={}, everything_else=None)
        said = view.NOT_JUDGED + "\n\n"
    return said + _told(task, found, scenario)


def _told(task: Task, found: Judged, scenario: Scenario) -> str:
    from sim import results
    from sim.experiments.matrix import observing
    from sim.experiments.once import run_once
    from sim.views import exploration, run
    from sim.views.rows import Choice

    if found.by == "exploration":
        seen = observing.exploration(scenario, task.states)
        judged = exploration.judged(scenario, seen, found.command)
        return exploration.text(scenario, seen, judged, paint(), only=(), per_depth=False, quiet=False)
    for replication in range(task.runs if found.by == "run" else 1):
        outcome = run_once(scenario, replication=replication)
        if any(outcome.violations.get(name) for name in observing.HARM):
            break
    result = results.result(outcome, command=found.command)
    return run.at_length(outcome, result, paint(), choice=Choice(), units=results.units(scenario), trace_file=None)
