from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.designs import MOST_PARAMETERS, crossed, latin_hypercube, numbers, points, sobol
from sim.scenario.errors import Wrong
from sim.scenario.ranges import Range, is_range, read_range
from sim.scenario.values import Design

RANGES = {
    "providers.p.token_life": read_range("loguniform 1 h to 100 h"),
    "people.ann.disputes": read_range("uniform 0 to 0.5"),
    "orchestrators.hub.cap.total": read_range("uniform 10 usd to 100 usd"),
    "providers.p.workers": read_range("whole 1 to 8"),
}


def shares(found: list[dict[str, object]], path: str) -> list[float]:
    """Where the values of a uniform range lie, from 0 to 1."""
    of = RANGES[path]
    return [(float(value) - of.low) / (of.high - of.low) for value in (point[path] for point in found)]  # type: ignore[arg-type]


# --- ranges -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("uniform 1 min to 61 min", ["1 min", "31 min", "61 min"]),
        ("loguniform 1 s to 100 s", ["1 s", "10 s", "100 s"]),
        ("uniform 0 s to 1 s", ["0 s", "500 ms", "1 s"]),
        ("uniform 10 usd to 20.01 usd", ["10 usd", "15 usd", "20.01 usd"]),
        ("uniform 0 to 0.5", [0.0, 0.25, 0.5]),
        ("whole 1 to 3", [1, 2, 3]),
    ],
)
def test_a_range_gives_values_as_a_file_writes_them(text: str, values: list[object]) -> None:
    of = read_range(text)
    assert [of.value(u) for u in (0.0, 0.5, 1.0)] == values
    assert read_range(str(of)) == of


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("uniform 5 min to 1 min", "reversed"),
        ("uniform 5 min to 300 s", "empty"),
        ("uniform 1 to 5 s", "same kind"),
        ("uniform 1 usd to 5 s", "same kind"),
        ("loguniform 0 s to 5 s", "above 0"),
        ("whole 1 s to 5 s", "whole numbers"),
        ("whole 1 to 2.5", "whole numbers"),
        ("uniform 1 week to 2 h", "is not a time"),
        ("uniform 1 min", "possible is 'uniform"),
        ("normal 1 to 2", "possible is 'uniform"),
        (7, "possible is 'uniform"),
    ],
)
def test_what_is_no_range_is_refused_with_what_is_possible(text: object, says: str) -> None:
    with pytest.raises(Wrong, match=says):
        read_range(text)


def test_what_is_meant_as_a_range_is_known_by_its_first_word() -> None:
    assert is_range("uniform nonsense")
    assert not is_range("exponential 2 h")
    assert not is_range(["uniform 0 to 1"])


@given(st.floats(0, 1), st.sampled_from(sorted(RANGES)))
def test_every_value_lies_within_its_range(u: float, path: str) -> None:
    of = RANGES[path]
    number = of.number(of.value(u))
    ends = of.number(of.value(0.0)), of.number(of.value(1.0))
    assert ends[0] <= number <= ends[1]


@given(st.integers(0, 999))
def test_microseconds_survive_being_written(step: int) -> None:
    of = read_range("uniform 0 us to 365 d")
    text = of.value(step / 1000)
    assert of.number(text) == round(of.low + step / 1000 * (of.high - of.low))


def test_numbers_count_in_the_unit_of_the_low_end() -> None:
    point = {"providers.p.token_life": "90 min", "orchestrators.hub.cap.total": "12.34 usd", "other": "x"}
    assert numbers(point, RANGES) == {"providers.p.token_life": 1.5, "orchestrators.hub.cap.total": 12.34}


# --- designs ----------------------------------------------------------------------------------------------------------


@given(st.integers(1, 60), st.text(max_size=5))
def test_a_latin_hypercube_has_one_point_in_each_part_of_every_range(n: int, key: str) -> None:
    found = latin_hypercube(RANGES, n, key)
    places = sorted(int(share * n) for share in shares(found, "people.ann.disputes"))
    assert places == list(range(n))


@pytest.mark.parametrize("k", [0, 3, 6])
def test_sobol_points_have_one_in_each_part_and_fill_squares_evenly(k: int) -> None:
    two = {name: read_range("uniform 0 to 1") for name in ("a", "b")}
    found = sobol(two, 1 << k, "seed")
    a, b = ([point[name] for point in found] for name in two)
    assert sorted(int(x * (1 << k)) for x in a) == list(range(1 << k))
    if k == 6:
        cells = np.histogram2d(a, b, bins=8, range=[[0, 1], [0, 1]])[0]
        assert cells.min() == cells.max() == 1


def test_more_sobol_points_begin_with_the_same() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sobol(RANGES, 13, "s")[:5] == sobol(RANGES, 5, "s")


@pytest.mark.parametrize("method", ["latin_hypercube", "sobol"])
def test_the_key_decides_the_points(method: str) -> None:
    design = Design(method, 16)
    assert points(design, RANGES, "1") == points(design, RANGES, "1")
    assert points(design, RANGES, "1") != points(design, RANGES, "2")


def test_parameters_are_not_mixed_alike() -> None:
    two = {name: read_range("uniform 0 to 1") for name in ("a", "b")}
    for make in (latin_hypercube, sobol):
        found = make(two, 64, "k")
        assert abs(np.corrcoef([p["a"] for p in found], [p["b"] for p in found])[0, 1]) < 0.3


def test_sobol_points_integrate_better_than_random_ones() -> None:
    three = {name: read_range("uniform 0 to 1") for name in "abc"}
    found = sobol(three, 256, "k")
    mean = np.mean([p["a"] * p["b"] * p["c"] for p in found])
    assert abs(mean - 0.125) < 0.003  # random points: a standard error of 0.0093


@pytest.mark.parametrize("make", [latin_hypercube, sobol])
def test_a_design_without_parameters_or_points_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match="at least one parameter"):
        make({}, 4)  # type: ignore[operator]
    with pytest.raises(ValueError, match="at least one point"):
        make(RANGES, 0)  # type: ignore[operator]


def test_an_unknown_design_is_refused() -> None:
    with pytest.raises(ValueError, match="possible: latin_hypercube, sobol"):
        points(Design("halton", 4), RANGES)


def test_sobol_has_an_end() -> None:
    many = dict.fromkeys(map(str, range(MOST_PARAMETERS + 1)), Range("uniform", 0.0, 1.0))
    with pytest.raises(ValueError, match="too many"):
        sobol(many, 2)


def test_parts_are_crossed_the_last_fastest() -> None:
    found = crossed([{"a": 1}, {"a": 2}], [{"b": 3}, {"b": 4}])
    assert found == [{"a": 1, "b": 3}, {"a": 1, "b": 4}, {"a": 2, "b": 3}, {"a": 2, "b": 4}]
    assert crossed() == [{}]
