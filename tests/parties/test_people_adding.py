"""A person adds a service: the short way, signing in first, the terms."""

from __future__ import annotations

import pytest

from sim.clock import Exponential
from sim.messages import AcceptTerms, Done, Error, Instruct, LoggedIn, Login, TermsAsked
from sim.parties.people.records import MAIL_PATIENCE, PATIENCE
from tests.parties.people_town import Town, add

# --- the short way ----------------------------------------------------------------------------------------------------


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


# --- signing in first -------------------------------------------------------------------------------------------------


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


# --- terms ------------------------------------------------------------------------------------------------------------


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
