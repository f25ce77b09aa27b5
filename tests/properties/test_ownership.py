"""Whose an account is: each property on traces that violate it, that do not, and that nearly do."""

from __future__ import annotations

import pytest

from sim import facts as f
from tests.judge import Row, activated, adopted, closed, created, ended, linked, session, token, unlinked
from tests.properties.words import ALICE, BY_PASSWORD, MALLORY, OWN, SQUAT, A, B, Cases, judged

CASES: Cases = {
    "token_only_for_owner": {
        "owner gets a token": (0, [OWN, ("alice", 2, token(A, "t")), ("alice", 3, session(A, "s"))]),
        "takeover by a token": (1, [OWN, ("mallory", 2, token(A, "t"))]),
        "takeover by a session": (1, [OWN, ("mallory", 2, session(A, "s"))]),
        "takeover by an API key": (1, [OWN, ("mallory", 2, token(A, "k", "api_key"))]),
        "each takeover is reported": (2, [OWN, ("mallory", 2, token(A, "t")), ("carol", 3, session(A, "s"))]),
        "an honest stranger is one too": (1, [OWN, ("bob", 2, token(A, "t"))]),
        "takeover by a refreshed token": (1, [OWN, ("mallory", 2, token(A, "t", "refreshed"))]),
        "takeover by the secret of a resource": (1, [OWN, ("mallory", 2, token(A, "sk", "resource"))]),
        "squatter's own token": (0, [SQUAT, ("mallory", 2, token(A, "t"))]),
        "squatter signs in after the owner has come": (
            1,
            [SQUAT, ("alice", 2, session(A, "s")), ("mallory", 3, session(A, "s2"))],
        ),
        "addressee takes a squat": (0, [SQUAT, ("alice", 2, session(A, "s"))]),
        "address that nobody holds": (
            0,
            [("mallory", 1, created(A, "ghost@nowhere.org")), ("mallory", 2, token(A, "t"))],
        ),
        "mailbox moved, and the new holder gets in": (
            1,
            [OWN, ("", 2, f.MailboxMoved(ALICE, "bob")), ("bob", 3, token(A, "t"))],
        ),
        "unknown account": (0, [("mallory", 1, token(A, "t"))]),
    },
    "no_squat": {
        "own account": (0, [OWN]),
        "active account for another's address": (1, [SQUAT]),
        "by the ordinary door too": (1, [BY_PASSWORD]),
        "pending account": (0, [("mallory", 1, created(A, ALICE, state="pending"))]),
        "addressee's click activates and links at once": (
            0,
            [
                ("mallory", 1, created(A, ALICE, state="pending")),
                ("alice", 2, activated(A)),
                ("alice", 2, linked(A, "hub m")),
            ],
        ),
        "thief of the mailbox clicks": (
            1,
            [
                ("mallory", 1, created(A, ALICE, state="pending")),
                ("mallory", 2, activated(A)),
                ("mallory", 2, linked(A, "hub m")),
            ],
        ),
        "activation without possession": (
            1,
            [("mallory", 1, created(A, ALICE, state="pending")), ("alice", 2, activated(A))],
        ),
        "it goes as soon as it came": (0, [SQUAT, ("alice", 1, closed(A))]),
        "address that nobody holds": (0, [("mallory", 1, created(A, "ghost@nowhere.org"))]),
        "an honest maker is no excuse": (1, [("bob", 1, created(A, ALICE))]),
    },
    "one_person_per_account": {
        "one person, two identifiers": (
            0,
            [OWN, ("alice", 1, linked(A, "hub alice")), ("alice", 2, linked(A, "second alice", "consent"))],
        ),
        "squatter's link and owner's": (
            1,
            [SQUAT, ("mallory", 1, linked(A, "second m")), ("alice", 2, linked(A, "hub alice", "silent"))],
        ),
        "squatter's link alone": (0, [SQUAT, ("mallory", 1, linked(A, "second m"))]),
        "squatter's password and owner's link": (1, [BY_PASSWORD, ("alice", 2, linked(A, "hub alice", "silent"))]),
        "stranger's link to an own account": (
            1,
            [OWN, ("alice", 1, linked(A, "hub alice")), ("mallory", 2, linked(A, "second m", "silent"))],
        ),
        "stranger's link to a password account": (
            1,
            [("alice", 1, created(A, ALICE, issuer="")), ("mallory", 2, linked(A, "hub m", "silent"))],
        ),
        "purged in the same step": (
            0,
            [
                SQUAT,
                ("mallory", 1, linked(A, "second m")),
                ("alice", 2, linked(A, "hub alice", "consent")),
                ("alice", 2, unlinked(A, "second m")),
            ],
        ),
        "purged one step before": (
            0,
            [
                SQUAT,
                ("mallory", 1, linked(A, "second m")),
                ("alice", 2, unlinked(A, "second m")),
                ("alice", 3, linked(A, "hub alice", "consent")),
            ],
        ),
        "purged one step later": (
            1,
            [
                SQUAT,
                ("mallory", 1, linked(A, "second m")),
                ("alice", 2, linked(A, "hub alice", "consent")),
                ("alice", 3, unlinked(A, "second m")),
            ],
        ),
        "owner's password beside the squatter's link": (
            1,
            [SQUAT, ("mallory", 1, linked(A, "second m")), ("alice", 2, linked(A, "password", "added"))],
        ),
        "owner links first, squatter in the same step": (
            1,
            [
                SQUAT,
                ("mallory", 1, linked(A, "second m")),
                ("alice", 2, linked(A, "password", "added")),
                ("mallory", 2, linked(A, "second m")),
            ],
        ),
        "squatter's password and more of the squatter's": (
            0,
            [BY_PASSWORD, ("mallory", 2, linked(A, "hub m", "silent"))],
        ),
        "two squatters": (
            1,
            [SQUAT, ("mallory", 1, linked(A, "second m")), ("carol", 2, linked(A, "hub carol", "silent"))],
        ),
        "identifiers of different accounts": (
            0,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                ("bob", 2, created(B, "bob@x.org")),
                ("bob", 2, linked(B, "hub b")),
            ],
        ),
    },
    "adopted_account_is_clean": {
        "own account, adopted": (0, [OWN, ("alice", 1, token(A, "t")), ("alice", 2, adopted(A))]),
        "squatter's token survives a silent link": (
            1,
            [SQUAT, ("mallory", 2, token(A, "t")), ("alice", 3, linked(A, "hub alice", "silent"))],
        ),
        "squatter's link survives an adoption": (
            1,
            [SQUAT, ("mallory", 2, linked(A, "second m")), ("alice", 3, adopted(A))],
        ),
        "squatter's password survives a silent link": (
            1,
            [BY_PASSWORD, ("alice", 3, linked(A, "hub alice", "silent"))],
        ),
        "squatter's pending change survives": (
            1,
            [SQUAT, ("mallory", 2, f.ChangeRequested("cloud", A, "c", MALLORY)), ("alice", 3, adopted(A))],
        ),
        "cancelled change does not": (
            0,
            [
                SQUAT,
                ("mallory", 2, f.ChangeRequested("cloud", A, "c", MALLORY)),
                ("alice", 3, f.ChangeCancelled("cloud", A, "c")),
                ("alice", 3, adopted(A)),
            ],
        ),
        "purged in the step that settles": (
            0,
            [
                SQUAT,
                ("mallory", 2, token(A, "t")),
                ("alice", 3, session(A, "s")),
                ("alice", 3, ended(A, "t")),
                ("alice", 3, adopted(A)),
            ],
        ),
        "purged one step later": (
            1,
            [
                SQUAT,
                ("mallory", 2, token(A, "t")),
                ("alice", 3, session(A, "s")),
                ("alice", 4, ended(A, "t")),
                ("alice", 4, adopted(A)),
            ],
        ),
        "purge that forgets one of two": (
            1,
            [
                SQUAT,
                ("mallory", 2, token(A, "t")),
                ("mallory", 2, token(A, "sk", "resource")),
                ("alice", 3, ended(A, "t")),
                ("alice", 3, adopted(A)),
            ],
        ),
        "comes to life after the purge": (
            1,
            [SQUAT, ("alice", 3, adopted(A)), ("mallory", 4, token(A, "t"))],
        ),
        "change confirmed after the recovery": (
            2,
            [
                SQUAT,
                ("mallory", 2, f.ChangeRequested("cloud", A, "c", MALLORY)),
                ("alice", 3, adopted(A)),
                ("mallory", 4, f.ChangeConfirmed("cloud", A, "c", MALLORY)),
            ],
        ),
        "each thing is told once": (
            1,
            [
                SQUAT,
                ("mallory", 2, token(A, "t")),
                ("alice", 3, adopted(A)),
                ("alice", 4, token(A, "t2")),
                ("alice", 5, adopted(A)),
            ],
        ),
        "takeover of an account that was always the owner's": (0, [OWN, ("mallory", 2, token(A, "t"))]),
        "which is adopted then": (1, [OWN, ("mallory", 2, token(A, "t")), ("alice", 3, adopted(A))]),
        "or was adopted before": (1, [OWN, ("alice", 2, adopted(A)), ("mallory", 3, token(A, "t"))]),
        "squat that nobody takes": (0, [SQUAT, ("mallory", 2, token(A, "t")), ("mallory", 3, adopted(A))]),
        "closed in the step that settles": (
            0,
            [SQUAT, ("mallory", 2, token(A, "t")), ("alice", 3, adopted(A)), ("alice", 3, closed(A))],
        ),
    },
}


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_violations(name: str, case: str) -> None:
    count, rows = CASES[name][case]
    judge = judged(name, rows)
    assert len(judge.violations) == count, judge.violations


def test_a_purge_leaves_nothing_to_remember() -> None:
    rows: list[Row] = [SQUAT, ("mallory", 2, token(A, "t")), ("alice", 3, session(A, "s")), ("alice", 3, ended(A, "t"))]
    assert judged("adopted_account_is_clean", rows).left() == {}
