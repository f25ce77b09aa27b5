"""Authority, life cycles, deadlines, and what must be reached: traces that violate, that do not, that nearly do."""

from __future__ import annotations

import pytest

from sim import facts as f
from sim import properties
from sim.clock import NEVER
from sim.party import Fact
from tests.judge import (
    MIN,
    D,
    H,
    Judge,
    Row,
    S,
    adopted,
    answered,
    closed,
    created,
    linked,
    provider,
    refused,
    requested,
    session,
    token,
    unlinked,
    world,
)
from tests.properties.test_identity import CASES as IDENTITY

A, B = "cloud/a", "cloud/b"
ALICE = "alice@x.org"
OWN = ("alice", 1, created(A, ALICE))
DOOR = ("alice", 1, created(A, ALICE, issuer=""))
SQUAT = ("mallory", 1, created(A, ALICE, issuer="second"))
TERMS = "TOS_ACCEPTANCE_REQUIRED"
STOLEN = ("mallory", 2, f.KeyStolen("hub", "mallory"))


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


CASES: dict[str, dict[str, tuple[int, list[Row]]]] = {
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
    "compromise_is_contained": {
        "honest link through a compromised orchestrator": (
            0,
            [DOOR, STOLEN, ("alice", 3, linked(A, "hub alice", "consent")), ("alice", 3, token(A, "t"))],
        ),
        "forged link to an account without one": (
            1,
            [DOOR, STOLEN, ("mallory", 3, linked(A, "hub m", "silent")), ("mallory", 3, token(A, "t"))],
        ),
        "each account counts": (
            2,
            [
                DOOR,
                ("bob", 1, created(B, "bob@x.org", issuer="")),
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, linked(B, "hub n", "silent")),
                ("mallory", 3, token(A, "t")),
                ("mallory", 3, token(B, "u")),
            ],
        ),
        "the same with the shared secret": (
            1,
            [
                DOOR,
                ("mallory", 2, f.SharedSecretStolen("hub", "mallory")),
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "the same with the token store": (
            1,
            [
                DOOR,
                ("mallory", 2, f.TokensStolen("hub", "mallory")),
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "another orchestrator's key was stolen": (
            0,
            [
                DOOR,
                ("mallory", 2, f.KeyStolen("second", "mallory")),
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "not stolen before": (
            0,
            [
                DOOR,
                ("mallory", 2, linked(A, "hub m", "silent")),
                ("mallory", 2, token(A, "t")),
                ("mallory", 3, STOLEN[2]),
            ],
        ),
        "account linked to it before": (
            0,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "account linked to it by its owner before": (
            0,
            [
                DOOR,
                ("alice", 1, linked(A, "hub alice", "consent")),
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "account made on its word, and unlinked since": (
            0,
            [
                OWN,
                ("alice", 1, linked(A, "hub alice")),
                ("alice", 1, unlinked(A, "hub alice")),
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "pending account of another's making": (
            0,
            [
                ("mallory", 1, created(A, ALICE, "second", state="pending")),
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "created")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "further tokens are no further way in": (
            1,
            [
                DOOR,
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
                ("mallory", 4, token(A, "t2")),
            ],
        ),
        "no link at all, and nothing was stolen": (0, [DOOR, ("mallory", 3, token(A, "t"))]),
        "password set anew": (0, [DOOR, STOLEN, ("mallory", 3, linked(A, "password", "added"))]),
        "newly forged account": (
            0,
            [
                STOLEN,
                ("mallory", 3, created(A, ALICE)),
                ("mallory", 3, linked(A, "hub m")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "linked to another orchestrator": (
            1,
            [
                ("alice", 1, created(A, ALICE, issuer="second")),
                ("alice", 1, linked(A, "second alice")),
                STOLEN,
                ("mallory", 3, linked(A, "hub m", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "owner is talked into approving": (
            1,
            [DOOR, STOLEN, ("alice", 3, linked(A, "hub m", "consent")), ("mallory", 4, token(A, "t"))],
        ),
        "subject without issuer, so there is no link at all": (
            1,
            [
                ("alice", 1, created(A, ALICE, issuer="second")),
                ("alice", 1, linked(A, "second alice")),
                STOLEN,
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "a refreshed token is no way in": (0, [DOOR, STOLEN, ("mallory", 3, token(A, "t", "refreshed"))]),
        "stolen session, at an account of its person": (
            1,
            [
                DOOR,
                ("mallory", 2, f.SessionStolen("alice", "mallory")),
                ("mallory", 3, linked(A, "hub alice", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "stolen session, at another's account": (
            0,
            [
                ("bob", 1, created(A, "bob@x.org", issuer="")),
                ("mallory", 2, f.SessionStolen("alice", "mallory")),
                ("mallory", 3, linked(A, "hub alice", "silent")),
                ("mallory", 3, token(A, "t")),
            ],
        ),
        "the owner comes later to what was linked": (
            0,
            [DOOR, STOLEN, ("mallory", 3, linked(A, "hub m", "silent")), ("alice", 4, token(A, "t"))],
        ),
        "account that is gone": (
            0,
            [
                DOOR,
                STOLEN,
                ("mallory", 3, closed(A)),
                ("mallory", 4, linked(A, "hub m", "silent")),
                ("mallory", 4, token(A, "t")),
            ],
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


def judged(name: str, rows: list[Row], within: int | None = None, **how: object) -> Judge:
    return Judge(properties.load(name)(name, within), **how).run(rows)  # type: ignore[arg-type]


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


def test_a_rogue_orchestrator_is_compromised_from_the_beginning() -> None:
    rows: list[Row] = [DOOR, ("mallory", 2, linked(A, "hub m", "silent")), ("mallory", 2, token(A, "t"))]
    assert judged("compromise_is_contained", rows).violations == []
    assert len(judged("compromise_is_contained", rows, adversaries=("mallory", "hub")).violations) == 1


HONEST: list[Row] = [
    ("alice", 1, requested("r")),
    ("alice", 1, terms()),
    ("alice", 2, attested("r")),
    ("alice", 3, accepted()),
    ("alice", 3, created(A, ALICE)),
    ("alice", 3, linked(A, "hub alice")),
    ("alice", 3, moved("account", "absent", "active", A)),
    ("alice", 3, moved("code", "absent", "issued", "c")),
    ("alice", 4, moved("code", "issued", "spent", "c")),
    ("alice", 4, token(A, "t")),
    ("alice", 5, completed()),
    ("alice", 5, token(A, "sk", "resource")),
    ("alice", 6, answered("r")),
    ("alice", 7, stored("sk")),
    ("alice", 8, used("sk")),
]
KEPT = {
    "account_needs_acceptance": {"accepted": 1},
    "account_without_charge": {"reached": 1},
    "assertion_accepted_once": {"seen": 1, "kept": 1},
    "in_use_without_human_at_provider": {"reached": 1},
    "link_key_is_stable": {"leads": 1},
}


@pytest.mark.parametrize("name", sorted(IDENTITY | CASES))
def test_what_an_honest_account_leaves_behind(name: str) -> None:
    """A million accounts go through: whatever is kept for one has to be here, with its reason in the property."""
    judge = judged(name, HONEST)
    assert judge.left() == {f"{name}.{table}": size for table, size in KEPT.get(name, {}).items()}
    assert judge.violations == [] or properties.load(name).KIND == "sometimes"


def test_pending_requests_are_forgotten_when_they_are_over() -> None:
    rows: list[Row] = [
        ("alice", 1, requested("r")),
        ("alice", 2, answered("r", "pending_auth")),
        ("alice", 3, approved(("read",))),
        ("alice", 4, token(A, "t")),
    ]
    for name in ("effects_are_traceable", "account_needs_acceptance"):
        assert judged(name, rows).left() == {}


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
