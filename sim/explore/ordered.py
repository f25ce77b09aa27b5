"""A path through the state space, given by the labels of its events.

At each state the successor is taken whose label is the next one, under the exact rule of time, so that a path is one
that can happen. Where several bear the same label each is tried, the first that leads on first. Deadlines of properties
are part of the path only where the order names them; a run sets and judges the others by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from msgspec import structs

from sim import properties
from sim.explore.ages import Learnt
from sim.explore.classes import Classes
from sim.explore.labels import KINDS, age, event_label, fits
from sim.explore.memo import Effect
from sim.explore.model import Bounds, Model
from sim.explore.replay import Replay
from sim.explore.scenario import CastSetting, bounds, model
from sim.explore.system import System
from sim.explore.things import Start
from sim.explore.times import solve
from sim.knowledge import Underivable
from sim.property import Property
from sim.scenario.errors import Problem, ScenarioError

#: states looked at before an order is given up as ambiguous
MOST = 20_000
#: ways of following an order that are replayed in search of one that shows what is expected
TRIED = 20
#: labels named in an error
SHOWN = 12

Path = tuple[list[Effect], list[int]]
"""The events of a path, the start first, and their times, microseconds."""


def follow(scenario: Any) -> Path:
    """The path that ``scenario.order`` names; ``ScenarioError`` with the place of the first label that cannot be next.

    Of several ways, the first whose run violates what the scenario expects to be violated.
    """
    order = tuple(scenario.order)
    _refuse_words(scenario, order)
    made = model_with(scenario, lambda: _judges(scenario, order))
    asked = {found for one in order if (found := age(one)) is not None}
    wanted = {name for name, answer in scenario.expect.items() if answer.is_ == "violated"} & set(properties.names())
    while True:
        walk = Walk(made, bounds(scenario), order, asked)
        try:
            paths = list(islice(walk.paths(), TRIED))
        except Learnt:
            continue
        if not paths:
            raise _refusal(scenario, walk)
        return _best(scenario, paths, wanted)


def _best(scenario: Any, paths: list[Path], wanted: set[str]) -> Path:
    """The first of ``paths`` whose run violates what is ``wanted``, or else the first that has a run."""
    runs: list[Path] = []
    for path in paths:
        try:
            replayed = Replay(model(scenario), *path).run()
        except Underivable:  # what is shown again on the path is not what that run has: not the same run
            continue
        if wanted <= replayed.violations.keys():
            return path
        runs.append(path)
    if not runs:
        last = len(scenario.order) - 1
        raise _error(scenario, last, "every event is possible, but no run has what the adversary shows again in it")
    return runs[0]


def model_with(scenario: Any, watching: Any) -> Model:
    """``scenario`` as a model in which only ``watching()`` looks on."""
    return structs.replace(model(scenario), setting=lambda make: CastSetting(scenario, make, watching()))


def _judges(scenario: Any, order: tuple[str, ...]) -> list[Property]:
    """The properties whose deadlines are in the order."""
    named = {one.split(":")[1] for one in order if one.startswith("deadline:")}
    return [judge(scenario, name) for name in properties.names() if name in named]


def judge(scenario: Any, name: str) -> Property:
    """One property, new and empty, with the deadline that the scenario expects."""
    answer = scenario.expect.get(name)
    return properties.load(name)(name, None if answer is None else answer.within)


class Walk:
    """All ways through the state space that a list of labels names, and how far it could be followed."""

    def __init__(self, made: Model, within: Bounds, order: tuple[str, ...], asked: set[int]) -> None:
        self._system = System(made, within, asked)
        self._rule = Classes(self._system)
        self._order, self._until = order, made.until
        self.reached = 0
        """Labels that could be followed."""
        self.possible: list[str] = []
        """Labels of what is possible there."""
        self.untimed = False
        """Whether the order was followed to its end, and no times were found for it."""
        self._left = MOST

    def paths(self) -> Iterator[Path]:
        """The paths with their times; each is taken to its end before the next is looked for."""
        self._order, given = self._order, self._order
        for start in self._system.effects(self._system.thing(Start)):
            order = given
            if given and given[0].startswith("start:"):
                if not fits(given[0], start):
                    self._note(0, [event_label(start)])
                    continue
                order = given[1:]
            yield from self._from(start, order, len(given) - len(order))

    def _from(self, start: Effect, order: tuple[str, ...], skipped: int) -> Iterator[Path]:
        path, ways = [start], [self._ways(self._rule.first(start), order, 0, skipped, start)]
        while ways:
            step = next(ways[-1], None)
            if step is None:
                ways.pop()
                path.pop().revert()
                continue
            effect, then = step
            at = len(ways)
            path.append(effect)
            if at == len(order):
                times = solve(path, self._until)
                self.untimed = self.untimed or times is None
                if times is not None:
                    yield list(path), times
                path.pop()
            else:
                ways.append(self._ways(then, order, at, skipped, effect))

    def _ways(
        self, pending: Any, order: tuple[str, ...], at: int, skipped: int, entered: Effect
    ) -> Iterator[tuple[Effect, Any]]:
        """Where the label at ``at`` leads from the state after ``entered``, whose tables are put in force here."""
        entered.apply()
        self._left -= 1
        if not order or self._left < 0:
            return
        possible, fitting = [], []
        for _, effect, then, _ in self._rule.successors(0, pending):
            possible.append(event_label(effect))
            if fits(order[at], effect):
                fitting.append((effect, then))
        self._note(at + skipped, possible, followed=bool(fitting))
        yield from fitting

    def _note(self, at: int, possible: list[str], *, followed: bool = False) -> None:
        """Remember the furthest place at which the order could not be followed, and what was possible there."""
        if followed or at < self.reached:
            return
        if at > self.reached:
            self.reached, self.possible = at, []
        self.possible = sorted({*self.possible, *possible})


# --- refusals ---------------------------------------------------------------------------------------------------------


def _refuse_words(scenario: Any, order: tuple[str, ...]) -> None:
    """Refuse what is no label at all, or names a step or a property that does not exist."""
    steps = [step.id for step in scenario.story]
    for at, expected in enumerate(order):
        kind, _, rest = expected.partition(":")
        named, colon, _ = rest.partition(":")
        if kind not in KINDS or not colon:
            raise _error(scenario, at, f"{expected!r} is no label kind:message:cause; kinds are {', '.join(KINDS)}")
        if kind == "command" and named not in steps and not named.startswith(("replay ", "read ", "inject ")):
            raise _error(scenario, at, f"{expected!r}: there is no step {named!r}; possible: {', '.join(steps)}")
        if kind == "deadline" and named not in properties.names():
            raise _error(scenario, at, f"{expected!r}: there is no property {named!r}")


def _refusal(scenario: Any, walk: Walk) -> ScenarioError:
    """What is said of an order that cannot be followed."""
    order = scenario.order
    if walk.untimed:
        return _error(scenario, len(order) - 1, "every event is possible, but no times exist for the whole order")
    at = min(walk.reached, len(order) - 1)
    shown = ", ".join(walk.possible[:SHOWN]) or "nothing: the story ends here"
    more = f" and {len(walk.possible) - SHOWN} more" if len(walk.possible) > SHOWN else ""
    said = f"event {at + 1} of {len(order)} is to be {order[at]!r}, which is not possible there"
    return _error(scenario, at, f"{said}; possible: {shown}{more}")


def _error(scenario: Any, at: int, message: str) -> ScenarioError:
    node = scenario.source.tree.at("order", at)
    return ScenarioError([Problem(node.file, node.line, node.column, f"order.{at + 1}", message)])
