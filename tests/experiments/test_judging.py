"""What n runs say: the table of answers, word by word and number by number; censoring; differences."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import pytest
from scipy import stats

import sim
from sim.experiments.intervals import student, wilson, zero_events
from sim.experiments.judging import Share, of_number, of_property
from sim.scenario import load_text
from sim.scenario.questions import read_answer
from tests.experiments.sweeping import STORY

LEVEL = 0.95


def share(count: int, of: int) -> Share:
    found = wilson(count, of, LEVEL)
    return Share(count, of, found.low, found.high, "Wilson", zero_events(of, LEVEL) if not count else None)


@pytest.mark.parametrize(
    ("answer", "count", "of", "verdict", "met"),
    [
        ("holds", 0, 20, "unbroken", True),
        ("holds", 1, 20, "violated", False),
        ("violated", 20, 20, "violated", True),
        ("violated", 19, 20, "violated", False),
        ("violated", 0, 20, "unbroken", False),
        ("possible", 1, 20, "violated", True),
        ("possible", 0, 20, "undetermined", None),
        ("reached", 3, 20, "undetermined", None),
        ({"is": "holds", "within": "15 min"}, 0, 20, "unbroken", True),
        ({"violated_in": {"at_most": 0.5}}, 2, 20, "violated", True),
        ({"violated_in": {"at_most": 0.05}}, 10, 20, "violated", False),
        ({"violated_in": {"at_most": 0.1}}, 2, 20, "undetermined", None),
        ({"violated_in": {"at_most": 0.01}}, 0, 20, "undetermined", None),
        ({"violated_in": {"at_most": 0.2}}, 0, 20, "unbroken", True),
        ({"violated_in": {"between": [0.3, 0.7]}}, 50, 100, "violated", True),
        ({"violated_in": {"about": 0.5}}, 40, 100, "violated", True),
        ({"violated_in": {"about": 0.5}}, 30, 100, "violated", False),
        ({"violated_in": 0.1}, 2, 20, "violated", True),
        ({"violated_in": 0.5}, 2, 20, "violated", False),
        (None, 2, 20, "violated", None),
    ],
)
def test_words_about_properties(answer: Any, count: int, of: int, verdict: str, met: bool | None) -> None:
    read = None if answer is None else read_answer(answer)
    found = of_property("p", "always", read, share(count, of), LEVEL)
    assert (found.verdict, found.met) == (verdict, met)
    assert found.violated_in is not None
    assert (found.violated_in.count, found.violated_in.of) == (count, of)


@pytest.mark.parametrize(
    ("answer", "count", "verdict", "met"),
    [("reached", 1, "reached", True), ("reached", 0, "undetermined", None), ("holds", 0, "undetermined", None)],
)
def test_words_about_what_is_to_be_reached(answer: str, count: int, verdict: str, met: bool | None) -> None:
    found = of_property("p", "sometimes", read_answer(answer), share(count, 9), LEVEL)
    assert (found.verdict, found.met) == (verdict, met)


def test_what_was_never_seen_is_said_with_what_it_stays_below() -> None:
    found = of_property("p", "always", read_answer("holds"), share(0, 100), LEVEL)
    assert found.why == "unbroken in all 100 runs, so violated in below 0.03 of them at 95%"
    assert found.violated_in is not None
    assert found.violated_in.below == pytest.approx(1 - 0.05 ** (1 / 100))


@pytest.mark.parametrize(
    ("answer", "values", "unit", "met"),
    [
        (3, [3, 3, 3], "", True),
        (3, [3, 3, 4], "", False),
        (3, [3, None, 3], "", None),
        (3, [3, None, 4], "", False),
        ("2 h", [2, 2], "h", True),
        ("1.50 usd", [150, 150], "cents", True),
        ({"about": 10}, [9, 10, 11, 10.4], "", True),
        ({"about": 12}, [9, 10, 11, 10.4], "", False),
        ({"about": 10}, [10], "", None),
        ({"about": 10}, [10, 10], "", True),
        ({"about": 11}, [10, 10], "", False),
        ({"about": "1 h"}, [50, 70, 60], "min", True),
        ({"at_most": 12}, [9, 10, 11], "", None),
        ({"at_most": 13}, [9, 10, 11], "", True),
        ({"at_most": 7}, [9, 10, 11], "", False),
        ({"at_least": 10}, [10, 10], "", True),
        ({"at_least": 11}, [10], "", False),
        ({"between": [0, 20]}, [9, 10, 11], "", True),
        ({"between": [10, 20]}, [9, 10, 11], "", None),
        ({"between": [20, 30]}, [9, 10, 11], "", False),
        ({"at_most": 5}, [None, None], "", None),
        ({"at_most": 5}, [None, 4], "", None),
    ],
)
def test_numbers(answer: Any, values: list[float | None], unit: str, met: bool | None) -> None:
    found = of_number("m", read_answer(answer), values, unit, LEVEL)
    assert found.met is met
    assert found.verdict == {True: "reached", False: "not_reached", None: "undetermined"}[met]


def test_what_is_never_observed_is_censored_and_not_zero() -> None:
    found = of_number("m", read_answer(0), [None] * 7, "", LEVEL)
    assert found.why == "never observed in 7 runs (censored, not zero)"
    half = of_number("m", read_answer({"at_most": 5}), [None, 2, 2], "", LEVEL)
    assert half.met is True
    assert half.why.endswith("observed in 2 of 3 runs")


# --- through the engine -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> sim.Sweep:
    return sim.sweep(load_text(STORY), runs=40, workers=1)


def test_a_sweep_judges_base_and_variants_each_by_its_own_expectations(found: sim.Sweep) -> None:
    judged = found.verdicts[found.verdicts["expected"].notna()].set_index(["variant", "property"])
    assert judged["met"].to_dict() == {
        ("", "no_squat"): True, ("", "takeovers"): True,
        ("mailed", "no_squat"): True, ("mailed", "takeovers"): True,
    }  # fmt: skip
    assert found.exit == 0


def test_estimates_are_made_of_the_rows(found: sim.Sweep) -> None:
    rows = found.rows[found.rows["variant"] == ""]
    cell = found.cells[(found.cells["variant"] == "") & (found.cells["measure"] == "takeovers")].iloc[0]
    own = student(list(rows["takeovers"]), LEVEL)
    assert (cell["mean"], cell["low"], cell["high"], cell["method"], cell["n"]) == (
        own.mean, own.low, own.high, "Student", 40,
    )  # fmt: skip
    squats = found.cells[(found.cells["variant"] == "") & (found.cells["measure"] == "no_squat")].iloc[0]
    broken = (rows["violations.no_squat"] > 0).sum()
    assert squats["group"] == "violations"
    assert (squats["mean"], squats["method"]) == (broken / 40, "Wilson")


def test_what_was_not_observed_has_no_mean(found: sim.Sweep) -> None:
    bills = found.cells[found.cells["measure"] == "bills"]
    assert bills["n"].tolist() == [0, 0]
    assert bills["mean"].isna().all()


def test_differences_are_taken_run_by_run(found: sim.Sweep) -> None:
    wide = found.rows.pivot_table(index="run", columns="variant", values="takeovers", observed=False)
    own = student(list(wide["mailed"] - wide[""]), LEVEL)
    one = found.differences[found.differences["measure"] == "takeovers"].iloc[0]
    assert (one["a"], one["b"], one["n"], one["paired"]) == ("base", "mailed", 40, True)
    assert (one["mean"], one["low"], one["high"]) == pytest.approx((own.mean, own.low, own.high))
    assert one["method"] == "paired Student"


def test_pairing_on_common_random_numbers_makes_differences_narrower() -> None:
    text = STORY.replace("providers.cloud.like: M7", "people.alice.answers_after: 20 min")
    rows = sim.sweep(load_text(text), runs=60, workers=1).rows
    wide = rows.pivot_table(index="run", columns="variant", values="exposure_time")
    paired = (wide["mailed"] - wide[""]).var()
    assert paired < wide["mailed"].var() + wide[""].var()


def test_intervals_of_several_comparisons_hold_together() -> None:
    text = STORY + "vary: {providers.cloud.like: [M1, M4, M7]}\n"
    found = sim.sweep(load_text(text), runs=10, workers=1)
    levels = found.differences[found.differences["method"].str.contains("over 2")]["level"]
    assert levels.tolist() == pytest.approx([1 - 0.05 / 2] * len(levels))
    assert len(levels) > 0
    pairs = set(zip(found.differences["a_cell"], found.differences["b_cell"], strict=True))
    assert pairs == {(0, 3), (1, 4), (2, 5), (0, 1), (0, 2), (3, 4), (3, 5)}


def test_levels_of_a_factor_are_columns_of_text_and_picked_parameters_are_numbers() -> None:
    text = STORY + (
        "vary:\n  when: {early: {}, late: {story.second.at: 6 d}}\n"
        "  people.alice.answers_after: uniform 1 min to 60 min\ndesign: {sobol: 2}\n"
    )
    rows = sim.sweep(load_text(text), runs=1, workers=1, variants=["mailed"]).rows
    assert rows["when"].tolist() == ["early", "early", "late", "late"]
    assert rows["people.alice.answers_after"].dtype == float
    assert rows["people.alice.answers_after"].between(1, 60).all()
    assert list(rows.columns).index("when") == 2


# --- until it is precise ----------------------------------------------------------------------------------------------


def test_runs_go_on_until_a_measure_is_precise_in_each_cell() -> None:
    text = STORY.replace("runs: 12", "runs: {until: {takeovers: 30 %}, at_least: 10, at_most: 200}")
    found = sim.sweep(load_text(text), workers=1)
    base, mailed = found.summary["cells"]
    assert 10 <= base["runs"] < 200
    assert base["precision"]["takeovers"]["met"] is True
    assert base["precision"]["takeovers"]["reached"] <= 0.3
    assert mailed["runs"] == 200, "there are no takeovers in it, so there is nothing to be precise about"
    assert found.exit == 3
    assert found.differences["n"].max() == base["runs"]


def test_a_precision_out_of_reach_is_undetermined_and_says_how_many_runs_it_would_take() -> None:
    text = STORY.split("variants:")[0] + "runs: {until: {takeovers: 2 %, bills: 2 %}, at_least: 5, at_most: 20}\n"
    found = sim.sweep(load_text(text), workers=1)
    precision = found.summary["cells"][0]["precision"]
    assert found.exit == 3
    assert precision["takeovers"]["met"] is False
    assert precision["takeovers"]["runs_needed"] > 1_000
    assert precision["bills"] == {
        "wanted": 0.02, "reached": None, "wanted_absolute": None, "reached_absolute": None, "met": False,
        "runs_needed": None, "unseen": None,
    }  # fmt: skip
    assert found.summary["cells"][0]["runs"] == 20


def test_what_a_defence_makes_nothing_is_known_to_an_absolute_half_width() -> None:
    widths = "{takeovers: {relative: 30 %, absolute: 0.05}, waited: {absolute: 1 d}}"
    until = f"{{until: {widths}, at_least: 10, at_most: 400}}"
    found = sim.sweep(load_text(STORY.replace("runs: 12", f"runs: {until}")), workers=1)
    base, mailed = found.summary["cells"]
    assert base["precision"]["takeovers"]["wanted_absolute"] == 0.05
    assert base["precision"]["waited"]["wanted_absolute"] == 86_400, "waited is in seconds"
    assert base["precision"]["waited"]["reached_absolute"] <= 86_400
    nothing = mailed["precision"]["takeovers"]
    assert (nothing["met"], nothing["reached"], nothing["runs_needed"]) == (True, None, None)
    assert nothing["reached_absolute"] <= 0.05
    assert nothing["unseen"] == pytest.approx(1 - 0.05 ** (1 / mailed["runs"]))
    assert mailed["runs"] < 100


# --- what is judged where something is varied -------------------------------------------------------------------------


def test_a_cell_is_judged_where_its_levels_change_nothing_of_base_or_variant() -> None:
    levels = "{as_it_is: {}, other: {providers.cloud.like: M4}, same: {providers.cloud.like: M7}}"
    text = f"{STORY}vary: {{cloud: {levels}}}\n"
    found = sim.sweep(load_text(text), runs=3, workers=1)
    judged = [cell["label"] for cell in found.summary["cells"] if cell["judged"]]
    assert judged == ["cloud=as_it_is", "mailed, cloud=as_it_is", "mailed, cloud=same"]
    expected = found.verdicts[found.verdicts["expected"].notna()]
    assert set(expected["cell"]) == {0, 3, 5}
    assert set(expected[expected["cell"] == 5]["property"]) == {"no_squat", "takeovers"}


# --- differences of shares --------------------------------------------------------------------------------------------


def test_violations_have_paired_differences_as_measures_have(found: sim.Sweep) -> None:
    rows = found.rows.pivot_table(index="run", columns="variant", values="violations.no_squat", observed=False) > 0
    base, mailed = rows[""], rows["mailed"]
    more, less, n = int((mailed & ~base).sum()), int((base & ~mailed).sum()), len(rows)
    p, q = (more + 1) / (n + 2), (less + 1) / (n + 2)  # Bonett and Price 2012
    arm = NormalDist().inv_cdf(0.975) * math.sqrt((p + q - (p - q) ** 2) / (n + 2))
    one = found.differences[found.differences["measure"] == "violations.no_squat"].iloc[0]
    assert less > 0
    assert (one["mean"], one["low"], one["high"]) == pytest.approx(((more - less) / n, p - q - arm, p - q + arm))
    assert (one["a"], one["b"], one["n"], one["method"]) == ("base", "mailed", n, "paired shares")
    assert one["high"] < 0
    assert stats.binomtest(more, more + less).pvalue < 0.05, "McNemar's exact test sees it too"


def test_properties_that_never_spoke_have_no_differences(found: sim.Sweep) -> None:
    spoke = {name for name in found.rows.columns if name.startswith("violations.") and found.rows[name].any()}
    assert {name for name in found.differences["measure"] if name.startswith("violations.")} == spoke
