"""Each answer to a provider's questions alone; what comes of them together is tested with the provider."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.claims import Attestation, root
from sim.policies import load
from sim.policies.matching import NOBODY, Denied, Found, Match

ALICE = "alice@example.org"


class Book:
    """Accounts as a matching answer sees them: (id, address, verified, issuer, identities)."""

    def __init__(self, *rows: tuple[str, str, bool, str, tuple[str, ...]]) -> None:
        self.rows = rows

    def by_email(self, email: str) -> tuple[str, ...]:
        return tuple(row[0] for row in self.rows if row[1] == email)

    def by_root(self, email: str) -> tuple[str, ...]:
        return tuple(row[0] for row in self.rows if root(row[1]) == root(email))

    def by_subject(self, issuer: str, subject: str) -> str:
        fits = lambda identity: identity == f"{issuer} {subject}" if issuer else identity.endswith(f" {subject}")  # noqa: E731
        return next((row[0] for row in self.rows if any(map(fits, row[4]))), "")

    def account(self, account: str) -> Any:
        row = next(row for row in self.rows if row[0] == account)
        return SimpleNamespace(email=row[1], state="active", verified=row[2], vouched=False, issuer=row[3])


def claim(issuer: str = "hub", subject: str = "1", email: str = ALICE) -> Attestation:
    return Attestation("jwt", issuer, subject, "p", "t", email, True, 0, 0, "k", "s")


def match(answer: str, book: Book, said: Attestation | None = None, verified: bool = True) -> Match:
    found: Match = load("matching", answer).match(book, said or claim(), verified)
    return found


EMPTY = Book()
PASSWORD = Book(("old", ALICE, False, "", ()))
VERIFIED = Book(("old", ALICE, True, "", ()))
LINKED = Book(("old", ALICE, False, "hub", ("hub 1",)))
FOREIGN = Book(("old", ALICE, False, "second", ("second 1",)))
MOVED = Book(("old", "before@example.org", False, "hub", ("hub 1",)))
TWO = Book(("old", ALICE, False, "", ()), ("new", ALICE, True, "hub", ()))
BY_EMAIL, BY_SUBJECT = Found("old", "email"), Found("old", "subject")

#: the answer's finding for: nobody, a password account, a verified one, a linked one, one linked by another issuer with
#: the same subject, and one that is linked but bears another address by now
FINDINGS: dict[str, tuple[Match, ...]] = {
    "email": (NOBODY, BY_EMAIL, BY_EMAIL, BY_EMAIL, BY_EMAIL, NOBODY),
    "email_normalised": (NOBODY, BY_EMAIL, BY_EMAIL, BY_EMAIL, BY_EMAIL, NOBODY),
    "email_verified": (NOBODY, BY_EMAIL, BY_EMAIL, BY_EMAIL, BY_EMAIL, NOBODY),
    "subject": (NOBODY, BY_EMAIL, BY_EMAIL, BY_SUBJECT, BY_EMAIL, BY_SUBJECT),
    "subject_or_email": (NOBODY, BY_EMAIL, BY_EMAIL, BY_SUBJECT, BY_EMAIL, BY_SUBJECT),
    "subject_or_verified_email": (NOBODY, NOBODY, BY_EMAIL, BY_SUBJECT, NOBODY, BY_SUBJECT),
    "first_issuer": (NOBODY, BY_EMAIL, BY_EMAIL, BY_EMAIL, Denied("other_issuer"), NOBODY),
    "namespaced": (NOBODY, NOBODY, NOBODY, BY_SUBJECT, NOBODY, BY_SUBJECT),
    "subject_without_issuer": (NOBODY, BY_EMAIL, BY_EMAIL, BY_SUBJECT, BY_SUBJECT, BY_SUBJECT),
}


@pytest.mark.parametrize("answer", FINDINGS)
def test_matching_finds(answer: str) -> None:
    books = (EMPTY, PASSWORD, VERIFIED, LINKED, FOREIGN, MOVED)
    assert tuple(match(answer, book) for book in books) == FINDINGS[answer]


@pytest.mark.parametrize("answer", FINDINGS)
def test_unverified_claim_counts_for_less_only_where_verification_counts(answer: str) -> None:
    less = {"email_verified": Denied("email_not_verified"), "subject_or_verified_email": NOBODY}
    assert match(answer, VERIFIED, verified=False) == less.get(answer, match(answer, VERIFIED))


def test_the_oldest_account_counts_unless_another_is_the_verified_one() -> None:
    assert match("email", TWO) == Found("old", "email")
    assert match("subject_or_verified_email", TWO) == Found("new", "email")


def test_look_alikes_are_one_only_where_addresses_are_normalised() -> None:
    alike = claim(email="A.lice+tag@EXAMPLE.org")
    assert match("email_normalised", PASSWORD, alike) == BY_EMAIL
    assert match("email", PASSWORD, alike) == NOBODY


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("alice@example.org", "alice@example.org"),
        ("A.L.Ice+x+y@Example.Org", "alice@example.org"),
        ("\uff41lice@example.org", "alice@example.org"),
        ("straße@example.org", "strasse@example.org"),
        ('"odd@local"@example.org', '"odd@local"@example.org'),
    ],
)
def test_root_of_an_address(email: str, expected: str) -> None:
    assert root(email) == expected


@pytest.mark.parametrize(
    ("answer", "inside", "outside"),
    [
        ("silent", "silent", "silent"),
        ("ask_owner", "consent", "consent"),
        ("refuse", "refuse", "refuse"),
        ("second_factor", "second_factor", "second_factor"),
        ("by_domain", "by_domain", "consent"),
    ],
)
def test_linking_inside_and_outside_the_issuers_domains(answer: str, inside: str, outside: str) -> None:
    link, account = load("linking", answer).link, VERIFIED.account("old")
    assert link(claim(), account, ("example.org",)) == inside
    assert link(claim(), account, ("example.com",)) == outside
    assert hasattr(load("linking", answer), "vouches") == (answer == "by_domain")


def test_refreshing_by_generation() -> None:
    uses = {name: [load("refresh", name).use(n, 2) for n in (1, 2)] for name in ("none", "rotate", "rotate_detect")}
    assert uses == {"none": ["refuse", "keep"], "rotate": ["refuse", "rotate"], "rotate_detect": ["end", "rotate"]}


def test_page_approves_by_itself_only_where_there_is_one_account() -> None:
    assert [load("consent", "auto_if_single").page("u", n) for n in (1, 2)] == ["u!auto", "u"]
    assert [load("consent", "click").page("u", n) for n in (1, 2)] == ["u", "u"]


def test_activation_adoption_and_the_door() -> None:
    assert [load("activation", name).at_once(claim()) for name in ("at_once", "after_mail")] == [True, False]
    assert [load("sign_up", name).opens() for name in ("none", "unverified", "verified")] == ["", "active", "pending"]
    assert [load("adoption", name).ends() for name in ("keep", "review")] == [(), ()]
    assert load("adoption", "purge").ends() == ("sessions", "tokens", "identifiers", "pending_changes")
