"""Settings that change while a story goes on: the explorer sees what a run sees."""

from __future__ import annotations

import pytest

import sim
from sim.clock import MS, SECOND
from sim.explore.model import Bounds
from sim.explore.scenario import CastSetting, model
from sim.explore.system import System
from sim.scenario import Scenario, load_text

STORY = """
format: 1
title: The network becomes slow
why: settings change
until: 5 d
people: {alice: {notices: 0.3, answers_after: 1 s}}
orchestrators: {hub: {}}
providers: {cloud: {activation: at_once}}
network: {latency: 50 ms, at_most: 5 s, "hub->cloud": {latency: 60 ms}}
story:
  - {id: early, at: 1 d, who: alice, add: cloud/free}
  - {id: slow, at: 2 d, set: {network.latency: 4 s, people.alice.notices: 0.6}}
  - {id: late, at: 3 d, who: alice, add: cloud/free}
expect: {request_is_answered: {is: violated, within: 3 s}}
"""


def story(*left_out: str) -> Scenario:
    kept = [line for line in STORY.splitlines() if not any(f"id: {one}," in line for one in left_out)]
    return load_text("\n".join(kept))


@pytest.mark.parametrize(
    ("left_out", "answered"), [((), False), (("late",), True), (("slow",), True), (("early",), False)]
)
def test_a_deadline_is_missed_once_the_network_is_slow(left_out: tuple[str, ...], answered: bool) -> None:
    made = story(*left_out)
    assert ("request_is_answered" not in sim.run(made).counts) is answered
    found = sim.explore(made, only=("request_is_answered",))
    assert [str(one.verdict) for one in found.verdicts] == ["holds" if answered else "violated"]


def test_a_channel_is_as_the_settings_in_force_say() -> None:
    system = System(model(story()), Bounds(), set())
    assert (system.channel("alice", "hub").least, system.channel("hub", "cloud").least) == (50 * MS, 60 * MS)
    system.world.settings["applied"] = ("slow",)
    assert (system.channel("alice", "hub").least, system.channel("hub", "cloud").least) == (4 * SECOND, 60 * MS)


def test_where_the_network_stays_as_it_is_nothing_is_asked_of_the_settings() -> None:
    system = System(model(story("slow")), Bounds(), set())
    assert isinstance(system.setting, CastSetting)
    system.world.settings["applied"] = ("slow",)
    assert system.setting.channel("alice", "hub") is None


def test_a_share_that_changes_is_asked_anew() -> None:
    """Somebody who would not have noticed may notice when more do."""
    system = System(model(story()), Bounds(), set())
    asked: list[object] = []
    answers = [0, 1]
    system.oracle = lambda label, ways: asked.append(label) or answers.pop(0)
    assert [system.trait("alice", "notices") for _ in range(2)] == [False, False]
    system.world.settings["applied"] = ("slow",)
    system.setting.refresh()
    assert [system.trait("alice", "notices") for _ in range(2)] == [True, True]
    assert len(asked) == 2
