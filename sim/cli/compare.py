"""``sim compare``: the base of a file and all its variants, side by side on the same random numbers."""

from __future__ import annotations

import click

from sim.cli import _shared
from sim.cli._brought import bring
from sim.cli._terminal import emit, paint, wrong_input


@click.command(name="compare", short_help="Run base and variants side by side.")
@click.argument("file")
@_shared.overrides(variant=False)
@_shared.as_json
def command(file: str, sets: tuple[str, ...], seed: int | None, brought: tuple[str, ...], as_json: bool) -> int:
    """Run the base of FILE and each of its variants once, on the same random numbers, and compare.

    The exit code is that of the worst: an expectation not met (1) before one undetermined (3) before all met (0).
    With --json it is a list of the objects of `sim run --json`, the base first.
    """
    bring(brought)
    from sim import results
    from sim.scenario import load
    from sim.views import tables

    with wrong_input():
        base = load(file, sets=sets, seed=seed)
        scenarios = [base, *(load(file, sets=sets, seed=seed, variant=name) for name in base.variants)]
    found = []
    for scenario in scenarios:
        again = _shared.command_line("run", file, set=sets, variant=scenario.variant, seed=seed, **{"with": brought})
        found.append(results.result(_shared.run_for_digest(scenario), command=again))
    if as_json:
        emit(results.to_json(found))
    else:
        emit(f"{base.title}\n\n" + tables.compare(found, paint(), results.units(base)))
    return results.worst(one.exit for one in found)
