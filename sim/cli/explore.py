"""``sim explore``: can it happen at all? Every order, within bounds."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import click

from sim.cli import _shared
from sim.cli._brought import bring
from sim.cli._terminal import InputError, emit, paint, wrong_input

if TYPE_CHECKING:
    from sim.explore.model import Bounds
    from sim.explore.search import Progress

#: random walks, where no number is given
WALKS = 1_000


@click.command(name="explore", short_help="Try every order: a proof within bounds, or an attack.")
@click.argument("file")
@_shared.overrides()
@_shared.as_json
@click.option("--states", type=int, metavar="N", help="Stop after N states.")
@click.option("--depth", type=int, metavar="N", help="Look no deeper than N steps.")
@click.option("--adversary-sends", type=int, metavar="N", help="What an adversary may do on its own, on one path.")
@click.option(
    "--adversary-acts",
    type=click.Choice(["any_time", "at_rest"]),
    help="When it may: always, or with no message on its way.",
)
@click.option("--losses", type=int, metavar="N", help="Messages that may be lost on one path.")
@click.option("--duplicates", type=int, metavar="N", help="Messages that may arrive twice on one path.")
@click.option("--waits-at-most", metavar="DURATION", help="Cut reactions that have no upper end.")
@click.option("--exact-time", is_flag=True, help="Keep exact time (state classes) instead of rounded windows.")
@click.option("--grid", metavar="DURATION", help="What windows are rounded to.")
@click.option(
    "--mode",
    type=click.Choice(["breadth", "depth", "walk"]),
    default="breadth",
    help="Which states come first, or random walks.",
)
@click.option("--walks", type=click.IntRange(1), metavar="N", help="With --mode walk: how many; 1,000 unless said.")
@click.option("--all", "several", is_flag=True, help="Several different counterexamples of each property, by cause.")
@click.option("--no-reduction", is_flag=True, help="Leave out nothing: also orders and names that make no difference.")
@click.option("--property", "only", multiple=True, metavar="NAME", help="Look for this property only.")
@click.option("--save", metavar="FILE", help="Write what was found as a story of its own, as small as can be.")
@click.option("--per-depth", is_flag=True, help="Print how many states there are at each depth.")
@click.option("-q", "--quiet", is_flag=True, help="Print only what was not met, and the last line.")
def command(
    *,
    file: str, sets: tuple[str, ...], variant: str | None, seed: int | None, brought: tuple[str, ...],
    as_json: bool, only: tuple[str, ...], save: str | None, per_depth: bool, quiet: bool, mode: str, no_reduction: bool,
    several: bool, walks: int | None,
    **limits: Any,
) -> int:  # fmt: skip
    """Try every order of what may happen in FILE, within bounds.

    A property that was never violated in a complete exploration *holds*, within the bounds printed beside it. One that
    was violated comes with a path, and with a run along that path which showed the same. A limit that was reached
    leaves what was not found *undetermined*, exit code 3.

    --mode walk takes random ways instead, for stories that are too large: what they violate is as good as what a
    search finds, and they never show that something holds.

    --save writes the first violation, or that of --property, as a scenario without what has no part in it, and with
    the order of events: sim run shows it again.
    """
    bring(brought)
    from sim.explore.scenario import explore_scenario
    from sim.results import to_json
    from sim.scenario import load
    from sim.views import exploration as view

    _refuse(file, mode, walks, several)
    with wrong_input():
        scenario = load(file, sets=sets, variant=variant, seed=seed)
        within = _bounds(scenario, limits)
        _known(only, scenario.measures)
        explored = explore_scenario(
            scenario, within=within, only=only, order=mode, reduce=not no_reduction, several=several,
            walks=(walks or WALKS) if mode == "walk" else 0,
            progress=_progress("walks" if mode == "walk" else "states"),
        )  # fmt: skip
    again = _shared.command_line("explore", file, set=sets, variant=variant, seed=seed, **{"with": brought})
    result = view.judged(scenario, explored, again)
    if as_json:
        emit(to_json(result))
    else:
        emit(view.text(scenario, explored, result, paint(), only=only, per_depth=per_depth, quiet=quiet))
    if save is not None:
        with wrong_input():
            _save(save, scenario, explored, within, only[0] if only else "", "depth" if mode == "depth" else "breadth")
    return result.exit


def _refuse(file: str, mode: str, walks: int | None, several: bool) -> None:
    """Refuse what cannot be explored, and options that do not go together."""
    if _shared.is_trace(file):
        raise InputError(f"{file} is a trace, one run that happened; give explore the scenario (sim run shows a trace)")
    if mode != "walk" and walks is not None:
        raise InputError("--walks goes with --mode walk")
    if mode == "walk" and several:
        raise InputError("--all looks in every order; it does not go with --mode walk")


def _save(path: str, scenario: Any, explored: Any, within: Bounds, name: str, mode: str) -> None:
    """Write what was found to ``path``; what is told of it goes to standard error."""
    from sim.explore.finding import finding, worth_saving

    found = worth_saving(explored, name)
    if not found:
        click.echo(f"{path}: not written: {name or 'no property'} was {'not ' if name else ''}violated", err=True)
        return
    made = finding(scenario, found, within, order=mode)
    with _shared.output_file(path, "finding") as file:
        assert file is not None
        file.write(made.text.encode())
    gone = f"; left out: {', '.join(made.left_out)}" if made.left_out else ""
    click.echo(f"{path}: {found} is {made.verdict} in {made.events} events{gone}", err=True)


def _bounds(scenario: Any, limits: dict[str, Any]) -> Bounds:
    """The bounds of the file, with those of the command line in their place."""
    from msgspec.structs import replace

    from sim.clock import parse_time
    from sim.explore.scenario import bounds

    asked = {name: value for name, value in limits.items() if value is not None and name != "exact_time"}
    if limits["exact_time"]:
        asked["time"] = "exact"
    for name in ("waits_at_most", "grid"):
        try:
            if name in asked:
                asked[name] = parse_time(asked[name])
        except ValueError as error:
            raise InputError(f"--{name.replace('_', '-')} {asked[name]}: {error}") from None
    try:
        return replace(bounds(scenario), **asked)
    except ValueError as error:
        raise InputError(str(error).replace("explore.", "--").replace("_", "-")) from None


def _known(names: tuple[str, ...], own: Collection[str]) -> None:
    """Refuse a property that does not exist, with the nearest that does; a measure is told apart."""
    import difflib

    from sim import measures, properties

    possible = properties.names()
    for name in names:
        if name in own or name in measures.all_names():
            where = "sim run and sim compare show it, sim sweep its mean, sim harden --property NAME=0 asks for it"
            raise InputError(f"--property {name}: this is a measure, a number that only runs have; {where}")
        if name not in possible:
            near = difflib.get_close_matches(name, possible, 1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise InputError(f"--property {name}: there is no such property; {hint}possible: {', '.join(possible)}")


def _progress(what: str) -> Any:
    """What is told on a terminal while it works; ``what`` is counted."""
    if not sys.stderr.isatty():
        return None

    def tell(at: Progress) -> None:
        sys.stderr.write(
            f"\r\033[K{at.states:,} {what} · {at.rate:,.0f}/s · frontier {at.frontier:,} · depth {at.depth}"
            f" · {at.memory:,.0f} MB"
        )
        sys.stderr.flush()

    return tell
