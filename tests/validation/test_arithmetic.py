"""Targets that are arithmetic, with the project's own code where there is some (V9, V14, V20)."""

from __future__ import annotations

import math

import pytest

from sim.chance import Chance, purpose
from sim.clock import DAY, HOUR
from sim.money import break_even, cost_of_disputes, format_money, parse_money
from tests.validation.kit import agrees


def collision(n: int, m: int) -> float:
    """The chance that two of ``n`` random keys out of ``m`` are the same, exactly."""
    return -math.expm1(math.fsum(math.log1p(-k / m) for k in range(n)))


@pytest.mark.parametrize(
    ("n", "m", "share", "pairs"),
    [(1_200, 10**6, 0.51310, 0.7194), (77_163, 2**32, 0.50000, 0.6931), (1_000, 10**6, 0.39327, 0.4995)],
)
def test_v9_keys_that_meet(n: int, m: int, share: float, pairs: float) -> None:
    assert collision(n, m) == pytest.approx(share, abs=5e-6)
    assert n * (n - 1) / (2 * m) == pytest.approx(pairs, abs=5e-5)


def test_v9_draws_meet_as_often_as_random_keys() -> None:
    """The project's own draws as keys: 100 out of 10,000, each replication on its own."""
    what, met = purpose("key"), []
    for replication in range(400):
        chance = Chance(9, replication)
        keys = [chance.index(what, str(k), 10_000) for k in range(100)]
        met.append(float(len(set(keys)) < 100))
    agrees("V9 100 of 10,000", met, collision(100, 10_000))


@pytest.mark.parametrize(("wins", "amount"), [(0.45, "18.33 usd"), (0.25, "45 usd"), (0.20, "60 usd")])
def test_v14_from_which_amount_fighting_pays(wins: float, amount: str) -> None:
    assert format_money(break_even(1_500, wins)) == amount


@pytest.mark.parametrize(("amount", "accepts", "fights"), [(10_000, 115, 78.25), (1_000, 25, 28.75)])
def test_v14_what_a_dispute_costs(amount: int, accepts: float, fights: float) -> None:
    assert [float(cost) / 100 for cost in cost_of_disputes(amount, 1_500, 0.45)] == [accepts, fights]


def test_v20_a_farm_s_accounts_by_the_hour_and_their_cost_by_the_month() -> None:
    accounts, days = 22_380, 91
    assert accounts / (days * DAY / HOUR) == pytest.approx(10.25, abs=0.005)
    assert accounts * parse_money("15 usd") == parse_money("335700 usd")
