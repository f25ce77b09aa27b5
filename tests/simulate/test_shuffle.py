from __future__ import annotations

import pytest

from sim.chance import Chance
from sim.simulate.staging import Shuffle


@pytest.mark.parametrize("n", [1, 2, 3, 1001, 4096, 10_007])
def test_every_member_has_a_turn(n: int) -> None:
    shuffle = Shuffle(n, Chance(1), "coming")
    assert sorted(shuffle(k) for k in range(n)) == list(range(n))


def test_two_orders_of_one_group_are_independent() -> None:
    """The first fifth of either meets in a hypergeometric number of members: mean 400, standard deviation 16."""
    met = []
    for replication in range(100):
        first, second = (
            {shuffle(k) for k in range(2_000)}
            for shuffle in (Shuffle(10_000, Chance(1, replication), name) for name in ("a", "b"))
        )
        met.append(len(first & second))
    assert abs(sum(met) / 100 - 400) < 3 * 16 / 10
    assert 12 < (sum((n - 400) ** 2 for n in met) / 100) ** 0.5 < 20


def test_neighbours_do_not_follow_each_other() -> None:
    shuffle = Shuffle(10_000, Chance(3), "a")
    steps = {(shuffle(k + 1) - shuffle(k)) % 10_000 for k in range(1_000)}
    assert len(steps) > 900
