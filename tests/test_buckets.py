"""Token buckets: never more than they should, and no less."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.buckets import Bucket, back, take, wait
from sim.clock import HOUR


class Driven:
    """A bucket driven by a clock: what its party does by wakes."""

    def __init__(self, burst: int, per_hour: int) -> None:
        self.burst, self.per_hour = burst, per_hour
        self.bucket: Bucket | None = None
        self.due = 0

    def ask(self, at: int) -> bool:
        while self.bucket is not None and self.due <= at:
            self.bucket = back(self.bucket, self.per_hour)
            if self.bucket is not None:
                self.due += wait(self.bucket, self.per_hour)
        left = take(self.bucket, self.burst)
        if left is None:
            return False
        if self.bucket is None:
            self.due = at + wait(left, self.per_hour)
        self.bucket = left
        return True


@given(
    st.integers(1, 5),
    st.sampled_from([1, 3, 60, 120, 3_600, 250_000]),
    st.lists(st.integers(0, 2 * HOUR), min_size=1, max_size=40),
)
def test_it_admits_exactly_what_a_continuous_bucket_does(burst: int, per_hour: int, gaps: list[int]) -> None:
    driven, level, at = Driven(burst, per_hour), Fraction(burst), 0
    for gap in gaps:
        at += gap
        level = min(Fraction(burst), level + Fraction(gap * per_hour, HOUR))
        passes = level >= 1
        level -= passes
        assert driven.ask(at) == passes


@given(st.integers(1, 5), st.integers(1, 10_000), st.lists(st.integers(0, HOUR), min_size=1, max_size=60))
def test_no_interval_sees_more_than_burst_and_rate(burst: int, per_hour: int, gaps: list[int]) -> None:
    driven, at, passed = Driven(burst, per_hour), 0, []
    for gap in gaps:
        at += gap
        if driven.ask(at):
            passed.append(at)
    for first in range(len(passed)):
        for last in range(first, len(passed)):
            assert (last - first + 1 - burst) * HOUR <= per_hour * (passed[last] - passed[first])


@pytest.mark.parametrize(
    ("burst", "per_hour", "hours", "ceiling"),
    [(30, 120, 1, 150), (30, 120, 24, 2_910), pytest.param(300, 1_200, 240, 288_300, marks=pytest.mark.slow)],
)
def test_a_saturating_client_reaches_the_ceiling_exactly(burst: int, per_hour: int, hours: int, ceiling: int) -> None:
    driven = Driven(burst, per_hour)
    step = HOUR // per_hour // 2
    assert sum(driven.ask(at) for at in range(0, hours * HOUR + 1, step)) == ceiling


@pytest.mark.parametrize("per_hour", [1, 7, 11, 120, 1_000, 999_983])
def test_an_hour_brings_back_a_rate_to_the_microsecond(per_hour: int) -> None:
    bucket: Bucket | None = Bucket(per_hour + 1)
    waited = 0
    for _ in range(per_hour):
        assert bucket is not None
        waited += wait(bucket, per_hour)
        bucket = back(bucket, per_hour)
    assert waited == HOUR
