from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.chance import Chance, purpose
from sim.experiments import intervals
from sim.experiments.intervals import (
    Estimate,
    estimate,
    holm,
    needed,
    p_value,
    paired,
    quantile,
    share,
    simultaneous,
    student,
    wilson,
    zero_events,
)

LEVELS = (0.8, 0.95, 0.99)
NUMBERS = st.lists(st.integers(-1000, 1000), min_size=2, max_size=40)


def drawn(n: int, replication: int, what: str = "x") -> list[float]:
    chance = Chance(7, replication)
    return [chance.unit(purpose(what), str(i)) for i in range(n)]


def exponential(n: int, replication: int) -> list[float]:
    return [-math.log(u) for u in drawn(n, replication)]


# --- shares -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(9, 104, 0.046, 0.156), (11, 142, 0.044, 0.133), (0, 10, 0.0, 0.278)]
)
def test_wilson_agrees_with_published_intervals(count: int, of: int, low: float, high: float) -> None:
    found = wilson(count, of)
    assert (round(found.low or 0, 3), round(found.high or 0, 3)) == (low, high)
    assert (found.method, found.n) == ("Wilson", of)


@given(st.integers(1, 500), st.data(), st.sampled_from(LEVELS))
def test_wilson_agrees_with_scipy(of: int, data: st.DataObject, level: float) -> None:
    count = data.draw(st.integers(0, of))
    reference = stats.binomtest(count, of).proportion_ci(level, method="wilson")
    found = wilson(count, of, level)
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high), abs=1e-12)


def test_wilson_covers_as_often_as_it_says() -> None:
    n, p = 200, 0.08
    covers = 0.0
    for count in range(n + 1):
        found = wilson(count, n)
        assert found.low is not None
        assert found.high is not None
        covers += float(stats.binom.pmf(count, n, p)) * (found.low <= p <= found.high)
    assert 0.93 < covers < 0.97


def test_more_than_all_is_no_share() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


@pytest.mark.parametrize(("of", "bound"), [(1, 0.95), (10, 0.2589), (100, 0.0295), (1000, 0.00299)])
def test_what_was_never_seen_stays_below_the_exact_bound(of: int, bound: float) -> None:
    assert zero_events(of) == pytest.approx(bound, rel=1e-3)
    assert (1 - zero_events(of)) ** of == pytest.approx(0.05)


def test_without_runs_nothing_is_excluded() -> None:
    assert zero_events(0) == 1.0
    assert wilson(0, 0) == Estimate(None, None, None, "Wilson", 0)


# --- what was not observed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["share", "mean"])
def test_what_was_not_observed_is_never_zero(kind: str) -> None:
    nothing = estimate([None, None], kind)
    assert (nothing.mean, nothing.low, nothing.high, nothing.n, nothing.missing) == (None, None, None, 0, 2)
    some = estimate([1, None, 1, None, None], kind)
    assert (some.mean, some.n, some.missing) == (1.0, 2, 3)


def test_a_quantile_and_a_difference_leave_out_what_was_not_observed() -> None:
    assert quantile([None], 0.5).mean is None
    assert quantile([None, 3.0, 5.0], 0.5).mean == 4.0
    found = paired([1, None, 3, 9], [0, 5, None, 7])
    assert (found.mean, found.n, found.missing) == (1.5, 2, 2)
    assert paired([None], [1]).mean is None
    assert paired([None], [1], kind="share").mean is None


# --- means ------------------------------------------------------------------------------------------------------------


@given(NUMBERS, st.sampled_from(LEVELS))
def test_student_agrees_with_scipy(values: list[int], level: float) -> None:
    found = student(values, level)
    if len(set(values)) == 1:
        assert (found.method, found.low, found.mean, found.high) == ("all equal", *[float(values[0])] * 3)
        return
    reference = stats.t.interval(level, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    assert (found.low, found.high) == pytest.approx(reference)
    assert found.mean == pytest.approx(np.mean(values))
    assert found.half_width == pytest.approx((reference[1] - reference[0]) / 2)


def test_one_run_has_a_mean_and_no_interval() -> None:
    assert student([4]) == Estimate(4.0, None, None, "Student", 1)
    assert student([4]).relative is None


def test_a_mean_of_zero_has_no_relative_precision() -> None:
    assert student([-1, 1]).relative is None
    assert student([0, 0, 0]).relative is None


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="possible: share, mean"):
        estimate([1], "median")


def test_truth_values_are_a_share_and_others_a_mean() -> None:
    assert intervals.kind_of([True, 0, None, 1.0]) == "share"
    assert intervals.kind_of([0, 2]) == "mean"
    assert share([True, False, True, None]).mean == pytest.approx(2 / 3)


def test_the_interval_of_a_known_mean_covers_it_about_as_often_as_it_says() -> None:
    hits = sum(_inside(student(exponential(100, r)), 1.0) for r in range(1000))
    assert 0.91 <= hits / 1000 <= 0.98


def _inside(found: Estimate, truth: float) -> bool:
    assert found.low is not None
    assert found.high is not None
    return found.low <= truth <= found.high


# --- quantiles --------------------------------------------------------------------------------------------------------


def test_a_quantile_is_that_of_numpy_and_its_interval_about_that_of_scipy() -> None:
    values = exponential(200, 3)
    found = quantile(values, 0.9, key="a")
    assert found.mean == pytest.approx(np.quantile(values, 0.9))
    reference = stats.bootstrap(
        (values,), lambda x, axis: np.quantile(x, 0.9, axis=axis), method="percentile", n_resamples=4000, rng=1
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high), rel=0.06)
    assert found.method == "bootstrap"


def test_a_bootstrap_is_repeatable_and_depends_on_its_key() -> None:
    values = exponential(60, 0)
    assert quantile(values, 0.5, key="a") == quantile(values, 0.5, key="a")
    assert quantile(values, 0.5, key="a") != quantile(values, 0.5, key="b")


def test_a_bootstrap_draws_the_same_however_it_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    values = exponential(50, 0)
    at_once = quantile(values, 0.25)
    monkeypatch.setattr(intervals, "_AT_A_TIME", 333)
    assert quantile(values, 0.25) == at_once


def test_the_interval_of_a_median_covers_it_about_as_often_as_it_says() -> None:
    hits = sum(_inside(quantile(exponential(80, r), 0.5, key=str(r)), math.log(2)) for r in range(300))
    assert 0.91 <= hits / 300 <= 0.985


def test_no_quantile_lies_outside() -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        quantile([1, 2], 1.5)


# --- differences ------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=30))
def test_a_paired_difference_is_student_s_on_the_differences(both: list[tuple[int, int]]) -> None:
    a, b = [x for x, _ in both], [y for _, y in both]
    differences = [x - y for x, y in both]
    found, p = paired(a, b), p_value(a, b)
    assert found.mean == pytest.approx(np.mean(differences))
    if len(set(differences)) > 1:
        assert found.method == "paired Student"
        assert p == pytest.approx(stats.ttest_rel(a, b).pvalue, abs=1e-12)
    else:
        assert found.method == "paired, all equal"
        assert found.low == found.high == differences[0]


def test_pairing_takes_away_what_both_share() -> None:
    common = [10 * u for u in drawn(100, 0)]
    a = [x + 0.1 * u for x, u in zip(common, drawn(100, 0, "y"), strict=True)]
    apart = student(a).half_width or 0
    together = paired(a, common).half_width or 0
    assert together < apart / 20


def test_a_paired_difference_of_shares_agrees_with_bonett_and_price() -> None:
    # 100 pairs, 25 only in a, 10 only in b: (26 - 11) / 102 +- 1.96 sqrt((26/102 + 11/102 - (15/102)^2) / 102)
    a = [1] * 25 + [0] * 10 + [1] * 65
    b = [0] * 25 + [1] * 10 + [1] * 65
    found = paired(a, b, kind="share")
    p, q = 26 / 102, 11 / 102
    arm = NormalDist().inv_cdf(0.975) * math.sqrt((p + q - (p - q) ** 2) / 102)
    assert found.mean == pytest.approx(0.15)
    assert (found.low, found.high) == pytest.approx((p - q - arm, p - q + arm))
    assert p_value(a, b, "share") == pytest.approx(stats.binomtest(10, 35).pvalue)


def test_shares_that_never_differ_still_have_an_interval() -> None:
    found = paired([1] * 20, [1] * 20, kind="share")
    assert found.mean == 0
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high
    assert p_value([1] * 20, [1] * 20, "share") == 1.0


def test_a_paired_difference_of_shares_covers_as_often_as_it_says() -> None:
    hits = 0
    for r in range(500):
        u = drawn(60, r)
        a, b = [int(x < 0.3) for x in u], [int(0.1 < x < 0.25) for x in u]
        hits += _inside(paired(a, b, kind="share"), 0.15)
    assert 0.93 <= hits / 500 <= 0.99


def test_one_pair_tests_nothing() -> None:
    assert p_value([1], [2]) is None


def test_a_difference_that_is_the_same_in_every_run_is_tested_by_its_sign() -> None:
    assert p_value([3] * 10, [1] * 10) == pytest.approx(2 / 2**10)


# --- many comparisons -------------------------------------------------------------------------------------------------


def test_holm_agrees_with_a_table() -> None:
    # Holm (1979) as in R: p.adjust(c(.01, .02, .03, .04), "holm")
    assert holm([0.01, 0.02, 0.03, 0.04]) == pytest.approx([0.04, 0.06, 0.06, 0.06])
    assert holm([0.04, 0.01]) == pytest.approx([0.04, 0.02])


def test_what_could_not_be_tested_does_not_count() -> None:
    assert holm([None, 0.03]) == [None, 0.03]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=10))
def test_holm_keeps_the_order_and_never_helps(values: list[float]) -> None:
    adjusted = holm(values)
    for p, q in zip(values, adjusted, strict=True):
        assert q is not None
        assert p <= q <= min(1.0, p * len(values)) + 1e-12
    ranked = sorted(zip(values, [q or 0.0 for q in adjusted], strict=True))
    assert [q for _, q in ranked] == sorted(q or 0.0 for q in adjusted)


def test_simultaneous_intervals_hold_together() -> None:
    assert simultaneous(0.95, 1) == pytest.approx(0.95)
    assert simultaneous(0.95, 10) == pytest.approx(0.995)
    each = simultaneous(0.95, 5)
    together = sum(all(_inside(student(drawn(60, r, f"v{i}"), each), 0.5) for i in range(5)) for r in range(300))
    alone = sum(all(_inside(student(drawn(60, r, f"v{i}"), 0.95), 0.5) for i in range(5)) for r in range(300))
    assert alone / 300 < 0.85
    assert 0.91 <= together / 300 <= 0.98


# --- how many runs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("relative", [0.1, 0.02])
def test_so_many_runs_are_needed_and_no_fewer(relative: float) -> None:
    values = exponential(200, 1)
    found = needed(values, relative)
    assert found is not None
    ratio = intervals.spread(values) / student(values).mean  # type: ignore[operator]
    widths = [stats.t.ppf(0.975, n - 1) * ratio / math.sqrt(n) for n in (found - 1, found)]
    assert widths[1] <= relative < widths[0]


def test_a_share_takes_as_many_runs_as_wilson_says() -> None:
    found = needed([1] * 30 + [0] * 70, 0.1)
    assert found is not None
    assert (wilson(round(found * 0.3), found).relative or 1) == pytest.approx(0.1, rel=0.01)


def test_runs_that_observe_nothing_are_counted_in() -> None:
    values = exponential(100, 1)
    twice = [one for value in values for one in (value, None)]
    assert needed(twice, 0.05) == pytest.approx(2 * (needed(values, 0.05) or 0), abs=1)


@pytest.mark.parametrize("values", [[], [1.0], [None, None], [0, 0, 0], [-1, 1]])
def test_where_it_cannot_be_said_nothing_is_said(values: list[float | None]) -> None:
    assert needed(values, 0.1) is None
