"""Limits and defences: what the four properties say of traces, and of parties with the check removed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim import facts as f
from sim import properties
from sim.clock import Constant
from sim.experiments.once import Outcome, run_once
from sim.facts import Admitted
from sim.parties._limiter import Limiter
from sim.parties.orchestrator.defences import Defences
from sim.parties.provider import Provider
from sim.party import Fact
from sim.scenario import load_text
from tests.judge import MIN, H, Judge, Row, S, closed, created, refused, world

A = "cloud/a"
ALICE = "alice@x.org"


def limited_world(burst: int = 2, per_hour: int = 60, quarantine: int = H) -> dict[str, Any]:
    config = SimpleNamespace(
        limits=(SimpleNamespace(burst=burst, per_hour=per_hour),), quarantine=Constant(quarantine), count=1
    )
    return world(cloud=config)


def passed(request: str, tenant: str = "a", key: str = "hub") -> Fact:
    return f.Admitted("cloud", 0, "issuer", key, tenant, request)


def stopped(tenant: str = "a", key: str = "hub", down: bool = False) -> Fact:
    return f.Limited("cloud", 0, "issuer", key, tenant, "x", down)


def asked() -> Fact:
    return f.ConsentAsked("cloud", A, "u", "hub", (), "r")


def disbelieved(reason: str) -> Fact:
    return f.AttestationRefused("cloud", "x", "s", ALICE, reason, "r")


def probation() -> Row:
    return ("alice", 1, f.Quarantined("cloud", A))


def released() -> Fact:
    return f.QuarantineLifted("cloud", A)


def used(account: str = A) -> Fact:
    return f.ApiAccepted("cloud", account, "t", "resource", "g")


def at_once(*tenants: str, at: int = 1) -> list[Row]:
    return [("alice", at, passed(f"{at}.{n}", tenant)) for n, tenant in enumerate(tenants)]


def by_attacker(*keys: str, at: int = 1) -> list[Row]:
    return [("mallory", at, passed(f"m{at}.{n}", f"m{n}", key)) for n, key in enumerate(keys)]


CASES: dict[str, dict[str, tuple[int, list[Row]]]] = {
    "rate_limit_holds": {
        "as many as there are": (0, at_once("a", "a")),
        "one more at once": (1, at_once("a", "a", "a")),
        "one more when one is back": (0, [*at_once("a", "a"), *at_once("a", at=1 + MIN)]),
        "one more a microsecond too early": (1, [*at_once("a", "a"), *at_once("a", at=MIN - 1)]),
        "two when one is back": (1, [*at_once("a", "a"), *at_once("a", "a", at=1 + MIN)]),
        "another key": (0, [*at_once("a", "a"), ("alice", 2, passed("y", key="second"))]),
        "nobody asked for longer than it takes": (0, [*at_once("a", "a"), *at_once("a", "a", at=H)]),
        "no more is saved up than the burst": (1, [*at_once("a"), *at_once("a", "a", "a", at=H)]),
    },
    "one_bucket_each": {
        "honest people behind one key": (0, at_once("a", "a", "a")),
        "an attacker under one name": (0, by_attacker("hub", "hub")),
        "an attacker under three names": (1, by_attacker("x", "y", "z")),
        "two attackers' worth is one's": (0, [*by_attacker("x", "y"), ("alice", 2, passed("own"))]),
    },
    "tenants_share_fairly": {
        "alone": (0, [*at_once("a", "a"), ("alice", 2, stopped())]),
        "somebody else took all": (1, [*at_once("a", "a"), ("alice", 2, stopped("b"))]),
        "somebody else took all, long ago": (0, [*at_once("a", "a"), ("alice", 3 * MIN, stopped("b"))]),
        "who had a share": (0, [*at_once("a", "b"), ("alice", 2, stopped("b"))]),
        "more tenants than places": (0, [*at_once("a", "b"), ("alice", 2, stopped("c"))]),
        "the store was down": (0, [*at_once("a", "a"), ("alice", 2, stopped("b", down=True))]),
        "behind another key": (0, [*at_once("a", "a"), ("alice", 2, stopped("b", key="second"))]),
    },
    "quarantine_holds": {  # who is never let out is one violation more
        "a call": (2, [probation(), ("alice", 2, used())]),
        "a call of another account": (1, [probation(), ("bob", 2, used("cloud/b"))]),
        "a purchase": (2, [probation(), ("alice", 2, f.ResourceBilled("cloud", A, "r", 100, "ch", "q"))]),
        "released, and then used": (0, [probation(), ("", H, released()), ("alice", 2 * H, used())]),
        "released late": (1, [probation(), ("", H + 2 * S, released())]),
        "closed": (0, [probation(), ("alice", 2, closed(A))]),
    },
    "existence_not_revealed": {
        "its owner is asked": (0, [("alice", 1, created(A, ALICE)), ("alice", 2, asked())]),
        "a stranger is told": (1, [("alice", 1, created(A, ALICE)), ("mallory", 2, asked())]),
        "a stranger is refused": (1, [("mallory", 2, disbelieved("email_taken"))]),
        "the owner is refused": (0, [("alice", 2, disbelieved("email_taken"))]),
        "a refusal that says nothing": (0, [("mallory", 2, disbelieved("expired"))]),
        "at the door": (1, [("mallory", 2, refused("mallory", "email_taken", "sign_up", email=ALICE))]),
        "at one's own door": (0, [("alice", 2, refused("alice", "email_taken", "sign_up"))]),
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_a_property_judges_a_trace(name: str, case: str) -> None:
    expected, rows = CASES[name][case]
    judge = Judge(properties.load(name)(name), blocks=limited_world()).run(rows)
    assert len(judge.violations) == expected, judge.violations


@pytest.mark.parametrize("name", ["rate_limit_holds", "tenants_share_fairly"])
def test_what_does_not_matter_any_more_is_forgotten(name: str) -> None:
    assert Judge(properties.load(name)(name), blocks=limited_world()).run(at_once("a", "b")).left() == {}


@pytest.mark.parametrize(("at", "violated"), [(514_285_714, 1), (514_285_717, 0)])
def test_a_place_is_not_back_a_fraction_of_a_microsecond_before_its_time(at: int, violated: int) -> None:
    """Seven an hour: the first is back 514,285,714.3 µs after it was taken, at 1."""
    judge = Judge(properties.load("rate_limit_holds")("rate_limit_holds"), blocks=limited_world(per_hour=7))
    assert len(judge.run([*at_once("a", "a"), *at_once("a", at=at)]).violations) == violated


# --- mutants ----------------------------------------------------------------------------------------------------------

HEAD = """
title: A mutant
until: 1 d
people: {crowd: {count: 8}, mallory: {adversary: true}}
orchestrators: {hub: {}, rogue: {adversary: true, email_check: none, says_verified: always}}
"""
LIMITED = (
    HEAD
    + """
providers: {p: {like: M6, limits: [{per: issuer, burst: 3, per_hour: 1}]}}
story: [{at: uniform 1 h to 2 h, who: crowd, add: p/free}]
"""
)
QUARANTINE = (
    HEAD
    + """
providers: {p: {like: M6, quarantine: 6 h}}
story: [{id: own, at: 1 h, who: crowd, add: p/free}, {after: own, wait: 1 h, who: crowd, use: p}]
"""
)
FAIR = (
    HEAD
    + """
providers: {p: {like: M6, limits: [{per: issuer, burst: 8, per_hour: 8}, {per: person, burst: 1, per_hour: 1}]}}
story:
  - {id: first, at: uniform 3 h to 4 h, who: crowd, add: p/free}
  - {id: loop, every: 1 min, until: 6 h, who: mallory, via: hub, add: p/free}
  - {after: loop, who: mallory, via: hub, unlink: p}
"""
)
SEPARATE = (
    HEAD
    + """
providers: {p: {like: M10}}
story: [{at: 1 h, who: crowd, add: p/free}, {at: 5 h, who: mallory, via: rogue, as: any crowd, add: p/free}]
"""
)
STEP_UP = """
title: A mutant
until: 1 d
people: {alice: {mfa: orchestrator, notices: 0}, mallory: {adversary: true}}
orchestrators: {hub: {step_up: first_provider}}
providers: {p: {like: M6}}
story: [{at: 1 h, who: mallory, steal: session, of: alice}, {at: 2 h, who: mallory, as: alice, add: p/free}]
measures: {made: {count: account_created}}
"""


def run(text: str) -> Outcome:
    return run_once(load_text(text), record=False)


def violations(text: str, name: str) -> int:
    return run(text).counts.get(name, 0)


def admits_all(self: Limiter, turn: Any, counts: str, keys: Any, tenant: str, request: str) -> bool:
    for at, limit in enumerate(self.config.limits):
        turn.note(Admitted(self.name, at, limit.per, keys[limit.per], tenant, request))
    return True


def test_a_limiter_that_lets_everything_through_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert violations(LIMITED, "rate_limit_holds") == 0
    monkeypatch.setattr(Limiter, "admits", admits_all)
    assert violations(LIMITED, "rate_limit_holds") > 0


def test_a_limiter_that_returns_tokens_twice_as_fast_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.parties._limiter.wait", lambda bucket, per_hour: 60_000_000)
    assert violations(LIMITED, "rate_limit_holds") > 0


def test_a_quarantine_that_nobody_looks_at_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert violations(QUARANTINE, "quarantine_holds") == 0
    monkeypatch.setattr(Provider, "rests", lambda self, account: False)
    assert violations(QUARANTINE, "quarantine_holds") == 8


def test_a_quarantine_without_an_end_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Provider, "release", lambda self, turn, what: None)
    assert violations(QUARANTINE, "quarantine_holds") == 8


def test_a_limiter_without_a_share_for_each_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert violations(FAIR, "tenants_share_fairly") == 0
    keys = Provider._keys

    def shared(self: Provider, sender: str, issuer: str, person: str, email: str) -> Any:
        return {**keys(self, sender, issuer, person, email), "person": f"{person} {self.buckets.get((0, issuer))}"}

    monkeypatch.setattr(Provider, "_keys", shared)
    assert violations(FAIR, "tenants_share_fairly") > 0


def test_a_provider_that_asks_owners_although_accounts_are_apart_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert violations(SEPARATE, "existence_not_revealed") == 0
    from sim.policies.matching import Found, Nobody, namespaced

    def match(look: Any, claim: Any, verified: bool) -> Any:
        there = look.by_email(claim.email)
        return Found(there[0], "email") if there else Nobody()

    monkeypatch.setattr(namespaced, "match", match)
    assert violations(SEPARATE, "existence_not_revealed") == 1


def test_a_second_look_that_takes_any_answer_lets_the_thief_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(STEP_UP).measures["made"] == 0
    monkeypatch.setattr(Defences, "proves", lambda self, message, login, row: True)
    assert run(STEP_UP).measures["made"] == 1
