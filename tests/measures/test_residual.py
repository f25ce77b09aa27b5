"""What survives the single action, counted thing by thing; and how long what is running stands still."""

from __future__ import annotations

import pytest

from sim import facts as f
from sim import measures
from tests.judge import MIN, D, H, Judge, Row, created, ended, token

A = "cloud/a"
END = 10 * D
START: list[Row] = [
    ("alice", D, created(A, "alice@x.org")),
    ("alice", D, token(A, "at:1")),
    ("alice", D, token(A, "sk:1", "resource")),
]
SESSION: Row = ("alice", D, token(A, "ps:1", "session"))
DOOR: Row = ("alice", D, token(A, "ps:2", "session", issuer="", grant=""))
KEY: Row = ("alice", D, token(A, "ak:1", "api_key", issuer="", grant=""))
PAID: Row = ("alice", D, f.PaymentTokenMinted("spt:1", "hub", "alice", "cloud", 100, "r"))
RUNS: Row = ("alice", D, f.Deployed("alice/agent1", "cloud", "sk:1"))
REVOKE: Row = ("alice", 5 * D, f.Revoked("hub", "cloud", "alice", "g", True))


def gone(at: int, name: str, kind: str = "access", reason: str = "revoked") -> Row:
    return ("alice", at, ended(A, name, reason, kind))


PUSHED = gone(5 * D + MIN, "at:1")
#: measure → case → (expected, rows)
CASES: dict[str, dict[str, tuple[float, list[Row]]]] = {
    "residual_access": {
        "nothing was revoked": (0, [*START, SESSION]),
        "what works still": (2 * 120 + 1 / 60, [*START, SESSION, REVOKE, PUSHED]),
        "everything": (4 * 120 + 1 / 60, [*START, SESSION, KEY, PAID, REVOKE, PUSHED]),
        "ended before": (1 / 60, [*START, gone(2 * D, "sk:1", "resource", "removed"), REVOKE, PUSHED]),
    },
    "residual_tokens": {
        "nobody is told": (120, [*START, REVOKE]),
        "the push arrives": (1 / 60, [*START, REVOKE, PUSHED]),
        "a child is born later": (
            1 / 60 + 96,
            [*START, REVOKE, PUSHED, ("mallory", 6 * D, token(A, "at:2", "refreshed"))],
        ),
        "a new grant": (1 / 60, [*START, REVOKE, PUSHED, ("alice", 6 * D, token(A, "at:9", grant="g2"))]),
        "it runs out": (24, [*START, REVOKE, gone(6 * D, "at:1", reason="expired")]),
        "revoked a second time": (120, [*START, REVOKE, ("alice", 7 * D, REVOKE[2])]),
    },
    "residual_refresh_children": {
        "none was refreshed": (0, [*START, REVOKE]),
        "a child is born later": (96, [*START, REVOKE, PUSHED, ("mallory", 6 * D, token(A, "at:2", "refreshed"))]),
        "one was there before": (
            120,
            [*START, ("alice", 2 * D, token(A, "at:2", "refreshed")), gone(2 * D, "at:1", reason="rotated"), REVOKE],
        ),
        "the push reaches it": (
            1 / 60, [*START, ("alice", 2 * D, token(A, "at:2", "refreshed")), REVOKE, gone(5 * D + MIN, "at:2")],
        ),
    },
    "residual_secrets": {
        "it works still": (120, [*START, REVOKE]),
        "it is removed": (24, [*START, REVOKE, gone(6 * D, "sk:1", "resource", "removed")]),
        "it is rotated": (
            24,
            [
                *START, REVOKE, ("alice", 6 * D, token(A, "sk:1#2", "resource")),
                gone(6 * D, "sk:1", "resource", "rotated"),
            ],
        ),
    },
    "residual_sessions": {
        "by a deep link": (120, [*START, SESSION, REVOKE]),
        "by the person's own door": (0, [*START, DOOR, REVOKE]),
        "ended by an event": (0.1, [*START, SESSION, REVOKE, gone(5 * D + 6 * MIN, "ps:1", "session")]),
    },
    "residual_api_keys": {
        "made by hand": (120, [*START, KEY, REVOKE]),
        "on another account": (
            0, [*START, ("bob", D, token("cloud/b", "ak:2", "api_key", issuer="", grant="")), REVOKE],
        ),
    },
    "residual_payment_tokens": {
        "outstanding": (120, [*START, PAID, REVOKE]),
        "taken back": (0, [*START, PAID, REVOKE, ("alice", 5 * D, f.PaymentTokenDeactivated("spt:1", "revoked"))]),
        "for somebody else": (
            0, [*START, ("bob", D, f.PaymentTokenMinted("spt:2", "hub", "bob", "cloud", 1, "r")), REVOKE],
        ),
    },
    "residual_deployments": {
        "it runs on": (120, [*START, RUNS, REVOKE]),
        "until its secret dies": (24, [*START, RUNS, REVOKE, gone(6 * D, "sk:1", "resource", "removed")]),
        "with another secret": (
            24,
            [
                *START, RUNS, REVOKE, ("alice", 6 * D, token(A, "sk:2", "resource", grant="g2")),
                ("alice", 6 * D, f.Deployed("alice/agent1", "cloud", "sk:2")),
            ],
        ),
    },
    "actions_until_dead": {
        "nothing is left": (0, [*START, REVOKE, PUSHED, gone(5 * D + MIN, "sk:1", "resource")]),
        "one thing is left": (1, [*START, REVOKE, PUSHED]),
        "nobody is told": (2, [*START, REVOKE]),
        "five things": (5, [*START, SESSION, KEY, PAID, REVOKE]),
        "what was ended later took an action": (
            2, [*START, SESSION, REVOKE, PUSHED, gone(6 * D, "sk:1", "resource", "removed")],
        ),
        "what ran out took none": (1, [*START, REVOKE, gone(6 * D, "at:1", reason="expired")]),
        "what is running goes with its secret": (1, [*START, RUNS, REVOKE, PUSHED]),
        "a token and its child are one": (
            2,
            [
                *START, REVOKE, gone(6 * D, "at:1", reason="rotated"),
                ("mallory", 6 * D, token(A, "at:2", "refreshed")),
            ],
        ),
    },
    "deployment_downtime": {
        "mended": (2, [
            ("alice", D, f.DeploymentBroken("alice/agent1", "cloud", "sk:1")),
            ("alice", D + 2 * H, f.DeploymentMended("alice/agent1", "cloud", "sk:2")),
        ]),
        "broken to the end": (24, [("alice", 9 * D, f.DeploymentBroken("alice/agent1", "cloud", "sk:1"))]),
        "never": (0, []),
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_results(name: str, case: str) -> None:
    expected, rows = CASES[name][case]
    measure = measures.load(name)(name)
    judge = Judge(measure).run(rows, until=END)
    assert measure.result(END, judge) == pytest.approx(expected, abs=1e-6)


def test_they_are_there_only_where_something_is_expected_of_them() -> None:
    from sim.experiments.once import folds
    from sim.scenario import load_text

    text = "title: t\nuntil: 1 d\npeople: {a: {}}\norchestrators: {o: {}}\nproviders: {p: {}}\n"
    story = "story: [{at: 1 h, who: a, add: p/free}]\n"
    plain = folds(load_text(text + story))
    asked = folds(load_text(text + story + "expect: {residual_access: 0}\n"))
    assert not set(CASES) & {*plain[1], *plain[2]}
    assert set(asked[2]) == {"residual_access"}
