"""``sim sweep``: how often, how bad, how long: many runs of base and variants, on the same random numbers."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli import _shared
from sim.cli._brought import bring, bring_texts, texts
from sim.cli._terminal import InputError, emit, paint, wrong_input

if TYPE_CHECKING:
    from sim.scenario import Scenario

#: Progress on a terminal, and where there is none: seconds between two lines.
_OFTEN, _SELDOM = 0.2, 30.0


@click.command(name="sweep", short_help="Run many times: intervals, variants, grids, designs.")
@click.argument("file")
@_shared.overrides(variant=False)
@click.option("--variant", "variants", multiple=True, metavar="NAME", help="Only this variant; may be repeated.")
@click.option("--runs", type=click.IntRange(1, 10**9), metavar="N", help="Runs of each cell, instead of the file's.")
@click.option("--workers", type=click.IntRange(1, 4096), metavar="K", help="Processes; one per core if not given.")
@click.option("--out", metavar="DIR", help="Keep the results there: rows, summary, receipt.")
@click.option("--resume", is_flag=True, help="Go on with what is in DIR; only runs that are missing are done.")
@click.option("--csv", is_flag=True, help="Write the rows to DIR/rows.csv as well.")
@click.option("--cluster", metavar="ADDRESS", help="Run on the Dask cluster of that scheduler: tcp://host:8786.")
@click.option("--sensitivity", type=click.Choice(["morris", "sobol", "tornado"]), help="What it depends on.")
@click.option("--measure", metavar="NAME", help="With --sensitivity: what depends on them.")
@click.option("--points", type=click.IntRange(2), metavar="N", help="With --sensitivity: trajectories or points.")
@_shared.as_json
def command(
    *,
    file: str, sets: tuple[str, ...], seed: int | None, brought: tuple[str, ...], variants: tuple[str, ...],
    runs: int | None, workers: int | None, out: str | None, resume: bool, csv: bool, cluster: str | None,
    sensitivity: str | None, measure: str | None, points: int | None, as_json: bool,
) -> int:  # fmt: skip
    """Run every cell of FILE many times: base and variants, times the levels and designs in vary.

    Cells are compared run by run on the same random numbers. --out DIR gets rows.parquet (one row per run and cell),
    summary.json and receipt.json; `sim check DIR` runs a sample of them again.
    """
    _check_options(out, resume, csv, sensitivity, measure, points)
    bring(brought)
    from sim.scenario import load

    with wrong_input():
        scenario = load(file, sets=sets, seed=seed)
    options: dict[str, Any] = {"variant": variants, "runs": runs, "out": out, "csv": csv, "cluster": cluster}
    options |= {"set": sets, "seed": seed, "with": brought}
    if sensitivity is not None:
        assert measure is not None
        with _progress() as tell:
            asked = {"workers": workers, "cluster": cluster, "tell": tell, "set_up": _set_up(brought)}
            return _sensitivity(scenario, sensitivity, measure, points, runs, asked, as_json)
    return _sweep(scenario, options, workers, resume, _set_up(brought), as_json)


def _check_options(
    out: str | None, resume: bool, csv: bool, sensitivity: str | None, measure: str | None, points: int | None
) -> None:
    """Options that need each other."""
    if out is None and (resume or csv):
        raise InputError(f"--{'resume' if resume else 'csv'} needs --out DIR, the folder of the results")
    if sensitivity is None and (measure is not None or points is not None):
        raise InputError("--measure and --points belong to --sensitivity morris, sobol or tornado")
    if sensitivity is not None and (measure is None or out is not None):
        wrong = "has no folder of results; leave --out away" if measure is not None else "needs --measure NAME"
        raise InputError(f"--sensitivity {wrong}")


def _set_up(brought: tuple[str, ...]) -> Any:
    """What other processes do first, so that they have the user's own code as well."""
    return partial(bring_texts, texts(brought)) if brought else None


def _sweep(
    scenario: Scenario, options: dict[str, Any], workers: int | None, resume: bool, set_up: Any, as_json: bool
) -> int:
    from sim.experiments.sweep import sweep
    from sim.views import sweep as view

    out = options["out"]
    again = _command(scenario.file, options)
    if out and resume:
        _tell_what_is_used(out)
    try:
        with _wrong(out, again), _progress() as tell:
            found = sweep(
                scenario, runs=options["runs"], workers=workers, out=out, variants=options["variant"] or None,
                resume=resume, csv=options["csv"], cluster=options["cluster"], command=again, tell=tell, set_up=set_up,
            )  # fmt: skip
    except KeyboardInterrupt:
        click.echo(f"interrupted; {_kept(out, again)}", err=True)
        return 130
    if as_json:
        emit(found.to_json())
    else:
        emit(view.sweep(found.summary, paint()) + (f"\nResults: {out}" if out else ""))
    return found.exit


def _command(file: str, options: dict[str, Any]) -> str:
    """The command that does the same again."""
    words = [_shared.command_line("sweep", file, **{name: one for name, one in options.items() if name != "csv"})]
    return shlex.join([*shlex.split(words[0]), *(["--csv"] if options["csv"] else [])])


@contextmanager
def _wrong(out: str | None, again: str) -> Iterator[None]:
    """What may be wrong with a sweep, told without a traceback."""
    from sim.experiments.folder import FolderError
    from sim.experiments.running import RunningError

    try:
        with wrong_input():
            yield
    except FolderError as error:
        raise InputError(str(error)) from None
    except RunningError as error:
        kept = _kept(out, again) if out else ""
        raise InputError(f"{error}\n{kept[0].upper()}{kept[1:]}" if kept else str(error)) from None


def _kept(out: str | None, again: str) -> str:
    """What is left of a sweep that ended before its end."""
    from sim.experiments.folder import keeps

    if out is None:
        return "nothing is kept without --out DIR"
    if not keeps(Path(out)):
        return f"nothing is kept: there is no journal in {out}"
    return f"what is done is kept; to finish: {again} --resume"


def _tell_what_is_used(out: str) -> None:
    """Rows that no receipt vouches for are not taken up; the journal has them all."""
    from sim.experiments.folder import JOURNAL, RECEIPT, ROWS

    place = Path(out)
    if (place / JOURNAL).exists() and (place / ROWS).exists() and not (place / RECEIPT).exists():
        click.echo(f"{out}: {ROWS} has no {RECEIPT}; the journal is what is used", err=True)


def _sensitivity(
    scenario: Scenario, method: str, measure: str, points: int | None, runs: int | None, asked: dict[str, Any],
    as_json: bool,
) -> int:  # fmt: skip
    from sim import results
    from sim.experiments.sensitivity import sensitivity
    from sim.experiments.sweep import sweep
    from sim.views import sensitivity as view

    with _wrong(None, ""):
        found = sensitivity(
            scenario, method, measure, size=points, runs=runs,
            sweep=lambda made, runs: sweep(made, runs=runs, **asked),
        )  # fmt: skip
    if as_json:
        emit(results.to_json(found))
    else:
        emit(view.table(found, paint(), results.units(scenario).get(measure, "")))
    return results.UNDETERMINED if found.missing else results.MET


# --- progress ---------------------------------------------------------------------------------------------------------


@contextmanager
def _progress() -> Iterator[Any]:
    """A line on standard error with the time left: rewritten on a terminal, elsewhere a new one now and then."""
    err = sys.stderr
    if err is None:
        yield lambda done, total: None
        return
    tty = err.isatty() and os.environ.get("TERM") != "dumb"
    telling = _Telling(tty)
    try:
        yield telling
    finally:
        if tty and telling.said:
            err.write("\r\x1b[K")
            err.flush()


class _Telling:
    """Says how far it is, not too often."""

    def __init__(self, tty: bool) -> None:
        self.tty = tty
        self.said = False
        self._first: tuple[float, int] | None = None
        self._last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = now, done
        if now - self._last < (_OFTEN if self.tty else _SELDOM) or sys.stderr is None:
            return
        self._last, self.said = now, True
        began, before = self._first
        new = done - before
        left = _duration((now - began) * (total - done) / new) + " left" if new else "…"
        text = f"{done:,} of {total:,} runs · {done / max(1, total):.0%} · {left}"
        encoding = getattr(sys.stderr, "encoding", None) or "ascii"
        text = text.encode(encoding, "replace").decode(encoding)
        sys.stderr.write(f"\r\x1b[K{text}" if self.tty else f"{text}\n")
        sys.stderr.flush()


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
