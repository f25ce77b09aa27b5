"""An orchestrator that is compromised: traces that stay contained, that do not, and that nearly do."""

from __future__ import annotations

import pytest

from sim import facts as f
from tests.judge import Row, closed, created, linked, token, unlinked
from tests.properties.words import ALICE, DOOR, OWN, STOLEN, A, B, Cases, judged

CASES: Cases = {
    "compromise_is_contained": {
        "honest link through a compromised orchestrator": (
            0,
            [DOOR, STOLEN, ("alice", 3, linked(A, "hub alice", "consent")), ("alice", 3, token(A, "t"))],
        ),
        "forged link to an account without one": (
            1,
            [DOOR, STOLEN, ("mallory", 3, linked(A, "hub m", "silent")), ("mallory", 3, token(A, "t"))],
        ),
        "each account counts": (
            2,
            [
                DOOR,
                ("bob", 1, created(B, "bob@x.org", issuer="")),
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, linked(B, "hub n", "silent")),
                ("mallory", 3, token(A, "t")),
                ("mallory", 3, token(B, "u")),
            ],
        ),
        "the same with the shared secret": (
            1,
            [
                DOOR,
                ("mallory", 2, f.SharedSecretStolen("hub", "mallory")),
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "the same with the token store": (
            1,
            [
                DOOR,
                ("mallory", 2, f.TokensStolen("hub", "mallory")),
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "another orchestrator's key was stolen": (
            0,
            [
                DOOR,
                ("mallory", 2, f.KeyStolen("second", "mallory")),
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "not stolen before": (
            0,
            [
                DOOR,
                ("mallory", 2, linked(A, "hub m", "silent")),
                ("mallory", 2, token(A, "t")),
                ("mallory", 3, STOLEN[2]),
            ],
        ),
        "account linked to it before": (
            0,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "account linked to it by its owner before": (
            0,
            [
                DOOR,
                ("alice", 1, linked(A, "hub alice", "consent")),
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "account made on its word, and unlinked since": (
            0,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                ("alice", 1, unlinked(A, "hub alice")),
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "pending account of another's making": (
            0,
            [
                ("mallory", 1, created(A, ALICE, "second", state="pending")),
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "created")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "further tokens are no further way in": (
            1,
            [
                DOOR,
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
                ("mallory", 4, token(A, "t2")),
            ],
        ),
        "no link at all, and nothing was stolen": (0, [DOOR, ("mallory", 3, token(A, "t"))]),
        "password set anew": (0, [DOOR, STOLEN, ("mallory", 3, linked(A, "password", "added"))]),
        "newly forged account": (
            0,
            [
                STOLEN,
                ("mallory", 3, created(A, ALICE)),
                ("mallory", 3, linked(A, "hub m")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "linked to another orchestrator": (
            1,
            [
                ("alice", 1, created(A, ALICE, issuer="second")),
                ("alice", 1, linked(A, "second alice")),
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "owner is talked into approving": (
            1,
            [DOOR, STOLEN, ("alice", 3, linked(A, "hub m", "consent")), ("mallory", 4, token(A, "t"))],
        ),
        "subject without issuer, so there is no link at all": (
            1,
            [
                ("alice", 1, created(A, ALICE, issuer="second")),
                ("alice", 1, linked(A, "second alice")),
                STOLEN,
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "a refreshed token is no way in": (0, [DOOR, STOLEN, ("mallory", 3, token(A, "t", "refreshed"))]),
        "stolen session, at an account of its person": (
            1,
            [
                DOOR,
                ("mallory", 2, f.SessionStolen("alice", "mallory")),
                ("mallory", 3, linked(A, "hub alice", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "stolen session, at another's account": (
            0,
            [
                ("bob", 1, created(A, "bob@x.org", issuer="")),
                ("mallory", 2, f.SessionStolen("alice", "mallory")),
                ("mallory", 3, linked(A, "hub alice", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "the owner comes later to what was linked": (
            0,
            [DOOR, STOLEN, ("mallory", 3, linked(A, "hub m", "silent")), ("alice", 4, token(A, "t"))],
        ),
        "account that is gone": (
            0,
            [
                DOOR,
                STOLEN,
                ("mallory", 3, closed(A)),
                ("mallory", 4, linked(A, "hub m", "silent")),
                ("mallory", 4, token(A, "t")),
            ],
        ),
    },
}


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_violations(name: str, case: str) -> None:
    count, rows = CASES[name][case]
    judge = judged(name, rows)
    assert len(judge.violations) == count, judge.violations


def test_a_rogue_orchestrator_is_compromised_from_the_beginning() -> None:
    rows: list[Row] = [DOOR, ("mallory", 2, linked(A, "hub m", "silent")), ("mallory", 2, token(A, "t"))]
    assert judged("compromise_is_contained", rows).violations == []
    assert len(judged("compromise_is_contained", rows, adversaries=("mallory", "hub")).violations) == 1
