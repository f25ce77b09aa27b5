"""Which of the pending things may be tried without the others: portions, over footprints that a test makes up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.explore.footprints import Footprints
from sim.explore.portions import Portions
from sim.explore.things import Thing
from sim.tables import WHOLE

X, Y = 1, 2


class Plain(Thing):
    """Something that happens."""

    def react(self, system: object) -> bool:
        return True

    def words(self) -> str:
        return "it happens"


class Message(Plain):
    MOVING = True


def portions(*touches: tuple[int, int], quiet: int = -1, moving: int = -1, senders: tuple[int, ...] = ()) -> Any:
    """Things by what they (read, write); ``quiet`` and ``moving`` say which of them is so."""
    prints = Footprints()
    prints._bit("x"), prints._bit("y")
    listed: list[Thing] = []
    for index, (reads, writes) in enumerate(touches):
        prints.enlist(None)
        prints.learn(index, reads, writes, ())
        listed.append(Message() if index == moving else Plain())
        listed[-1].quiet = index == quiet
    for index in senders:
        prints.sends(index)
    return Portions(prints, listed), prints


def found(made: Portions, n: int) -> list[set[int]]:
    return [set(one) for one in made.of(tuple(range(n)))]


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ((X, 0), (0, X), True),
        ((0, X), (X, 0), True),
        ((0, X), (0, Y), False),
        ((X, 0), (X, 0), False),
    ],
)
def test_whoever_reads_what_another_writes_is_in_its_portion(
    one: tuple[int, int], other: tuple[int, int], together: bool
) -> None:
    made, _ = portions(one, other, (0, 0))
    assert found(made, 3) == ([{2}, {0, 1}] if together else [{0}, {1}, {2}])
    assert made.valid(frozenset({0}), (0, 1, 2)) is not together


def test_what_may_follow_counts_as_what_happens() -> None:
    """The second thing touches nothing itself, and leaves pending what writes what the first one reads."""
    made, prints = portions((X, 0), (0, 0), (0, 0), (0, X))
    prints.learn(1, 0, 0, (3,))
    assert found(made, 3) == [{1}, {2}, {0, 1}]


def test_a_portion_is_forgotten_when_something_is_learnt() -> None:
    made, prints = portions((X, 0), (0, 0), (0, 0))
    assert found(made, 3) == [{0}, {1}, {2}]
    prints.learn(1, 0, X, ())
    assert found(made, 3) == [{2}, {0, 1}]


def test_what_sends_is_not_put_before_what_waits_for_quiet() -> None:
    made, _ = portions((0, 0), (0, 0), (0, 0), quiet=1)
    assert found(made, 3) == [{0}, {1}, {2}]
    made, _ = portions((0, 0), (0, 0), (0, 0), quiet=1, senders=(0,))
    assert found(made, 3) == [{1}, {2}, {0, 1}]
    assert not made.valid(frozenset({0}), (0, 1, 2))


def test_what_waits_for_quiet_is_in_no_portion_while_something_is_on_its_way() -> None:
    made, _ = portions((0, X), (X, 0), (0, 0), quiet=1, moving=0)
    assert found(made, 3) == [{0}, {2}]
    assert made.valid(frozenset({0}), (0, 1, 2))


def test_whoever_reads_a_table_as_a_whole_reads_every_record_of_it() -> None:
    prints = Footprints()
    table: Any = SimpleNamespace(index=0)
    reads, _ = prints.cells([(table, WHOLE, None)], [], [])
    _, writes = prints.cells([], [(table, "key")], [])
    assert reads & writes
    apart, _ = prints.cells([(table, "other", None)], [], [])
    assert not apart & writes
