"""Journaled tables behave as plain ones, can be undone, and know what they were asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.tables import WHOLE, Journal, Table

KEYS = st.sampled_from("abc")
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), KEYS, st.integers(0, 3)),
        st.tuples(st.sampled_from(["del", "pop", "get", "in", "len", "ordered"]), KEYS, st.just(0)),
    ),
    max_size=25,
)


def _do(table: Table, what: str, key: str, value: int) -> Any:
    match what:
        case "set":
            table[key] = value
            return None
        case "del":
            try:
                del table[key]
            except KeyError:
                return "missing"
            return None
        case "pop":
            return table.pop(key, "missing")
        case "get":
            return table.get(key)
        case "in":
            return key in table
        case "len":
            return (len(table), bool(table))
        case _:
            return table.ordered()


def _fingerprint(journal: Journal) -> int:
    return sum(journal.weights[mark] for table in journal.tables for mark in table.marks.values())


@given(OPERATIONS, OPERATIONS)
def test_a_journaled_table_is_a_table_and_undo_takes_it_back(before: Any, after: Any) -> None:
    plain, journal = Table(), Journal()
    table = journal.table("t")
    for operation in before:
        assert _do(table, *operation) == _do(plain, *operation)
    was, mark = dict(plain), _fingerprint(journal)
    journal.begin()
    for operation in after:
        assert _do(table, *operation) == _do(plain, *operation)
    changed = sum(journal.weights[new] - journal.weights[old] for _, _, old, new in journal.changes())
    assert _fingerprint(journal) == mark + changed
    journal.undo()
    assert _fingerprint(journal) == mark
    assert dict(table.ordered()) == was


def test_the_trail_has_what_was_read_as_it_was_before_the_reaction() -> None:
    journal = Journal()
    table = journal.table("t")
    table["a"] = 1
    one, whole = table.marks["a"], table.sum()
    journal.begin()
    table["a"] = 2
    assert table["a"] == 2
    assert "b" not in table
    assert len(table) == 1
    assert journal.trail == [(table, "a", one), (table, "b", 0), (table, WHOLE, whole)]
    assert journal.touched


def test_writing_the_same_record_is_no_change() -> None:
    journal = Journal()
    table = journal.table("t")
    table["a"] = (1, 2)
    journal.begin()
    table["a"] = (1, 2)
    assert journal.changes() == []
    assert journal.touched


def test_what_is_no_part_of_the_identity_has_no_weight() -> None:
    journal = Journal()
    table = journal.table("t", lambda record: record if record > 1 else None)
    table["a"] = 1
    assert _fingerprint(journal) == 0
    table["a"] = 2
    assert _fingerprint(journal) != 0


def test_a_table_is_never_listed_raw() -> None:
    table = Journal().table("t")
    table["a"] = 1
    for raw in (iter, lambda t: t.items(), lambda t: t.values()):
        with pytest.raises(TypeError, match="ordered"):
            raw(table)


def test_weights_are_the_same_in_every_process_and_differ() -> None:
    first, second = Journal(), Journal()
    drawn = [first.weight() for _ in range(1000)]
    assert drawn == [second.weight() for _ in range(1000)]
    assert len(set(drawn)) == 1000
    assert max(drawn).bit_length() == Journal.BITS
