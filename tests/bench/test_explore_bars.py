"""The explorer's bars: ``pytest -m bench tests/bench/test_explore_bars.py``, about a minute."""

from __future__ import annotations

import pytest

from tests.bench import bench_explore


def test_the_yardstick_explores_the_same_states() -> None:
    assert bench_explore.yardstick(3)[0] == bench_explore.ours(3)[0] == 288


@pytest.mark.bench
def test_an_exploration_is_fast_enough_beside_a_plain_search() -> None:
    plain, ours = bench_explore.yardstick(7), bench_explore.ours(7)
    assert plain[0] == ours[0] == 296_448
    assert ours[1] / plain[1] >= bench_explore.BAR


@pytest.mark.bench
def test_a_state_is_small() -> None:
    assert bench_explore.bytes_per_state(7) <= bench_explore.BYTES


@pytest.mark.bench
def test_a_story_is_explored_fast_enough() -> None:
    assert bench_explore.story() >= bench_explore.STORY


@pytest.mark.bench
def test_walks_are_three_times_as_fast_as_quints() -> None:
    assert bench_explore.walks(5) >= 3 * bench_explore.QUINT


@pytest.mark.bench
@pytest.mark.parametrize("deed", ["sign_up: cloud", "add: cloud/free"])
def test_three_interchangeable_people_have_far_fewer_states(deed: str) -> None:
    """64 of 2,744 for a sign-up, 1,665 of more than 20,000 for a service that is added, as measured."""
    reduced, whole = bench_explore.reduced(deed, 20_000)
    assert whole >= bench_explore.FEWER * reduced


@pytest.mark.bench
def test_asking_the_owner_has_few_states() -> None:
    """1,593 as measured; 4,567 with nothing left out (the flow has four times the events of the one with 348)."""
    assert bench_explore.ask_the_owner() <= 2_000
