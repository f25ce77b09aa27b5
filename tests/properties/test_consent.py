"""Consent: each property on traces that violate it, that do not, and that nearly do."""

from __future__ import annotations

import pytest

from sim import facts as f
from sim import properties
from tests.judge import MIN, D, Judge, Row, S, created, linked
from tests.properties.words import ALICE, OWN, SQUAT, A, B, Cases, asked, auto, given, judged, minted, moved

CASES: Cases = {
    "existing_account_needs_consent": {
        "link of a new account": (0, [OWN, ("alice", 1, linked(A, "hub alice"))]),
        "approved": (0, [OWN, ("alice", 2, given("u")), ("alice", 2, linked(A, "hub alice", "consent", url="u"))]),
        "silent link": (1, [OWN, ("alice", 2, linked(A, "second alice", "silent"))]),
        "silent link to the addressee of a squat": (1, [SQUAT, ("alice", 2, linked(A, "hub alice", "silent"))]),
        "silent because of the domain": (1, [OWN, ("alice", 2, linked(A, "hub alice", "by_domain"))]),
        "approved for another issuer": (
            1,
            [OWN, ("alice", 2, given("u", issuer="second")), ("alice", 2, linked(A, "hub alice", "consent", url="u"))],
        ),
        "approved for another account": (
            1,
            [OWN, ("alice", 2, given("u", account=B)), ("alice", 2, linked(A, "hub alice", "consent", url="u"))],
        ),
        "a page that approves by itself, for the owner": (
            0,
            [
                OWN,
                ("alice", 2, asked("u")),
                ("alice", 3, auto("u")),
                ("alice", 3, linked(A, "hub alice", "consent", url="u")),
            ],
        ),
        "a page that approves by itself, for a stranger": (
            1,
            [
                OWN,
                ("mallory", 2, asked("u")),
                ("alice", 3, auto("u")),
                ("alice", 3, linked(A, "hub m", "consent", url="u")),
            ],
        ),
        "a click for a stranger": (
            0,
            [
                OWN,
                ("mallory", 2, asked("u")),
                ("alice", 3, given("u")),
                ("alice", 3, linked(A, "hub m", "consent", url="u")),
            ],
        ),
        "approved at another page": (
            1,
            [OWN, ("alice", 2, given("u")), ("alice", 2, linked(A, "hub alice", "consent", url="v"))],
        ),
        "approved by somebody else": (
            1,
            [OWN, ("mallory", 2, given("u")), ("alice", 2, linked(A, "hub alice", "consent", url="u"))],
        ),
        "approved long ago": (
            1,
            [OWN, ("alice", 2, given("u")), ("alice", 2 + 601 * S, linked(A, "hub alice", "consent", url="u"))],
        ),
        "approved just in time": (
            0,
            [OWN, ("alice", 2, given("u")), ("alice", 2 + 600 * S, linked(A, "hub alice", "consent", url="u"))],
        ),
        "one approval, two links": (
            1,
            [
                OWN,
                ("alice", 2, given("u")),
                ("alice", 2, linked(A, "hub alice", "consent", url="u")),
                ("mallory", 3, linked(A, "hub m", "consent", url="u")),
            ],
        ),
        "second factor at the page": (
            0,
            [OWN, ("alice", 2, given("u")), ("alice", 2, linked(A, "hub alice", "second_factor", url="u"))],
        ),
        "squatter links more to a squat": (0, [SQUAT, ("mallory", 2, linked(A, "hub m", "silent"))]),
        "added at the dashboard": (0, [OWN, ("alice", 2, linked(A, "hub alice", "added"))]),
        "a password": (0, [OWN, ("alice", 2, linked(A, "password", "added"))]),
        "click on the link of a pending account": (
            0,
            [("alice", 1, created(A, ALICE, state="pending")), ("alice", 2, linked(A, "hub alice", existing=True))],
        ),
    },
    "consent_is_spent_once": {
        "asked, given, spent": (0, [("alice", 1, asked("u")), ("alice", 2, given("u")), ("alice", 2, minted("u"))]),
        "spent twice": (
            1,
            [
                ("alice", 1, asked("u")),
                ("alice", 2, given("u")),
                ("alice", 2, minted("u")),
                ("alice", 3, minted("u", code="c2")),
            ],
        ),
        "never given": (1, [("alice", 1, asked("u")), ("alice", 2, minted("u"))]),
        "never asked": (1, [("alice", 2, given("u"))]),
        "given twice": (1, [("alice", 1, asked("u")), ("alice", 2, given("u")), ("alice", 3, given("u"))]),
        "given after it expired": (
            1,
            [("alice", 1, asked("u")), ("", 2, f.Expired("cloud", "consent", "u")), ("alice", 3, given("u"))],
        ),
        "another one expired": (
            0,
            [
                ("alice", 1, asked("u")),
                ("", 2, f.Expired("cloud", "consent", "v")),
                ("", 2, f.Expired("cloud", "code", "u")),
                ("alice", 3, given("u")),
            ],
        ),
        "given after it was replaced": (
            1,
            [
                ("alice", 1, asked("u")),
                ("alice", 2, moved("consent", "asked", "replaced", "u")),
                ("alice", 3, given("u")),
            ],
        ),
        "a code of that name expired": (
            0,
            [("alice", 1, asked("u")), ("alice", 2, moved("code", "issued", "expired", "u")), ("alice", 3, given("u"))],
        ),
        "a page that never expires": (1, [("alice", 1, asked("u")), ("alice", 1 + D + 1, given("u"))]),
        "more scopes than asked": (1, [("alice", 1, asked("u")), ("alice", 2, given("u", scopes=("read", "write")))]),
        "another account than asked": (1, [("alice", 1, asked("u")), ("alice", 2, given("u", account=B))]),
        "code for another issuer": (
            1,
            [("alice", 1, asked("u")), ("alice", 2, given("u")), ("alice", 2, minted("u", issuer="second"))],
        ),
        "code for another account": (
            1,
            [("alice", 1, asked("u")), ("alice", 2, given("u")), ("alice", 2, minted("u", account=B))],
        ),
        "codes without a page": (0, [("alice", 1, minted("")), ("alice", 2, minted(""))]),
    },
}


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_violations(name: str, case: str) -> None:
    count, rows = CASES[name][case]
    judge = judged(name, rows)
    assert len(judge.violations) == count, judge.violations


def test_deadlines_are_taken_back_when_they_are_met() -> None:
    rows: list[Row] = [
        OWN,
        ("alice", 2, asked("u")),
        ("alice", 3, given("u")),
        ("alice", 3, linked(A, "second alice", "consent", url="u")),
        ("alice", 3, minted("u")),
        ("alice", 4, asked("v")),
        ("", 5, f.Expired("cloud", "consent", "v")),
    ]
    for name in ("existing_account_needs_consent", "consent_is_spent_once"):
        assert Judge(properties.load(name)(name)).run(rows, until=6).deadlines == {}


def test_the_age_of_a_consent_can_be_set() -> None:
    prop = properties.load("existing_account_needs_consent")("existing_account_needs_consent", MIN)
    rows: list[Row] = [
        OWN, ("alice", 2, given("u")), ("alice", 2 * MIN, linked(A, "hub alice", "consent", url="u"))
    ]  # fmt: skip
    assert len(Judge(prop).run(rows).violations) == 1
