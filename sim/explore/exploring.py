"""An exploration from beginning to end: the box rule first, the exact rule where the box leaves something open."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

from sim.explore.ages import Learnt
from sim.explore.box import Box
from sim.explore.classes import Classes, Zones
from sim.explore.model import Bounds, Model
from sim.explore.search import Progress, Search
from sim.explore.system import System
from sim.explore.verdicts import Exploration, Judge, Verdict, collision_probability, verdicts
from sim.tables import Journal


def explore(
    model: Model,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
    *,
    order: str = "breadth",
    progress: Callable[[Progress], None] | None = None,
    exact_states: bool = False,
    remember: bool = True,
    second_look: bool = True,
) -> Exploration:
    """Explore ``model`` within ``bounds``.

    ``order`` is ``breadth`` (shortest counterexamples) or ``depth``. ``exact_states`` compares states themselves and not
    their fingerprints, ``remember=False`` lets every handler run anew (both for tests). With ``second_look``, what the
    box rule leaves open is tried again under the exact rule.
    """
    began = time.perf_counter()
    asked: set[int] = set()
    search, judge = _search(model, bounds, asked, order, progress, exact_states, remember)
    complete = search.complete or search.stopped == "settled"
    made = verdicts(search, judge, complete)
    if second_look and bounds.time == "box":
        for rule in (_zones, Classes):
            if any(judge.tried.get(verdict.property) for verdict in made if verdict.verdict == "undetermined"):
                made = _closer(made, *_search(model, bounds, asked, order, progress, exact_states, remember, rule))
    return Exploration(
        states=search.states,
        transitions=search.transitions,
        depth=len(search.per_depth) - 1,
        complete=search.complete,
        per_depth=tuple(search.per_depth),
        verdicts=made,
        bounds=bounds,
        collision_probability=0.0
        if exact_states
        else collision_probability(search.states, search.transitions, Journal.BITS),
        stopped=search.stopped,
        seconds=time.perf_counter() - began,
    )


def _closer(made: tuple[Verdict, ...], search: Search, judge: Judge) -> tuple[Verdict, ...]:
    """The verdicts, where a closer look at time has settled what was open."""
    better = {verdict.property: verdict for verdict in verdicts(search, judge, search.complete)}
    return tuple([better[old.property] if old.verdict == "undetermined" else old for old in made])


def _search(
    model: Model,
    bounds: Bounds,
    asked: set[int],
    order: str,
    progress: Callable[[Progress], None] | None,
    exact_states: bool,
    remember: bool,
    time_rule: Callable[[System], Any] | None = None,
) -> tuple[Search, Judge]:
    """One search; begun again whenever an age is asked for that was not known (``ages``)."""
    was = gc.isenabled()
    gc.disable()
    try:
        while True:
            try:
                system = System(model, bounds, asked, remember=remember)
                rule = time_rule(system) if time_rule is not None else _rule(system)
                search = Search(system, rule, progress=progress, exact=exact_states)
                judge = Judge(model, tuple(system.properties.values()), search.path)
                search.judge = judge.hear
                search.breadth() if order == "breadth" else search.depth_first()
                return search, judge
            except Learnt:
                continue
    finally:
        if was:
            gc.enable()


def _rule(system: System) -> Any:
    """The rule of time that the bounds ask for."""
    if system.bounds.time == "exact":
        return Classes(system)
    return Box(system, system.bounds.grid or system.model.grid)


def _zones(system: System) -> Zones:
    """The close rule, with the differences of messages on their way."""
    return Zones(system, 2 * system.model.grid)
