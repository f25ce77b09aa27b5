"""Identity: each property on traces that violate it, that do not, and that nearly do."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sim import facts as f
from sim import properties
from sim.party import Fact
from tests.judge import (
    MIN,
    D,
    H,
    Judge,
    Row,
    S,
    activated,
    adopted,
    closed,
    created,
    ended,
    linked,
    provider,
    session,
    token,
    unlinked,
    world,
)

A, B = "cloud/a", "cloud/b"
ALICE, MALLORY = "alice@x.org", "mallory@x.org"
OWN = ("alice", 1, created(A, ALICE))
SQUAT = ("mallory", 1, created(A, ALICE, issuer="second"))
BY_PASSWORD = ("mallory", 1, created(A, ALICE, issuer=""))


def asked(url: str, account: str = A, issuer: str = "hub", scopes: tuple[str, ...] = ("read",)) -> Fact:
    return f.ConsentAsked("cloud", account, url, issuer, scopes, "r")


def given(url: str, account: str = A, issuer: str = "hub", scopes: tuple[str, ...] = ("read",)) -> Fact:
    return f.ConsentGiven("cloud", account, url, issuer, scopes, "r")


def auto(url: str, account: str = A, issuer: str = "hub") -> Fact:
    return f.ConsentGiven("cloud", account, url, issuer, ("read",), "r", clicked=False)


def minted(url: str, account: str = A, issuer: str = "hub", code: str = "c") -> Fact:
    return f.CodeMinted("cloud", account, code, issuer, "r", url)


def accepted(name: str = "jti1", request: str = "r", where: str = "cloud", **other: object) -> Fact:
    fields: dict[str, object] = {"audience": where, "in_time": True, "key_known": True, "issuer": "hub", **other}
    return f.AttestationAccepted(  # type: ignore[arg-type]
        provider=where, subject="alice", token_id=name, key_id="hub#1", email=ALICE, request=request, **fields
    )


def moved(thing: str, before: str, after: str, machine: str = "consent") -> Fact:
    return f.Transition(machine, thing, before, after)


CASES: dict[str, dict[str, tuple[int, list[Row]]]] = {
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
            [("alice", 1, asked("u")), ("alice", 2, moved("u", "asked", "replaced")), ("alice", 3, given("u"))],
        ),
        "a code of that name expired": (
            0,
            [("alice", 1, asked("u")), ("alice", 2, moved("u", "issued", "expired", "code")), ("alice", 3, given("u"))],
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


def judged(name: str, rows: list[Row], **how: object) -> Judge:
    return Judge(properties.load(name)(name), **how).run(rows)  # type: ignore[arg-type]


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


def test_an_override_of_a_group_of_issuers_holds_for_its_members() -> None:
    cloud = provider("namespaced", hub="email")
    rows = [("alice", 1, created(A, ALICE, "hub1")), ("alice", 2, created(B, ALICE, "hub2"))]
    assert len(judged("one_account_per_key", rows, blocks=world(cloud=cloud)).violations) == 1


def test_a_provider_that_is_not_in_the_world_is_not_judged() -> None:
    assert judged("one_account_per_key", [OWN, ("alice", 2, created(B, ALICE))], blocks={}).violations == []


def test_the_age_of_a_consent_can_be_set() -> None:
    prop = properties.load("existing_account_needs_consent")("existing_account_needs_consent", MIN)
    rows: list[Row] = [
        OWN, ("alice", 2, given("u")), ("alice", 2 * MIN, linked(A, "hub alice", "consent", url="u"))
    ]  # fmt: skip
    assert len(Judge(prop).run(rows).violations) == 1


def test_a_crowd_is_forgotten_after_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.properties import assertion_accepted_once as module

    monkeypatch.setattr(module, "KEPT", 2)
    rows: list[Row] = [("alice", n, accepted(f"j{n}")) for n in range(1, 6)]
    judge = judged(
        "assertion_accepted_once", [*rows, ("mallory", 7, accepted("j5")), ("mallory", 2 * H, accepted("j5"))]
    )
    assert [at for _, at, _ in judge.violations] == [7]
    assert judge.left() == {"assertion_accepted_once.seen": 2, "assertion_accepted_once.kept": 1}


QUIET: list[Row] = [
    ("alice", 1, created(A, ALICE)),
    ("alice", 1, linked(A, "hub alice")),
    ("alice", 2, token(A, "t")),
    ("alice", 3, asked("u")),
    ("alice", 4, given("u")),
    ("alice", 4, linked(A, "second alice", "consent", url="u")),
    ("alice", 4, minted("u")),
    ("alice", 5, unlinked(A, "hub alice")),
    ("alice", 5, unlinked(A, "second alice")),
]


@pytest.mark.parametrize("name", CASES)
def test_an_honest_account_leaves_nothing_behind(name: str) -> None:
    assert judged(name, QUIET).left() == {}


def test_a_purge_leaves_nothing_to_remember() -> None:
    rows: list[Row] = [SQUAT, ("mallory", 2, token(A, "t")), ("alice", 3, session(A, "s")), ("alice", 3, ended(A, "t"))]
    assert judged("adopted_account_is_clean", rows).left() == {}
