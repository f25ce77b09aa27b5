"""``sim graph``: who trusts whom for what, and what a compromise reaches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from sim.cli import _shared
from sim.cli._brought import bring
from sim.cli._terminal import InputError, emit, paint, wrong_input

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.views.graph import Drawn


@click.command(name="graph", short_help="Who trusts whom, and what a compromise reaches.")
@click.argument("file")
@_shared.overrides()
@click.option(
    "--compromise",
    multiple=True,
    metavar="NODE",
    help="key:hub, orchestrator:hub, mailbox:alice, anyone …; once for each: --compromise key:hub --compromise anyone",
)
@click.option("--protect", multiple=True, metavar="NODE", help="What a cut must cut; by default all that is reached.")
@click.option("--svg", metavar="FILE", help="Write a picture as SVG.")
@click.option("--png", metavar="FILE", help="Write a picture as PNG.")
@click.option("--dot", is_flag=True, help="Print the graph for Graphviz.")
@click.option("--mermaid", is_flag=True, help="Print the graph for Mermaid.")
@_shared.as_json
def command(
    *,
    file: str, sets: tuple[str, ...], variant: str | None, seed: int | None, brought: tuple[str, ...],
    compromise: tuple[str, ...], protect: tuple[str, ...], svg: str | None, png: str | None, dot: bool, mermaid: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Draw who trusts whom for what in FILE, and follow it from what is compromised.

    With --compromise: which accounts, credentials and money are reached, in numbers and along which way, and the
    smallest sets of answers whose change cuts it. What an attestation opens is asked of the policies themselves; who
    has an account where is read from the steps of the story.

    With --json one object: {"scenario", "variant", "compromised", "nodes": [{"node", "kind", "reached", "along"}],
    "edges": [{"from", "to", "why", "answers", "needs", "followed"}], "blast", "cuts"}.
    """
    if protect and not compromise:
        raise InputError("--protect says what a cut must cut; it goes with --compromise NODE")
    if dot + mermaid + as_json > 1:
        raise InputError("--dot, --mermaid and --json are three ways to print it; give one")
    bring(brought)
    from sim.scenario import load
    from sim.views import graph as view
    from sim.views.graph_picture import draw

    with wrong_input():
        scenario = load(file, sets=sets, variant=variant, seed=seed)
    drawn = _drawn(scenario, compromise, protect)
    for path, kind in ((svg, "svg"), (png, "png")):
        if path is not None:
            with _shared.output_file(path, "picture") as out:
                assert out is not None
                draw(drawn, out, kind)
    if as_json:
        emit(json.dumps(view.data(drawn), indent=2, ensure_ascii=False))
    elif dot or mermaid:
        emit(view.dot(drawn) if dot else view.mermaid(drawn))
    else:
        emit(view.text(drawn, paint()))
    return 0


def _drawn(scenario: Scenario, compromise: tuple[str, ...], protect: tuple[str, ...]) -> Drawn:
    from sim.experiments.trust import cuts, reach
    from sim.experiments.trust.graph import edges
    from sim.experiments.trust.worlds import World
    from sim.views.graph import Drawn

    world = World(scenario)
    found = edges(world)
    try:
        start = reach.compromised(world, found, compromise)
        goals = reach.compromised(world, found, protect)
    except LookupError as error:
        raise InputError(str(error.args[0])) from None
    reached = reach.follow(found, start)
    cut = cuts.cuts(world, start, goals) if start else None
    blast = reach.blast(world, reached)
    return Drawn(scenario.file, scenario.variant, tuple(found), tuple(start), reached, blast, cut)
