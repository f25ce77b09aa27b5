"""The exact rule on the chart of the zones: it finds what the exact rule finds everywhere, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from itertools import chain
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import structs

from sim.explore.ages import Learnt
from sim.explore.classes import Classes, Zones
from sim.explore.exploring import explore
from sim.explore.guided import Chart, Guided
from sim.explore.memo import Effect
from sim.explore.model import Bounds, Model
from sim.explore.scenario import bounds, model
from sim.explore.search import Found, Search
from sim.explore.system import System
from sim.explore.things import Start
from sim.explore.times import solve
from sim.explore.verdicts import Judge
from sim.scenario import load_text
from tests.explore.models import nets
from tests.explore.models.stories import story

STATES = 3_000
#: made-up stories whose whole state space is small
STORIES = (4, 12, 16)
#: races whose hulls show what no times allow
UNREAL = (57, 77, 226, 282, 449, 515)


def _searched(made: Model, within: Bounds, rule: Callable[[System], object]) -> tuple[Search, set[str]]:
    """A search to its end under ``rule``, and the names of the properties that spoke."""
    asked: set[int] = set()
    while True:
        found: list[Found] = []
        system = System(made, within, asked)
        search = Search(system, rule(system), judge=_noting(found))
        try:
            search.breadth()
        except Learnt:
            continue
        return search, {one.property for one in found}


def _noting(found: list[Found]) -> Callable[[Found], bool]:
    """A judge who writes down what properties say, and never has enough."""

    def judge(one: Found) -> bool:
        found.append(one)
        return False

    return judge


def _guided(charted: Search, name: str, most: int) -> tuple[Guided, list[Found]]:
    """A look for one property on its chart, over when it is found."""
    found: list[Found] = []
    guided = Guided(charted, name, most, judge=lambda one: _noting(found)(one) or True)
    guided.seek()
    return guided, found


def _compared(made: Model, within: Bounds) -> tuple[int, int]:
    """How many properties were found on a chart, and how many were not because no times let them."""
    charted, suspected = _searched(made, within, Chart)
    exact, real = _searched(made, within, Classes)
    if not (charted.complete and exact.complete):
        return 0, 0
    assert real <= suspected
    for name in sorted(suspected):
        guided, found = _guided(charted, name, 10 * STATES)
        assert guided.stopped == ("settled" if name in real else ""), name
        assert guided.complete == (name not in real)
        assert guided.states <= exact.states + 1
        if found:
            path = [*guided.path(found[0].parent), found[0].effect]
            assert solve(path, made.until) is not None
    return len(real), len(suspected - real)


def _race(seed: int) -> Model:
    """Timers of two parties, set in one of two ways and forgotten which: hulls hold times that neither way has."""
    rng = random.Random(seed)

    def timers() -> tuple[nets.Op, ...]:
        lows = [rng.randrange(1, 9) for _ in nets.WAKES]
        return tuple(
            ("wake", name, low, low + rng.choice((0, 0, 1))) for name, low in zip(nets.WAKES, lows, strict=True)
        )

    def rings() -> tuple[nets.Op, ...]:
        told = ("note", rng.randrange(1, 4), "a")
        return rng.choice(((told,), (("inc", "a"), told), (("if", "a", rng.randrange(2), (told,), (("inc", "a"),)),)))

    def acts() -> dict[str, tuple[nets.Op, ...]]:
        begins = {"start": (("choose", timers(), timers()),)}
        return begins | {f"wake {name}": rings() for name in nets.WAKES} | {f"hear {kind}": () for kind in nets.KINDS}

    return nets.model(nets.Net({"p": acts(), "q": acts()}, (0, 1), 20, 3))


def _all(models: Iterable[Model]) -> tuple[int, int]:
    """``_compared`` of each, added up."""
    counts = [_compared(made, Bounds(states=STATES)) for made in models]
    return sum(real for real, _ in counts), sum(unreal for _, unreal in counts)


def test_it_finds_what_the_exact_rule_finds() -> None:
    real, unreal = _all(map(_race, chain(range(30), UNREAL)))
    assert real > 50
    assert unreal >= len(UNREAL)
    assert _all(nets.model(nets.net(2_000 + seed, 2)) for seed in range(15))[0] > 10


@pytest.mark.parametrize("seed", STORIES)
def test_it_finds_the_same_in_made_up_stories(seed: int) -> None:
    scenario = load_text(story(seed))
    assert _compared(model(scenario), structs.replace(bounds(scenario), states=20_000))[0] > 0


@pytest.mark.slow
def test_it_finds_what_the_exact_rule_finds_in_many() -> None:
    assert _all(map(_race, range(1_000, 2_000)))[1] > 5
    assert _all(nets.model(nets.net(3_000 + seed, 3)) for seed in range(40))[0] > 40


@pytest.mark.parametrize("seed", UNREAL[:4])
def test_what_no_times_allow_holds(seed: int) -> None:
    """The hulls have paths to it, none of which can happen; a complete look by the exact rule says so."""
    explored, exact = explore(_race(seed)), explore(_race(seed), rule="exact")
    words = {one.property: one.verdict for one in explored.verdicts}
    assert words == {one.property: one.verdict for one in exact.verdicts}
    assert {words[name] for name in explored.exactly} & {"holds", "not_reached"}


def test_a_look_that_was_given_up_says_nothing() -> None:
    charted, suspected = _searched(_race(UNREAL[0]), Bounds(), Chart)
    real = _searched(_race(UNREAL[0]), Bounds(), Classes)[1]
    (unreal,) = suspected - real
    guided, found = _guided(charted, unreal, 2)
    assert (guided.complete, guided.stopped, found) == (False, "states", [])


def test_only_a_complete_chart_guides() -> None:
    for rule, states in ((Chart, 3), (Zones, STATES)):
        search, _ = _searched(_race(0), Bounds(states=states), rule)
        with pytest.raises(ValueError, match="complete search under a chart"):
            Guided(search, "small", STATES)


def test_a_look_that_hears_nothing_and_does_not_end_settles_no_suspicion(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one look suspected is looked for by the next ones, whatever came in between."""
    monkeypatch.setattr("sim.explore.verdicts.earned", lambda *given: None)
    prop = SimpleNamespace(name="fair", KIND="always", reads={})
    search: Any = SimpleNamespace(
        system=SimpleNamespace(properties={"fair": prop}, kinds=set()), path=lambda node: [], ARRANGES=(False,),
        complete=False,
    )  # fmt: skip
    judge = Judge(Model(lambda make: None))  # type: ignore[arg-type, return-value]
    judge.open_for(search)
    judge.hear(Found("fair", "it is not", 0, Effect(Start()), 1))
    judge.close(search)
    assert judge.doubtful() == ["fair"]
    judge.open_for(search)
    judge.close(search)
    assert judge.doubtful() == ["fair"]
    search.complete = True
    judge.open_for(search)
    judge.close(search)
    assert judge.doubtful() == []
    assert judge.holding == {"fair"}
