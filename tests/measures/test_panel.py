"""The panel's numbers on tiny traces."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim import facts as f
from sim import measures
from sim.facts import HumanStepped
from sim.scenario.shelves import PANEL
from tests.judge import D, H, Judge, Row, activated, adopted, closed, created, ended, linked, refused, session, token

TESTS = Path(__file__).parent.parent
A, B = "cloud/a", "cloud/b"
ALICE = "alice@x.org"
OWN = ("alice", 1, created(A, ALICE))
SQUAT = ("mallory", 1, created(A, ALICE, issuer="second"))
#: The time at which every run here ends.
END = 10 * H

CASES: dict[str, dict[str, tuple[float, list[Row]]]] = {
    "takeovers": {
        "nothing": (0, []),
        "owner's own tokens": (0, [OWN, ("alice", 2, token(A, "t"))]),
        "one account, twice": (1, [OWN, ("mallory", 2, token(A, "t")), ("mallory", 3, session(A, "s"))]),
        "two accounts": (
            2,
            [
                OWN,
                ("bob", 1, created(B, "bob@x.org")),
                ("mallory", 2, token(A, "t", "api_key")),
                ("mallory", 2, session(B, "s")),
            ],
        ),
        "a squatter's token": (0, [SQUAT, ("mallory", 2, token(A, "t"))]),
        "a secret of a resource": (1, [OWN, ("mallory", 2, token(A, "sk", "resource"))]),
    },
    "foreign_survivors": {
        "an account counts once": (
            1,
            [
                SQUAT,
                ("mallory", 1, linked(A, "second m")),
                ("mallory", 1, token(A, "t")),
                ("mallory", 1, token(A, "sk", "resource")),
                ("alice", 2, linked(A, "hub alice", "silent")),
                ("alice", 3, adopted(A)),
            ],
        ),
        "purged": (0, [SQUAT, ("mallory", 1, token(A, "t")), ("alice", 2, ended(A, "t")), ("alice", 2, adopted(A))]),
        "purged too late": (
            1,
            [SQUAT, ("mallory", 1, token(A, "t")), ("alice", 2, adopted(A)), ("alice", 3, ended(A, "t"))],
        ),
        "squat that nobody takes": (0, [SQUAT, ("mallory", 1, token(A, "t"))]),
        "takeover of an account never adopted": (0, [OWN, ("mallory", 2, token(A, "t"))]),
        "adopted, then taken over": (1, [OWN, ("alice", 2, adopted(A)), ("mallory", 3, token(A, "t"))]),
        "pending change": (
            1,
            [SQUAT, ("mallory", 2, f.ChangeRequested("cloud", A, "c", "m@x.org")), ("alice", 3, session(A, "s"))],
        ),
    },
    "squats": {
        "active": (1, [SQUAT]),
        "counted although it settled": (1, [SQUAT, ("alice", 2, session(A, "s"))]),
        "pending": (0, [("mallory", 1, created(A, ALICE, state="pending"))]),
        "pending, then active": (1, [("mallory", 1, created(A, ALICE, state="pending")), ("mallory", 2, activated(A))]),
        "active by the addressee's click": (
            0,
            [
                ("mallory", 1, created(A, ALICE, state="pending")),
                ("alice", 2, activated(A)),
                ("alice", 2, linked(A, "second m")),
            ],
        ),
        "own": (0, [OWN]),
    },
    "exposure_time": {
        "from a takeover to the end": (8, [OWN, ("mallory", 2 * H, token(A, "t"))]),
        "to its revocation": (1, [OWN, ("mallory", 2 * H, token(A, "t")), ("alice", 3 * H, ended(A, "t"))]),
        "two credentials": (
            9,
            [
                OWN,
                ("mallory", 2 * H, token(A, "t")),
                ("mallory", 2 * H, session(A, "s")),
                ("alice", 3 * H, ended(A, "s")),
            ],
        ),
        "a squatter's, from when it settles": (
            4,
            [SQUAT, ("mallory", H, token(A, "t")), ("alice", 6 * H, session(A, "s"))],
        ),
        "settled by a link": (4, [SQUAT, ("mallory", H, token(A, "t")), ("alice", 6 * H, linked(A, "hub alice"))]),
        "purged as it settles": (
            0,
            [
                SQUAT,
                ("mallory", H, token(A, "t")),
                ("alice", 6 * H, ended(A, "t")),
                ("alice", 6 * H, adopted(A)),
            ],
        ),
        "while contested": (0, [SQUAT, ("mallory", H, token(A, "t")), ("mallory", 2 * H, linked(A, "hub m"))]),
        "to the account's end": (2, [OWN, ("mallory", 2 * H, token(A, "t")), ("alice", 4 * H, closed(A))]),
        "the owner's own": (0, [OWN, ("alice", 2, token(A, "t"))]),
        "the owner's own link, and the end of the token": (
            0,
            [OWN, ("alice", 1, token(A, "t")), ("alice", 2, linked(A, "hub alice")), ("alice", 3, ended(A, "t"))],
        ),
        "unknown account": (0, [("mallory", 2, token(A, "t"))]),
    },
    "accounts_by_adversary": {
        "its own pending, a squat, an honest one": (
            1,
            [
                SQUAT,
                ("mallory", 2, created(B, "new@nowhere.org", state="pending")),
                ("bob", 3, created("cloud/c", "bob@x.org")),
            ],
        ),
        "pending, then active": (
            1,
            [
                ("mallory", 1, created(A, "m@x.org", state="pending")),
                ("mallory", 2, activated(A)),
                ("mallory", 3, activated(A)),
            ],
        ),
        "pending, then closed": (
            0,
            [("mallory", 1, created(A, "m@x.org", state="pending")), ("", 2, closed(A)), ("", 3, activated(A))],
        ),
        "an honest one that becomes active": (
            0,
            [("alice", 1, created(A, ALICE, state="pending")), ("alice", 2, activated(A))],
        ),
    },
    "lockouts": {
        "refused at an own account": (1, [OWN, ("alice", 2, refused("alice", "email_taken"))]),
        "further refusals belong to it": (
            1,
            [OWN, ("alice", 2, refused("alice", "x")), ("alice", 3, refused("alice", "x", "log_in"))],
        ),
        "a second one": (
            2,
            [
                OWN,
                ("alice", 2, refused("alice", "x")),
                ("alice", 3, session(A, "s")),
                ("alice", 4, refused("alice", "x")),
            ],
        ),
        "a squat bears the address": (1, [SQUAT, ("alice", 2, refused("alice", "x"))]),
        "nothing there is theirs": (0, [("alice", 2, refused("alice", "x"))]),
        "another provider": (0, [OWN, ("alice", 2, refused("alice", "x", party="store"))]),
        "a refused call": (0, [OWN, ("alice", 2, refused("alice", "unauthorized", "use"))]),
        "an attacker": (0, [SQUAT, ("mallory", 2, refused("mallory", "x", email=ALICE))]),
        "an attacker at an own account": (
            0,
            [("mallory", 1, created(A, "mallory@x.org")), ("mallory", 2, refused("mallory", "x"))],
        ),
    },
    "lockout_time": {
        "until in again": (2, [OWN, ("alice", H, refused("alice", "x")), ("alice", 3 * H, token(A, "t"))]),
        "counted to the end": (9, [OWN, ("alice", H, refused("alice", "x"))]),
        "several": (
            6,
            [
                OWN,
                ("bob", 1, created(B, "bob@x.org")),
                ("alice", H, refused("alice", "x")),
                ("alice", 2 * H, linked(A, "hub alice", "consent")),
                ("bob", 5 * H, refused("bob", "x")),
            ],
        ),
        "somebody else gets in": (9, [OWN, ("alice", H, refused("alice", "x")), ("mallory", 2 * H, token(A, "t"))]),
    },
    "outages": {
        "revoked by somebody else": (1, [OWN, ("alice", 2, token(A, "t")), ("mallory", 3, ended(A, "t", "revoked"))]),
        "revoked by a detector": (1, [OWN, ("alice", 2, token(A, "t")), ("", 3, ended(A, "t", "revoked"))]),
        "revoked by its holder": (0, [OWN, ("alice", 2, token(A, "t")), ("alice", 3, ended(A, "t", "revoked"))]),
        "purged by one's own adoption": (1, [OWN, ("alice", 2, token(A, "t")), ("alice", 3, ended(A, "t"))]),
        "rotated": (0, [OWN, ("alice", 2, token(A, "t")), ("", 3, ended(A, "t", "rotated"))]),
        "a token ran out": (1, [OWN, ("alice", 2, token(A, "t")), ("", 3, ended(A, "t", "expired"))]),
        "a session ran out": (0, [OWN, ("alice", 2, session(A, "s")), ("", 3, ended(A, "s", "expired", "session"))]),
        "a session was purged": (1, [OWN, ("alice", 2, session(A, "s")), ("", 3, ended(A, "s", "purged", "session"))]),
        "reuse was detected": (1, [OWN, ("alice", 2, token(A, "t")), ("", 3, ended(A, "t", "reuse_detected"))]),
        "replaced at once": (
            0,
            [
                OWN,
                ("alice", 2, session(A, "s")),
                ("", 3, ended(A, "s", "purged", "session")),
                ("alice", 3, session(A, "s2")),
            ],
        ),
        "one of two replaced at once": (
            1,
            [
                OWN,
                ("alice", 2, token(A, "t")),
                ("alice", 2, token(A, "u")),
                ("", 3, ended(A, "t")),
                ("", 3, ended(A, "u")),
                ("alice", 3, token(A, "v")),
            ],
        ),
        "replaced by another sort": (
            1,
            [OWN, ("alice", 2, token(A, "t")), ("", 3, ended(A, "t")), ("alice", 3, session(A, "s2"))],
        ),
        "a squatter's is purged": (0, [SQUAT, ("mallory", 2, token(A, "t")), ("alice", 3, ended(A, "t"))]),
        "a thief's is purged": (0, [OWN, ("mallory", 2, token(A, "t")), ("alice", 3, ended(A, "t"))]),
        "an honest stranger's is purged": (1, [OWN, ("bob", 2, token(A, "t")), ("alice", 3, ended(A, "t"))]),
        "an attacker's own runs out": (
            0,
            [("mallory", 1, created(A, "mallory@x.org")), ("", 3, ended(A, "t", "expired"))],
        ),
        "unknown account": (0, [("", 3, ended(A, "t"))]),
    },
    "outage_time": {
        "until replaced": (2, [OWN, ("", H, ended(A, "t")), ("alice", 3 * H, token(A, "t2"))]),
        "a refreshed one replaces it": (
            2,
            [OWN, ("", H, ended(A, "t", "expired")), ("alice", 3 * H, token(A, "t2", "refreshed"))],
        ),
        "counted to the end": (9, [OWN, ("", H, ended(A, "t"))]),
        "two, of which one is replaced": (
            11,
            [OWN, ("", H, ended(A, "t")), ("", H, ended(A, "u")), ("alice", 3 * H, token(A, "v"))],
        ),
        "two, of which the first is replaced first": (
            2 + 8,
            [
                OWN,
                ("", H, ended(A, "t")),
                ("", 2 * H, ended(A, "u")),
                ("alice", 3 * H, token(A, "v")),
                ("alice", 10 * H, token(A, "w")),
            ],
        ),
        "somebody else's does not replace it": (9, [OWN, ("", H, ended(A, "t")), ("bob", 3 * H, token(A, "t2"))]),
        "replaced at once": (0, [OWN, ("", H, ended(A, "t")), ("alice", H, token(A, "t2"))]),
    },
    "honest_refusals": {
        "honest, whatever for": (2, [("alice", 1, refused("alice", "x")), ("bob", 2, refused("bob", "y", "use"))]),
        "a consent page ran out": (0, [("alice", 1, refused("alice", "consent_expired"))]),
        "an attacker": (0, [("mallory", 1, refused("mallory", "x"))]),
    },
    "duplicates": {
        "a second account": (1, [OWN, ("alice", 2, created(B, ALICE, issuer="second"))]),
        "a third": (2, [OWN, ("alice", 2, created(B, ALICE)), ("alice", 3, created("cloud/c", ALICE))]),
        "at another provider": (0, [OWN, ("alice", 2, created("store/b", ALICE))]),
        "another's squat does not count": (0, [OWN, ("mallory", 2, created(B, ALICE))]),
        "until it settles": (1, [OWN, ("mallory", 2, created(B, ALICE)), ("alice", 3, session(B, "s"))]),
        "once": (
            1,
            [OWN, ("mallory", 2, created(B, ALICE)), ("alice", 3, session(B, "s")), ("alice", 4, adopted(B))],
        ),
        "a squat that settles alone": (0, [SQUAT, ("alice", 3, session(A, "s"))]),
        "own account beside a squat": (0, [SQUAT, ("alice", 3, created(B, ALICE))]),
        "after the first was closed": (0, [OWN, ("alice", 2, closed(A)), ("alice", 3, created(B, ALICE))]),
        "an attacker's": (
            0,
            [("mallory", 1, created(A, "mallory@x.org")), ("mallory", 2, created(B, "mallory@x.org"))],
        ),
    },
    "extra_steps": {
        "at a provider": (1, [("alice", 1, HumanStepped("alice", "cloud", "approve"))]),
        "at a member of a group": (1, [("alice", 1, HumanStepped("alice", "many3", "approve"))]),
        "at an orchestrator": (0, [("alice", 1, HumanStepped("alice", "hub", "accept_terms"))]),
        "nowhere known": (0, [("alice", 1, HumanStepped("alice", "nowhere", "approve"))]),
        "an attacker": (0, [("mallory", 1, HumanStepped("mallory", "cloud", "approve"))]),
    },
}


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_results(name: str, case: str) -> None:
    expected, rows = CASES[name][case]
    measure = measures.load(name)(name)
    judge = Judge(measure).run(rows, until=END)
    assert measure.result(END, judge) == pytest.approx(expected, abs=1e-6)


def test_every_measure_is_named_by_some_test() -> None:
    texts = "".join(path.read_text("utf-8") for path in sorted(TESTS.rglob("test_*.py")))
    assert [name for name in measures.names() if name not in texts] == []


@pytest.mark.parametrize("name", measures.names())
def test_a_measure_says_what_it_is(name: str) -> None:
    kind = measures.load(name)
    assert (kind.GROUP, name) in measures.PANEL or name not in dict(map(reversed, measures.PANEL))
    assert kind.UNIT or name not in CASES  # a ratio has none
    assert kind.__doc__
    assert measures.class_in(import_module(f"sim.measures.{name}")) is kind


def test_the_panel_is_the_one_the_language_names() -> None:
    groups: dict[str, tuple[str, ...]] = {}
    for group, name in measures.PANEL:
        groups[group] = (*groups.get(group, ()), name)
    assert groups == PANEL
    assert list(groups) == ["harm", "honest", "money"]
    assert measures.all_names()[: len(measures.PANEL)] == tuple(name for _, name in measures.PANEL)
    assert set(measures.names()) <= set(measures.all_names())


def test_an_unknown_measure_is_refused_with_the_possible_ones() -> None:
    with pytest.raises(LookupError, match="squats"):
        measures.load("squat")


def test_a_module_without_exactly_one_measure_is_refused() -> None:
    empty = SimpleNamespace(__name__="mine")
    with pytest.raises(LookupError, match="mine must define one measure, and defines 0"):
        measures.class_in(empty)  # type: ignore[arg-type]


def test_measures_of_an_honest_account_keep_nothing() -> None:
    folds = [measures.load(name)(name) for name in CASES]
    rows: list[Row] = [
        OWN,
        ("alice", 1, linked(A, "hub alice")),
        ("alice", 2, token(A, "t")),
        ("alice", 3, session(A, "s")),
        ("alice", D, ended(A, "t", "revoked")),
    ]
    assert Judge(*folds).run(rows).left() == {}
