"""What attackers got into, how far they came, and what they have left at the end."""

from __future__ import annotations

import pytest

from sim import facts as f
from sim import measures
from tests.judge import D, Judge, Row, closed, created, ended, linked, session, token

A, B, C = "cloud/a", "cloud/b", "store/c"
ALICE, BOB = "alice@x.org", "bob@x.org"
END = 10 * D
#: Alice's account, to which an orchestrator leads, and Bob's, who came by the ordinary door.
LINKED: list[Row] = [("alice", 1, created(A, ALICE)), ("alice", 1, linked(A, "hub alice"))]
DOOR: list[Row] = [("bob", 1, created(B, BOB, issuer="")), ("bob", 1, linked(B, "password"))]
OWN: list[Row] = [("mallory", 2, created(C, "mallory@x.org")), ("mallory", 2, token(C, "own"))]


def served(account: str, name: str) -> Row:
    return ("mallory", 3, f.ApiAccepted(account.partition("/")[0], account, name, "access", "g"))


CASES: dict[str, dict[str, tuple[int, list[Row]]]] = {
    "entered_linked": {
        "nobody came": (0, [*LINKED, *DOOR]),
        "an account of the attacker's own": (0, OWN),
        "a token": (1, [*LINKED, ("mallory", 2, token(A, "t"))]),
        "twice": (1, [*LINKED, ("mallory", 2, token(A, "t")), ("mallory", 3, session(A, "s"))]),
        "a stolen token that is used": (1, [*LINKED, ("alice", 2, token(A, "t")), served(A, "t")]),
        "never linked": (0, [*DOOR, ("mallory", 2, token(B, "t"))]),
        "linked by the attacker alone": (
            0,
            [*DOOR, ("mallory", 2, linked(B, "hub bob", "silent")), ("mallory", 2, token(B, "t"))],
        ),
        "linked afterwards": (
            0,
            [*DOOR, ("mallory", 2, token(B, "t")), ("bob", 3, linked(B, "hub bob", "silent"))],
        ),
    },
    "entered_unlinked": {
        "nobody came": (0, [*LINKED, *DOOR]),
        "a token": (1, [*DOOR, ("mallory", 2, token(B, "t"))]),
        "linked by the attacker alone": (
            1,
            [*DOOR, ("mallory", 2, linked(B, "hub bob", "silent")), ("mallory", 2, token(B, "t"))],
        ),
        "linked before": (0, [*LINKED, ("mallory", 2, token(A, "t"))]),
    },
    "providers_touched": {
        "nobody came": (0, [*LINKED, *DOOR]),
        "an account of one's own": (1, OWN),
        "two": (2, [*LINKED, *OWN, served(A, "t")]),
    },
    "credentials_left": {
        "nobody came": (0, [*LINKED, ("alice", 2, token(A, "t"))]),
        "all of them": (2, [*LINKED, *OWN, ("mallory", 3, token(A, "t"))]),
        "two on one account": (2, [*OWN, ("mallory", 3, token(C, "another"))]),
        "one is revoked": (1, [*OWN, ("mallory", 3, token(C, "another")), ("hub", 4, ended(C, "own", "revoked"))]),
        "the last is revoked": (0, [*OWN, ("hub", 4, ended(C, "own", "revoked"))]),
        "the account is closed": (0, [*OWN, ("mallory", 4, closed(C))]),
        "another's": (0, [*LINKED, ("alice", 2, token(A, "t")), served(A, "t")]),
    },
}


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_results(name: str, case: str) -> None:
    expected, rows = CASES[name][case]
    measure = measures.load(name)(name)
    judge = Judge(measure).run(rows, until=END)
    assert measure.result(END, judge) == expected


def test_what_ends_is_forgotten() -> None:
    measure = measures.load("credentials_left")("credentials_left")
    assert Judge(measure).run([*OWN, ("hub", 4, ended(C, "own", "revoked"))]).left() == {}
