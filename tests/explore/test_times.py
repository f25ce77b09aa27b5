"""Time: the exact rule against all orders that have times, and the coarser rules against the exact one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import Uniform
from sim.explore.box import Box
from sim.explore.classes import Class, Classes, Zones, _repeats
from sim.explore.memo import Effect
from sim.explore.model import Bounds, Model, Setting
from sim.explore.system import System
from sim.explore.things import Start, Thing
from sim.explore.times import _rested, solve, tokens
from sim.knowledge import Knowledge
from sim.party import Party, Turn
from sim.truth import Truth
from sim.world import MakeTable, World

Net = Mapping[str, tuple[tuple[str, int, int], ...]]
"""By thing: what it sets off when it happens, with windows; a window from 0 to -1 takes the thing back."""

NAMES = "abcd"


class Clock(Party):
    """Does nothing but set off what its net says."""

    WAKES: ClassVar[Mapping[str, str]] = dict.fromkeys(NAMES, "ring")

    def start(self, turn: Turn) -> None:
        self.ring(turn, "start")

    def ring(self, turn: Turn, what: str) -> None:
        for name, low, high in self.config[what]:
            if high < 0:
                turn.cancel(f"{name} {name}")
            else:
                turn.wake(f"{name} {name}", Uniform(low, high))


def _model(net: Net) -> Model:
    def setting(make: MakeTable) -> Setting:
        knowledge = Knowledge(frozenset(), lambda name: name, everyone=False)
        return Setting(World({"clock": Clock("clock", net)}, Truth(lambda a: "", lambda n: False), knowledge, (), make))

    return Model(setting)


def _orders(system: System, rule: Any, longest: int) -> set[str]:
    """All sequences of names that ``rule`` lets happen."""
    found: set[str] = set()
    (start,) = system.effects(system.thing(Start))

    def follow(said: str, pending: Any) -> None:
        found.add(said)
        if len(said) < longest:
            ahead = [(effect, rule.after(low, out, effect)) for _, effect, low, out in rule.successors(0, pending)]
            for effect, then in ahead:
                follow(said + effect.thing.words()[-1], then)

    follow("", rule.first(start))
    return found


def _possible(system: System, longest: int) -> set[str]:
    """All sequences that have times, found by trying every one."""
    (start,) = system.effects(system.thing(Start))

    def follow(said: str, path: list[Effect], waiting: dict[str, Any]) -> Iterator[str]:
        yield said
        if len(said) == longest:
            return
        for name, thing in waiting.items():
            (effect,) = system.effects(thing)
            longer = [*path, effect]
            if _has_times(longer):
                left = {other: it for other, it in waiting.items() if other != name}
                yield from follow(said + name, longer, _set(left, effect))

    return set(follow("", [start], _set({}, start)))


def _has_times(path: list[Effect]) -> bool:
    return solve(path, 1 << 40) is not None


def _set(waiting: dict[str, Any], effect: Effect) -> dict[str, Any]:
    now = dict(waiting)
    for slot, thing, _, _, _ in effect.sets:
        name = slot[2][0]
        now.pop(name, None)
        if thing is not None:
            now[name] = thing
    return now


windows = st.tuples(st.integers(0, 6), st.integers(0, 4)).map(lambda pair: (pair[0], pair[0] + pair[1]))
back = st.just((0, -1))
sets_off = st.lists(st.tuples(st.sampled_from(NAMES), windows | windows | back), max_size=2).map(
    lambda listed: tuple((name, *window) for name, window in dict(listed).items())
)
nets = st.fixed_dictionaries(
    {
        "start": st.lists(windows, min_size=3, max_size=3).map(
            lambda listed: tuple((name, *window) for name, window in zip(NAMES, listed, strict=False))
        )
    }
    | dict.fromkeys(NAMES, sets_off)
)


@settings(max_examples=60)
@given(nets)
def test_the_exact_rule_allows_exactly_the_orders_that_have_times(net: Net) -> None:
    system = System(_model(net), Bounds(), set())
    assert _orders(system, Classes(system), 3) == _possible(system, 3)


@settings(max_examples=60)
@given(nets, st.sampled_from([1, 3, 5]))
def test_boxes_allow_every_order_that_has_times(net: Net, grid: int) -> None:
    system = System(_model(net), Bounds(), set())
    assert _orders(system, Box(system, grid), 3) >= _orders(system, Classes(system), 3)


@settings(max_examples=60)
@given(nets)
def test_zones_allow_every_order_that_has_times(net: Net) -> None:
    system = System(_model(net), Bounds(), set())
    assert _orders(system, Zones(system), 3) >= _orders(system, Classes(system), 3)


@pytest.mark.parametrize(
    ("net", "until", "times"),
    [
        ({"start": (("a", 5, 9),)}, 100, [0, 5]),
        ({"start": (("a", 5, 9),)}, 4, None),
        ({"start": (("a", 5, 5), ("b", 0, 3))}, 100, None),  # b has to come first
    ],
)
def test_times_are_the_earliest_or_there_are_none(net: Any, until: int, times: list[int] | None) -> None:
    system = System(_model(net | dict.fromkeys(NAMES, ())), Bounds(), set())
    (start,) = system.effects(system.thing(Start))
    a = next(thing for _, thing, _, _, _ in start.sets if thing is not None and thing.words().endswith("a"))
    (effect,) = system.effects(a)
    assert solve([start, effect], until) == times


@pytest.mark.parametrize(("apart", "skipped"), [((1, 1), True), ((1, 3), True), ((3, 1), False)])
def test_of_two_equal_things_the_later_is_skipped_only_where_it_brings_nothing(
    apart: tuple[int, int], skipped: bool
) -> None:
    """Both within 5; when the second happens first, ``apart[0]`` is what the first has left at most."""
    first, second = apart
    pending = Class((), (7, 7), (0, 0), (5, 5), ((0, first), (second, 0)))
    assert _repeats(pending, 1) is skipped
    assert not _repeats(pending, 0)


class Sign(Thing):
    """Something that may happen; ``quiet``: not while a ``Letter`` is on its way."""

    def __init__(self, index: int, quiet: bool = False) -> None:
        super().__init__()
        self.index, self.quiet = index, quiet

    def react(self, system: System) -> bool:
        return True

    def words(self) -> str:
        return f"sign {self.index}"


class Letter(Sign):
    MOVING = True


@pytest.mark.parametrize(
    ("quiet", "letter", "times"),
    [
        ((0, 20), (2, 2), [0, 5, 0, 7]),
        ((5, 20), (2, 2), [0, 5, 8, 7]),
        ((6, 20), (0, 9), [0, 5, 6, 5]),
        ((6, 6), (2, 2), None),
        ((8, 8), (2, 9), [0, 5, 8, 7]),
        ((5, 8), (4, 9), None),
    ],
)
def test_what_waits_for_rest_comes_before_a_letter_is_sent_or_after_it_came(
    quiet: tuple[int, int], letter: tuple[int, int], times: list[int] | None
) -> None:
    """On the path it stands while the letter is on its way: sent at 5 and for so long; none touches the other."""
    things = (Sign(0), Sign(1), Sign(2, quiet=True), Letter(3), Sign(4))
    start, sends, waits, comes, last = path = [Effect(thing) for thing in things]
    start.adds = ((sends.thing, 5, 5), (waits.thing, *quiet), (last.thing, 0, 50))
    sends.adds = ((comes.thing, *letter),)
    found = _rested(path, tokens(path), 100, ())
    assert (found and found[:4]) == times
