"""The money rows of the panel: whose an entry of the books is, and that all rows add up to nothing."""

from __future__ import annotations

import pytest

from sim import facts as f
from sim import measures
from tests.judge import Judge, Row

ROWS = [name for group, name in measures.PANEL if group == "money"]


def posted(*lines: tuple[str, int]) -> f.Posted:
    return f.Posted("r", "charge", lines)


def panel(*told: Row) -> dict[str, object]:
    """Every money row and the attacker's gain, where they are not nothing."""
    folds = [measures.load(name)(name) for name in (*ROWS, "attacker_gain")]
    judge = Judge(*folds).run(list(told))
    found = {fold.name: fold.result(0, judge) for fold in folds}
    assert sum(int(found[name] or 0) for name in ROWS) == 0
    return {name: value for name, value in found.items() if value}


PAYS, GETS = posted(("person:alice", -20), ("provider:cloud", 20)), posted(("service:cloud", -20), ("customer", 20))

CASES: dict[str, tuple[list[Row], dict[str, int]]] = {
    "a fair deal": ([("alice", 1, PAYS), ("alice", 1, GETS)], {}),
    "paid for nothing": ([("alice", 1, PAYS)], {"net_user": -20, "net_provider": 20}),
    "given for nothing": ([("alice", 1, GETS)], {"net_user": 20, "net_provider": -20}),
    "with somebody else's card": (
        [("mallory", 1, PAYS), ("mallory", 1, GETS)],
        {"net_user": -20, "net_adversary": 20, "attacker_gain": 20},
    ),
    "an attacker who pays": (
        [("mallory", 1, posted(("person:mallory", -20), ("provider:cloud", 20))), ("mallory", 1, GETS)],
        {"attacker_gain": 20},
    ),
    "an attacker who sells": (
        [("alice", 1, posted(("person:alice", -20), ("provider:mallory", 20)))],
        {"net_user": -20, "net_adversary": 20, "attacker_gain": 20},
    ),
    "a fee": (
        [("alice", 1, posted(("provider:cloud", -15), ("processor", 10), ("issuer", 5)))],
        {"net_provider": -15, "net_processor": 10, "net_issuer": 5},
    ),
    "an orchestrator's share": (
        [("alice", 1, posted(("orchestrator:hub", 3), ("person:alice", -3)))],
        {"net_orchestrator": 3, "net_user": -3},
    ),
    "booked under the attacker": (
        [("alice", 1, posted(("adversary:mallory", 3), ("person:alice", -3)))],
        {"net_adversary": 3, "net_user": -3, "attacker_gain": 3},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_whose_money_it_is(case: str) -> None:
    told, expected = CASES[case]
    assert panel(*told) == expected


def test_the_money_rows_are_all_there() -> None:
    parties = ("user", "provider", "orchestrator", "processor", "issuer", "adversary")
    assert [f"net_{party}" for party in parties] == ROWS
    assert [measures.load(name).GROUP for name in ROWS] == ["money"] * 6
