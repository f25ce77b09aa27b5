"""Registering, signing in, sessions, what is attested about a login, and as which subject."""

from __future__ import annotations

from typing import Any

import pytest

from sim import messages as say
from sim.clock import HOUR, Constant
from sim.facts import Attested, MailSent
from sim.parties.orchestrator.records import login_key, subject
from tests.parties.orchestrator_kit import ADDRESS, AGENT, SESSION, Desk

LINK = "l:hub:login_check:reg1"


def login(key: str = "bob:", email: str = "bob@example.org", id_: str = "reg1", factor: str = "") -> say.Login:
    return say.Login(id_, email, f"pw:hub:{key}", factor)


def attested(desk: Desk, session: str = SESSION, id_: str = "i1") -> Attested:
    """What the orchestrator says of the login behind `session`."""
    desk.add(id_, session=session, accept_tos=True)
    fact = desk.facts(Attested)[-1]
    assert isinstance(fact, Attested)
    return fact


# --- registration -----------------------------------------------------------------------------------------------------


def test_a_link_is_mailed_and_the_click_opens_the_session() -> None:
    desk = Desk()
    mail, pending = desk.hears("bob", login())
    assert mail == say.Mail("reg1", "bob@example.org", "login_check", "hub", "reg1", LINK)
    assert desk.turn.sent[0][0] == "bob@example.org"
    assert pending == say.Done("reg1", "pending")
    assert desk.facts(MailSent) == [MailSent("hub", "bob@example.org", "login_check", "reg1")]
    assert "bob" not in desk.hub.logins
    desk.hears("bob@example.org", say.Click("k1", LINK), "carol")
    assert desk.turn.sent[-2:] == [
        ("bob@example.org", say.Done("k1")),
        ("bob", say.LoggedIn("reg1", "s:hub:reg1:bob")),
    ]
    assert desk.turn.behind == "bob", "the session is opened on behalf of who registered, not of who clicked"
    assert desk.hub.logins["bob"].how == "link"
    assert not desk.hub.links
    assert f"expire_link {LINK}" not in desk.turn.pending


def test_a_link_opens_once() -> None:
    desk = Desk()
    desk.hears("bob", login())
    desk.hears("bob", say.Click("k1", LINK))
    assert desk.hears("bob", say.Click("k2", LINK)) == [say.Error("k2", "expired")]


def test_a_link_expires() -> None:
    desk = Desk()
    desk.hears("bob", login())
    assert desk.turn.ring(desk.hub, f"expire_link {LINK}") == []
    assert desk.hears("bob", say.Click("k1", LINK)) == [say.Error("k1", "expired")]
    assert "bob" not in desk.hub.logins


def test_of_two_links_the_second_finds_the_login_made() -> None:
    desk = Desk()
    desk.hears("bob", login())
    desk.hears("bob", login(id_="reg2"))
    desk.hears("bob", say.Click("k1", LINK))
    desk.hub.config.subject_is = "email"
    desk.hears("bob", say.Click("k2", "l:hub:login_check:reg2"))
    assert desk.hub.subject_of("bob") == "sub:hub:bob"
    assert [said.session for said in desk.said(say.LoggedIn, "bob")] == ["s:hub:reg1:bob", "s:hub:reg2:bob"]
    assert desk.hub.logins["bob"].session == "s:hub:reg2:bob"


@pytest.mark.parametrize("check", ["idp", "none"])
def test_without_a_mail_a_login_is_there_at_once(check: str) -> None:
    desk = Desk(email_check=check)
    assert desk.hears("bob", login()) == [say.LoggedIn("reg1", "s:hub:reg1:bob")]
    assert desk.hub.logins["bob"].how == check


def test_anybody_may_take_an_address_where_nothing_is_checked() -> None:
    desk = Desk(email_check="none")
    desk.hears("mallory", login("mallory:alice", ADDRESS))
    assert desk.hub.logins["mallory:alice"].email == ADDRESS
    assert desk.hub.subject_of("mallory:alice") != desk.hub.subject_of("alice")


# --- signing in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", ["pw:hub:alice:", "pw:hub:alice", "pw:hub:alice:alice"])
def test_a_known_credential_opens_a_session_at_once(password: str) -> None:
    desk = Desk()
    assert desk.hears("alice", say.Login("in1", ADDRESS, password)) == [say.LoggedIn("in1", "s:hub:in1:alice")]
    assert desk.hub.sessions["s:hub:in1:alice"] == "alice"
    assert SESSION in desk.hub.sessions, "a session is no end to an earlier one"


def test_the_second_factor_is_asked_for_where_it_is_enrolled() -> None:
    desk = Desk()
    desk.hub.enroll("dora", "dora@example.org", "s:d", "link", factor="2fa:hub:dora")
    refused = desk.hears("thief", login("dora:", "dora@example.org", "in1", "2fa:hub:thief"))
    assert refused == [say.Error("in1", "second_factor_required")]
    (opened,) = desk.hears("dora", login("dora:", "dora@example.org", "in2", "2fa:hub:dora"))
    assert isinstance(opened, say.LoggedIn)


def test_a_factor_that_nobody_asked_for_does_no_harm() -> None:
    desk = Desk()
    (opened,) = desk.hears("alice", say.Login("in1", ADDRESS, "pw:hub:alice:", "2fa:hub:alice"))
    assert isinstance(opened, say.LoggedIn)


@pytest.mark.parametrize("check", ["link", "idp"])
def test_a_factor_sent_at_registration_is_enrolled(check: str) -> None:
    desk = Desk(email_check=check)
    desk.hears("bob", login(factor="2fa:hub:bob"))
    if check == "link":
        desk.hears("bob", say.Click("k1", LINK))
    assert desk.hears("bob", login(id_="in1")) == [say.Error("in1", "second_factor_required")]


def test_a_session_ends_after_its_life() -> None:
    desk = Desk(session_life=Constant(HOUR))
    assert desk.turn.pending[f"end_session {SESSION}"] == Constant(HOUR), "one that was open at the start as well"
    desk.hears("alice", say.Login("in1", ADDRESS, "pw:hub:alice:"))
    assert desk.turn.pending["end_session s:hub:in1:alice"] == Constant(HOUR)
    assert desk.turn.ring(desk.hub, f"end_session {SESSION}") == []
    assert desk.add()[0].code == "BROWSER_AUTH_REQUIRED"  # type: ignore[attr-defined]
    assert isinstance(desk.add("i2", session="s:hub:in1:alice")[0], say.AccountRequest)


# --- what is said of the address --------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", ["link", "idp", "none"])
@pytest.mark.parametrize("says", ["truth", "always", "never"])
def test_verified_is_what_the_orchestrator_says(check: str, says: str) -> None:
    desk = Desk(email_check=check, says_verified=says)
    desk.hears("bob", login())
    if check == "link":
        desk.hears("bob", say.Click("k1", LINK))
    expected = {"always": True, "never": False, "truth": check == "link"}[says]
    assert attested(desk, "s:hub:reg1:bob").email_verified is expected


def test_the_truth_is_of_the_check_that_was_made_not_of_today_s() -> None:
    desk = Desk(email_check="none")
    assert attested(desk).email_verified is True, "alice was checked by link when she was enrolled"


def test_settings_may_change_while_the_story_runs() -> None:
    desk = Desk()
    desk.hub.config.says_verified = "never"
    assert attested(desk).email_verified is False


# --- subjects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "expected"), [("unique", "sub:hub:alice"), ("email", ADDRESS), ("shared", "alice")])
def test_the_subject_is_made_in_the_orchestrator_s_way(kind: str, expected: str) -> None:
    desk = Desk(subject_is=kind)
    assert attested(desk).subject == expected == subject(kind, "hub", ADDRESS, "alice")


def test_a_shared_subject_does_not_name_the_orchestrator() -> None:
    assert subject("shared", "first", ADDRESS, "x") == subject("shared", "second", "alice@elsewhere.example", "y")
    assert subject("unique", "first", ADDRESS, "x") != subject("unique", "second", ADDRESS, "x")


def test_a_drifting_subject_changes_at_signing_in_and_not_at_registration() -> None:
    desk = Desk(subject_drift=0.25, email_check="idp")
    desk.turn.decisions["subject_drift bob 1"] = True
    desk.hears("bob", login())
    assert desk.hub.subject_of("bob") == "sub:hub:bob"
    desk.hears("bob", login(id_="in1"))
    desk.hears("bob", login(id_="in2"))
    assert desk.turn.asked == {"subject_drift bob 1": 0.25, "subject_drift bob 2": 0.25}
    assert desk.hub.subject_of("bob") == "sub:hub:bob'1"
    assert attested(desk, "s:hub:in2:bob").subject == "sub:hub:bob'1"


def test_without_drift_nothing_is_decided() -> None:
    desk = Desk()
    desk.hears("alice", say.Login("in1", ADDRESS, "pw:hub:alice:"))
    assert not desk.turn.asked


def test_drift_may_be_a_property_of_the_member() -> None:
    desk = Desk(subject_drift="a pick of shares")
    desk.turn.traits["subject_drift"] = 1.0
    desk.hears("alice", say.Login("in1", ADDRESS, "pw:hub:alice:"))
    assert desk.hub.subject_of("alice") == "sub:hub:alice'1"


def test_nobody_has_no_subject() -> None:
    assert Desk().hub.subject_of("nobody") == ""


# --- a new address ----------------------------------------------------------------------------------------------------


def change(desk: Desk, email: str = "new@example.org") -> list[Any]:
    return list(desk.hears("alice", say.ChangeLoginEmail("ch1", SESSION, email)))


def test_a_new_address_is_checked_by_a_mail_to_it() -> None:
    desk = Desk()
    mail, pending = change(desk)
    assert (mail.address, mail.purpose, pending) == ("new@example.org", "change_email", say.Done("ch1", "pending"))
    assert attested(desk).email == ADDRESS
    desk.hears("new@example.org", say.Click("k1", mail.link))
    assert desk.turn.sent[-1] == ("alice", say.Done("ch1"))
    assert attested(desk, id_="i2").email == "new@example.org"
    assert desk.hub.subject_of("alice") == "sub:hub:alice"


def test_a_new_address_is_in_force_at_once_where_nobody_checks() -> None:
    desk = Desk(email_check="none")
    assert change(desk) == [say.Done("ch1")]
    fact = attested(desk)
    assert (fact.email, fact.email_verified) == ("new@example.org", False)


def test_a_subject_made_of_the_address_moves_with_it_and_keeps_its_drift() -> None:
    desk = Desk(email_check="idp", subject_is="email", subject_drift=1.0)
    desk.hears("alice", say.Login("in1", ADDRESS, "pw:hub:alice:"))
    change(desk)
    assert desk.hub.subject_of("alice") == "new@example.org'1"


def test_a_change_needs_a_session() -> None:
    desk = Desk()
    desk.turn.ring(desk.hub, f"end_session {SESSION}")
    assert change(desk) == [say.Error("ch1", "BROWSER_AUTH_REQUIRED")]


# --- theft, and names -------------------------------------------------------------------------------------------------


def test_a_thief_gets_the_open_session_of_the_person() -> None:
    desk = Desk(email_check="none")
    assert desk.hub.holdings("session", "alice") == (SESSION,)
    desk.turn.ring(desk.hub, f"end_session {SESSION}")
    assert desk.hub.holdings("session", "alice") == ()
    desk.hears("alice", login("alice:bob", "bob@example.org", "reg1"))
    assert desk.hub.holdings("session", "alice") == ("s:hub:reg1:alice",)
    assert desk.hub.holdings("session", "bob") == ()


def test_login_keys_are_the_person_and_as_whom() -> None:
    assert login_key("hub", "pw:hub:mallory:alice@example.org") == "mallory:alice@example.org"
    assert login_key("hub", "pw:hub:alice:") == login_key("hub", "pw:hub:alice:alice") == "alice"


def test_enrolling_says_and_notes_nothing() -> None:
    desk = Desk()
    desk.hub.enroll("erin", "erin@example.org", "s:e", "idp")
    assert (desk.turn.sent, desk.turn.facts) == ([], [])
    assert isinstance(desk.hears(AGENT, say.Add("i9", "s:e", "cloud", "free", True))[0], say.AccountRequest)
