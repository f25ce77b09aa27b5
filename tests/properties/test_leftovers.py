"""What properties keep of accounts that went well: a million of them must fit into memory."""

from __future__ import annotations

import pytest

from sim import properties
from tests.judge import Row, answered, created, linked, requested, token, unlinked
from tests.properties.test_authority import CASES as AUTHORITY
from tests.properties.test_compromise import CASES as COMPROMISE
from tests.properties.test_consent import CASES as CONSENT
from tests.properties.test_deadlines import CASES as DEADLINES
from tests.properties.test_identity import CASES as IDENTITY
from tests.properties.test_ownership import CASES as OWNERSHIP
from tests.properties.words import (
    ALICE,
    A,
    accepted,
    asked,
    attested,
    completed,
    given,
    judged,
    minted,
    moved,
    stored,
    terms,
    used,
)

ABOUT_IDENTITY = OWNERSHIP | IDENTITY | CONSENT
CASES = ABOUT_IDENTITY | AUTHORITY | COMPROMISE | DEADLINES


QUIET: list[Row] = [
    ("alice", 1, created(A, ALICE)),
    ("alice", 1, linked(A, "hub alice")),
    ("alice", 2, token(A, "t")),
    ("alice", 3, asked("u")),
    ("alice", 4, given("u")),
    ("alice", 4, linked(A, "second alice", "consent", url="u")),
    ("alice", 4, minted("u")),
    ("alice", 5, unlinked(A, "hub alice")),
    ("alice", 5, unlinked(A, "second alice")),
]


@pytest.mark.parametrize("name", ABOUT_IDENTITY)
def test_an_honest_account_leaves_nothing_behind(name: str) -> None:
    assert judged(name, QUIET).left() == {}


HONEST: list[Row] = [
    ("alice", 1, requested("r")),
    ("alice", 1, terms()),
    ("alice", 2, attested("r")),
    ("alice", 3, accepted()),
    ("alice", 3, created(A, ALICE)),
    ("alice", 3, linked(A, "hub alice")),
    ("alice", 3, moved("account", "absent", "active", A)),
    ("alice", 3, moved("code", "absent", "issued", "c")),
    ("alice", 4, moved("code", "issued", "spent", "c")),
    ("alice", 4, token(A, "t")),
    ("alice", 5, completed()),
    ("alice", 5, token(A, "sk", "resource")),
    ("alice", 6, answered("r")),
    ("alice", 7, stored("sk")),
    ("alice", 8, used("sk")),
]
KEPT = {
    "account_needs_acceptance": {"accepted": 1},
    "account_without_charge": {"reached": 1},
    "assertion_accepted_once": {"seen": 1, "kept": 1},
    "in_use_without_human_at_provider": {"reached": 1},
    "link_key_is_stable": {"leads": 1},
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_an_honest_account_leaves_behind(name: str) -> None:
    """A million accounts go through: whatever is kept for one has to be here, with its reason in the property."""
    judge = judged(name, HONEST)
    assert judge.left() == {f"{name}.{table}": size for table, size in KEPT.get(name, {}).items()}
    assert judge.violations == [] or properties.load(name).KIND == "sometimes"
