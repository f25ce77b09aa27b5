"""A check that is taken out of a party or a policy changes the letters that rest on it, and no others.

So no letter is looked up: what makes it is what the parties do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.experiments.matrix.cells import Task, Threat, compute, judge, threats
from sim.experiments.matrix.computing import compute_all
from sim.experiments.matrix.policies import USUAL, named
from sim.messages import OauthCode
from sim.parties.orchestrator.logins import Logins
from sim.parties.provider.adoption import Adoption
from sim.parties.provider.office import Lookup, Office
from sim.parties.provider.requests import Requests
from sim.policies.adoption import purge
from sim.policies.linking import by_domain
from sim.policies.matching import Found, email, email_verified, first_issuer, oldest, subject_or_verified_email
from sim.scenario import shipped

#: threats whose letters are about who is matched, linked, let in and cleaned up after
NUMBERS = ("T01", "T02", "T03", "T04", "T05", "T06", "T07", "T09", "T11", "T12", "T13", "T15", "T16")
M4, M6, M7, M8, ALL = ("M4",), ("M6",), ("M7",), ("M8",), USUAL

Letters = dict[str, str]


def rows(numbers: tuple[str, ...] = NUMBERS) -> list[Threat]:
    there = threats(shipped.stories(shipped.folder() / shipped.THREATS))
    return [row for row in there if row.name[:3] in numbers]


def letters(numbers: tuple[str, ...] = NUMBERS, policies: tuple[str, ...] = ALL) -> Letters:
    """The letter of every cell, from one run each."""
    return {
        f"{row.name}:{name}": compute(Task(row, named(name), runs=1, states=0)).finding.letter
        for row in rows(numbers)
        for name in policies
    }


# --- checks, taken out ------------------------------------------------------------------------------------------------


def _linked(self: Requests, turn: Any, account: str, row: Any, wanted: Any, how: str) -> OauthCode:
    self.link(turn, account, wanted, "silent", existing=True)
    return OauthCode(wanted.request, self.mint(turn, account, wanted))


_decide = Requests._decide


def _never_refused(self: Requests, turn: Any, claim: Any, wanted: Any) -> Any:
    answer = _decide(self, turn, claim, wanted)
    if answer != "email_taken":
        return answer
    account = self.bearing(claim.email)[0]
    return _linked(self, turn, account, self.accounts[account], wanted, "silent")


def _either_side(look: Any, claim: Any, verified: bool) -> Any:
    known = look.by_subject(claim.issuer, claim.subject)
    return Found(known, "subject") if known else oldest(look.by_email(claim.email))


_by_subject = Lookup.by_subject


def _any_issuer(self: Lookup, issuer: str, subject: str) -> str:
    return _by_subject(self, "", subject)


def _kept(self: Any, turn: Any, account: str, *_: str) -> None:
    """Nothing is ended."""


def _ends(*kinds: str) -> Callable[[], tuple[str, ...]]:
    return lambda: kinds


#: by name: where the check is, what stands in its place, and which cells come to which letter
CHECKS: dict[str, tuple[Any, str, Any, Letters]] = {
    "the owner is asked": (
        Requests, "_ask_owner", _linked,
        {
            "X": "T01:M6 T01:M7 T01:M8 T02:M7 T02:M8 T03:M7 T03:M8 T04:M7 T04:M8 T05_owner_first:M6 T05_owner_first:M7 "
            "T06:M6 T06:M7 T12_existing_victim:M6 T12_existing_victim:M7 T12_existing_victim:M8 T16:M6 T16:M7 T16:M8",
            "x": "T05_owner_first:M8 T06:M8",
        },
    ),
    "a taken address is refused": (
        Requests, "_decide", _never_refused,
        {
            "X": "T01:M4 T02:M4 T03:M4 T04:M4 T05_owner_first:M4 T05_squatter_first:M4 T06:M4 T07:M4 "
            "T12_existing_victim:M4 T12_no_account_yet:M4 T16:M4",
            ".": "T11:M4",
        },
    ),
    "the claim says the address is verified": (
        email_verified, "match", email.match,
        {"X": "T05_owner_first:M3 T05_squatter_first:M3 T06:M3"},
    ),
    "the address is verified on both sides": (
        subject_or_verified_email, "match", _either_side,
        {"X": "T01:M5 T02:M5 T03:M5 T04:M5 T05_owner_first:M5 T05_squatter_first:M5 T06:M5"},
    ),
    "the first issuer keeps the account": (
        first_issuer, "match", email.match,
        {
            "X": "T05_owner_first:M9 T05_squatter_first:M9 T06:M9 T07:M9 T12_existing_victim:M9 T12_no_account_yet:M9",
            ".": "T11:M9",
        },
    ),
    "the issuer speaks for the domain": (
        by_domain, "link", lambda claim, account, domains: "by_domain",
        {"X": "T01:M8 T02:M8 T03:M8 T04:M8 T12_existing_victim:M8 T16:M8", "x": "T05_owner_first:M8 T06:M8"},
    ),
    "the subject is looked up with its issuer": (
        Lookup, "by_subject", _any_issuer,
        {"X": "T13:M4 T13:M5 T13:M6 T13:M7 T13:M10"},
    ),
    "the orchestrator checks an address": (
        Logins, "_check", lambda self, address: "link",
        {"X": "T05_owner_first:M3 T05_owner_first:M5 T05_squatter_first:M3 T05_squatter_first:M5 T06:M3 T06:M5"},
    ),
    "an adoption cleans up": (
        Adoption, "purge", _kept,
        {"X": "T02:M7 T02:M8 T03:M7 T03:M8 T04:M7 T04:M8"},
    ),
    "an adoption ends sessions": (
        purge, "ends", _ends("tokens", "identifiers", "pending_changes"),
        {"X": "T02:M7 T02:M8"},
    ),
    "an adoption forgets identifiers": (
        Office, "forget_identifier", _kept,
        {"X": "T03:M7 T03:M8"},
    ),
    "an adoption cancels a change of address": (
        purge, "ends", _ends("sessions", "tokens", "identifiers"),
        {"X": "T04:M7 T04:M8"},
    ),
}  # fmt: skip


def expected(changed: Letters) -> Letters:
    return {cell: letter for letter, cells in changed.items() for cell in cells.split()}


@pytest.fixture(scope="module")
def before() -> Letters:
    return letters()


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKS)
def test_a_check_that_is_taken_out(name: str, before: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    where, what, instead, changed = CHECKS[name]
    monkeypatch.setattr(where, what, instead)
    after = letters()
    assert {cell: after[cell] for cell in after if after[cell] != before[cell]} == expected(changed)


def test_one_of_them_in_a_few_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for every test run, where it is quick."""
    cells = ("T09", "T11"), ("M1", "M4", "M9")
    was = letters(*cells)
    where, what, instead, _ = CHECKS["the first issuer keeps the account"]
    monkeypatch.setattr(where, what, instead)
    now = letters(*cells)
    assert {cell: now[cell] for cell in now if now[cell] != was[cell]} == {"T11:M9": "."}
    assert was["T11:M9"] == "d"


@pytest.mark.slow
def test_every_shipped_threat_comes_to_what_was_expected_or_corrected() -> None:
    there = threats(shipped.stories(shipped.folder() / shipped.THREATS))
    assert {f"T{number:02}" for number in range(1, 41)} == {row.name[:3] for row in there}
    found = judge(compute_all([Task(row, named(name), runs=1, states=0) for row in there for name in ALL]).cells)
    wrong = [f"{one.threat}:{one.policy} {one.outcome} {one.why}" for one in found if one.agrees is False]
    assert not wrong
    assert not [f"{one.threat}:{one.policy} {one.amount}" for one in found if one.amount_agrees is False]
    assert not [f"{one.threat}:{one.policy} {one.why}" for one in found if one.outcome == "?"]
