from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sim.experiments.intervals import Value
from sim.experiments.sensitivity import Index, Sensitivity, Study, read, sensitivity, study
from sim.experiments.sweep import sweep
from sim.scenario import ScenarioError, load_text
from sim.scenario.ranges import read_range
from sim.views.paint import Paint
from sim.views.sensitivity import table

THREE = {f"x{n}": read_range("uniform 0 to 1") for n in (1, 2, 3)}
MIDDLE = {"x1": 0.4, "x2": 0.3, "x3": 0.2}


def ishigami(point: dict[str, Any]) -> float:
    """Ishigami and Homma (1990), whose indices are known."""
    a, b, c = (math.pi * (2 * (MIDDLE | point)[name] - 1) for name in THREE)
    return math.sin(a) + 7 * math.sin(b) ** 2 + 0.1 * c**4 * math.sin(a)


def observe(made: Study, of: Callable[[dict[str, Any]], Value]) -> list[Sequence[Value]]:
    return [[of(point)] for point in made.points]


def index(found: Sensitivity, parameter: str, name: str) -> Index:
    return next(one for one in found.indices if (one.parameter, one.index) == (parameter, name))


# --- Sobol ------------------------------------------------------------------------------------------------------------


def test_sobol_indices_of_a_known_function() -> None:
    made = study("sobol", THREE, 512, "1")
    found = read(made, observe(made, ishigami), "y")
    known = {"x1": (0.3139, 0.5576), "x2": (0.4424, 0.4424), "x3": (0.0, 0.2437)}
    for parameter, (alone, together) in known.items():
        for name, value in (("S1", alone), ("ST", together)):
            one = index(found, parameter, name).estimate
            assert one.low is not None
            assert one.high is not None
            assert one.low - 0.03 <= value <= one.high + 0.03
            assert one.high - one.low < 0.3
    assert [one.parameter for one in found.indices] == ["x1", "x1", "x2", "x2", "x3", "x3"]


@pytest.mark.parametrize("size", [0, 1, 100])
def test_sobol_needs_a_power_of_two(size: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        study("sobol", THREE, size)


# --- Morris -----------------------------------------------------------------------------------------------------------


def test_morris_finds_the_slopes_of_a_plane_exactly() -> None:
    made = study("morris", THREE, 8, "1")
    found = read(made, observe(made, lambda p: 5 * p["x1"] - 3 * p["x2"]), "y")
    assert [one.parameter for one in found.indices[::3]] == ["x1", "x2", "x3"]
    for parameter, slope in (("x1", 5), ("x2", -3), ("x3", 0)):
        assert index(found, parameter, "mu_star").estimate.mean == pytest.approx(abs(slope), abs=1e-9)
        assert index(found, parameter, "mu").estimate.mean == pytest.approx(slope, abs=1e-9)
        assert index(found, parameter, "sigma").estimate.mean == pytest.approx(0, abs=1e-9)


def test_morris_sees_that_parameters_work_together() -> None:
    made = study("morris", THREE, 40, "1")
    found = read(made, observe(made, lambda p: p["x1"] * p["x2"] + p["x3"]), "y")
    assert (index(found, "x1", "sigma").estimate.mean or 0) > 0.2
    assert index(found, "x3", "sigma").estimate.mean == pytest.approx(0, abs=1e-9)


def test_points_come_back_in_the_units_of_the_file() -> None:
    made = study("morris", {"life": read_range("uniform 1 h to 4 h")}, 4)
    assert {point["life"] for point in made.points} <= {"1 h", "2 h", "3 h", "4 h"}


# --- tornado ----------------------------------------------------------------------------------------------------------


def test_a_tornado_tries_either_end_of_each_range_and_nothing_else() -> None:
    made = study("tornado", THREE)
    assert made.points == [{}, *({name: end} for name in THREE for end in (0.0, 1.0))]


def test_a_tornado_compares_run_by_run_and_puts_the_largest_first() -> None:
    made = study("tornado", {name: THREE[name] for name in ("x1", "x2")})
    noise = [0.0, 10.0, 40.0, 20.0]
    effects = [0.0, -1.0, 1.0, -3.0, 5.0]
    found = read(made, [[effect + one for one in noise] for effect in effects], "y")
    assert [one.parameter for one in found.indices[::3]] == ["x2", "x1"]
    swing = index(found, "x2", "swing").estimate
    assert (swing.low, swing.mean, swing.high) == (8.0, 8.0, 8.0)
    assert index(found, "x1", "at_low").estimate.mean == -1.0


def test_what_moves_the_measure_alike_at_both_ends_is_not_small() -> None:
    made = study("tornado", {name: THREE[name] for name in ("x1", "x2")})
    found = read(made, [[value] for value in (0.0, 1.0, 2.0, 9.0, 9.0)], "y")
    assert found.indices[0].parameter == "x2"


def test_runs_observed_at_one_end_only_are_compared_by_their_means() -> None:
    made = study("tornado", {"x1": THREE["x1"]})
    found = read(made, [[None, 4.0], [2.0, None], [None, 7.0]], "y")
    one = index(found, "x1", "at_low").estimate
    assert (one.mean, one.low, one.method) == (-2.0, None, "means of different runs")


# --- what cannot be ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["tornado", "morris", "sobol"])
def test_a_measure_that_is_never_observed_at_a_point_has_no_indices(method: str) -> None:
    made = study(method, THREE, 4 if method != "tornado" else None)
    found = read(made, [[None, None], *[[1.0, None]] * (len(made.points) - 1)], "y")
    assert (found.missing, found.indices) == (1, ())
    assert "at 1 point y was observed in no run" in table(found, Paint())


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_a_measure_that_is_the_same_everywhere_depends_on_nothing(method: str) -> None:
    made = study(method, THREE, 4)
    found = read(made, observe(made, lambda p: 3.0), "y")
    assert {one.estimate.mean for one in found.indices} == {None}
    assert "the same at all points" in table(found, Paint())


def test_what_is_no_study_is_refused() -> None:
    with pytest.raises(ValueError, match="possible: tornado, morris, sobol"):
        study("fast", THREE)
    with pytest.raises(ValueError, match="parameters with a distribution"):
        study("tornado", {})
    with pytest.raises(ValueError, match="at least 2 trajectories"):
        study("morris", THREE, 1)
    with pytest.raises(ValueError, match="7 points, and values came from 1"):
        read(study("tornado", THREE), [[1.0]])


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_without_salib_it_is_said_how_to_get_it(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "SALib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(ValueError, match="pip install SALib"):
        study(method, THREE, 4)
    assert study("tornado", THREE).points


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_a_study_is_repeatable(method: str) -> None:
    assert study(method, THREE, 8, "1") == study(method, THREE, 8, "1")
    assert study(method, THREE, 8, "1") != study(method, THREE, 8, "2")
    made = study(method, THREE, 8, "1")
    assert read(made, observe(made, ishigami)) == read(made, observe(made, ishigami))


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_table_has_units_intervals_and_bars() -> None:
    made = study("tornado", {"a": read_range("uniform 1 min to 60 min"), "b": THREE["x1"]})
    found = read(made, [[0.0, 1.0], [-500.0, -499.0], [150_000.0, 152_901.0], [0.0, 1.0], [1.0, 2.0]], "loss", 0.9)
    text = table(found, Paint(), "cents")
    assert "loss: tornado over 5 points, 2 runs each, 90% intervals" in text
    lines = text.splitlines()
    assert "1,514.50 usd [" in lines[2]
    assert lines[2].startswith("a  ")
    assert lines[2].endswith("─" * 24)


# --- of a scenario ----------------------------------------------------------------------------------------------------

STOLEN = """
title: What forged accounts depend on
until: 3 h
people: {ann: {answers_after: 0 s}, thief: {adversary: true}}
orchestrators: {hub: {email_check: idp}}
providers: {cloud: {like: M10, key_cache: {life: 10 min}}}
network: {latency: 1 ms}
story:
  - {at: uniform 0 s to 1 min, who: ann, add: cloud/free}
  - {id: theft, at: 1 min, who: thief, steal: signing_key, of: hub}
  - {after: theft, who: thief, attack: mass_provisioning, of: hub, against: cloud, rate: exponential 1 min}
  - {id: noticed, after: theft, wait: 20 min, withdraw_key: hub}
measures: {forged: {count: account_created, where: {behind: adversary}}}
vary:
  people.ann.notices: uniform 0 to 1
  story.noticed.wait: uniform 1 min to 40 min
runs: 4
"""


def run_here(scenario: Any, runs: int) -> Any:
    return sweep(scenario, runs=runs, workers=1)


def test_a_tornado_of_a_scenario_finds_what_matters() -> None:
    found = sensitivity(load_text(STOLEN), "tornado", "forged", sweep=run_here)
    assert (found.points, found.runs, found.missing) == (5, 4, 0)
    assert found.indices[0].parameter == "story.noticed.wait"
    swing = index(found, "story.noticed.wait", "swing").estimate
    assert swing.mean is not None
    assert 20 < swing.mean < 55  # one a minute, for 39 minutes longer, and the age of the copy
    assert index(found, "people.ann.notices", "swing").estimate.mean == 0


def test_a_measure_of_the_shelf_may_be_asked_for() -> None:
    found = sensitivity(load_text(STOLEN), "tornado", "residual_tokens", runs=1, sweep=run_here)
    assert found.missing == 0


def test_a_morris_study_of_a_scenario_is_the_same_twice() -> None:
    first, second = (
        sensitivity(load_text(STOLEN), "morris", "forged", size=2, runs=1, sweep=run_here) for _ in range(2)
    )
    assert first == second
    assert first.indices[0].parameter == "story.noticed.wait"


@pytest.mark.parametrize(
    ("method", "measure", "says"),
    [
        ("tornado", "forgd", "did you mean 'forged'"),
        ("sobol", "forged", "power of two"),
        ("pawn", "forged", "possible"),
    ],
)
def test_what_cannot_be_studied_is_said_before_anything_runs(method: str, measure: str, says: str) -> None:
    def never(scenario: Any, runs: int) -> Any:
        raise AssertionError

    with pytest.raises(ScenarioError, match=says):
        sensitivity(load_text(STOLEN), method, measure, size=3, sweep=never)


def test_a_scenario_without_distributions_has_nothing_to_study() -> None:
    text = STOLEN.replace("uniform 0 to 1", "[0, 1]").replace("uniform 1 min to 40 min", "[1 min]")
    with pytest.raises(ScenarioError, match="parameters with a distribution"):
        sensitivity(load_text(text), "tornado", "forged", sweep=run_here)
