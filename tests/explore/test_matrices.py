"""The matrices of state classes: as tight as they can be, and equal things told apart by their times."""

from __future__ import annotations

from itertools import product

import pytest

from sim.clock import MS, NEVER, Uniform
from sim.explore.classes import ORIGIN, Class, Classes, _repeats
from sim.explore.model import Bounds
from sim.explore.search import Search
from sim.explore.system import System
from tests.explore.models import timers
from tests.explore.models.timers import Pace


def slack(pending: Class) -> list[str]:
    """Bounds that follow from others and are tighter than what stands there; 0 is now."""
    n = len(pending.timed)
    d = {(i + 1, j + 1): pending.rows[i][j] for i, j in product(range(n), repeat=2)}
    d |= {(i + 1, 0): pending.late[i] for i in range(n)} | {(0, i + 1): pending.soon[i] for i in range(n)}
    d[0, 0] = 0
    return [
        f"{i} - {j} by {k}"
        for i, j, k in product(range(n + 1), repeat=3)
        if d[i, k] < NEVER and d[k, j] < NEVER and d[i, j] > d[i, k] + d[k, j]
    ]


def test_every_exact_class_is_as_tight_as_can_be() -> None:
    """So two classes are equal exactly if the same times satisfy them."""

    class Seen(Classes):
        def weigh(self, pending: Class) -> int:
            seen.add(pending)
            return super().weigh(pending)

    seen: set[Class] = set()
    made = timers.model(Pace(clients=2, rounds=1, late=300 * MS, think=Uniform(0, 500 * MS), fresh=NEVER))
    system = System(made, Bounds(states=400), set())
    Search(system, Seen(system)).breadth()
    assert len(seen) > 100
    assert max(len(one.timed) for one in seen) > 2
    assert not any(ORIGIN in one.timed for one in seen)
    assert [found for one in seen if (found := slack(one))] == []


@pytest.mark.parametrize(
    ("soon", "late", "rows", "same"),
    [
        ((-1, -1), (9, 9), ((0, 8), (8, 0)), True),
        ((-5, -1), (9, 9), ((0, 8), (4, 0)), False),
        ((-1, -1), (5, 9), ((0, 4), (8, 0)), False),
    ],
)
def test_equal_things_are_one_only_with_equal_times(
    soon: tuple[int, int], late: tuple[int, int], rows: tuple[tuple[int, int], tuple[int, int]], same: bool
) -> None:
    assert _repeats(Class((), (3, 3), soon, late, rows), 1) is same
    assert not _repeats(Class((), (3, 4), soon, late, rows), 1)
    assert not _repeats(Class((), (3, 3), soon, late, rows), 0)
