from __future__ import annotations

import math
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import pytest
from scipy import stats

from sim.chance import Chance, purpose
from sim.experiments.intervals import Value
from sim.experiments.stopping import Rule, Width


def exponential(n: int, replication: int) -> list[Value]:
    chance = Chance(11, replication)
    return [-math.log(chance.unit(purpose("x"), str(i))) for i in range(n)]


def happenings(n: int, replication: int, share: float) -> list[Value]:
    chance = Chance(12, replication)
    return [chance.happens(purpose("y"), str(i), share) for i in range(n)]


def test_it_stops_once_the_mean_is_known_well_enough() -> None:
    rule = Rule({"m": 0.1})
    values = exponential(3000, 0)
    stop = rule.stop({"m": values})
    assert stop is not None
    assert 200 < stop < 700
    assert rule.precise({"m": values}, stop)


def test_where_it_stops_does_not_depend_on_what_else_is_finished() -> None:
    rule, values = Rule({"m": 0.1}), exponential(3000, 1)
    stop = rule.stop({"m": values})
    assert stop is not None
    assert rule.stop({"m": values[: stop - 1]}) is None
    assert rule.stop({"m": values[:stop]}) == rule.stop({"m": values[: stop + 50]}) == stop


def test_it_looks_at_the_longest_prefix_of_all_measures() -> None:
    rule, values = Rule({"a": 0.1, "b": 0.1}), exponential(3000, 1)
    stop = rule.stop({"a": values, "b": values})
    assert stop is not None
    assert rule.stop({"a": values, "b": values[: stop - 1]}) is None


def test_every_measure_must_be_known() -> None:
    values = exponential(3000, 2)
    alone, both = Rule({"a": 0.2}), Rule({"a": 0.2, "b": 0.05})
    first, second = alone.stop({"a": values}), both.stop({"a": values, "b": values})
    assert first is not None
    assert second is not None
    assert first < second


def test_it_does_not_stop_before_the_least_number_of_runs() -> None:
    rule = Rule({"m": 0.5}, at_least=60)
    constant: list[Value] = [5.0] * 100
    stop = rule.stop({"m": constant})
    assert stop is not None
    assert 60 <= stop <= 66
    assert rule.stop({"m": constant[:59]}) is None


def test_one_narrow_look_is_not_enough() -> None:
    rule = Rule({"m": 0.01}, at_least=60)
    values: list[Value] = [5.0] * 60 + [50.0] * 5 + exponential(80, 0)
    assert rule.precise({"m": values}, 60)
    assert rule.stop({"m": values}) is None


def test_at_the_most_it_stops_without_the_precision_and_says_how_many_it_would_take() -> None:
    rule, values = Rule({"m": 0.01}, at_most=200), {"m": exponential(300, 0)}
    assert rule.stop(values) == 200
    assert not rule.precise(values, 200)
    assert 10_000 < (rule.needs({"m": values["m"][:200]})["m"] or 0) < 100_000


@pytest.mark.parametrize("nothing", [0, None])
def test_what_is_zero_or_not_observed_is_never_known_to_a_share_of_itself(nothing: Value) -> None:
    rule = Rule({"m": 0.5}, at_least=5, at_most=50)
    values = {"m": [nothing] * 50}
    assert rule.stop({"m": values["m"][:49]}) is None
    assert rule.stop(values) == 50
    assert not rule.precise(values, 50)
    assert rule.needs(values) == {"m": None}


def test_a_share_that_is_always_one_is_not_known_at_once() -> None:
    rule = Rule({"m": 0.02}, at_least=5)
    stop = rule.stop({"m": [1] * 1000})
    assert stop is not None
    assert stop > 150


# --- an absolute half-width -------------------------------------------------------------------------------------------


def test_what_is_nothing_is_known_to_an_absolute_half_width_as_wilson_says() -> None:
    nothing: list[Value] = [0] * 1000
    stop = Rule({"m": Width(absolute=0.01)}).stop({"m": nothing})
    assert stop is not None
    squared = NormalDist().inv_cdf(0.975) ** 2
    closed = math.ceil(squared * (1 - 0.01) / 0.01)  # the upper end for 0 of n is z² / (n + z²)
    assert closed == 381
    assert closed < stop <= closed * 1.11  # seen at two looks, which are 5 % apart
    assert Rule({"m": Width(absolute=0.01)}).needs({"m": nothing[:50]}) == {"m": closed}


def test_of_two_half_widths_either_is_enough() -> None:
    values = {"m": exponential(3000, 0)}
    stops = [
        Rule({"m": width}).stop(values)
        for width in (Width(relative=0.1), Width(absolute=0.2), Width(0.1, 0.2), Width(0.1, 0.001), Width(0.001, 0.2))
    ]
    first, second, *both = stops
    assert first is not None
    assert second is not None
    assert second < first
    assert both == [second, first, second]


def test_the_half_width_of_a_mean_is_that_of_students_interval() -> None:
    rule, values = Rule({"m": Width(absolute=0.15)}), exponential(3000, 3)
    stop = rule.stop({"m": values})
    assert stop is not None
    seen = [float(value or 0) for value in values[:stop]]
    arm = stats.t.ppf(0.975, stop - 1) * stats.sem(seen)
    assert arm <= 0.15
    assert rule.known("m", values[:stop]).half_width == pytest.approx(arm)


@pytest.mark.parametrize("width", [0.5, Width(absolute=1.0), Width(0.5, 1.0)])
def test_values_without_spread_are_not_known_before_anything_else_is_rare(width: float | Width) -> None:
    """Wilks: 59 runs that all say the same leave below 5 % of the runs to anything else, at 95 %."""
    rule = Rule({"m": width}, at_least=5)
    constant: list[Value] = [5.0] * 200
    stop = rule.stop({"m": constant})
    assert stop is not None
    assert 59 < stop <= 66
    assert not rule.precise({"m": constant}, 58)
    assert rule.precise({"m": constant}, 59)
    assert rule.needs({"m": constant[:10]}) == {"m": 59}
    assert rule.unseen(constant[:59]) == pytest.approx(1 - 0.05 ** (1 / 59))
    assert rule.unseen([5.0, 6.0]) is None


def test_money_that_is_nothing_or_one_cent_is_no_share() -> None:
    values: dict[str, list[Value]] = {"m": [0.0, 1.0] * 40}
    as_share, as_mean = Rule({"m": Width(absolute=1.0)}), Rule({"m": Width(absolute=1.0)}, kinds={"m": "mean"})
    assert as_share.known("m", values["m"]).method == "Wilson"
    assert as_mean.known("m", values["m"]).method == "Student"


@pytest.mark.parametrize(("share", "absolute"), [(0.01, 0.02), (0.05, 0.04), (0.3, 0.08)])
def test_intervals_of_small_shares_at_the_moment_of_stopping_still_cover(share: float, absolute: float) -> None:
    rule = Rule({"m": Width(relative=0.05, absolute=absolute)}, at_least=20, at_most=2000)
    hits = 0
    for r in range(200):
        values = happenings(900, r, share)
        stop = rule.stop({"m": values})
        assert stop is not None
        found = rule.known("m", values[:stop])
        assert found.half_width is not None
        assert found.half_width <= absolute
        hits += (found.low or 0.0) <= share <= (found.high or 0.0)
    assert hits / 200 >= 0.91


def even(n: int, replication: int) -> list[Value]:
    """About normal, with mean 0 and standard deviation 1: twelve numbers in [0, 1) added up, less 6."""
    chance = Chance(13, replication)
    return [sum(chance.unit(purpose("z"), f"{i}.{k}") for k in range(12)) - 6 for i in range(n)]


@pytest.mark.parametrize(("draw", "mean", "least"), [(even, 0.0, 0.91), (exponential, 1.0, 0.88)])
def test_intervals_of_means_to_an_absolute_half_width_still_cover(draw: Any, mean: float, least: float) -> None:
    rule = Rule({"m": Width(absolute=0.3)}, at_most=2000)
    hits = 0
    for r in range(200):
        values = draw(150, r)
        stop = rule.stop({"m": values})
        assert stop is not None
        found = rule.known("m", values[:stop])
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= mean <= found.high
    assert least <= hits / 200 <= 0.98


def test_looks_are_further_apart_the_more_runs_there_are_and_end_at_the_most() -> None:
    looks = list(Rule({"m": 0.1}, at_least=30, at_most=1000).looks())
    steps = [b - a for a, b in pairwise(looks)]
    assert looks[0] == 30
    assert looks[-1] == 1000
    assert steps[0] == 1
    assert max(steps) > 30


@pytest.mark.parametrize(("relative", "at_least"), [(0.3, 30), (0.2, 10), (0.15, 30)])
def test_intervals_of_means_at_the_moment_of_stopping_still_cover(relative: float, at_least: int) -> None:
    rule = Rule({"m": relative}, at_least=at_least, at_most=2000)
    hits = 0
    for r in range(200):
        values = exponential(600, r)
        stop = rule.stop({"m": values})
        assert stop is not None
        found = rule.known("m", values[:stop])
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 1.0 <= found.high
    assert 0.91 <= hits / 200 <= 0.98


def test_intervals_of_shares_at_the_moment_of_stopping_still_cover() -> None:
    rule = Rule({"m": 0.25}, at_least=20, at_most=2000)
    hits = 0
    for r in range(200):
        values = happenings(1500, r, 0.3)
        stop = rule.stop({"m": values})
        assert stop is not None
        found = rule.known("m", values[:stop])
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 0.3 <= found.high
    assert 0.91 <= hits / 200 <= 0.98
