"""The provider's own pages: signing up and signing in."""

from __future__ import annotations

import pytest

from sim.facts import AccountActivated, AccountClosed, AccountCreated, ChangeCancelled, EmailVerified, TokenIssued
from sim.messages import Click, Done, Mail, Recover, SignedIn, SignIn, SignUp
from tests.parties.provider_kit import ALICE, Kit, code_of, password
from tests.parties.provider_pages import NEW, manage, signed_in, works


def test_sign_up_that_nobody_verifies_is_open_at_once() -> None:
    kit = Kit(sign_up="unverified")
    assert kit.sign_up("alice") == SignedIn("up.alice", "ps:p:up.alice", "p/up.alice")
    assert kit.turn.noted(AccountCreated) == [AccountCreated("p", "p/up.alice", ALICE, "active", "", "up.alice")]
    assert [issued.kind for issued in kit.turn.noted(TokenIssued)] == ["session"]
    assert not kit.party.accounts["p/up.alice"].verified
    assert kit.click("alice", kit.mailed("verify")) == Done("click.alice")
    assert kit.turn.noted(EmailVerified) == [EmailVerified("p", "p/up.alice")]
    assert code_of(kit.click("alice", "l:p:verify:up.alice", "again")) == "expired"


def test_sign_up_that_is_verified_waits_for_the_mailbox() -> None:
    kit = Kit(sign_up="verified")
    kit.say("mallory", SignUp("up", ALICE, password("mallory")))
    assert kit.turn.all_sent(Done, "mallory") == [Done("up", "pending")]
    assert code_of(kit.sign_in("mallory")) == "invalid_credentials"
    assert kit.click("alice", kit.mailed("activate")) == Done("click.alice")
    assert kit.turn.all_sent(SignedIn, "mallory") == [SignedIn("up", "ps:p:up", "p/up")]
    assert kit.turn.behind_of(AccountActivated) == kit.turn.behind_of(EmailVerified) == ["alice"]
    assert kit.turn.behind_of(TokenIssued) == ["mallory"]
    assert isinstance(kit.sign_in("mallory"), SignedIn)


def test_newer_sign_up_takes_the_place_of_one_that_waits() -> None:
    kit = Kit(sign_up="verified")
    kit.sign_up("mallory")
    squat = kit.mailed("activate")
    assert kit.sign_up("alice") == Done("up.alice", "pending")
    assert kit.turn.noted(AccountClosed) == [AccountClosed("p", "p/up.mallory", "superseded")]
    assert code_of(kit.click("alice", squat)) == "expired"
    kit.say("alice", Click("own", kit.mailed("activate")))
    assert isinstance(kit.sign_in("alice"), SignedIn)


def test_copy_of_a_sign_up_that_waits_changes_nothing() -> None:
    kit = Kit(sign_up="verified")
    assert [kit.sign_up("alice") for _ in range(2)] == [Done("up.alice", "pending")] * 2
    assert len(kit.turn.noted(AccountCreated)) == 1
    assert len(kit.turn.all_sent(Mail)) == 1


def test_sign_up_whose_mail_is_never_answered_comes_to_nothing() -> None:
    kit = Kit(sign_up="verified")
    kit.sign_up("alice")
    kit.turn.ring(kit.party, f"expire_link {kit.mailed('activate')}")
    assert kit.turn.noted(AccountClosed) == [AccountClosed("p", "p/up.alice", "expired")]
    assert not kit.party.accounts
    assert kit.sign_up("alice") == Done("up.alice", "pending")
    assert kit.turn.noted(AccountCreated)[-1].account == "p/up.alice'"


def test_address_of_a_sign_up_that_waits_may_come_by_a_change_as_well() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    kit.party.config.sign_up = "verified"
    kit.sign_up("mallory", NEW)
    manage(kit, "alice", session, "change_email", NEW)
    kit.click("alice", kit.mailed("change_email", NEW))
    assert [closed.account for closed in kit.turn.noted(AccountClosed)] == ["p/up.mallory"]
    assert kit.party.bearing(NEW) == ("p/up.alice",)


def test_sign_up_that_waits_is_not_there_for_a_reset() -> None:
    kit = Kit(sign_up="verified")
    kit.sign_up("alice")
    assert kit.reply("alice", Recover("w1", ALICE, "reset")) == Done("w1")
    assert [mail.purpose for mail in kit.turn.all_sent(Mail)] == ["activate"]


def test_there_may_be_no_door() -> None:
    assert code_of(Kit(sign_up="none").sign_up("alice")) == "sign_up_closed"


@pytest.mark.parametrize("like", ["M6", "M7"])
def test_address_that_an_account_bears_in_any_state_is_taken(like: str) -> None:
    kit = Kit(like=like)
    kit.ask()
    assert code_of(kit.sign_up("alice")) == "email_taken"


def test_copy_of_a_sign_up_finds_the_address_taken() -> None:
    kit = Kit()
    kit.sign_up("alice")
    assert code_of(kit.sign_up("alice")) == "email_taken"


def test_password_opens_the_account() -> None:
    kit = Kit()
    kit.sign_up("alice")
    assert kit.sign_in("alice") == SignedIn("in.alice", "ps:p:in.alice", "p/up.alice")
    assert code_of(kit.sign_in("mallory")) == "invalid_credentials"
    assert code_of(kit.sign_in("alice", NEW)) == "invalid_credentials"


def test_account_made_by_attestation_has_no_password_to_guess() -> None:
    kit = Kit()
    kit.ask()
    assert code_of(kit.reply("thief", SignIn("in", ALICE, ""))) == "invalid_credentials"
    assert code_of(kit.reply("thief", SignIn("in", ALICE, f"hub sub:hub:{ALICE}"))) == "invalid_credentials"


def test_of_several_accounts_with_one_address_the_password_tells_which() -> None:
    kit = Kit(like="M10")
    kit.sign_up("alice")
    kit.ask("r1")
    kit.party.set_door("p/r1", password=password("bob"))
    assert signed_in(kit.sign_in("alice")).account == "p/up.alice"
    assert signed_in(kit.sign_in("bob")).account == "p/r1"


def test_second_factor_is_asked_for_where_one_is_enrolled() -> None:
    kit = Kit()
    kit.sign_up("alice", factor="2fa:p:alice")
    assert code_of(kit.sign_in("alice")) == "second_factor_required"
    assert code_of(kit.sign_in("alice", factor="2fa:p:mallory")) == "second_factor_required"
    assert isinstance(kit.sign_in("alice", factor="2fa:p:alice"), SignedIn)


def test_copy_of_a_sign_in_gives_the_same_session() -> None:
    kit = Kit()
    kit.sign_up("alice")
    assert kit.sign_in("alice") == kit.sign_in("alice")
    assert len(kit.turn.noted(TokenIssued)) == 2


def test_suspended_account_lets_nobody_in() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    kit.party.set_account("p/up.alice", state="suspended")
    assert code_of(kit.sign_in("alice")) == "invalid_credentials"
    assert code_of(manage(kit, "alice", session, "create_key")) == "unauthorized"


def test_mail_that_nobody_answers_leaves_the_account_as_it_is() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    manage(kit, "alice", session, "change_email", NEW)
    kit.turn.ring(kit.party, "expire_link l:p:verify:up.alice")
    assert not kit.turn.noted(ChangeCancelled)
    assert isinstance(kit.click("alice", kit.mailed("change_email", NEW)), Done)


@pytest.mark.parametrize(
    ("action", "value", "setting"),
    [("add_identifier", "id:alice@else", "identifiers"), ("change_email", NEW, "email_change")],
)
def test_what_the_dashboard_does_not_offer_cannot_be_changed(action: str, value: str, setting: str) -> None:
    for offered in ((), (setting,)):
        kit = Kit(account_settings=offered)
        session = signed_in(kit.sign_up("alice")).session
        answer = manage(kit, "alice", session, action, value)
        assert isinstance(answer, Done) if offered else code_of(answer) == "not_offered"


def test_a_confirmed_account_may_take_any_address_where_that_is_a_fault() -> None:
    """The verification trick: what the door checked is undone, and the next change is checked again."""
    kit = Kit(faults=("unconfirmed_email_change",))
    session = signed_in(kit.sign_up("mallory")).session
    assert manage(kit, "mallory", session, "change_email", NEW, id_="c1") == Done("c1", "pending")
    kit.click("mallory", kit.mailed("verify"))
    assert manage(kit, "mallory", session, "change_email", NEW, id_="c2") == Done("c2")
    assert (kit.party.bearing(ALICE), kit.party.bearing(NEW)) == ((), ("p/up.mallory",))
    assert not kit.party.accounts["p/up.mallory"].verified
    assert not kit.party.door("p/up.mallory").change
    assert manage(kit, "mallory", session, "change_email", ALICE, id_="c3") == Done("c3", "pending")


def test_one_may_end_the_session_one_is_in() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    assert manage(kit, "alice", session, "end", session) == Done("end.alice")
    assert not works(kit, session)
