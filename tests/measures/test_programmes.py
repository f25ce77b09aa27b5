"""The card networks' programmes at their boundaries, and the measures that count months by them."""

from __future__ import annotations

import pytest

from sim import facts as f
from sim import measures
from sim.clock import month_start
from sim.measures._programmes import mastercard, month_at, reaches, vamp
from tests.judge import D, Judge, Row

JANUARY, APRIL = 0, 3


@pytest.mark.parametrize(
    ("reports", "fraud", "other", "settled", "month", "excessive"),
    [
        (0, 0, 1_500, 100_000, APRIL, False),  # 1.50 % is reached, but the count is not greater than 1,500
        (0, 0, 1_501, 100_000, APRIL, True),
        (0, 0, 1_000, 50_000, APRIL, False),  # 2.0 %, but not enough of them
        (0, 0, 1_501, 68_000, JANUARY, True),  # 2.207 %
        (751, 751, 0, 100_000, APRIL, True),  # reported and disputed: 1,502
        (750, 750, 0, 100_000, APRIL, False),
        (0, 0, 1_501, 100_000, JANUARY, False),  # the threshold of that time is 2.20 %
        (0, 0, 1_501, 68_227, JANUARY, True),  # 2.20001 %
        (0, 0, 1_501, 68_228, JANUARY, False),  # 2.19998 %
        (0, 0, 1_501, 100_066, APRIL, True),
        (0, 0, 1_501, 100_067, APRIL, False),
        (0, 0, 9_999, 10_000, -8, False),  # before the programme
    ],
)
def test_vamp(reports: int, fraud: int, other: int, settled: int, month: int, excessive: bool) -> None:
    assert vamp(reports, fraud, other, settled, month, or_more=False) is excessive


def test_exactly_the_count_is_a_switch() -> None:
    assert vamp(0, 0, 1_500, 100_000, APRIL, or_more=True)
    assert not vamp(0, 0, 1_499, 99_000, APRIL, or_more=True)


@pytest.mark.parametrize(
    ("chargebacks", "charges", "programme"),
    [
        (99, 100, ""), (100, 6_666, "ecm"), (100, 6_667, ""), (299, 9_966, "ecm"), (300, 10_000, "hecm"),
        (300, 10_001, "ecm"), (300, 20_001, ""),
    ],
)  # fmt: skip
def test_mastercard(chargebacks: int, charges: int, programme: str) -> None:
    assert mastercard(chargebacks, charges) == programme


def test_a_ratio_of_nothing() -> None:
    assert reaches(1, 0, 150)
    assert not reaches(0, 0, 150)


def test_months_are_calendar_months() -> None:
    assert [month_at(month_start(n)) for n in range(14)] == list(range(14))
    assert [month_at(month_start(n) - 1) for n in range(1, 14)] == list(range(13))


def rows(day: int, settled: int, friendly: int, fraud: int, provider: str = "cloud") -> list[Row]:
    """What happened on one day."""
    found: list[Row] = [("x", day * D, f.Settled(f"s{n}", provider, 100)) for n in range(settled)]
    found += [("x", day * D, f.Disputed(f"d{n}", "c", "x", provider, 100, "friendly", "visa")) for n in range(friendly)]
    for n in range(fraud):
        found.append(("x", day * D, f.Disputed(f"f{n}", "c", "x", provider, 100, "fraud", "visa")))
        found.append(("x", day * D, f.FraudReported("c", provider, 100)))
    return found


def result(name: str, facts: list[Row]) -> float | int | None:
    measure = measures.load(name)(name)
    judge = Judge(measure).run(facts)
    return measure.result(judge.now, judge)  # type: ignore[arg-type]


def test_dispute_ratio_is_that_of_the_worst_month_of_any_provider() -> None:
    facts = [*rows(5, 10, 1, 0), *rows(6, 10, 0, 1, "store"), *rows(40, 20, 1, 0)]
    assert result("dispute_ratio", facts) == 0.2  # the fraud counts twice
    assert result("dispute_ratio", rows(5, 0, 3, 0)) is None


def test_months_excessive_counts_months_of_providers() -> None:
    assert result("months_excessive", rows(5, 1_000, 99, 0)) == 0
    assert result("months_excessive", [*rows(5, 1_000, 100, 0), *rows(40, 1_000, 100, 0)]) == 2
    assert result("months_excessive", [*rows(5, 1_000, 50, 0), *rows(40, 1_000, 50, 0)]) == 0
    # both rules are met here, and it is one month all the same
    assert result("months_excessive", rows(5, 1_000, 0, 751)) == 1
