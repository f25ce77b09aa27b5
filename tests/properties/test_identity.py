"""Assertions, keys and links: each property on traces that violate it, that do not, and that nearly do."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sim import facts as f
from sim.party import Fact
from tests.judge import H, Row, closed, created, linked, provider, unlinked, world
from tests.properties.words import ALICE, MALLORY, OWN, SQUAT, A, B, Cases, judged


def accepted(name: str = "jti1", request: str = "r", where: str = "cloud", **other: object) -> Fact:
    fields: dict[str, object] = {"audience": where, "in_time": True, "key_known": True, "issuer": "hub", **other}
    return f.AttestationAccepted(  # type: ignore[arg-type]
        provider=where, subject="alice", token_id=name, key_id="hub#1", email=ALICE, request=request, **fields
    )


CASES: Cases = {
    "one_account_per_key": {
        "one account each": (0, [OWN, ("bob", 2, created(B, "bob@x.org"))]),
        "race for one address": (1, [OWN, ("alice", 2, created(B, ALICE))]),
        "a squatter's race counts alike": (1, [SQUAT, ("alice", 2, created(B, ALICE))]),
        "at different providers": (0, [OWN, ("alice", 2, created("store/b", ALICE))]),
        "after the first was closed": (0, [OWN, ("alice", 2, closed(A)), ("alice", 3, created(B, ALICE))]),
        "two addresses of one person": (
            0,
            [OWN, ("", 2, f.MailboxMoved("b@x.org", "alice")), ("alice", 3, created(B, "b@x.org"))],
        ),
        "an adversary's own race": (
            1,
            [("mallory", 1, created(A, MALLORY)), ("mallory", 2, created(B, MALLORY))],
        ),
        "group of providers: two members": (
            0,
            [("alice", 1, created("many1/a", ALICE)), ("alice", 2, created("many2/b", ALICE))],
        ),
        "group of providers: one member": (
            1,
            [("alice", 1, created("many1/a", ALICE)), ("alice", 2, created("many1/b", ALICE))],
        ),
        "one subject at two accounts": (
            2,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                ("alice", 2, created(B, ALICE)),
                ("alice", 2, linked(B, "hub alice")),
            ],
        ),
    },
    "accepted_assertion_is_valid": {
        "valid": (0, [("alice", 1, accepted())]),
        "no audience, as under a shared secret": (0, [("alice", 1, accepted("", audience=""))]),
        "made for another provider": (1, [("alice", 1, accepted(audience="store"))]),
        "out of time": (1, [("alice", 1, accepted(in_time=False))]),
        "unknown key": (1, [("alice", 1, accepted(key_known=False))]),
        "all faults at once are one acceptance": (
            1,
            [("alice", 1, accepted(audience="store", in_time=False, key_known=False))],
        ),
    },
    "assertion_accepted_once": {
        "once each": (0, [("alice", 1, accepted("j1")), ("alice", 2, accepted("j2"))]),
        "twice": (1, [("alice", 1, accepted("j1", "r1")), ("mallory", 2, accepted("j1", "r2"))]),
        "much later": (1, [("alice", 1, accepted("j1")), ("mallory", 9 * H, accepted("j1"))]),
        "at two providers": (0, [("alice", 1, accepted("j1")), ("mallory", 2, accepted("j1", where="store"))]),
        "by two issuers": (0, [("alice", 1, accepted("j1")), ("alice", 2, accepted("j1", issuer="second"))]),
        "without a token id, by its request": (1, [("alice", 1, accepted("")), ("mallory", 2, accepted(""))]),
        "without a token id, another request": (0, [("alice", 1, accepted("")), ("alice", 2, accepted("", "r2"))]),
    },
    "link_key_is_stable": {
        "one account at each provider": (
            0,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                ("alice", 2, created("store/c", ALICE)),
                ("alice", 2, linked("store/c", "hub alice")),
            ],
        ),
        "address changed, and a second account": (
            1,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                ("alice", 2, created(B, "a2@x.org")),
                ("alice", 2, linked(B, "hub alice")),
            ],
        ),
        "address changed to somebody's": (
            1,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                ("bob", 2, created(B, "bob@x.org")),
                ("alice", 3, linked(B, "hub alice", "silent")),
            ],
        ),
        "second account at the second of two providers": (
            1,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                ("alice", 2, created("store/c", ALICE)),
                ("alice", 2, linked("store/c", "hub alice")),
                ("alice", 3, created("store/d", "a2@x.org")),
                ("alice", 3, linked("store/d", "hub alice")),
            ],
        ),
        "unlinked at the first of two providers": (
            1,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                ("alice", 2, created("store/c", ALICE)),
                ("alice", 2, linked("store/c", "hub alice")),
                ("alice", 3, unlinked(A, "hub alice")),
                ("alice", 4, created(B, "a2@x.org")),
                ("alice", 4, linked(B, "hub alice")),
                ("alice", 5, created("store/d", "a3@x.org")),
                ("alice", 5, linked("store/d", "hub alice")),
            ],
        ),
        "unlinked without a link": (0, [OWN, ("alice", 2, unlinked(A, "hub alice"))]),
        "linked again to the same": (
            0,
            [OWN, ("alice", 1, linked(A, "hub alice")), ("alice", 2, linked(A, "hub alice", "consent"))],
        ),
        "unlinked before": (
            0,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                ("alice", 2, unlinked(A, "hub alice")),
                ("alice", 3, created(B, "a2@x.org")),
                ("alice", 3, linked(B, "hub alice")),
            ],
        ),
        "account closed before": (
            0,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                ("alice", 2, closed(A)),
                ("alice", 3, created(B, "a2@x.org")),
                ("alice", 3, linked(B, "hub alice")),
            ],
        ),
        "another subject": (
            0,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                ("alice", 2, created(B, ALICE)),
                ("alice", 2, linked(B, "hub alice'1")),
            ],
        ),
        "everybody has a password": (
            0,
            [
                OWN,
                ("alice", 1, linked(A, "password", "added")),
                ("bob", 2, created(B, "bob@x.org")),
                ("bob", 2, linked(B, "password", "added")),
            ],
        ),
    },
}


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_violations(name: str, case: str) -> None:
    count, rows = CASES[name][case]
    judge = judged(name, rows)
    assert len(judge.violations) == count, judge.violations


MATCHING = {
    "namespaced lets an address repeat": ("namespaced", "", 0),
    "verified on both sides lets it repeat": ("subject_or_verified_email", "", 0),
    "e-mail does not": ("email", "", 1),
    "an answer of the user's own is not judged": ("mine", "", 0),
    "an issuer of its own rules": ("email", "namespaced", 0),
    "whose answer is the stricter one": ("namespaced", "email", 1),
}


@pytest.mark.parametrize("name", MATCHING)
def test_which_key_is_the_provider_answer(name: str) -> None:
    answer, override, count = MATCHING[name]
    cloud = provider(answer, **({"hub": override} if override else {}))
    rows = [OWN, ("alice", 2, created(B, ALICE))]
    assert len(judged("one_account_per_key", rows, blocks=world(cloud=cloud)).violations) == count


def test_namespaced_keys_are_issuer_and_subject() -> None:
    rows = [
        OWN,
        ("alice", 1, linked(A, "hub alice")),
        ("alice", 2, created(B, ALICE)),
        ("alice", 2, linked(B, "hub alice")),
    ]
    assert len(judged("one_account_per_key", rows, blocks=world(cloud=provider("namespaced"))).violations) == 1
    assert len(judged("one_account_per_key", rows, blocks=world(cloud=provider("email"))).violations) == 1


def test_an_identity_that_moves_to_a_second_account_had_two() -> None:
    rows = [
        OWN,
        ("alice", 1, linked(A, "hub alice")),
        ("alice", 2, created(B, ALICE)),
        ("alice", 2, unlinked(A, "hub alice")),
        ("alice", 2, linked(B, "hub alice")),
    ]
    assert len(judged("one_account_per_key", rows, blocks=world(cloud=provider("namespaced"))).violations) == 1


def test_namespaced_subjects_may_differ() -> None:
    rows: list[Row] = [
        OWN,
        ("alice", 1, linked(A, "hub alice")),
        ("alice", 2, created(B, ALICE)),
        ("alice", 2, linked(B, "second alice")),
        ("alice", 3, linked(B, "hub alice", "consent")),
    ]
    assert judged("one_account_per_key", rows, blocks=world(cloud=provider("namespaced"))).violations == []


def test_an_override_without_a_matching_answer_changes_nothing() -> None:
    cloud = provider("email")
    cloud.trusts.issuers["hub"] = SimpleNamespace(matching=None)
    rows: list[Row] = [OWN, ("alice", 2, created(B, ALICE))]
    assert len(judged("one_account_per_key", rows, blocks=world(cloud=cloud)).violations) == 1


def test_an_override_of_a_group_of_issuers_holds_for_its_members() -> None:
    cloud = provider("namespaced", hub="email")
    rows = [("alice", 1, created(A, ALICE, "hub1")), ("alice", 2, created(B, ALICE, "hub2"))]
    assert len(judged("one_account_per_key", rows, blocks=world(cloud=cloud)).violations) == 1


def test_a_provider_that_is_not_in_the_world_is_not_judged() -> None:
    assert judged("one_account_per_key", [OWN, ("alice", 2, created(B, ALICE))], blocks={}).violations == []


def test_a_crowd_is_forgotten_after_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.properties import assertion_accepted_once as module

    monkeypatch.setattr(module, "KEPT", 2)
    rows: list[Row] = [("alice", n, accepted(f"j{n}")) for n in range(1, 6)]
    judge = judged(
        "assertion_accepted_once", [*rows, ("mallory", 7, accepted("j5")), ("mallory", 2 * H, accepted("j5"))]
    )
    assert [at for _, at, _ in judge.violations] == [7]
    assert judge.left() == {"assertion_accepted_once.seen": 2, "assertion_accepted_once.kept": 1}
