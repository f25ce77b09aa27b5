"""What may be done in whose name: each property on traces that violate it, that do not, and that nearly do."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sim.clock import NEVER, Uniform
from tests.judge import MIN, D, H, Row, S, answered, created, linked, provider, requested, session, token, world
from tests.properties.words import (
    ALICE,
    DOOR,
    TERMS,
    A,
    Cases,
    accepted,
    approved,
    judged,
    revoked,
    stored,
    terms,
    used,
    withdrawn,
)

CASES: Cases = {
    "revoked_grant_is_dead": {
        "not used any more": (0, [("alice", 1, used()), ("alice", 2, revoked())]),
        "used in time": (0, [("alice", 2, revoked()), ("mallory", 2 + 15 * MIN, used())]),
        "used after the deadline": (1, [("alice", 2, revoked()), ("mallory", 3 + 15 * MIN, used())]),
        "nothing was pushed": (1, [("alice", 2, revoked(pushed=False)), ("mallory", H, used())]),
        "what descends from it": (
            2,
            [("alice", 2, revoked()), ("mallory", H, used("at:g:2")), ("alice", H, used("sk:db"))],
        ),
        "another grant": (0, [("alice", 2, revoked()), ("alice", H, used(grant="g2"))]),
        "nothing was granted": (0, [("alice", 2, revoked("")), ("alice", H, used(grant=""))]),
        "revoked twice, the first time counts": (
            1,
            [("alice", 2, revoked()), ("alice", 16 * MIN, revoked()), ("mallory", 20 * MIN, used())],
        ),
    },
    "withdrawn_key_is_refused": {
        "in the life of a copy": (0, [("hub", 1, withdrawn()), ("alice", 10 * MIN, accepted())]),
        "a copy fetched at that moment": (0, [("hub", 1, withdrawn()), ("alice", 1 + 10 * MIN + S, accepted())]),
        "after it": (1, [("hub", 1, withdrawn()), ("mallory", 2 + 10 * MIN + S, accepted())]),
        "another key": (0, [("hub", 1, withdrawn()), ("alice", H, accepted("hub#2"))]),
        "another issuer's key of that name": (0, [("x", 1, withdrawn("hub#1", "second")), ("alice", H, accepted())]),
        "at a member of a group": (1, [("hub", 1, withdrawn()), ("mallory", H, accepted(where="many3"))]),
        "before it was withdrawn": (0, [("alice", 1, accepted()), ("hub", 2, withdrawn())]),
    },
    "scope_within_consent": {
        "as approved": (0, [("alice", 1, approved(("read", "write"))), ("alice", 2, token(A, "t"))]),
        "more": (1, [("alice", 1, approved(("read",))), ("alice", 2, token(A, "t", scopes=("read", "write")))]),
        "a retry of the request": (
            1,
            [("alice", 1, approved(("read",), "r~2")), ("alice", 2, token(A, "t", request="r", scopes=("write",)))],
        ),
        "no consent to measure by": (0, [("alice", 2, token(A, "t", scopes=("read", "write")))]),
        "another request": (
            0,
            [("alice", 1, approved(("read",), "r2")), ("alice", 2, token(A, "t", scopes=("write",)))],
        ),
        "more when it is refreshed": (
            1,
            [
                ("alice", 1, approved(("read",))),
                ("alice", 2, token(A, "t")),
                ("alice", 3, token(A, "t2", "refreshed", request="r9", scopes=("read", "write"))),
            ],
        ),
        "as much when it is refreshed": (
            0,
            [
                ("alice", 1, approved(("read",))),
                ("alice", 2, token(A, "t")),
                ("alice", 3, token(A, "t2", "refreshed", request="r9")),
            ],
        ),
        "more with what hangs on the grant": (
            1,
            [
                ("alice", 1, approved(("read",))),
                ("alice", 2, token(A, "t")),
                ("alice", 3, token(A, "sk", "resource", scopes=("write",))),
            ],
        ),
        "a session is no grant": (
            0,
            [("alice", 1, approved(("read",))), ("alice", 2, token(A, "s", "session", scopes=("all",)))],
        ),
    },
    "agent_holds_no_secret": {
        "secret of a resource": (0, [("alice", 1, stored("sk:cloud:cloud/r:r"))]),
        "key made by hand": (0, [("alice", 1, stored("ak:cloud:r"))]),
        "access token": (1, [("alice", 1, stored("at:g:cloud:r:1"))]),
        "refresh token": (1, [("alice", 1, stored("rt:g:cloud:r:1"))]),
    },
    "effects_are_traceable": {
        "asked for and made": (
            0,
            [
                ("alice", 1, requested("r")),
                ("alice", 2, created(A, ALICE)),
                ("alice", 2, linked(A, "hub alice")),
                ("alice", 3, token(A, "t")),
                ("alice", 4, answered("r")),
            ],
        ),
        "the ordinary door": (0, [DOOR, ("alice", 2, session(A, "s"))]),
        "nobody asked": (1, [("mallory", 2, created(A, ALICE))]),
        "neither for account, link nor token": (
            3,
            [("mallory", 2, created(A, ALICE)), ("mallory", 2, linked(A, "hub m")), ("mallory", 2, token(A, "t"))],
        ),
        "asked another orchestrator": (1, [("alice", 1, requested("r", "second")), ("mallory", 2, created(A, ALICE))]),
        "a retry, and what it also asked": (
            0,
            [
                ("alice", 1, requested("r")),
                ("alice", 2, created(A, ALICE, request="r~2")),
                ("alice", 3, token(A, "t", request="r+token~3")),
            ],
        ),
        "two requests of one step": (
            0,
            [
                ("mallory", 1, requested("r+1")),
                ("mallory", 1, requested("r+2", "second")),
                ("mallory", 2, created(A, ALICE, request="r+1")),
                ("mallory", 3, answered("r+2")),
                ("mallory", 4, token(A, "t", request="r+1+token")),
            ],
        ),
        "a repetition": (
            0,
            [
                ("alice", 1, requested("r")),
                ("alice", 2, answered("r", "pending_auth")),
                ("alice", 3, requested("r+again2")),
                ("alice", 4, created(A, ALICE, request="r+again2~2")),
                ("alice", 4, token(A, "t", request="r+again2+token")),
                ("alice", 5, answered("r+again2")),
            ],
        ),
        "after a repetition was answered": (
            1,
            [("alice", 1, requested("r+again2")), ("alice", 2, answered("r+again2")), ("mallory", 3, token(A, "t"))],
        ),
        "after it was answered": (
            1,
            [("alice", 1, requested("r")), ("alice", 2, answered("r")), ("mallory", 3, token(A, "t"))],
        ),
        "after it was answered with an error": (
            1,
            [
                ("alice", 1, requested("r")),
                ("alice", 2, answered("r", "error", "paused")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "while it was pending": (
            0,
            [("alice", 1, requested("r")), ("alice", 2, answered("r", "pending_auth")), ("alice", 3, token(A, "t"))],
        ),
        "again after it was pending": (
            1,
            [
                ("alice", 1, requested("r")),
                ("alice", 2, answered("r", "pending")),
                ("alice", 3, token(A, "t")),
                ("mallory", 4, token(A, "t2")),
            ],
        ),
        "an answer to nothing": (0, [("alice", 1, answered("r", "pending"))]),
        "two tokens before the answer": (
            0,
            [
                ("alice", 1, requested("r")),
                ("alice", 2, token(A, "t")),
                ("alice", 3, token(A, "t2")),
                ("alice", 4, answered("r")),
            ],
        ),
        "after the orchestrator gave up": (
            0,
            [
                ("alice", 1, requested("r")),
                ("alice", 2, answered("r", "error", "timeout")),
                ("alice", 3, created(A, ALICE)),
            ],
        ),
        "after its second attempt was turned away by a full queue": (
            0,
            [
                ("alice", 1, requested("r")),
                ("alice", 2, answered("r", "error", "server_busy")),
                ("alice", 3, created(A, ALICE)),
            ],
        ),
        "what hangs on a grant": (
            0,
            [("alice", 1, token(A, "sk", "resource")), ("alice", 2, token(A, "t", "refreshed"))],
        ),
        "added at the dashboard": (0, [DOOR, ("alice", 2, linked(A, "hub alice", "added"))]),
        "nobody behind an account": (1, [("", 1, created(A, ALICE, issuer=""))]),
        "nobody behind a session": (1, [DOOR, ("", 2, session(A, "s"))]),
    },
    "account_needs_acceptance": {
        "accepted before": (0, [("alice", 1, terms()), ("alice", 2, requested("r")), ("alice", 3, created(A, ALICE))]),
        "accepted in between": (
            0,
            [("alice", 1, requested("r")), ("alice", 2, terms()), ("alice", 3, created(A, ALICE))],
        ),
        "not accepted": (1, [("alice", 1, requested("r")), ("alice", 3, created(A, ALICE))]),
        "accepted by a script": (
            1,
            [("alice", 1, requested("r")), ("alice", 2, terms(by_script=True)), ("alice", 3, created(A, ALICE))],
        ),
        "accepted too late": (
            1,
            [("alice", 1, requested("r")), ("alice", 2, created(A, ALICE)), ("alice", 3, terms())],
        ),
        "by another login": (
            1,
            [("bob", 1, terms("login-b")), ("alice", 2, requested("r")), ("alice", 3, created(A, ALICE))],
        ),
        "for another provider": (
            1,
            [("alice", 1, terms(where="store")), ("alice", 2, requested("r")), ("alice", 3, created(A, ALICE))],
        ),
        "a repetition": (
            1,
            [("alice", 1, requested("r+again2")), ("alice", 3, created(A, ALICE, request="r+again2~2"))],
        ),
        "while the person was asked": (
            0,
            [
                ("alice", 1, requested("r")),
                ("alice", 1, answered("r", "pending", TERMS)),
                ("alice", 2, terms()),
                ("alice", 3, created(A, ALICE, request="r~2")),
            ],
        ),
        "without waiting for the person asked": (
            1,
            [("alice", 1, requested("r")), ("alice", 1, answered("r", "pending")), ("alice", 3, created(A, ALICE))],
        ),
        "the ordinary door": (0, [("alice", 1, requested("r")), DOOR]),
        "forged, which is another property's matter": (0, [("mallory", 1, created(A, ALICE))]),
    },
}


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_violations(name: str, case: str) -> None:
    count, rows = CASES[name][case]
    judge = judged(name, rows)
    assert len(judge.violations) == count, judge.violations


def test_a_key_is_judged_by_the_cache_of_each_provider() -> None:
    blocks = world(cloud=provider(life=H), store=provider(life=NEVER))
    rows: list[Row] = [
        ("hub", 1, withdrawn()),
        ("mallory", 30 * MIN, accepted(where="many1")),
        ("mallory", 30 * MIN, accepted(where="cloud")),
        ("mallory", D, accepted(where="cloud")),
        ("mallory", D, accepted(where="store")),
    ]
    judge = judged("withdrawn_key_is_refused", rows, blocks=blocks)
    assert [at for _, at, _ in judge.violations] == [30 * MIN, D]


def test_of_a_life_that_is_drawn_the_longest_counts() -> None:
    cloud = SimpleNamespace(key_cache=SimpleNamespace(life=Uniform(MIN, H)))
    rows: list[Row] = [("hub", 1, withdrawn()), ("mallory", H, accepted()), ("mallory", H + 2 * S, accepted())]
    judge = judged("withdrawn_key_is_refused", rows, blocks={"cloud": cloud})
    assert [at for _, at, _ in judge.violations] == [H + 2 * S]


def test_pending_requests_are_forgotten_when_they_are_over() -> None:
    rows: list[Row] = [
        ("alice", 1, requested("r")),
        ("alice", 2, answered("r", "pending_auth")),
        ("alice", 3, approved(("read",))),
        ("alice", 4, token(A, "t")),
    ]
    for name in ("effects_are_traceable", "account_needs_acceptance"):
        assert judged(name, rows).left() == {}
