"""Account requests, path C: what each preset makes of an address that is known."""

from __future__ import annotations

from typing import Any

import pytest

from sim.facts import (
    AccountClosed,
    AccountCreated,
    AttestationAccepted,
    AttestationRefused,
    CodeMinted,
    Linked,
    Unlinked,
)
from sim.messages import Error, Manage, RequiresAuth, SignedIn
from sim.party import Message
from tests.parties.provider_kit import ALICE, PRESETS, Kit, answering, code_of, config, known, override

DOMAINS = {"hub": override(domains=("example.org",)), "second": override()}


def outcome(kit: Kit, answer: Message) -> str:
    """What became of a request, in a word; refusals by their code."""
    if isinstance(answer, Error):
        return answer.code
    if isinstance(answer, RequiresAuth):
        return "page" if answer.url else "mail"
    link = [link for link in kit.turn.noted(Linked) if link.request == answer.id]
    return link[0].how if link else "known"


def prepared(preset: str, situation: str, **given: Any) -> Kit:
    """A provider in a situation; the facts that led to it are forgotten."""
    kit = Kit(like=preset, **given)
    if situation.startswith("password"):
        kit.sign_up("alice")
        if situation == "password verified":
            kit.click("alice", kit.mailed("verify"))
    elif situation != "new":
        kit.ask("before", "hub" if situation == "same" else "second")
        if PRESETS[preset][2] == "after_mail" and not given:
            kit.click("alice", kit.mailed("activate"))
    kit.turn.clear()
    return kit


#: what an attested address that the issuer verified meets, by preset: M1 … M10
MEETS = {
    "new": "created created created created created created mail mail created created",
    "password": "silent silent silent email_taken created page page page silent created",
    "password verified": "silent silent silent email_taken silent page page page silent created",
    "other": "silent silent silent email_taken silent page page page other_issuer created",
    "same": "known known known known known known known known known known",
}
CASES = [
    (preset, situation, expected)
    for situation, row in MEETS.items()
    for preset, expected in zip(PRESETS, row.split(), strict=True)
]


@pytest.mark.parametrize(("preset", "situation", "expected"), CASES)
def test_attested_address_meets(preset: str, situation: str, expected: str) -> None:
    kit = prepared(preset, situation)
    assert outcome(kit, kit.ask("now")) == expected
    assert kit.turn.noted(AttestationAccepted), "the attestation itself is in order in every case"
    refused = [fact.reason for fact in kit.turn.noted(AttestationRefused)]
    assert refused == ([expected] if expected in ("email_taken", "other_issuer") else [])
    created = len(kit.turn.noted(AccountCreated))
    assert created == (expected in ("created", "mail"))
    if expected == "silent":
        assert kit.turn.noted(Linked)[0].existing


@pytest.mark.parametrize("preset", PRESETS)
def test_claim_that_the_issuer_did_not_verify(preset: str) -> None:
    kit = prepared(preset, "password verified")
    answer = outcome(kit, kit.ask("now", email_verified=False))
    expected = {"M3": "email_not_verified", "M8": "email_not_verified", "M5": "created"}
    row = dict(zip(PRESETS, MEETS["password verified"].split(), strict=True))
    assert answer == expected.get(preset, row[preset])


@pytest.mark.parametrize(("situation", "expected"), [("new", "created"), ("password", "by_domain"), ("other", "page")])
def test_by_domain_trusts_an_issuer_inside_its_own_domain(situation: str, expected: str) -> None:
    kit = Kit(like="M8", issuers=DOMAINS)
    if situation == "password":
        kit.sign_up("alice")
    if situation == "other":
        kit.ask("before", "hub")
    issuer = "second" if situation == "other" else "hub"
    assert outcome(kit, kit.ask("now", issuer)) == expected
    assert outcome(kit, kit.ask("elsewhere", "hub", "bob@elsewhere.example")) == "mail"


def test_first_issuer_pins_a_password_account_and_does_not_look_at_subjects() -> None:
    kit = prepared("M9", "password")
    assert outcome(kit, kit.ask("r1", "hub")) == "silent"
    assert outcome(kit, kit.ask("r2", "second")) == "other_issuer"
    assert outcome(kit, kit.ask("r3", "hub", subject="somebody else")) == "silent"


def test_look_alike_addresses_fall_together_when_normalised() -> None:
    for preset, expected in (("M1", "created"), ("M2", "silent")):
        kit = prepared(preset, "new")
        kit.ask("r1")
        assert outcome(kit, kit.ask("r2", "second", "Al.ice+cloud@Example.org")) == expected


def test_index_of_look_alikes_knows_accounts_from_before_it_was_needed() -> None:
    kit = prepared("M6", "new")
    kit.ask("r1", email="al.ice@example.org")
    kit.sign_up("bob", "bob@example.org")
    kit.party.config = config(like="M2")
    assert outcome(kit, kit.ask("r2", "second")) == "silent"
    kit.ask("r3", email="carol@example.org")
    assert outcome(kit, kit.ask("r4", "second", "c.arol@example.org")) == "silent"


def test_subject_without_issuer_lets_in_whoever_uses_the_same_text() -> None:
    """T13; the index also knows identities from before it was needed."""
    kit = prepared("M6", "new")
    kit.ask("r1", subject="42")
    kit.party.config.matching = "subject_without_issuer"
    answer = kit.ask("r2", "second", "mallory@example.org", subject="42")
    assert outcome(kit, answer) == "known"
    assert kit.turn.noted(CodeMinted)[-1].account == "p/r1"
    kit.ask("r3", "second", "bob@example.org", subject="43")
    assert outcome(kit, kit.ask("r4", "hub", "eve@example.org", subject="43")) == "known"
    assert outcome(kit, kit.ask("r5", "third", ALICE, subject="44")) == "page"


@pytest.mark.parametrize("like", ["M4", "M5", "M6", "M7", "M10"])
def test_ignoring_the_issuer_is_the_same_mistake_under_any_policy_that_looks_for_subjects(like: str) -> None:
    for faults in ((), ("ignores_issuer",)):
        kit = prepared("M6", "new")
        kit.ask("r1", subject="42")
        kit.party.config = config(like=like, faults=faults)
        answer = kit.ask("r2", "second", "mallory@example.org", subject="42")
        assert (outcome(kit, answer) == "known") is bool(faults)


def test_same_subject_of_another_issuer_is_another_identity() -> None:
    kit = prepared("M6", "new")
    kit.ask("r1", "hub", subject="42")
    assert outcome(kit, kit.ask("r2", "second", "bob@example.org", subject="42")) == "created"


def test_of_equal_subjects_the_first_stays_in_the_index_whatever_becomes_of_the_others() -> None:
    kit = prepared("M6", "new")
    kit.party.config.matching = "subject_without_issuer"
    kit.ask("warm", "third", "carol@example.org", subject="7")
    kit.party.config.matching = "namespaced"
    kit.ask("r1", "hub", subject="42")
    kit.ask("r2", "second", "bob@example.org", subject="42")
    owner = kit.take("bob", "adopt", "bob@example.org")
    assert isinstance(owner, SignedIn)
    kit.say("bob", Manage("end", owner.session, "end", ("second 42",)))
    kit.party.config.matching = "subject_without_issuer"
    kit.ask("r3", "third", "eve@example.org", subject="42")
    assert kit.turn.noted(CodeMinted)[-1].account == "p/r1"


def test_known_identity_with_a_new_address_stays_where_it_is_or_moves_by_policy() -> None:
    for preset, expected in (("M6", "known"), ("M1", "created")):
        kit = prepared(preset, "new")
        kit.ask("r1", subject="42")
        assert outcome(kit, kit.ask("r2", email="new@example.org", subject="42")) == expected
        moved = [(fact.account, fact.identifier) for fact in kit.turn.noted(Unlinked)]
        assert moved == ([("p/r1", "hub 42")] if preset == "M1" else [])


def test_policies_differ_by_issuer() -> None:
    issuers = {"hub": override(linking="silent"), "second": override(matching="namespaced"), "third": override()}
    kit = Kit(issuers=issuers)
    kit.sign_up("alice")
    assert outcome(kit, kit.ask("r1", "hub")) == "silent"
    assert outcome(kit, kit.ask("r2", "second")) == "created"
    assert outcome(kit, kit.ask("r3", "third")) == "page"
    issuers["fourth"] = override(activation="after_mail")
    assert outcome(kit, kit.ask("r4", "fourth", "new@example.org")) == "mail"


def test_policy_may_be_a_module_of_ones_own() -> None:
    assert code_of(Kit(matching=answering(account="", by="", code="never")).ask()) == "never"


def test_settings_may_change_between_turns() -> None:
    kit = known()
    assert outcome(kit, kit.ask("r1")) == "page"
    kit.party.config = config(linking="refuse")
    assert outcome(kit, kit.ask("r2", "second")) == "email_taken"


@pytest.mark.parametrize(("like", "expected"), [("M1", "created"), ("M4", "created"), ("M7", "mail")])
def test_sign_up_that_waits_for_its_click_is_not_there_for_an_attestation(like: str, expected: str) -> None:
    """Checking the address before use stops the squatter at the ordinary door (V2 of the paper on pre-hijacking)."""
    kit = Kit(like=like, sign_up="verified")
    kit.sign_up("mallory")
    squat = kit.mailed("activate")
    assert outcome(kit, kit.ask("own")) == expected
    assert kit.turn.noted(AccountClosed) == [AccountClosed("p", "p/up.mallory", "superseded")]
    assert code_of(kit.click("alice", squat, "late")) == "expired"
    assert code_of(kit.sign_in("mallory")) == "invalid_credentials"
    assert kit.party.bearing(ALICE) == ("p/own",)
    assert f"expire_link {squat}" not in kit.turn.pending


def test_account_made_on_a_verified_claim_counts_as_verified_where_both_sides_must_have() -> None:
    for says, expected in ((True, "silent"), (False, "created")):
        kit = Kit(like="M5")
        kit.ask("first", "second", email_verified=says)
        assert outcome(kit, kit.ask("own")) == expected
        assert not kit.party.accounts["p/first"].verified, "the provider itself has verified nothing"
