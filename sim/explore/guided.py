"""The exact rule, looking only where the zones say that something is to be found.

After a complete search by zones (``classes.Zones``) it is known from which of their states one can get to a transition
on which a property spoke, and in how many steps at least (``Chart``). Whatever happens under the exact rule happens
there too:

* Both rules make what follows by the same functions of (tables, what is pending, times), and these are monotone: of
  more times, no less follows. A state of the zones keeps a hull of all times that it was reached with, and when the
  search is complete every hull contains what its predecessors' hulls lead to. So, by induction along a path of exact
  classes, each class lies in the hull of the state with the same tables and the same things pending, and the next
  reaction is one of that state's transitions. (Equal things pending twice may stand in another order; of two that
  have equal times one is tried, the one that leaves the other no less time.)
* Hence a class whose state is not on the chart of a property leads to no transition on which it speaks. It is left out.
* A class that lies in another one of the same tables and things is left out as well. The larger one can do all that it
  can, and every sequence of reactions from a class can happen, along the path that led to *that* class.

So what is found has times, and where nothing is found nothing can be: the property holds. What is nearest to what is
looked for comes first. Orders that make no difference are many, and looked at one after the other an exact search
would be in the midst of them when its states are used up; what is left out of a path afterwards (``times.arrange``)
makes up for its length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from operator import ge
from typing import Any

from sim.explore.classes import Class, Zones
from sim.explore.memo import Effect
from sim.explore.search import Found, Progress, Search
from sim.explore.things import Start

Ahead = tuple[int, int, int, int, Class]
"""A state to be expanded: steps from it to what is looked for, and to it; its number, its name, its class."""


class Chart(Zones):
    """The rule of zones, which writes down what leads to what. States are named by their fingerprints."""

    def __init__(self, system: Any) -> None:
        super().__init__(system)
        self._before: dict[int, list[int]] = {}
        self._spoke: dict[str, set[int]] = {}

    def successors(self, mark: int, pending: Class) -> Iterator[tuple[int, Effect, Class, int]]:
        """See ``Classes``."""
        for then, effect, waiting, out in super().successors(mark, pending):
            self._before.setdefault(then, []).append(mark)
            for name, _ in effect.found:
                self._spoke.setdefault(name, set()).add(mark)
            yield then, effect, waiting, out

    def steps_to(self, name: str) -> dict[int, int]:
        """From each state from which ``name`` can speak: how many steps before the last one it takes at least."""
        level = list(self._spoke.get(name, ()))
        left = dict.fromkeys(level, 0)
        while level:
            further = []
            for mark in level:
                for before in self._before.get(mark, ()):
                    if before not in left:
                        left[before] = left[mark] + 1
                        further.append(before)
            level = further
        return left


class Guided(Search):
    """Exact classes on the chart of one property, those first from which it is nearest.

    ``charted`` is a complete search under a ``Chart``; its tables and reactions are used again.
    """

    ARRANGES = (True, False)

    def __init__(
        self,
        charted: Search,
        name: str,
        most: int,
        *,
        judge: Callable[[Found], bool] = lambda found: False,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        if not (isinstance(charted.rule, Chart) and charted.complete):
            raise ValueError("only a complete search under a chart can guide another")
        charted.go(0)
        super().__init__(charted.system, Zones(charted.system), judge=judge, progress=progress)
        self.rule.weights = charted.rule.weights  # states are named as they are on the chart
        self._left = charted.rule.steps_to(name)
        self._name, self._most = name, most
        self._classes: dict[int, list[tuple[int, Class]]] = {}
        self._inside: set[int] = set()
        """States that lie in others, found later."""
        self._waiting: list[Ahead] = []

    def seek(self) -> None:
        """Look for all there is on the chart, the nearest first."""
        try:
            for effect in self.system.effects(self.system.thing(Start)):
                pending = self.rule.first(effect)
                self._meet(0, effect.delta + self.rule.weigh(pending), effect, pending, 0)
            while self._waiting and not self.stopped:
                _, depth, node, mark, pending = heappop(self._waiting)
                if node not in self._inside:
                    self._expand(node, mark, pending, depth + 1)
            self.complete = not self.stopped
        except KeyboardInterrupt:
            self.stopped = "interrupted"
        self.go(0)

    def _expand(self, node: int, mark: int, pending: Class, depth: int) -> None:
        """Everything one step further than state ``node``."""
        self.go(node)
        for then, effect, waiting, _ in self.rule.successors(mark, pending):
            self.transitions += 1
            self._meet(node, then, effect, waiting, depth)
            if self.stopped:
                return
        if not node & 255 and self._progress is not None:
            self._tell(self.transitions, len(self._waiting), depth)

    def _meet(self, node: int, mark: int, effect: Effect, pending: Class, depth: int) -> None:
        """Where ``effect`` leads from state ``node``: heard, and kept if it is new and on the chart."""
        if any(name == self._name for name, _ in effect.found) and self._speak(effect, node, depth):
            self.stopped = "settled"
            return
        left = self._left.get(mark)
        if left is None:
            return
        known = self._classes.setdefault(mark, [])
        if any(contains(other, pending) for _, other in known):
            return
        if self.states >= self._most:
            self.stopped = "states"
            return
        number = self._keep(node, effect, None)
        self._inside.update(other for other, one in known if contains(pending, one))
        known[:] = [one for one in known if one[0] not in self._inside]
        known.append((number, pending))
        heappush(self._waiting, (left, depth, number, mark, pending))


def contains(outer: Class, inner: Class) -> bool:
    """Whether all times of ``inner`` are times of ``outer``; both have the same things pending."""
    return (
        all(map(ge, outer.soon, inner.soon))
        and all(map(ge, outer.late, inner.late))
        and all(all(map(ge, a, b)) for a, b in zip(outer.rows, inner.rows, strict=True))
    )
