from __future__ import annotations

import pytest

from sim.clock import Exponential
from sim.messages import (
    AcceptTerms,
    Approve,
    Done,
    Error,
    HandOver,
    Instruct,
    KeyCreated,
    LoggedIn,
    Login,
    Lure,
    Manage,
    Recover,
    Report,
    SignedIn,
    SignIn,
    SignUp,
    TermsAsked,
)
from sim.parties.people.records import MAIL_PATIENCE, PATIENCE
from tests.parties.people_town import Town

URL = "u:cloud:s.alice.1"


def add(town: Town, who: str = "alice", n: int = 1, **words: str) -> list[tuple[str, object]]:
    return town.do(who, "add", words.pop("at", "cloud"), n, service="free", **words)


# --- the short way --------------------------------------------------------------------------------------------------


def test_add_in_an_open_session_instructs_an_agent_and_ends_with_its_report() -> None:
    town = Town()
    assert add(town) == [("alice/agent1", Instruct("s.alice.1", "hub", "s:hub:start:alice", "cloud", "free", False))]
    assert town.turn.pending == {"patience s.alice.1": PATIENCE}
    assert town.report("alice", "complete") == []
    assert town.outcomes == ["complete"]
    assert town.idle()
    assert not len(town.people.rings), "nothing is left of somebody who holds nothing"


def test_the_person_is_behind_everything_it_does() -> None:
    town = Town()
    add(town)
    town.report("alice", "error", "timeout")
    assert set(town.turn.backers) == {"alice"}


def test_a_second_copy_of_the_report_is_not_counted() -> None:
    town = Town()
    add(town)
    town.report("alice", "complete")
    assert town.report("alice", "complete") == []
    assert town.outcomes == ["complete"]


def test_parallel_requests_go_to_different_agents() -> None:
    town = Town({"alice": {"agents": 2}})
    to = [add(town, id=f"s.alice{more}")[0][0] for more in ("", "+1", "+2")]
    assert to == ["alice/agent1", "alice/agent2", "alice/agent1"]


def test_an_agent_that_accepts_by_script_is_told_so() -> None:
    town = Town(agent_accepts_terms=True)
    ((_, message),) = add(town)
    assert isinstance(message, Instruct)
    assert message.accept_tos


@pytest.mark.parametrize("code", ["email_taken", "unknown_service", "invalid_signature", "timeout"])
def test_a_refusal_is_noted_with_provider_and_address(code: str) -> None:
    town = Town()
    add(town)
    town.report("alice", "error", code)
    assert town.outcomes == [code]
    (refused,) = [fact for fact in town.turn.facts if type(fact).__name__ == "Refused"]
    assert (refused.person, refused.party, refused.verb, refused.email) == (
        "alice", "cloud", "add", "alice@example.org",
    )  # fmt: skip
    assert town.idle()


def test_no_report_for_too_long_ends_the_request() -> None:
    town = Town()
    add(town)
    town.ring("alice", "patience s.alice.1")
    assert (town.outcomes, town.refusals) == (["timeout"], ["timeout"])
    assert town.report("alice", "complete") == []
    assert town.outcomes == ["timeout"]


# --- signing in first -----------------------------------------------------------------------------------------------


def test_without_a_session_the_person_registers_and_answers_the_mail() -> None:
    town = Town(enrolled=())
    assert add(town) == [("hub", Login("s.alice.1+login", "alice@example.org", "pw:hub:alice:alice", ""))]
    assert town.hear("alice", "hub", Done("s.alice.1+login", "pending")) == []
    assert town.turn.pending["patience s.alice.1"] == MAIL_PATIENCE
    town.mail("alice", "login_check", "s.alice.1+login", party="hub")
    ((to, click),) = town.ring("alice", "read login_check s.alice.1+login")
    assert (to, click.link) == ("hub", "l:hub:login_check")
    assert town.hear("alice", "hub", Done(click.id)) == []
    ((to, message),) = town.hear("alice", "hub", LoggedIn("s.alice.1+login", "s:hub:x"))
    assert (to, message.session) == ("alice/agent1", "s:hub:x")
    assert town.deeds == ["hub: log_in", "hub: confirm_mail"]
    town.report("alice", "complete")
    assert town.idle()


def test_requests_made_while_signing_in_wait_for_the_same_session() -> None:
    town = Town(enrolled=())
    add(town)
    assert add(town, n=2) == []
    sent = town.hear("alice", "hub", LoggedIn("s.alice.1+login", "s:hub:x"))
    assert [message.id for _, message in sent] == ["s.alice.1", "s.alice.2"]


def test_a_second_login_takes_over_those_who_wait_for_the_first() -> None:
    town = Town(enrolled=())
    add(town)
    add(town, n=2)
    ((_, login),) = town.do("alice", "log_in", "hub", 3)
    sent = town.hear("alice", "hub", LoggedIn(login.id, "s:hub:x"))
    assert [message.id for _, message in sent] == ["s.alice.1", "s.alice.2"]
    assert town.outcomes == ["complete"]
    town.hear("alice", "hub", LoggedIn("s.alice.1+login", "s:hub:y"))
    assert [message.id for _, message in town.turn.sent].count("s.alice.1") == 1


def test_a_refused_login_refuses_everything_that_waited_for_it() -> None:
    town = Town(enrolled=())
    add(town)
    add(town, n=2)
    town.hear("alice", "hub", Error("s.alice.1+login", "second_factor_required"))
    assert town.outcomes == ["second_factor_required"] * 2
    ((_, again),) = add(town, n=3)
    assert isinstance(again, Login)


def test_a_login_that_is_never_answered_does_not_block_those_who_wait() -> None:
    town = Town(enrolled=())
    add(town)
    add(town, n=2)
    ((_, again),) = town.ring("alice", "patience s.alice.1")
    assert (type(again), again.id) == (Login, "s.alice.2+login")
    assert town.outcomes == ["timeout"]


def test_a_dead_link_of_the_mail_check_means_registering_again() -> None:
    town = Town(enrolled=())
    add(town)
    town.hear("alice", "hub", Done("s.alice.1+login", "pending"))
    town.mail("alice", "login_check", "s.alice.1+login", party="hub")
    ((_, click),) = town.ring("alice", "read login_check s.alice.1+login")
    ((to, login),) = town.hear("alice", "hub", Error(click.id, "expired"))
    assert (to, type(login), login.id) == ("hub", Login, "s.alice.1+login2")
    ((_, message),) = town.hear("alice", "hub", LoggedIn(login.id, "s:hub:x"))
    assert isinstance(message, Instruct)


def test_the_mail_check_that_never_comes_ends_the_request() -> None:
    town = Town(enrolled=())
    add(town)
    town.hear("alice", "hub", Done("s.alice.1+login", "pending"))
    town.ring("alice", "patience s.alice.1")
    assert town.outcomes == ["no_mail"]
    assert not len(town.people.logins)


@pytest.mark.parametrize(("mfa", "factor"), [("none", ""), ("orchestrator", "2fa:hub:alice"), ("provider", "")])
def test_the_second_factor_is_shown_where_it_is_used(mfa: str, factor: str) -> None:
    town = Town(enrolled=(), mfa=mfa)
    ((_, login),) = add(town)
    assert isinstance(login, Login)
    assert login.factor == factor


def test_a_dead_session_is_opened_anew() -> None:
    town = Town()
    add(town)
    ((to, login),) = town.report("alice", "error", "BROWSER_AUTH_REQUIRED")
    assert (to, login.id) == ("hub", "s.alice.1+login2")
    ((_, message),) = town.hear("alice", "hub", LoggedIn("s.alice.1+login2", "s:hub:y"))
    assert (message.id, message.session) == ("s.alice.1+again2", "s:hub:y")
    town.report("alice", "complete", intent="s.alice.1+again2")
    assert (town.outcomes, town.refusals) == (["complete"], [])


# --- terms ----------------------------------------------------------------------------------------------------------


def test_terms_are_accepted_at_leisure() -> None:
    town = Town()
    add(town)
    assert town.hear("alice", "hub", TermsAsked("s.alice.1", "cloud")) == []
    assert town.leisure("s.alice.1") == Exponential(600_000_000)
    assert town.answer("alice", "s.alice.1") == [("hub", AcceptTerms("s.alice.1", "s:hub:start:alice", "cloud"))]
    assert town.deeds == ["hub: accept_terms"]
    assert town.hear("alice", "hub", Done("s.alice.1")) == []
    town.report("alice", "complete")
    assert town.outcomes == ["complete"]


def test_waiting_for_the_person_is_not_waiting_for_an_answer() -> None:
    town = Town()
    add(town)
    town.hear("alice", "hub", TermsAsked("s.alice.1", "cloud"))
    town.ring("alice", "patience s.alice.1")
    assert town.outcomes == []


def test_terms_asked_for_a_stranger_are_not_accepted_unless_strangers_are_trusted() -> None:
    town = Town()
    assert town.hear("alice", "hub", TermsAsked("s.mallory.1", "cloud")) == []
    town.turn.decisions["approves_unknown"] = True
    assert town.hear("alice", "hub", TermsAsked("s.mallory.1", "cloud")) == [
        ("hub", AcceptTerms("s.mallory.1", "s:hub:start:alice", "cloud"))
    ]


# --- consent --------------------------------------------------------------------------------------------------------


def asked(town: Town, url: str = URL) -> None:
    """Alice's request is answered by a consent page."""
    add(town)
    assert town.report("alice", "pending_auth", "PROVIDER_NOT_LINKED", url) == []
    assert town.leisure("s.alice.1") == Exponential(600_000_000)


def test_an_owner_in_session_approves() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    asked(town)
    assert town.answer("alice", "s.alice.1") == [("cloud", Approve("s.alice.1+approve", "ps:cloud:old.alice", URL, ""))]
    town.hear("alice", "cloud", Done("s.alice.1+approve"))
    assert town.outcomes == []
    town.report("alice", "complete")
    assert (town.outcomes, town.deeds) == (["complete"], ["cloud: approve"])
    assert town.idle()


def test_the_report_may_come_before_the_page_says_thanks() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    asked(town)
    town.answer("alice", "s.alice.1")
    town.report("alice", "complete")
    assert town.hear("alice", "cloud", Done("s.alice.1+approve")) == []
    assert town.outcomes == ["complete"]


def test_a_page_that_needs_no_click_is_only_opened() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    asked(town, URL + "!auto")
    town.answer("alice", "s.alice.1")
    assert town.deeds == ["cloud: open_page"]


def test_a_dead_session_is_replaced_by_the_password_before_approving() -> None:
    town = Town(mfa="provider")
    town.signed_up("alice", "cloud")
    asked(town)
    town.answer("alice", "s.alice.1")
    assert town.hear("alice", "cloud", Error("s.alice.1+approve", "account_mismatch")) == [
        ("cloud", SignIn("s.alice.1+sign_in", "alice@example.org", "pw:cloud:alice:alice", "2fa:cloud:alice"))
    ]
    ((_, approve),) = town.hear("alice", "cloud", SignedIn("s.alice.1+sign_in", "ps:cloud:new", "cloud/x"))
    assert approve == Approve("s.alice.1+approve_signed_in", "ps:cloud:new", URL, "2fa:cloud:alice")
    town.hear("alice", "cloud", Error(approve.id, "account_mismatch"))
    assert town.outcomes == ["account_mismatch"]


def test_an_owner_without_a_password_recovers_first() -> None:
    town = Town()
    asked(town)
    assert town.answer("alice", "s.alice.1") == [("cloud", Recover("s.alice.1+recover", "alice@example.org", "reset"))]
    town.hear("alice", "cloud", Done("s.alice.1+recover"))
    town.mail("alice", "reset", "s.alice.1+recover")
    ((_, prove),) = town.ring("alice", "read reset s.alice.1+recover")
    assert (prove.link, prove.password) == ("l:cloud:reset", "pw:cloud:alice:alice")
    ((_, approve),) = town.hear("alice", "cloud", SignedIn(prove.id, "ps:cloud:new", "cloud/x"))
    assert isinstance(approve, Approve)
    assert town.deeds == ["cloud: recover", "cloud: prove", "cloud: approve"]
    assert town.people.rings["alice cloud alice"].passwords == ("pw:cloud:alice:alice",)


def test_an_owner_who_does_not_reset_cannot_approve() -> None:
    town = Town(resets_password=False)
    asked(town)
    assert town.answer("alice", "s.alice.1") == []
    assert town.refusals == ["no_password"]


def test_an_expired_page_is_asked_for_again_three_times() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    asked(town)
    for n in ("", "2", "3"):
        ((_, approve),) = town.answer("alice", "s.alice.1")
        assert approve.id == f"s.alice.1+approve{n}"
        ((_, again),) = town.hear("alice", "cloud", Error(approve.id, "expired"))
        town.report("alice", "pending_auth", url=f"{URL}'", intent=again.id)
    assert again.id == "s.alice.1+again4"
    ((_, approve),) = town.answer("alice", "s.alice.1")
    assert town.hear("alice", "cloud", Error(approve.id, "expired")) == []
    assert (town.outcomes, town.refusals) == (["consent_expired"], ["consent_expired"])


def test_an_account_that_waits_for_a_mail_is_activated_by_its_owner() -> None:
    town = Town()
    add(town)
    town.report("alice", "pending")
    town.mail("alice", "activate", "s.alice.1~2")
    ((to, click),) = town.ring("alice", "read activate s.alice.1~2")
    assert (to, click.link) == ("cloud", "l:cloud:activate")
    town.hear("alice", "cloud", Done(click.id))
    town.report("alice", "complete")
    assert (town.outcomes, town.deeds) == (["complete"], ["cloud: confirm_mail"])


def test_a_mail_may_be_answered_before_the_agent_reports() -> None:
    town = Town()
    add(town)
    town.mail("alice", "activate", "s.alice.1")
    town.ring("alice", "read activate s.alice.1")
    town.report("alice", "pending")
    town.report("alice", "complete")
    assert town.outcomes == ["complete"]


def test_a_report_that_is_lost_while_the_mail_lies_unread_is_not_waited_for_for_ever() -> None:
    town = Town()
    add(town)
    town.mail("alice", "activate", "s.alice.1")
    town.ring("alice", "patience s.alice.1")
    town.ring("alice", "read activate s.alice.1")
    assert town.outcomes == []
    town.ring("alice", "patience s.alice.1")
    assert town.outcomes == ["timeout"]


def test_a_dead_activation_link_means_asking_again() -> None:
    town = Town()
    add(town)
    town.report("alice", "pending")
    town.mail("alice", "activate", "s.alice.1")
    ((_, click),) = town.ring("alice", "read activate s.alice.1")
    ((_, again),) = town.hear("alice", "cloud", Error(click.id, "expired"))
    assert (type(again), again.id) == (Instruct, "s.alice.1+again2")


# --- the detour -----------------------------------------------------------------------------------------------------


def test_where_no_account_is_made_for_agents_the_human_does_it_step_by_step() -> None:
    town = Town()
    add(town, at="by_hand")
    assert town.report("alice", "error", "agent_provisioning_unavailable") == []
    assert town.answer("alice", "s.alice.1") == [
        ("by_hand", SignUp("s.alice.1+sign_up", "alice@example.org", "pw:by_hand:alice:alice", ""))
    ]
    town.hear("alice", "by_hand", SignedIn("s.alice.1+sign_up", "ps:by_hand:x", "by_hand/x"))
    town.mail("alice", "verify", "s.alice.1+sign_up", party="by_hand")
    ((_, click),) = town.ring("alice", "read verify s.alice.1+sign_up")
    town.hear("alice", "by_hand", Done(click.id))
    assert town.answer("alice", "s.alice.1") == [
        ("by_hand", Manage("s.alice.1+choose_plan", "ps:by_hand:x", "choose_plan", ("free",)))
    ]
    town.hear("alice", "by_hand", Done("s.alice.1+choose_plan"))
    assert town.answer("alice", "s.alice.1") == [
        ("by_hand", Manage("s.alice.1+create_key", "ps:by_hand:x", "create_key", ("free",)))
    ]
    assert town.hear("alice", "by_hand", KeyCreated("s.alice.1+create_key", "ak:x", "by_hand/r:x")) == [
        ("alice/agent1", HandOver("s.alice.1+hand_over", "by_hand", "ak:x"))
    ]
    town.hear("alice", "alice/agent1", Report("s.alice.1+hand_over", "complete"))
    assert (town.outcomes, town.refusals) == (["complete"], [])
    steps = ["sign_up", "confirm_mail", "choose_plan", "create_key"]
    assert town.deeds == [f"by_hand: {step}" for step in steps]
    assert town.idle()


def test_on_the_detour_a_provider_may_want_its_mail_answered_first() -> None:
    town = Town()
    add(town, at="by_hand")
    town.report("alice", "error", "agent_provisioning_unavailable")
    town.answer("alice", "s.alice.1")
    town.hear("alice", "by_hand", Done("s.alice.1+sign_up", "pending"))
    town.mail("alice", "activate", "s.alice.1+sign_up", party="by_hand")
    ((_, click),) = town.ring("alice", "read activate s.alice.1+sign_up")
    town.hear("alice", "by_hand", SignedIn("s.alice.1+sign_up", "ps:by_hand:x", "by_hand/x"))
    town.hear("alice", "by_hand", Done(click.id))
    ((_, plan),) = town.answer("alice", "s.alice.1")
    assert isinstance(plan, Manage)
    assert town.people.rings["alice by_hand alice"].passwords == ("pw:by_hand:alice:alice",)


def test_the_second_time_the_person_goes_the_long_way_at_once_with_the_account_it_has() -> None:
    town = Town()
    town.signed_up("alice", "by_hand")
    add(town, at="by_hand")
    assert town.report("alice", "error", "agent_provisioning_unavailable") == []
    ((_, plan),) = town.answer("alice", "s.alice.1")
    assert isinstance(plan, Manage)
    assert add(town, n=2, at="by_hand") == []
    ((_, plan),) = town.answer("alice", "s.alice.2")
    assert plan.id == "s.alice.2+choose_plan"


def test_an_address_that_has_an_account_already_is_recovered_on_the_detour() -> None:
    town = Town()
    add(town, at="by_hand")
    town.report("alice", "error", "agent_provisioning_unavailable")
    town.answer("alice", "s.alice.1")
    ((_, recover),) = town.hear("alice", "by_hand", Error("s.alice.1+sign_up", "email_taken"))
    assert recover == Recover("s.alice.1+recover", "alice@example.org", "reset")


def test_a_closed_door_ends_the_detour() -> None:
    town = Town()
    add(town, at="by_hand")
    town.report("alice", "error", "agent_provisioning_unavailable")
    town.answer("alice", "s.alice.1")
    town.hear("alice", "by_hand", Error("s.alice.1+sign_up", "sign_up_closed"))
    assert town.outcomes == ["sign_up_closed"]


def test_every_wait_of_a_person_is_drawn_anew() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    asked(town)
    first = set(town.turn.pending)
    ((_, approve),) = town.answer("alice", "s.alice.1")
    ((_, again),) = town.hear("alice", "cloud", Error(approve.id, "expired"))
    town.report("alice", "pending_auth", url=URL, intent=again.id)
    assert {key for key in town.turn.pending if key.startswith("answer")}.isdisjoint(first)


# --- an adversary ---------------------------------------------------------------------------------------------------


def test_an_adversary_registers_under_somebody_elses_address() -> None:
    town = Town()
    assert add(town, "mallory", via="second", as_="alice") == [
        ("second", Login("s.mallory.1+login", "alice@example.org", "pw:second:mallory:alice", ""))
    ]
    ((_, message),) = town.hear("mallory", "second", LoggedIn("s.mallory.1+login", "s:second:m"))
    assert (message.orchestrator, message.session, message.accept_tos) == ("second", "s:second:m", False)
    assert town.hear("mallory", "second", TermsAsked("s.mallory.1", "cloud")) == [
        ("second", AcceptTerms("s.mallory.1", "s:second:m", "cloud"))
    ], "an adversary loses no time"


def test_where_the_address_is_checked_the_rest_is_up_to_the_owner() -> None:
    town = Town()
    add(town, "mallory", via="hub", as_="alice")
    town.hear("mallory", "hub", Done("s.mallory.1+login", "pending"))
    assert town.outcomes == ["pending"]
    assert not town.turn.pending
    ((_, message),) = town.hear("mallory", "hub", LoggedIn("s.mallory.1+login", "s:hub:m"))
    assert isinstance(message, Instruct), "the owner has clicked, and the request goes on"
    town.report("mallory", "complete")
    assert town.outcomes == ["pending"], "a step is through once"
    assert town.idle()


def test_a_stolen_session_is_used_first_and_the_terms_are_passed_by_script() -> None:
    town = Town()
    town.log_in_second("mallory", "alice")
    town.people.loot(town.turn, "mallory", "session", "alice", ("s:hub:start:alice", "s:second:a"))
    ((to, message),) = add(town, "mallory", via="hub", as_="alice")
    assert (to, message) == (
        "mallory/alice",
        Instruct("s.mallory.1", "hub", "s:hub:start:alice", "cloud", "free", True),
    )
    town.report("mallory", "error", "BROWSER_AUTH_REQUIRED")
    assert town.outcomes == ["BROWSER_AUTH_REQUIRED"]
    ((_, login),) = add(town, "mallory", 2, via="hub", as_="alice")
    assert isinstance(login, Login), "the session is dead; what is left is to register"


def test_the_consent_page_of_somebody_else_is_sent_to_the_owner_as_a_lure() -> None:
    town = Town()
    town.log_in_second("mallory", "alice")
    add(town, "mallory", via="second", as_="alice")
    assert town.report("mallory", "pending_auth", url="u:x") == [("alice", Lure("s.mallory.1", "cloud", "u:x"))]
    assert town.outcomes == ["pending_auth"]
    town.report("mallory", "complete")
    assert town.outcomes == ["pending_auth"]


def test_whoever_signed_up_first_approves_at_its_own_squat() -> None:
    town = Town()
    town.signed_up("mallory", "cloud", "alice")
    town.log_in_second("mallory", "alice")
    add(town, "mallory", via="second", as_="alice")
    ((to, approve),) = town.report("mallory", "pending_auth", url="u:x")
    assert (to, type(approve)) == ("cloud", Approve)


def test_a_made_up_person_answers_its_own_mail_at_once() -> None:
    town = Town()
    add(town, "mallory", via="hub", as_="mallory.new1")
    town.hear("mallory", "hub", Done("s.mallory.1+login", "pending"))
    assert town.outcomes == []
    ((_, click),) = town.mail("mallory", "login_check", "s.mallory.1+login", party="hub")
    assert click.link == "l:hub:login_check"


def test_an_adversary_does_not_go_the_long_way_in_somebodys_stolen_session() -> None:
    town = Town()
    town.people.loot(town.turn, "mallory", "session", "alice", ("s:hub:start:alice",))
    add(town, "mallory", via="hub", as_="alice", at="by_hand")
    assert town.report("mallory", "error", "agent_provisioning_unavailable") == []
    assert town.outcomes == ["agent_provisioning_unavailable"]
