"""Durations are data: they survive being written down, and the two ways of asking them agree."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sim.clock import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    SECOND,
    UNITS,
    Constant,
    Duration,
    Exponential,
    Lognormal,
    Normal,
    Uniform,
    format_duration,
    format_time,
    month_length,
    month_start,
    parse_duration,
    parse_time,
    sampler,
    share_below,
)

times = st.integers(0, NEVER - 1)
#: up to some 3,000 years: beyond that, floating point knows no single microseconds
lengths = st.integers(1, 10**17)
quantiles = st.floats(2.0**-53, 1 - 2.0**-53)


def uncertain(longest: int = 10**17) -> st.SearchStrategy[Duration]:
    """Every kind of duration that may stand for something that takes time."""
    length = st.integers(1, longest)
    return st.one_of(
        st.builds(Constant, st.integers(0, longest)),
        st.builds(Exponential, length),
        st.tuples(st.integers(0, longest), st.integers(0, longest)).map(lambda pair: Uniform(*sorted(pair))),
        st.tuples(length, length).map(lambda pair: Lognormal(*sorted(pair))),
    )


offsets = st.one_of(
    st.builds(Constant, st.integers(-DAY, DAY)),
    st.builds(Normal, st.integers(-DAY, DAY), st.integers(0, DAY)),
    st.tuples(st.integers(-DAY, DAY), st.integers(-DAY, DAY)).map(lambda pair: Uniform(*sorted(pair))),
)


# --- written down ---------------------------------------------------------------------------------------------------


@given(times)
@example(2**53 + 1)
@example(NEVER - 1)
def test_a_time_written_down_is_the_same_time(us: int) -> None:
    assert parse_time(format_duration(us)) == us


@given(uncertain(NEVER - 1))
def test_a_duration_written_down_is_the_same_duration(duration: Duration) -> None:
    assert parse_duration(str(duration)) == duration


@given(offsets)
def test_a_clock_offset_written_down_is_the_same_offset(offset: Duration) -> None:
    assert parse_duration(str(offset), may_be_negative=True) == offset


@given(uncertain() | offsets)
def test_a_duration_keeps_its_kind_in_json(duration: Duration) -> None:
    assert msgspec.json.decode(msgspec.json.encode(duration), type=Duration) == duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("10 min", Constant(600_000_000)),
        ("10min", Constant(600_000_000)),
        ("  1.5   h ", Constant(5_400_000_000)),
        ("0.1 h", Constant(360_000_000)),
        ("+90 s", Constant(90_000_000)),
        ("1e3 s", Constant(1_000_000_000)),
        ("0 s", Constant(0)),
        ("7 us", Constant(7)),
        ("never", Constant(NEVER)),
        ("exponential 2 h", Exponential(2 * HOUR)),
        ("uniform 1 h to 2 h", Uniform(HOUR, 2 * HOUR)),
        ("uniform 5 s to 5 s", Uniform(5 * SECOND, 5 * SECOND)),
        ("lognormal 5 s p99 900 s", Lognormal(5 * SECOND, 900 * SECOND)),
        ("lognormal\n50 ms\tp99 500 ms", Lognormal(50_000, 500_000)),
    ],
)
def test_what_may_be_written(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    ("us", "text"),
    [(0, "0 s"), (1, "1 us"), (1_500, "1500 us"), (90_000_000, "90 s"), (36 * HOUR, "36 h"), (NEVER, "never")],
)
def test_a_time_is_written_in_the_largest_unit_that_is_exact(us: int, text: str) -> None:
    assert format_duration(us) == text


@pytest.mark.parametrize(
    ("us", "text"),
    [(0, "00:00:00.000"), (2 * DAY + 3 * HOUR + 1_250_999, "2 d 03:00:01.250"), (59 * MINUTE, "00:59:00.000")],
)
def test_a_point_in_time_for_people(us: int, text: str) -> None:
    assert format_time(us) == text


BAD = [
    ("", "is not a duration"),
    ("soon", "possible is a time such as '10 min'"),
    ("10", "is not a duration"),
    ("10 minutes", "is not a duration"),
    ("10 m", "us ms s min h d"),
    (". s", "is not a duration"),
    ("1..5 s", "is not a duration"),
    ("1.2.3 s", "is not a duration"),
    ("٣ min", "is not a duration"),
    ("10 min 5 s", "is not a duration"),
    ("-5 s", "is negative"),
    ("exponential", "is not a duration"),
    ("exponential 0 s", "the mean must be above 0"),
    ("exponential -1 s", "the mean must be above 0"),
    ("exponential never", "is not a duration"),
    ("uniform 2 h to 1 h", "is reversed"),
    ("uniform -1 h to 1 h", "is negative"),
    ("uniform 1 h", "is not a duration"),
    ("lognormal 0 s p99 1 s", "the median must be above 0"),
    ("lognormal 5 s p99 1 s", "the median must be above 0 and the 99 % value not below it"),
    ("lognormal 5 s", "is not a duration"),
    ("normal 0 s sd 60 s", "use lognormal"),
    ("1e300 d", "longer than any time there is; write 'never'"),
    ("1e400 d", "longer than any time there is"),
    (f"{NEVER} us", "longer than any time there is"),
]


@pytest.mark.parametrize(("text", "why"), BAD)
def test_what_may_not_be_written_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)) as refusal:
        parse_duration(text)
    assert repr(" ".join(text.split())) in str(refusal.value)


def test_a_clock_may_be_normal_but_not_with_a_negative_deviation() -> None:
    assert parse_duration("normal 0 s sd 60 s", may_be_negative=True) == Normal(0, 60 * SECOND)
    with pytest.raises(ValueError, match="a standard deviation is not negative"):
        parse_duration("normal 0 s sd -60 s", may_be_negative=True)


OURS = re.compile(
    "is not a time|is not a duration|is longer than any time|is negative|is reversed|must be above|is not negative"
).search


def _refusal(parse: Callable[[str], object], text: str) -> str | None:
    try:
        parse(text)
    except ValueError as refusal:
        return str(refusal)
    return None


@given(st.text(max_size=40))
@example(".e1 s")
@example(". s")
@example(f"{'9' * 5000} s")
def test_any_text_is_a_duration_or_refused_in_our_words(text: str) -> None:
    for parse in (parse_time, parse_duration):
        assert isinstance(parse(text), int | Duration) if (refusal := _refusal(parse, text)) is None else OURS(refusal)


# --- asked ----------------------------------------------------------------------------------------------------------


@given(uncertain() | offsets, quantiles, quantiles)
def test_a_larger_quantile_is_no_shorter(duration: Duration, u: float, v: float) -> None:
    low, high = sorted((u, v))
    assert duration.least <= duration.quantile(low) <= duration.quantile(high) <= duration.most


@given(uncertain(10**13) | offsets, quantiles)
def test_quantile_and_share_below_are_each_other_s_inverse(duration: Duration, u: float) -> None:
    """Within the microsecond to which times are cut: P(X ≤ q(u) - 1) ≤ u ≤ P(X ≤ q(u) + 1)."""
    at = duration.quantile(u)
    assert share_below(duration, at - 1) <= u + 1e-9
    assert u <= share_below(duration, at + 1) + 1e-9


@given(uncertain(), st.integers(-1, 2 * 10**17), st.integers(-1, 2 * 10**17))
def test_share_below_is_a_distribution(duration: Duration, a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert 0.0 <= share_below(duration, low) <= share_below(duration, high) <= 1.0
    assert share_below(duration, -1) == 0.0
    assert share_below(duration, NEVER) >= 0.99


@given(uncertain() | offsets, quantiles)
def test_a_sampler_is_the_quantile(duration: Duration, u: float) -> None:
    assert min(sampler(duration)(u), NEVER) == duration.quantile(u)


@given(lengths, lengths)
def test_a_lognormal_has_the_median_and_the_99_percent_value_it_was_given(a: int, b: int) -> None:
    median, p99 = sorted((a, b))
    assume(p99 < 1_000 * median)
    duration = Lognormal(median, p99)
    assert math.isclose(duration.quantile(0.5), median, rel_tol=1e-9, abs_tol=1)
    assert math.isclose(duration.quantile(0.99), p99, rel_tol=1e-9, abs_tol=1)


def test_an_exponential_has_its_mean() -> None:
    """Mean by numerical integration of the quantile function over 100,000 equal parts."""
    n = 100_000
    mean = sum(Exponential(HOUR).quantile((i + 0.5) / n) for i in range(n)) / n
    assert math.isclose(mean, HOUR, rel_tol=1e-4)


def test_units_are_in_proportion() -> None:
    assert [UNITS[unit] for unit in ("us", "ms", "s", "min", "h", "d")] == [
        1, 1_000, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000,
    ]  # fmt: skip


def test_months_are_those_of_the_calendar() -> None:
    """The story begins with January 2026, in UTC; 2028 is the first leap year."""
    assert [month_length(month) // DAY for month in range(12)] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert month_length(25) == 29 * DAY
    assert [month_start(month) // DAY for month in (0, 1, 12, 24, 36)] == [0, 31, 365, 730, 1_096]
