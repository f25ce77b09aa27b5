"""Both kinds of table answer alike, and the journaled one forgets what is undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.tables import Journal, Table

keys = st.sampled_from(["a", "b", "c", "d"])
records = st.integers(0, 3)
Move = Callable[[Any], Any]

moves: st.SearchStrategy[Move] = st.one_of(
    st.tuples(keys, records).map(lambda kr: lambda table: table.__setitem__(*kr)),
    keys.map(lambda key: lambda table: table.get(key)),
    keys.map(lambda key: lambda table: table.get(key, "nothing")),
    keys.map(lambda key: lambda table: key in table),
    keys.map(lambda key: lambda table: table.pop(key, None)),
    keys.map(lambda key: lambda table: table.pop(key, "nothing")),
    keys.map(lambda key: lambda table: table[key]),
    keys.map(lambda key: lambda table: table.__delitem__(key)),
    st.just(len),
    st.just(bool),
    st.just(lambda table: table.ordered()),
)


def play(table: Table, listed: list[Move]) -> list[Any]:
    """What each move says; of a refusal, its kind and the key."""
    said: list[Any] = []
    for move in listed:
        try:
            said.append(move(table))
        except KeyError as missing:
            said.append((type(missing), missing.args))
    return said


def fingerprint(journal: Journal) -> int:
    return sum(journal.weights[mark] for table in journal.tables for mark in table.marks.values())


def test_a_table_is_listed_in_the_order_of_its_keys() -> None:
    table = Table()
    table["b"], table["a"], table["c"] = 1, 2, 3
    del table["b"]
    table["b"] = 4
    assert table.ordered() == [("a", 2), ("b", 4), ("c", 3)]


@given(st.lists(st.lists(moves, max_size=12), max_size=4))
def test_a_journaled_table_says_what_a_plain_one_says(reactions: list[list[Move]]) -> None:
    journal = Journal()
    plain, journaled = Table(), journal.table("t")
    for reaction in reactions:
        journal.begin()
        assert play(journaled, reaction) == play(plain, reaction)
    assert journaled.ordered() == plain.ordered()


@given(st.lists(moves, max_size=12), st.lists(moves, max_size=12))
def test_an_undone_reaction_leaves_nothing(before: list[Move], undone: list[Move]) -> None:
    journal = Journal()
    table = journal.table("t")
    journal.begin()
    play(table, before)
    journal.begin()
    was, had = table.ordered(), fingerprint(journal)
    journal.begin()
    play(table, undone)
    journal.undo()
    assert (table.ordered(), fingerprint(journal)) == (was, had)
    assert journal.changes() == []


@given(st.lists(moves, max_size=12), st.lists(moves, max_size=12))
def test_changes_lead_from_the_state_before_to_the_one_after(before: list[Move], after: list[Move]) -> None:
    journal = Journal()
    table = journal.table("t")
    journal.begin()
    play(table, before)
    journal.begin()
    was = dict(table.ordered())
    journal.begin()
    play(table, after)
    changes = journal.changes()
    for _, key, old, new in changes:
        assert journal.records[old] == was.get(key)
        assert old != new
        if new:
            was[key] = journal.records[new]
        else:
            del was[key]
    assert sorted(was.items()) == table.ordered()


@given(st.lists(moves, max_size=12), st.lists(moves, max_size=12))
def test_states_have_one_fingerprint_exactly_if_they_are_equal(one: list[Move], other: list[Move]) -> None:
    journal = Journal()
    tables = [journal.table("t"), journal.table("u")]
    prints, states = [], []
    for moved in (one, other):
        journal.begin()
        play(tables[0], moved)
        play(tables[1], moved[::-1])
        prints.append(fingerprint(journal))
        states.append([table.ordered() for table in tables])
        journal.undo()
    assert (prints[0] == prints[1]) == (states[0] == states[1])


def test_the_same_record_in_two_places_is_not_nothing() -> None:
    """Combining by exclusive or would lose both."""
    journal = Journal()
    first, second = journal.table("t"), journal.table("u")
    journal.begin()
    first["a"] = second["a"] = 1
    assert fingerprint(journal) not in (0, journal.weights[1], journal.weights[2])


@given(st.lists(moves, max_size=12))
def test_the_trail_is_what_was_there_before_anything_was_written(reaction: list[Move]) -> None:
    journal = Journal()
    table = journal.table("t")
    journal.begin()
    table["a"], table["b"] = 1, 2
    journal.begin()
    before = dict(table.marks)
    play(table, reaction)
    for _, key, mark in journal.trail:
        if isinstance(key, str):
            assert mark == before.get(key, 0)
    read = [(id(seen), str(key)) for seen, key, _ in journal.trail]
    assert len(set(read)) == len(read)
    journal.undo()
    again = list(journal.trail)
    journal.begin()
    play(table, reaction)
    assert journal.trail == again


def test_what_is_no_part_of_the_identity_does_not_move_the_fingerprint() -> None:
    journal = Journal()
    table = journal.table("t", lambda record: record[0])
    hidden = journal.table("u", lambda record: None)
    journal.begin()
    table["a"], hidden["a"] = ("seen", 1), 1
    before = fingerprint(journal)
    table["a"], hidden["a"] = ("seen", 2), 2
    assert fingerprint(journal) == before
    table["a"] = ("other", 2)
    assert fingerprint(journal) != before
    assert table["a"] == ("other", 2)
    assert hidden["a"] == 2


@pytest.mark.parametrize("listing", [iter, lambda table: table.keys(), lambda table: table.items(), dict.fromkeys])
def test_a_journaled_table_is_not_listed_raw(listing: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="listed by ordered"):
        listing(Journal().table("people.tasks"))
