"""``sim report``: the results of a sweep as one page of HTML."""

from __future__ import annotations

import sys

import click

from sim.cli import _shared
from sim.cli._terminal import InputError, wrong_input


@click.command(name="report", short_help="Make one HTML page of a results folder.")
@click.argument("results")
@click.option("--out", metavar="FILE", help="The page; without, report.html in RESULTS.")
@click.option("--csv", "as_csv", is_flag=True, help="Write every table of the page beside it, as CSV.")
@click.option("--measure", "names", multiple=True, metavar="NAME", help="Draw this measure (several times: several).")
@click.option("--explore", "explores", is_flag=True, help="Explore cells that are small enough; kept in RESULTS.")
@click.option("--states", type=click.IntRange(min=1), metavar="N", help="With --explore: states of a cell (20,000).")
@click.option("--variant", "variants", multiple=True, metavar="NAME", help="With --explore: only cells of it.")
def command(
    results: str,
    out: str | None,
    as_csv: bool,
    names: tuple[str, ...],
    explores: bool,
    states: int | None,
    variants: tuple[str, ...],
) -> int:
    """Make a page of what `sim sweep --out RESULTS` left: tables, figures, differences, command, receipt.

    The page is one file and asks nothing of any other host. What was explored once is shown from then on.
    """
    from pathlib import Path

    from sim.experiments.exploring import STATES, explore_cells, read_explored
    from sim.experiments.folder import FolderError
    from sim.experiments.sweep import read_results
    from sim.views import report

    target = Path(out) if out is not None else Path(results) / "report.html"
    try:
        found = read_results(results)
        explored = read_explored(Path(results), found.receipt)
        if explores:
            with wrong_input():
                explored = explore_cells(Path(results), states=states or STATES, variants=variants or None, tell=_tell)
        page = report.page(found, explored=explored, names=names)
        tables = report.csv_files(found, explored=explored, names=names) if as_csv else {}
    except (FolderError, ValueError) as error:
        raise InputError(str(error)) from None
    _write(target, page, "page")
    for name, text in tables.items():
        _write(target.with_name(f"{target.stem}-{name}.csv"), text, "table")
    click.echo(f"{target}: {len(page.encode()) / 1000:,.0f} kB; {len(tables)} tables as CSV" if as_csv else str(target))
    return found.exit


def _write(target: object, text: str, what: str) -> None:
    with _shared.output_file(str(target), what) as file:
        assert file is not None
        file.write(text.encode())


def _tell(done: int, total: int) -> None:
    """Progress, on a terminal."""
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r\033[Kexplored {done:,} of {total:,} cells{end}")
        sys.stderr.flush()
