"""An exploration from beginning to end: the box rule first, the exact rule where the box leaves something open."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from sim.explore.ages import Learnt
from sim.explore.box import Box
from sim.explore.classes import Classes
from sim.explore.model import Bounds, Model
from sim.explore.search import Progress, Search
from sim.explore.system import System
from sim.explore.verdicts import Exploration, Judge, collision_probability, verdicts
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
    if second_look and bounds.time == "box" and search.complete and any(judge.tried.get(name) for name in judge.open):
        finer = Bounds(**{name: getattr(bounds, name) for name in bounds.__struct_fields__} | {"time": "exact"})
        again, closer = _search(model, finer, asked, order, progress, exact_states, remember)
        better = {verdict.property: verdict for verdict in verdicts(again, closer, again.complete)}
        made = tuple(better[old.property] if old.verdict == "undetermined" else old for old in made)
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


def _search(
    model: Model,
    bounds: Bounds,
    asked: set[int],
    order: str,
    progress: Callable[[Progress], None] | None,
    exact_states: bool,
    remember: bool,
) -> tuple[Search, Judge]:
    """One search; begun again whenever an age is asked for that was not known (``ages``)."""
    was = gc.isenabled()
    gc.disable()
    try:
        while True:
            try:
                system = System(model, bounds, asked, remember=remember)
                rule = Classes(system) if bounds.time == "exact" else Box(system, bounds.grid or model.grid)
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
