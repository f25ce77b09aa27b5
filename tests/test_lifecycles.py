"""The tables of life cycles: every state has a row, ends are ends, and nothing stands apart."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.lifecycles import MACHINES, Machine, legal
from sim.views.reference import drawn_lifecycles

#: The states at which things end.
ENDS = {
    "account": {"closed"},
    "code": {"spent", "expired", "voided"},
    "consent": {"given", "expired", "replaced"},
    "grant": {"revoked", "purged", "expired"},
    "resource": {"removed", "detached"},
    "credential": {"ended"},
    "payment_token": {"consumed", "expired", "resolved", "revoked"},
    "charge": {"refunded"},
    "dispute": {"closed"},
}
#: Machines that come back to a state.
ROUND = {"link", "account", "resource"}
each = pytest.mark.parametrize(("name", "machine"), MACHINES.items())


def reached(machine: Machine, first: str) -> list[str]:
    """Every state that may come after ``first`` in one step or more, in the order in which they are found."""
    found = list(machine[first])
    for state in found:
        found += [after for after in machine[state] if after not in found]
    return found


@each
def test_every_state_that_may_follow_has_a_row(name: str, machine: Machine) -> None:
    assert {after for row in machine.values() for after in row} <= machine.keys()
    assert all(len(set(row)) == len(row) for row in machine.values())


@each
def test_every_state_is_reached_from_the_first(name: str, machine: Machine) -> None:
    first = next(iter(machine))
    assert first in ("none", "absent")
    assert {first, *reached(machine, first)} == set(machine)
    assert first not in reached(machine, first)


@pytest.mark.parametrize("name", ENDS)
def test_ends_are_ends(name: str) -> None:
    assert {state for state, row in MACHINES[name].items() if not row} == ENDS[name]


@each
def test_what_is_left_behind_does_not_come_back(name: str, machine: Machine) -> None:
    assert any(state in reached(machine, state) for state in machine) == (name in ROUND)


def test_a_closed_account_stays_closed() -> None:
    assert reached(MACHINES["account"], "closed") == []


def test_every_link_can_be_asked_for_again() -> None:
    """Whatever became of it, a person may connect once more."""
    link = MACHINES["link"]
    assert all("active" in reached(link, state) for state in link)


@pytest.mark.parametrize(
    ("machine", "before", "after", "may"),
    [
        ("code", "issued", "spent", True),
        ("code", "spent", "issued", False),
        ("code", "absent", "spent", False),
        ("account", "pending", "active", True),
        ("account", "active", "pending", False),
        ("account", "closed", "active", False),
        ("consent", "asked", "given", True),
        ("consent", "replaced", "given", False),
        ("consent", "expired", "given", False),
        ("grant", "revoked", "active", False),
        ("link", "none", "active", False),
        ("link", "pending_auth", "active", True),
        ("link", "unlinked", "active", False),
        ("resource", "detached", "removed", False),
        ("resource", "no such state", "removed", False),
    ],
)
def test_a_transition_is_legal_if_the_table_has_it(machine: str, before: str, after: str, may: bool) -> None:
    assert legal(machine, before, after) is may


def test_there_is_no_such_machine() -> None:
    with pytest.raises(KeyError):
        legal("weather", "rain", "sun")


def test_the_state_diagrams_in_the_documentation_are_drawn_from_the_tables() -> None:
    """``python -m sim list lifecycles --markdown`` prints what belongs below the introduction of the file."""
    page = (Path(sim.__file__).parent / "LIFECYCLES.md").read_text("utf-8")
    assert page.rstrip().endswith(drawn_lifecycles().rstrip())
    assert page.count("```mermaid") == len(MACHINES)
