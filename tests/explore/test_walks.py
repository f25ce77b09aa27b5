"""Random walks are runs: what they violate is earned, and they never show that anything holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.clock import DAY
from sim.explore.exploring import explore
from sim.explore.model import Bounds
from sim.explore.scenario import bounds, explore_scenario
from sim.explore.walks import Walk, walk
from sim.scenario import load
from tests.explore.models import nets, planted, timers, two_phase
from tests.explore.models.timers import Pace

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_what_walks_violate_is_shown_by_a_run() -> None:
    scenario = load(SCENARIOS / "pre_hijack.yaml")
    found = explore_scenario(scenario, walks=30)
    words = {verdict.property: verdict for verdict in found.verdicts}
    assert {verdict.verdict for verdict in found.verdicts} == {"violated", "reached", "undetermined"}
    assert (found.rule, found.complete, found.states) == ("walks", False, 30)
    for name in ("no_squat", "token_only_for_owner", "adopted_account_is_clean"):
        witness = words[name].witness
        assert witness is not None
        assert name in {one.property for step in witness.trace.steps for one in step.found}
    assert words["no_squat"].witness is not None
    assert words["no_squat"].witness.depth == 2  # what has no part in it is left out


def test_the_same_seed_walks_the_same_ways() -> None:
    made = timers.model(Pace(clients=2))
    one, other, third = (walk(made, Bounds(depth=30), 20, seed=seed) for seed in (3, 3, 4))
    assert one.transitions == other.transitions
    assert [verdict.witness for verdict in one.verdicts] == [verdict.witness for verdict in other.verdicts]
    assert one.transitions != third.transitions


@pytest.mark.parametrize("seed", range(8))
def test_walks_say_nothing_that_all_orders_contradict(seed: int) -> None:
    """A word that walks have is the word of the exploration, where that was complete."""
    made = nets.model(nets.net(seed))
    whole = {verdict.property: verdict.verdict for verdict in explore(made, Bounds(states=4_000)).verdicts}
    for verdict in walk(made, Bounds(), 60, seed=seed).verdicts:
        if verdict.verdict != "undetermined":
            assert whole[verdict.property] in (verdict.verdict, "undetermined")


def test_walks_find_what_is_not_too_rare() -> None:
    (verdict,) = walk(planted.lock("abca"), Bounds(depth=400), 200).verdicts
    assert verdict.verdict == "violated"
    (verdict,) = walk(planted.lock("abcabacbaccb"), Bounds(depth=20), 50).verdicts
    assert verdict.verdict == "undetermined"


def test_walks_end_at_their_bounds() -> None:
    made = two_phase.model(5)
    paced = Walk(made, Bounds(), set(), 1)
    assert [paced.walk(number, 20, lambda: False) for number in range(3)] == [20, 20, 20]
    assert walk(made, Bounds(depth=7), 4).depth == 0  # nothing is asked, and no walk made
    assert walk(two_phase.model(3, watched=True), Bounds(depth=7), 4).depth <= 7


def test_an_end_is_an_end() -> None:
    """Nothing happens after the story's end, and nobody waits longer than the bound allows."""
    scenario = load(SCENARIOS / "pre_hijack.yaml")
    found = explore_scenario(scenario, within=bounds(scenario), walks=10)
    for verdict in found.verdicts:
        if verdict.witness is not None:
            assert verdict.witness.times[-1] <= 60 * DAY


def test_an_interruption_leaves_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*given: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Walk, "walk", interrupt)
    found = walk(two_phase.model(3, watched=True), Bounds(), 10)
    assert (found.stopped, found.states) == ("interrupted", 0)
