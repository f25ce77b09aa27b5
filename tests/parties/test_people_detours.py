"""The human detour, and a person who is an adversary."""

from __future__ import annotations

from msgspec.structs import replace

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
    SignUp,
    TermsAsked,
)
from sim.party import Command
from tests.parties.people_town import URL, Town, add, asked

# --- the detour -------------------------------------------------------------------------------------------------------


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


# --- an adversary -----------------------------------------------------------------------------------------------------


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


def test_nobody_is_lured_by_who_holds_the_address() -> None:
    town = Town()
    town.turn.me = "mallory"
    task = town.people.task(town.turn, Command("s.mallory.1", "add", "mallory", "cloud", as_="alice"), "cloud")
    town.people.lure(town.turn, "s.mallory.1", replace(task, email="mallory@example.org", url="u:x"))
    assert not town.turn.all_sent(Lure)
    town.people.lure(town.turn, "s.mallory.1", replace(task, url="u:x"))
    assert town.turn.all_sent(Lure, "alice")


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
