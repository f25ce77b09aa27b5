"""An exploration from beginning to end: which rule of time looks when, and what comes of it.

Three rules, each of whose state spaces contains every run. Under ``time: box`` the zones (``classes.Zones``) look
first, without orders that make no difference and without names that make none (``reduced``): few states, slow ones.
Where they do not come to an end within ``FIRST_LOOK`` states, boxes do: many states, quick ones. What is still open
because no path to a violation could be made to happen is looked for without reductions, and then by the exact rule on
the states from which it can be reached at all (``guided``). Where that cannot be told or takes too long: depth first
(the same states by other paths), and by the exact rule everywhere.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from sim.explore.ages import Learnt
from sim.explore.box import Box
from sim.explore.classes import Classes, Zones
from sim.explore.guided import Chart, Guided
from sim.explore.model import Bounds, Model
from sim.explore.reduced import Reduced
from sim.explore.search import Progress, Search
from sim.explore.symmetry import Unlike
from sim.explore.system import System
from sim.explore.verdicts import Exploration, Judge, collision_probability, verdicts
from sim.tables import Journal

#: states after which the first look is given up
FIRST_LOOK = 20_000
#: the same, where nothing is looked at that makes no difference
REDUCED_LOOK = 40_000
#: states after which a look by the exact rule for one property, where it may be found, is given up
GUIDED_LOOK = 20_000
#: states after which a look for other paths, depth first, is given up
DEEP_LOOK = 5_000
#: states after which the last look, for what is still open, is given up
LAST_LOOK = 20_000

RULES: dict[str, Callable[[System], Any]] = {
    "zones": Zones,
    "chart": Chart,
    "box": lambda system: Box(system, system.bounds.grid or system.model.grid),
    "exact": Classes,
}


def explore(
    model: Model,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
    *,
    order: str = "breadth",
    rule: str = "",
    reduce: bool = True,
    several: bool = False,
    progress: Callable[[Progress], None] | None = None,
    exact_states: bool = False,
    remember: bool = True,
) -> Exploration:
    """Explore ``model`` within ``bounds``.

    ``order`` is ``breadth`` (short counterexamples first) or ``depth``. ``rule`` keeps to one rule of time (``zones``,
    ``box``, ``exact``), without reductions. ``reduce=False`` leaves nothing out. With
    ``several``, each property gets a witness for each different cause. ``exact_states`` compares states themselves and
    not their fingerprints, ``remember=False`` lets
    every handler run anew; both are for tests.
    """
    exploring = _Exploring(model, order, progress, exact_states, remember, several)
    if rule:
        exploring.look(rule, bounds)
    elif bounds.time == "exact":
        exploring.look("exact", bounds)
    else:
        exploring.all_looks(bounds, reduced=reduce and not exact_states and order == "breadth")
    return exploring.result(bounds)


@contextmanager
def _without_gc() -> Iterator[None]:
    """Cyclic garbage is not looked for meanwhile: that takes up to half of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class _Exploring:
    """One exploration: its looks, one after the other, and what they have settled."""

    def __init__(
        self,
        model: Model,
        order: str,
        progress: Callable[[Progress], None] | None,
        exact_states: bool,
        remember: bool,
        several: bool,
    ) -> None:
        self._model, self._order, self._progress = model, order, progress
        self._exact_states, self._remember = exact_states, remember
        self._asked: set[int] = set()
        self._began = time.perf_counter()
        self._main: tuple[str, Search] | None = None
        self._unlike = ""
        self._exactly: dict[str, Guided] = {}
        self.judge = Judge(model, several=several)
        self.search: Search

    def all_looks(self, bounds: Bounds, *, reduced: bool) -> None:
        """Look under one rule after the other, until nothing is left open that another could settle."""
        most = REDUCED_LOOK if reduced else FIRST_LOOK
        self.look("reduced" if reduced else "chart", replace(bounds, states=min(bounds.states, most)))
        first = self.search
        if first.stopped == "states" and bounds.states > most:
            self.look("box", bounds)
        if self.doubtful() and self._order == "breadth":
            self._order = "depth"  # other paths to the same states, some of which may have times
            self.look("zones", replace(bounds, states=min(bounds.states, DEEP_LOOK)))
            self._order = "breadth"
        if self.doubtful() and first.complete:
            if reduced:
                self.look("chart", replace(bounds, states=min(bounds.states, FIRST_LOOK)))
            self._seek(self.search if reduced else first, min(bounds.states, GUIDED_LOOK))
        if self.doubtful() and not self._exactly:
            self.look("exact", replace(bounds, states=min(bounds.states, LAST_LOOK)))

    def _seek(self, charted: Search, most: int) -> None:
        """Look by the exact rule for what is still open, one after the other, where ``charted`` says that it may be."""
        for name in self.doubtful() if charted.complete else ():
            with _without_gc():
                guided = Guided(charted, name, most, judge=self.judge.hear, progress=self._progress)
                self.judge.open_for(guided, name)
                try:
                    guided.seek()
                except Learnt:  # the chart knows every age that is asked for; what it does not know it cannot guide
                    return
                self.judge.close(guided)
            self._exactly[name] = guided
            self.search = guided
            if guided.stopped == "interrupted":
                return

    def look(self, rule: str, bounds: Bounds) -> None:
        """Search under one rule; begun again whenever an age is asked for that was not known (``ages``)."""
        with _without_gc():
            while True:
                try:
                    self._search(rule, bounds)
                    break
                except Learnt:
                    continue
                except Unlike as unlike:
                    self._unlike = str(unlike)
        if self._main is None or not self._main[1].complete:
            self._main = (rule, self.search)
        self.judge.close(self.search)

    def _search(self, rule: str, bounds: Bounds) -> None:
        system = System(self._model, bounds, self._asked, remember=self._remember)
        search = self._made(rule, system)
        self.judge.open_for(search)
        search.judge = self.judge.hear
        if self._order == "breadth":
            search.breadth()
        else:
            search.depth_first()
        self.search = search

    def _made(self, rule: str, system: System) -> Search:
        if rule == "reduced":
            groups = () if self._unlike else system.setting.alike()
            return Reduced(system, Zones(system), groups=groups, progress=self._progress)
        return Search(system, RULES[rule](system), progress=self._progress, exact=self._exact_states)

    def doubtful(self) -> list[str]:
        """Properties with paths to a violation that could not be made to happen, and no better answer."""
        return [] if self.search.stopped == "interrupted" else self.judge.doubtful()

    def result(self, bounds: Bounds) -> Exploration:
        """Everything that was found out."""
        assert self._main is not None
        rule, search = self._main
        looks = [] if self._exact_states else [search, *self._exactly.values()]
        alike = sum(collision_probability(look.states, look.transitions, Journal.BITS) for look in looks)
        return Exploration(
            states=search.states,
            transitions=search.transitions,
            depth=len(search.per_depth) - 1,
            complete=search.complete,
            per_depth=tuple(search.per_depth),
            verdicts=verdicts(self.judge),
            bounds=bounds,
            rule="zones" if rule in ("reduced", "chart") else rule,
            reductions=search.reductions(),
            unlike=self._unlike,
            exactly={name: look.states for name, look in self._exactly.items()},
            collision_probability=min(1.0, alike),
            stopped="interrupted" if self.search.stopped == "interrupted" else search.stopped,
            seconds=time.perf_counter() - self._began,
        )
