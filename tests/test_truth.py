"""Tiny traces that fix what the words mean: who owns an account, when it settles, what on it is foreign."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from sim.facts import (
    ChangeCancelled,
    ChangeConfirmed,
    ChangeRequested,
    DomainMoved,
    MailboxMoved,
    MailboxStolen,
    SessionStolen,
)
from sim.party import Fact
from tests.judge import (
    Judge,
    activated,
    adopted,
    closed,
    created,
    ended,
    linked,
    session,
    token,
    unlinked,
)

A, ALICE = "cloud/a", "alice@x.org"


@dataclass
class Case:
    """Steps (person behind, fact), and what is true of account ``cloud/a`` in the end."""

    steps: list[tuple[str, Fact]]
    owner: str
    contested: bool = False
    maker: str | None = None
    addressee: str | None = None
    foreign: list[str] = field(default_factory=list)
    """``maker kind thing`` of what is foreign, in order."""


SQUAT = ("mallory", created(A, ALICE, issuer="second"))
OWN = ("alice", created(A, ALICE))
BY_PASSWORD = ("mallory", created(A, ALICE, issuer=""))
CASES = {
    "maker is the addressee": Case([OWN], "alice", maker="alice", addressee="alice"),
    "squat is contested": Case([SQUAT], "", contested=True, maker="mallory", addressee="alice"),
    "nobody holds the address, so it is the maker's": Case(
        [("mallory", created(A, "new1@nowhere.org"))], "mallory", maker="mallory", addressee="mallory"
    ),
    "addressee signs in": Case([SQUAT, ("alice", session(A, "s"))], "alice", maker="mallory"),
    "maker signs in": Case([SQUAT, ("mallory", session(A, "s"))], "", True, foreign=["mallory credential s"]),
    "somebody else signs in": Case([SQUAT, ("carol", session(A, "s"))], "", True, foreign=["carol credential s"]),
    "addressee is linked silently": Case([SQUAT, ("alice", linked(A, "hub alice", "silent"))], "alice"),
    "addressee's attestation gets a token by a link that is there": Case([SQUAT, ("alice", token(A, "t"))], "alice"),
    "a resource's secret settles nothing": Case([SQUAT, ("alice", token(A, "t", "resource"))], "", True),
    "addressee adopts": Case([SQUAT, ("alice", adopted(A))], "alice"),
    "somebody else adopts": Case([SQUAT, ("carol", adopted(A))], "", True),
    "pending account is contested too": Case(
        [("mallory", created(A, ALICE, issuer="second", state="pending"))], "", True
    ),
    "addressee clicks, which activates and links": Case(
        [
            ("mallory", created(A, ALICE, issuer="second", state="pending")),
            ("alice", activated(A)),
            ("alice", linked(A, "second mallory")),
        ],
        "alice",
    ),
    "activation alone is no possession": Case(
        [("mallory", created(A, ALICE, state="pending")), ("alice", activated(A))], "", True
    ),
    "thief with a stolen session makes an account for its victim": Case(
        [("mallory", SessionStolen("alice", "mallory")), ("mallory", created(A, ALICE))],
        "",
        True,
        maker="mallory",
        addressee="alice",
    ),
    "thief of the mailbox is not the addressee": Case(
        [("mallory", MailboxStolen("alice", "mallory")), SQUAT, ("mallory", session(A, "s"))],
        "",
        True,
        addressee="alice",
        foreign=["mallory credential s"],
    ),
    "mailbox moves later, which changes nothing": Case(
        [OWN, ("", MailboxMoved(ALICE, "bob")), ("bob", session(A, "s"))],
        "alice",
        addressee="alice",
        foreign=["bob credential s"],
    ),
    "mailbox moved before, so the new holder is the addressee": Case(
        [("", MailboxMoved(ALICE, "bob")), OWN], "", True, maker="alice", addressee="bob"
    ),
    "mailbox was given up before, so nobody holds it": Case([("", MailboxMoved(ALICE, "")), OWN], "alice"),
    "mailbox moves while contested, and the addressee stays": Case(
        [SQUAT, ("", MailboxMoved(ALICE, "bob")), ("bob", session(A, "s")), ("alice", session(A, "t"))],
        "alice",
        foreign=["bob credential s"],
    ),
    "takeover changes no owner": Case(
        [OWN, ("mallory", linked(A, "second m", "silent")), ("mallory", token(A, "t"))],
        "alice",
        foreign=["mallory identifier second m", "mallory credential t"],
    ),
    "adoption by a thief changes no owner": Case([OWN, ("mallory", adopted(A))], "alice"),
    "owner's own things are not foreign": Case(
        [OWN, ("alice", linked(A, "hub alice")), ("alice", token(A, "t")), ("alice", session(A, "s"))], "alice"
    ),
    "squatter's things stay foreign after it settled": Case(
        [SQUAT, ("mallory", linked(A, "second m")), ("mallory", token(A, "t")), ("alice", session(A, "s"))],
        "alice",
        foreign=["mallory identifier second m", "mallory credential t"],
    ),
    "purged things are not foreign any more": Case(
        [
            SQUAT,
            ("mallory", linked(A, "second m")),
            ("mallory", token(A, "t")),
            ("alice", unlinked(A, "second m")),
            ("alice", ended(A, "t")),
            ("alice", adopted(A)),
        ],
        "alice",
    ),
    "squatter's password is foreign": Case(
        [BY_PASSWORD, ("alice", linked(A, "hub alice", "silent"))], "alice", foreign=["mallory identifier password"]
    ),
    "a password of one's own replaces it": Case([BY_PASSWORD, ("alice", linked(A, "password", "added"))], "alice"),
    "adopting sets a password of one's own": Case([BY_PASSWORD, ("alice", adopted(A, "reset"))], "alice"),
    "one's own password is not foreign": Case([("alice", created(A, ALICE, issuer=""))], "alice"),
    "a stranger's adoption leaves the squatter's password": Case(
        [BY_PASSWORD, ("carol", adopted(A))], "", True, foreign=["mallory identifier password"]
    ),
    "owner's pending change is not foreign": Case(
        [OWN, ("alice", ChangeRequested("cloud", A, "c", "a2@x.org"))], "alice"
    ),
    "adopting by consent sets none": Case(
        [BY_PASSWORD, ("alice", adopted(A, "consent"))], "alice", foreign=["mallory identifier password"]
    ),
    "pending change of another is foreign": Case(
        [OWN, ("mallory", ChangeRequested("cloud", A, "c", "m@x.org"))], "alice", foreign=["mallory change c"]
    ),
    "cancelled change is not": Case(
        [
            OWN,
            ("mallory", ChangeRequested("cloud", A, "c", "m@x.org")),
            ("alice", ChangeCancelled("cloud", A, "c")),
        ],
        "alice",
    ),
    "confirmed change of another has made the address foreign": Case(
        [
            OWN,
            ("mallory", ChangeRequested("cloud", A, "c", "mallory@x.org")),
            ("mallory", ChangeConfirmed("cloud", A, "c", "mallory@x.org")),
        ],
        "alice",
        foreign=["mallory change address"],
    ),
    "owner tricked into clicking leaves the change its asker's": Case(
        [
            OWN,
            ("mallory", ChangeRequested("cloud", A, "c", "bob@x.org")),
            ("bob", ChangeConfirmed("cloud", A, "c", "bob@x.org")),
        ],
        "alice",
        foreign=["mallory change address"],
    ),
    "owner changes it back": Case(
        [
            OWN,
            ("mallory", ChangeConfirmed("cloud", A, "c", "mallory@x.org")),
            ("alice", ChangeRequested("cloud", A, "d", ALICE)),
            ("alice", ChangeConfirmed("cloud", A, "d", ALICE)),
        ],
        "alice",
    ),
    "owner gives it somebody's address, who did not confirm it": Case(
        [("mallory", created(A, "mallory@x.org", issuer="")), ("mallory", ChangeConfirmed("cloud", A, "c", ALICE))],
        "",
        True,
        maker="mallory",
        addressee="alice",
        foreign=["mallory identifier password"],
    ),
    "the same, and that somebody comes": Case(
        [
            ("mallory", created(A, "mallory@x.org")),
            ("mallory", ChangeConfirmed("cloud", A, "c", ALICE)),
            ("mallory", session(A, "s")),
            ("alice", linked(A, "hub alice", "silent")),
        ],
        "alice",
        foreign=["mallory credential s"],
    ),
    "the same, and who gave it takes it back before that somebody came": Case(
        [
            ("mallory", created(A, "mallory@x.org", issuer="")),
            ("mallory", ChangeConfirmed("cloud", A, "c", ALICE)),
            ("mallory", token(A, "t")),
            ("mallory", ChangeRequested("cloud", A, "d", "mallory@x.org")),
            ("mallory", ChangeConfirmed("cloud", A, "d", "mallory@x.org")),
        ],
        "mallory",
        addressee="mallory",
    ),
    "a squat whose address becomes the squatter's own is the squatter's": Case(
        [SQUAT, ("mallory", token(A, "t")), ("mallory", ChangeConfirmed("cloud", A, "c", "mallory@x.org"))],
        "mallory",
        addressee="mallory",
    ),
    "a squat that comes to bear a third person's address waits for that person": Case(
        [SQUAT, ("mallory", token(A, "t")), ("mallory", ChangeConfirmed("cloud", A, "c", "bob@x.org"))],
        "",
        True,
        maker="mallory",
        addressee="bob",
        foreign=["mallory credential t"],
    ),
    "an owner who adopted it and gives it its first maker's address has made it anew": Case(
        [SQUAT, ("alice", adopted(A)), ("alice", ChangeConfirmed("cloud", A, "c", "mallory@x.org"))],
        "",
        True,
        maker="alice",
        addressee="mallory",
    ),
    "a thief's change of address leaves the account the owner's": Case(
        [OWN, ("mallory", ChangeConfirmed("cloud", A, "c", "bob@x.org"))], "alice", foreign=["mallory change address"]
    ),
    "closed account is nobody's": Case([OWN, ("mallory", token(A, "t")), ("alice", closed(A))], ""),
    "facts of an account that is not there are ignored": Case(
        [
            ("mallory", token(A, "t")),
            ("mallory", linked(A, "hub m")),
            ("mallory", adopted(A)),
            ("mallory", unlinked(A, "hub m")),
            ("mallory", closed(A)),
            ("mallory", ChangeRequested("cloud", A, "c", "m@x.org")),
            ("mallory", ChangeConfirmed("cloud", A, "c", "m@x.org")),
        ],
        "",
    ),
}


def told(steps: list[tuple[str, Fact]]) -> Judge:
    return Judge().run([(behind, n, fact) for n, (behind, fact) in enumerate(steps)], until=len(steps))


@pytest.mark.parametrize("name", CASES)
def test_who_owns_it(name: str) -> None:
    case = CASES[name]
    truth = told(case.steps).truth
    assert truth.owner(A) == case.owner
    assert truth.contested(A) is case.contested
    assert [f"{one.maker} {one.kind} {one.thing}" for one in truth.foreign(A)] == case.foreign
    found = truth.account(A)
    if case.maker is not None:
        assert found is not None
        assert found.maker == case.maker
    if case.addressee is not None:
        assert found is not None
        assert found.addressee == case.addressee


def test_nothing_is_kept_of_a_closed_account() -> None:
    truth = told([SQUAT, ("mallory", token(A, "t")), ("alice", closed(A))]).truth
    assert {name: len(getattr(truth, name)) for name in truth.TABLES if getattr(truth, name)} == {}


def test_nothing_foreign_is_kept_once_it_has_ended() -> None:
    truth = told([SQUAT, ("mallory", token(A, "t")), ("alice", ended(A, "t"))]).truth
    assert len(truth.others) == 0


def test_identifiers_are_counted_one_by_one() -> None:
    """Of two subjects of one issuer, the other still leads to the account when one is taken away."""
    steps = [OWN, ("alice", linked(A, "hub a1")), ("alice", linked(A, "hub a2", "consent"))]
    truth = told([*steps, ("alice", linked(A, "hub a2", "consent")), ("alice", unlinked(A, "hub a1"))]).truth
    found = truth.account(A)
    assert found is not None
    assert found.identifiers == ("hub a2",)
    assert found.issuers == ("hub",)
    assert found.made_by == "hub"


def test_a_password_is_no_identifier_from_an_issuer() -> None:
    found = told([OWN, ("alice", linked(A, "password", "added"))]).truth.account(A)
    assert found is not None
    assert found.identifiers == ()


def test_accounts_beside_each_other_are_those_of_one_person() -> None:
    judge = told([
        OWN,
        ("mallory", created("cloud/b", ALICE, issuer="second")),
        ("alice", created("store/c", ALICE)),
        ("bob", created("cloud/d", "bob@x.org")),
    ])  # fmt: skip
    assert judge.truth.beside("cloud/b") == (A, "cloud/b", "store/c")
    assert judge.truth.beside("cloud/d") == ("cloud/d",)
    assert judge.truth.beside("cloud/none") == ()


def test_a_closed_account_stands_beside_none() -> None:
    truth = told([OWN, ("alice", created("cloud/b", ALICE)), ("alice", closed(A))]).truth
    assert truth.beside("cloud/b") == ("cloud/b",)


def test_an_account_stands_beside_itself_once() -> None:
    truth = told([OWN, ("alice", ChangeConfirmed("cloud", A, "c", ALICE))]).truth
    assert truth.beside(A) == (A,)


def test_a_squat_that_went_on_is_nothing_of_whom_it_was_for() -> None:
    truth = told([SQUAT, ("mallory", ChangeConfirmed("cloud", A, "c", "bob@x.org"))]).truth
    assert truth.addressed_to("alice", "cloud") == ()
    assert truth.addressed_to("bob", "cloud") == (A,)


def test_an_adversary_accounts_are_kept_by_address() -> None:
    """A farm of a hundred thousand accounts must not make one row of them all."""
    judge = told([("mallory", created(f"cloud/{n}", f"new{n}@nowhere.org")) for n in range(3)])
    assert judge.truth.beside("cloud/1") == ("cloud/1",)


CONCERNS = {
    "own account": ([OWN], ("alice", "cloud", ALICE), True),
    "own account under another address": ([OWN], ("alice", "cloud", "alice@work.org"), True),
    "another provider's": ([OWN], ("alice", "store", ALICE), False),
    "a provider whose name begins alike": ([OWN], ("alice", "clo", ALICE), False),
    "another person's": ([OWN], ("bob", "cloud", "bob@x.org"), False),
    "a squat bears the address": ([SQUAT], ("alice", "cloud", ALICE), True),
    "the squatter's own address": ([SQUAT], ("mallory", "cloud", "mallory@x.org"), False),
    "a squat whose address was changed": (
        [SQUAT, ("mallory", ChangeConfirmed("cloud", A, "c", "mallory@x.org"))],
        ("alice", "cloud", ALICE),
        False,
    ),
    "an account that bears the address since a change": (
        [("bob", created(A, "bob@x.org")), ("bob", ChangeConfirmed("cloud", A, "c", ALICE))],
        ("alice", "cloud", ALICE),
        True,
    ),
    "an account of who held the address before": (
        [OWN, ("", MailboxMoved(ALICE, "bob"))],
        ("bob", "cloud", ALICE),
        True,
    ),
    "the same, twice removed": (
        [OWN, ("", MailboxMoved(ALICE, "bob")), ("", MailboxMoved(ALICE, "carol"))],
        ("carol", "cloud", ALICE),
        True,
    ),
    "an account of who held the address before, at another provider": (
        [OWN, ("", MailboxMoved(ALICE, "bob"))],
        ("bob", "store", ALICE),
        False,
    ),
    "another account of who held the address before": (
        [("alice", created(A, "alice@work.org")), ("", MailboxMoved(ALICE, "bob"))],
        ("bob", "cloud", ALICE),
        False,
    ),
    "a closed account that once bore the address": (
        [
            ("bob", created(A, "bob@x.org")),
            ("bob", ChangeConfirmed("cloud", A, "c", ALICE)),
            ("bob", ChangeConfirmed("cloud", A, "d", "bob@x.org")),
            ("bob", closed(A)),
        ],
        ("alice", "cloud", ALICE),
        False,
    ),
    "a squat that went on to a third person": (
        [SQUAT, ("mallory", ChangeConfirmed("cloud", A, "c", "bob@x.org"))],
        ("bob", "cloud", "bob@x.org"),
        True,
    ),
    "a closed account": ([OWN, ("alice", closed(A))], ("alice", "cloud", ALICE), False),
}


@pytest.mark.parametrize("name", CONCERNS)
def test_what_concerns_a_person(name: str) -> None:
    steps, question, answer = CONCERNS[name]
    assert told(steps).truth.concerns(*question) is answer


def test_mailbox_follows_moves() -> None:
    truth = told([("", MailboxMoved(ALICE, "bob")), ("", MailboxMoved("bob@x.org", ""))]).truth
    assert truth.mailbox(ALICE) == "bob"
    assert truth.mailbox("bob@x.org") == ""
    assert truth.mailbox("carol@x.org") == "carol"
    assert truth.mailbox("who@nowhere.org") == ""


def test_mailboxes_follow_their_domain() -> None:
    truth = Judge().run([("", 1, MailboxMoved(ALICE, "bob")), ("", 2, DomainMoved("x.org", "mallory"))]).truth
    assert [truth.mailbox(address) for address in (ALICE, "carol@x.org")] == ["mallory", "mallory"]
    assert truth.mailbox("alice@y.x.org") == ""
    moved = Judge().run([("", 1, DomainMoved("x.org", "mallory")), ("", 2, MailboxMoved(ALICE, "carol"))]).truth
    assert [moved.mailbox(address) for address in (ALICE, "bob@x.org")] == ["carol", "mallory"]
