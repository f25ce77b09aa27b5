"""Life cycles, deadlines, and what must be reached: traces that violate, that do not, that nearly do."""

from __future__ import annotations

import pytest

from tests.judge import MIN, D, H, Row, adopted, answered, created, linked, refused, requested, session, token, unlinked
from tests.properties.words import (
    ALICE,
    DOOR,
    OWN,
    SQUAT,
    TERMS,
    A,
    B,
    Cases,
    accepted,
    attested,
    completed,
    judged,
    moved,
    stepped,
    used,
    withdrawn,
)

CASES: Cases = {
    "legal_transitions_only": {
        "a code's life": (0, [("a", 1, moved("code", "absent", "issued")), ("a", 2, moved("code", "issued", "spent"))]),
        "not in the table": (1, [("a", 1, moved("account", "pending", "suspended"))]),
        "back from an end": (1, [("a", 1, moved("grant", "revoked", "active"))]),
        "no such machine": (1, [("a", 1, moved("dream", "absent", "active"))]),
        "code spent twice": (
            1,
            [
                ("a", 1, moved("code", "absent", "issued")),
                ("a", 2, moved("code", "issued", "spent")),
                ("a", 3, moved("code", "issued", "spent")),
            ],
        ),
        "code that was never issued": (1, [("a", 1, moved("code", "issued", "spent"))]),
        "consent given after it was replaced": (
            1,
            [
                ("a", 1, moved("consent", "absent", "asked")),
                ("a", 2, moved("consent", "asked", "replaced")),
                ("a", 3, moved("consent", "asked", "given")),
            ],
        ),
        "two codes": (
            0,
            [
                ("a", 1, moved("code", "absent", "issued", "x")),
                ("a", 2, moved("code", "absent", "issued", "y")),
                ("a", 3, moved("code", "issued", "spent", "y")),
                ("a", 4, moved("code", "issued", "expired", "x")),
            ],
        ),
        "an account's life": (
            0,
            [("a", 1, moved("account", "absent", "pending")), ("a", 2, moved("account", "pending", "active"))],
        ),
    },
    "request_is_answered": {
        "in time": (0, [("alice", 1, requested("r")), ("alice", 5 * MIN, answered("r"))]),
        "that it waits is an answer": (0, [("alice", 1, requested("r")), ("alice", 2, answered("r", "pending"))]),
        "never": (1, [("alice", 1, requested("r"))]),
        "too late": (1, [("alice", 1, requested("r")), ("alice", 6 * MIN, answered("r"))]),
        "another one": (1, [("alice", 1, requested("r")), ("alice", 2, answered("r2"))]),
        "an attacker's": (0, [("mallory", 1, requested("r"))]),
        "clock starts again when it goes on": (
            0,
            [
                ("alice", 1, requested("r")),
                ("alice", 2, answered("r", "pending", TERMS)),
                ("alice", H, attested("r")),
                ("alice", H + 4 * MIN, answered("r")),
            ],
        ),
        "a repetition": (
            0,
            [
                ("alice", 1, requested("r")),
                ("alice", 2, answered("r", "pending_auth")),
                ("alice", H, requested("r+again2")),
                ("alice", H, attested("r+again2~2")),
                ("alice", H + 1, answered("r+again2")),
            ],
        ),
        "a repetition that is not answered": (
            1,
            [("alice", 1, requested("r")), ("alice", 2, answered("r")), ("alice", H, requested("r+again2"))],
        ),
        "and then it is never answered": (
            1,
            [
                ("alice", 1, requested("r")),
                ("alice", 2, answered("r", "pending", TERMS)),
                ("alice", H, attested("r~2")),
            ],
        ),
        "what is sent again has no more time": (
            1,
            [("alice", 1, requested("r")), ("alice", 4 * MIN, attested("r~2")), ("alice", 6 * MIN, answered("r"))],
        ),
        "it waits for an owner, who never comes": (
            0,
            [("alice", 1, requested("r")), ("alice", 2, answered("r", "pending_auth", "PROVIDER_NOT_LINKED"))],
        ),
        "an attacker's that waits for terms": (
            0,
            [("mallory", 1, answered("r", "pending", TERMS)), ("mallory", H, attested("r"))],
        ),
        "attested by a thief": (0, [("mallory", H, attested("r"))]),
    },
    "owner_regains_access": {
        "refused once, in again": (
            0,
            [OWN, ("alice", 2, refused("alice", "email_taken")), ("alice", 3, token(A, "t"))],
        ),
        "never again": (1, [OWN, ("alice", 2, refused("alice", "email_taken"))]),
        "too late": (1, [OWN, ("alice", 2, refused("alice", "x")), ("alice", 3 + 7 * D, session(A, "s"))]),
        "in by another account there": (
            0,
            [OWN, ("alice", 2, refused("alice", "x")), ("alice", D, created(B, ALICE)), ("alice", D, token(B, "t"))],
        ),
        "in at another provider": (
            1,
            [OWN, ("alice", 2, refused("alice", "x")), ("alice", D, token("store/b", "t"))],
        ),
        "linked again": (
            0,
            [OWN, ("alice", 2, refused("alice", "x")), ("alice", D, linked(A, "hub alice", "consent"))],
        ),
        "somebody else gets in": (1, [OWN, ("alice", 2, refused("alice", "x")), ("mallory", D, token(A, "t"))]),
        "a squat bears her address": (1, [SQUAT, ("alice", 2, refused("alice", "email_taken"))]),
        "nothing there is hers": (0, [("alice", 2, refused("alice", "unknown_service"))]),
        "login, too": (1, [OWN, ("alice", 2, refused("alice", "invalid_credentials", "log_in"))]),
        "a refused call is an outage": (0, [OWN, ("alice", 2, refused("alice", "unauthorized", "use"))]),
        "an attacker's lockout": (
            0,
            [("mallory", 1, created(A, "mallory@x.org")), ("mallory", 2, refused("mallory", "email_taken"))],
        ),
        "refused again meanwhile is one lockout": (
            1,
            [OWN, ("alice", 2, refused("alice", "x")), ("alice", 6 * D, refused("alice", "y"))],
        ),
        "locked out a second time": (
            1,
            [
                OWN,
                ("alice", 2, refused("alice", "x")),
                ("alice", D, token(A, "t")),
                ("alice", 2 * D, refused("alice", "x")),
            ],
        ),
    },
    "account_without_charge": {
        "provisioned": (1, [OWN, ("alice", 2, token(A, "t"))]),
        "reached once": (1, [OWN, ("alice", 2, token(A, "t")), ("alice", 3, token(A, "t2"))]),
        "the ordinary door": (
            0,
            [DOOR, ("alice", 2, session(A, "s")), ("alice", 3, token(A, "k", "access", issuer=""))],
        ),
        "account, and no access": (0, [OWN, ("alice", 2, token(A, "sk", "resource"))]),
    },
    "in_use_without_human_at_provider": {
        "a resource is complete": (1, [OWN, ("alice", 2, completed())]),
        "a call is served": (1, [OWN, ("alice", 2, used())]),
        "reached once": (1, [OWN, ("alice", 2, completed()), ("alice", 3, used())]),
        "the owner approved at the provider": (0, [OWN, ("alice", 2, stepped("alice")), ("alice", 3, completed())]),
        "the owner accepted terms at the orchestrator": (
            1,
            [OWN, ("alice", 2, stepped("alice", "hub")), ("alice", 3, completed())],
        ),
        "somebody else was there": (1, [OWN, ("alice", 2, stepped("bob")), ("alice", 3, completed())]),
        "made by hand": (0, [DOOR, ("alice", 3, completed(grant=""))]),
        "a squat": (0, [SQUAT, ("mallory", 3, completed())]),
        "an attacker's own": (0, [("mallory", 1, created(A, "mallory@x.org")), ("mallory", 2, completed())]),
        "used by a thief": (0, [OWN, ("mallory", 2, used())]),
        "a squat, and nobody uses it": (0, [SQUAT, ("", 2, used())]),
    },
    "owner_logs_in_later": {
        "provisioned, then signed in": (1, [OWN, ("alice", D, session(A, "s"))]),
        "also after the links were purged": (
            1,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                ("alice", D, unlinked(A, "hub alice")),
                ("alice", D, session(A, "s")),
            ],
        ),
        "a squat that was adopted": (1, [SQUAT, ("alice", D, session(A, "s")), ("alice", D, adopted(A))]),
        "reached once": (1, [OWN, ("alice", D, session(A, "s")), ("alice", D, session(A, "s2"))]),
        "an account from the door": (0, [DOOR, ("alice", D, session(A, "s"))]),
        "a token is no login": (0, [OWN, ("alice", D, token(A, "t"))]),
        "somebody else": (0, [OWN, ("bob", D, session(A, "s"))]),
        "unknown account": (0, [("alice", D, session(A, "s"))]),
        "an attacker's own": (0, [("mallory", 1, created(A, "mallory@x.org")), ("mallory", D, session(A, "s"))]),
    },
}


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_violations(name: str, case: str) -> None:
    count, rows = CASES[name][case]
    judge = judged(name, rows)
    assert len(judge.violations) == count, judge.violations


def test_deadlines_can_be_set() -> None:
    assert judged(
        "request_is_answered", [("alice", 1, requested("r")), ("alice", 3 * MIN, answered("r"))], MIN
    ).violations
    rows: list[Row] = [("hub", 1, withdrawn()), ("mallory", 2 * MIN, accepted())]
    assert judged("withdrawn_key_is_refused", rows).violations == []
    assert len(judged("withdrawn_key_is_refused", rows, MIN).violations) == 1


@pytest.mark.parametrize("outcome", ["pending_auth", "error"])
def test_requests_that_came_to_nothing_are_forgotten(outcome: str) -> None:
    rows: list[Row] = [("alice", 1, requested("r")), ("alice", 2, answered("r", outcome, "WHY"))]
    for name in ("request_is_answered", "account_needs_acceptance"):
        assert judged(name, rows).left() == {}


def test_requests_that_waited_for_terms_are_forgotten() -> None:
    rows: list[Row] = [
        ("alice", 1, requested("r")),
        ("alice", 2, answered("r", "pending", TERMS)),
        ("alice", 3, attested("r")),
        ("alice", 4, answered("r", "pending")),
    ]
    assert judged("request_is_answered", rows).left() == {}


def test_a_lockout_lasts_from_the_first_refusal() -> None:
    rows: list[Row] = [OWN, ("alice", 2, refused("alice", "x")), ("alice", 6 * D, refused("alice", "y"))]
    assert [at for _, at, _ in judged("owner_regains_access", rows).violations] == [2 + 7 * D]
