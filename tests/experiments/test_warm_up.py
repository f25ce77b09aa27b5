from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.chance import Chance, purpose
from sim.experiments.warm_up import batch_means, batches, mser5, truncate, welch


def autoregressive(n: int, replication: int, phi: float = 0.8, start: float = 0.0) -> list[float]:
    """Values around 0 that resemble each other, from ``start`` on."""
    chance, x, found = Chance(3, replication), start, []
    for i in range(n):
        x = phi * x + chance.unit(purpose("ar"), str(i)) - 0.5
        found.append(x)
    return found


def test_what_came_before_the_warm_up_is_left_out() -> None:
    assert truncate([0, 10, 20, 30], [1.0, 2.0, 3.0, 4.0], 20) == [3.0, 4.0]
    with pytest.raises(ValueError, match="shorter"):
        truncate([0, 10], [1.0], 5)


def test_mser5_leaves_out_the_slope_at_the_beginning() -> None:
    values = [50 * math.exp(-i / 20) + x for i, x in enumerate(autoregressive(2000, 0))]
    left_out = mser5(values)
    assert left_out is not None
    assert 60 <= left_out <= 250
    assert abs(np.mean(values[left_out:])) < abs(np.mean(values)) / 2


def test_mser5_agrees_with_its_definition() -> None:
    values = [8 * math.exp(-i / 15) + x for i, x in enumerate(autoregressive(403, 1))]
    fives = [np.mean(values[at : at + 5]) for at in range(0, 400, 5)]
    errors = [np.var(fives[d:]) / (80 - d) for d in range(41)]
    assert mser5(values) == 5 * int(np.argmin(errors))


def test_a_level_series_keeps_almost_everything() -> None:
    left_out = mser5(autoregressive(4000, 2, phi=0.0))
    assert left_out is not None
    assert left_out < 1000


def test_a_run_that_is_too_short_or_still_on_its_way_is_said_to_be() -> None:
    assert mser5([1.0] * 20) is None
    assert mser5([1000.0 - i for i in range(200)]) is None


def test_welch_s_curve_is_smooth_and_narrower_at_the_beginning() -> None:
    runs = [[0.0, 3.0, 6.0, 9.0, 12.0], [2.0, 5.0, 8.0, 11.0, 14.0, 99.0]]
    assert welch(runs, 0) == [1.0, 4.0, 7.0, 10.0, 13.0]
    assert welch(runs, 1) == pytest.approx([1.0, 4.0, 7.0, 10.0])
    noisy = [autoregressive(300, r) for r in range(10)]
    assert np.std(welch(noisy, 20)) < np.std(welch(noisy, 0)) / 1.5


def test_a_curve_needs_runs() -> None:
    with pytest.raises(ValueError, match="needs runs"):
        welch([], 3)


def test_batches_are_of_equal_length_and_leave_out_the_beginning() -> None:
    assert batches([9.0, 1.0, 3.0, 5.0, 7.0], 2) == [2.0, 6.0]
    assert batches([1.0, 2.0], 3) == []


def test_batch_means_agree_with_student_on_the_means() -> None:
    values = autoregressive(1000, 0)
    means = [np.mean(values[at : at + 50]) for at in range(0, 1000, 50)]
    found = batch_means(values)
    assert (found.low, found.high) == pytest.approx(stats.t.interval(0.95, 19, np.mean(means), stats.sem(means)))
    assert (found.method, found.n) == ("batch means", 20)


def test_batch_means_cover_where_single_values_do_not() -> None:
    by_batches = by_values = 0
    for r in range(200):
        values = autoregressive(2000, r)
        found = batch_means(values)
        assert found.low is not None
        assert found.high is not None
        by_batches += found.low <= 0 <= found.high
        low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
        by_values += low <= 0 <= high
    assert 0.91 <= by_batches / 200 <= 0.98
    assert by_values / 200 < 0.7


def test_too_few_values_have_no_interval() -> None:
    assert batch_means([1.0, 2.0]).mean is None
