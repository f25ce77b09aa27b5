"""A short language for traces: what a property is judged on, said in a word."""

from __future__ import annotations

from sim import facts as f
from sim import properties
from sim.party import Fact
from tests.judge import Judge, Row, created

#: By property and by what the trace is: how often it is violated (or reached), and the trace.
Cases = dict[str, dict[str, tuple[int, list[Row]]]]

A, B = "cloud/a", "cloud/b"
ALICE, MALLORY = "alice@x.org", "mallory@x.org"
OWN = ("alice", 1, created(A, ALICE))
DOOR = ("alice", 1, created(A, ALICE, issuer=""))
SQUAT = ("mallory", 1, created(A, ALICE, issuer="second"))
BY_PASSWORD = ("mallory", 1, created(A, ALICE, issuer=""))
TERMS = "TOS_ACCEPTANCE_REQUIRED"
STOLEN = ("mallory", 2, f.KeyStolen("hub", "mallory"))


def judged(name: str, rows: list[Row], within: int | None = None, **how: object) -> Judge:
    return Judge(properties.load(name)(name, within), **how).run(rows)  # type: ignore[arg-type]


# --- facts, said shortly ----------------------------------------------------------------------------------------------


def asked(url: str, account: str = A, issuer: str = "hub", scopes: tuple[str, ...] = ("read",)) -> Fact:
    return f.ConsentAsked("cloud", account, url, issuer, scopes, "r")


def given(url: str, account: str = A, issuer: str = "hub", scopes: tuple[str, ...] = ("read",)) -> Fact:
    return f.ConsentGiven("cloud", account, url, issuer, scopes, "r")


def auto(url: str, account: str = A, issuer: str = "hub") -> Fact:
    return f.ConsentGiven("cloud", account, url, issuer, ("read",), "r", clicked=False)


def minted(url: str, account: str = A, issuer: str = "hub", code: str = "c") -> Fact:
    return f.CodeMinted("cloud", account, code, issuer, "r", url)


def used(name: str = "t", grant: str = "g", account: str = A) -> Fact:
    return f.ApiAccepted("cloud", account, name, "access", grant)


def revoked(grant: str = "g", pushed: bool = True) -> Fact:
    return f.Revoked("hub", "cloud", "login-a", grant, pushed)


def accepted(key: str = "hub#1", where: str = "cloud") -> Fact:
    return f.AttestationAccepted(where, "hub", "alice", "j", key, ALICE, where, True, True, "r")


def withdrawn(key: str = "hub#1", issuer: str = "hub") -> Fact:
    return f.KeyWithdrawn(issuer, key)


def approved(scopes: tuple[str, ...], request: str = "r") -> Fact:
    return f.ConsentGiven("cloud", A, "u", "hub", scopes, request)


def terms(login: str = "login-a", by_script: bool = False, where: str = "cloud") -> Fact:
    return f.TermsAccepted("hub", where, login, by_script)


def moved(machine: str, before: str, after: str, thing: str = "x") -> Fact:
    return f.Transition(machine, thing, before, after)


def stored(secret: str) -> Fact:
    return f.SecretStored("alice/agent1", secret, "cloud")


def attested(request: str) -> Fact:
    return f.Attested("hub", "alice", "j", ALICE, True, "cloud", request)


def stepped(person: str, where: str = "cloud") -> Fact:
    return f.HumanStepped(person, where, "approve")


def completed(account: str = A, grant: str = "g") -> Fact:
    return f.ResourceCompleted("cloud", account, "cloud/r:r", "free", grant, "r")
