"""Times on the story's clock, in an exploration that has none: the end of an attack, the end of what follows a step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sim.clock import SECOND
from sim.explore.exploring import RULES
from sim.explore.memo import Effect
from sim.explore.scenario import bounds, model
from sim.explore.search import Search
from sim.explore.system import System
from sim.explore.things import Wake
from sim.explore.times import solve
from sim.scenario import load_text

END = 6 * SECOND
STORY = """
title: An attack that begins at some time, and ends at a certain one
until: 12 s
people: {alice: {}, bob: {}, mallory: {adversary: true}}
orchestrators: {hub: {}}
providers: {cloud: {}}
network: {latency: 0 s, at_most: 1 ms}
story:
  - {id: first, at: 1 s, who: alice, sign_up: cloud}
  - {id: raid, WHEN, who: mallory, attack: classic_federated_merge, against: cloud, as: bob, rate: 2 s, UNTIL}
explore: {adversary_sends: 0, waits_at_most: 1 s}
"""
WHENS = {
    "fixed": "at: 3 s",
    "uncertain": "at: uniform 2 s to 9 s",
    "after": "after: first, wait: uniform 1 s to 7 s",
    "may": "may: 1",
    "every": "every: 7 s, from: 2 s, times: 2",
}


def _paths(text: str, rule: str = "exact") -> tuple[Search, Iterator[list[Effect]]]:
    """A complete search, and the paths to all of its states."""
    scenario = load_text(text)
    system = System(model(scenario), bounds(scenario), set())
    search = Search(system, RULES[rule](system))
    search.breadth()
    assert search.complete
    return search, (search.path(node) for node in range(1, search.states + 1))


def _stops(text: str) -> set[tuple[int, int]]:
    """(when the attack began, when it was stopped), the earliest, on each path that ends with that."""
    found = set()
    for path in _paths(text)[1]:
        thing, times = path[-1].thing, solve(path, 12 * SECOND)
        assert times is not None  # under the exact rule every path can happen
        if isinstance(thing, Wake) and thing.key.startswith("stop "):
            step = f"step {thing.key.removeprefix('stop ').partition('.')[0]}:"
            began = [at for at, effect in zip(times, path, strict=True) if effect.thing.words().startswith(step)]
            found.add((began[0], times[-1]))
    return found


@pytest.mark.parametrize("when", WHENS)
def test_an_attack_ends_at_the_time_it_says(when: str) -> None:
    found = _stops(STORY.replace("WHEN", WHENS[when]).replace("UNTIL", "until: 6 s"))
    assert found
    assert all(0 <= stopped - max(began, END) <= 2 for began, stopped in found)  # microseconds


@pytest.mark.parametrize("when", ["uncertain", "after"])
def test_a_budget_of_time_may_end_it_sooner(when: str) -> None:
    text = STORY.replace("WHEN", WHENS[when]).replace("UNTIL", "until: 6 s, budget: {time: 3 s}")
    found = _stops(text)
    assert all(0 <= stopped - min(began + 3 * SECOND, max(began, END)) <= 2 for began, stopped in found)
    assert {stopped - began >= 3 * SECOND for began, stopped in found} == {True, False}


def test_an_end_after_the_story_is_none() -> None:
    told = STORY.replace("WHEN", WHENS["uncertain"])
    later, never = (_paths(told.replace("UNTIL", until))[0].states for until in ("until: 13 s", "budget: {time: 13 s}"))
    assert later == never
