from __future__ import annotations

from typing import Any

import pytest

from sim.messages import (
    ApiCall,
    Dashboard,
    DashboardRequest,
    Done,
    Error,
    LoggedIn,
    Login,
    Manage,
    Prove,
    Recover,
    SignedIn,
    SignIn,
    SignUp,
)
from sim.parties.people.records import MAIL_PATIENCE, Ring
from tests.parties.people_town import Town

SESSION = "ps:cloud:x"


# --- signing up -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mfa", "factor"), [("none", ""), ("both", "2fa:cloud:alice")])
def test_sign_up_gives_a_session_and_the_mail_is_confirmed_later(mfa: str, factor: str) -> None:
    town = Town(mfa=mfa)
    assert town.do("alice", "sign_up", "cloud") == [
        ("cloud", SignUp("s.alice.1", "alice@example.org", "pw:cloud:alice:alice", factor))
    ]
    town.hear("alice", "cloud", SignedIn("s.alice.1", SESSION, "cloud/x"))
    assert town.outcomes == ["complete"]
    town.mail("alice", "verify", "s.alice.1")
    ((to, click),) = town.ring("alice", "read verify s.alice.1")
    assert (to, click.id) == ("cloud", "s.alice.1+click")
    assert town.hear("alice", "cloud", Done(click.id)) == []
    assert town.deeds == ["cloud: sign_up", "cloud: confirm_mail"]
    assert town.idle()


def test_a_verified_door_wants_its_mail_answered_first() -> None:
    town = Town()
    town.do("alice", "sign_up", "cloud")
    town.hear("alice", "cloud", Done("s.alice.1", "pending"))
    town.mail("alice", "activate", "s.alice.1")
    ((_, click),) = town.ring("alice", "read activate s.alice.1")
    town.hear("alice", "cloud", SignedIn("s.alice.1", SESSION, "cloud/x"))
    assert town.hear("alice", "cloud", Done(click.id)) == []
    assert town.outcomes == ["complete"]
    assert town.people.rings["alice cloud alice"].session == SESSION


def test_sign_up_as_somebody_else_at_a_verified_door_waits_for_the_owner() -> None:
    town = Town()
    town.do("mallory", "sign_up", "cloud", as_="alice")
    town.hear("mallory", "cloud", Done("s.mallory.1", "pending"))
    assert town.outcomes == ["pending"]
    town.hear("mallory", "cloud", SignedIn("s.mallory.1", SESSION, "cloud/x"))
    assert town.people.rings["mallory cloud alice"].session == SESSION, "the owner clicked"
    assert town.outcomes == ["pending"]


def test_a_refused_sign_up_leaves_no_password_behind() -> None:
    town = Town()
    town.do("alice", "sign_up", "cloud")
    town.hear("alice", "cloud", Error("s.alice.1", "email_taken"))
    assert (town.outcomes, town.refusals) == (["email_taken"], ["email_taken"])
    assert not len(town.people.rings)


# --- logging in -----------------------------------------------------------------------------------------------------


def test_log_in_with_a_password_looks_at_the_account() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    assert town.do("alice", "log_in", "cloud") == [
        ("cloud", SignIn("s.alice.1", "alice@example.org", "pw:cloud:alice:alice", ""))
    ]
    assert town.hear("alice", "cloud", SignedIn("s.alice.1", SESSION, "cloud/x")) == [
        ("cloud", DashboardRequest("s.alice.1+look", SESSION))
    ]
    board = Dashboard("s.alice.1+look", "cloud/x", ("g:cloud:s.mallory.1",), (), (), (), ())
    assert town.hear("alice", "cloud", board) == []
    assert town.outcomes == ["complete"]


def test_log_in_to_an_account_made_by_an_agent_recovers_it() -> None:
    town = Town()
    assert town.do("alice", "log_in", "cloud") == [
        ("cloud", Recover("s.alice.1+recover", "alice@example.org", "reset"))
    ]
    town.hear("alice", "cloud", Done("s.alice.1+recover"))
    town.mail("alice", "reset", "s.alice.1+recover")
    ((_, prove),) = town.ring("alice", "read reset s.alice.1+recover")
    ((_, look),) = town.hear("alice", "cloud", SignedIn(prove.id, SESSION, "cloud/x"))
    assert isinstance(look, DashboardRequest)


def test_log_in_with_a_password_that_is_no_good_any_more_recovers() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    town.do("alice", "log_in", "cloud")
    ((_, recover),) = town.hear("alice", "cloud", Error("s.alice.1", "invalid_credentials"))
    assert isinstance(recover, Recover)
    assert town.refusals == []


def test_who_does_not_reset_is_refused() -> None:
    town = Town(resets_password=False)
    town.do("alice", "log_in", "cloud")
    town.hear("alice", "cloud", Error("s.alice.1", "invalid_credentials"))
    assert (town.outcomes, town.refusals) == (["invalid_credentials"], ["invalid_credentials"])


def test_a_second_factor_cannot_be_done_without() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    town.do("alice", "log_in", "cloud")
    town.hear("alice", "cloud", Error("s.alice.1", "second_factor_required"))
    assert town.outcomes == ["second_factor_required"]


def test_an_adversary_tries_the_password_it_made_up_and_every_identifier() -> None:
    town = Town()
    town.do("mallory", "log_in", "cloud", as_="alice")
    assert town.hear("mallory", "cloud", Error("s.mallory.1", "invalid_credentials")) == []
    assert town.outcomes == ["invalid_credentials"]
    town.signed_up("mallory", "cloud", "alice")
    town.do("mallory", "add_identifier", "cloud", 2, as_="alice", to="mallory@example.org")
    town.hear("mallory", "cloud", Done("s.mallory.2"))
    town.do("mallory", "log_in", "cloud", 3, as_="alice")
    assert town.hear("mallory", "cloud", Error("s.mallory.3", "invalid_credentials")) == [
        ("cloud", SignIn("s.mallory.3+sign_in2", "alice@example.org", "id:mallory@example.org", ""))
    ]
    ((_, look),) = town.hear("mallory", "cloud", SignedIn("s.mallory.3+sign_in2", SESSION, "cloud/x"))
    assert isinstance(look, DashboardRequest)


def test_the_refusal_of_an_earlier_password_is_not_taken_for_that_of_a_later_one() -> None:
    town = Town()
    town.signed_up("mallory", "cloud", "alice")
    town.do("mallory", "add_identifier", "cloud", as_="alice", to="mallory@example.org")
    town.hear("mallory", "cloud", Done("s.mallory.1"))
    town.do("mallory", "log_in", "cloud", 2, as_="alice")
    town.hear("mallory", "cloud", Error("s.mallory.2", "invalid_credentials"))
    assert town.hear("mallory", "cloud", Error("s.mallory.2", "invalid_credentials")) == []
    assert town.refusals == []


def test_log_in_at_an_orchestrator_opens_a_new_session() -> None:
    town = Town()
    assert town.do("alice", "log_in", "hub") == [
        ("hub", Login("s.alice.1+login", "alice@example.org", "pw:hub:alice:alice", ""))
    ]
    town.hear("alice", "hub", LoggedIn("s.alice.1+login", "s:hub:new"))
    assert town.outcomes == ["complete"]
    assert town.people.sessions["alice hub alice"] == "s:hub:new"


@pytest.mark.parametrize(("verb", "object_"), [("log_in", "hub"), ("use", "cloud")])
def test_a_dead_link_of_an_orchestrators_check_means_signing_in_there_again(verb: str, object_: str) -> None:
    town = Town(enrolled=())
    ((_, login),) = town.do("alice", verb, object_, via="hub")
    town.hear("alice", "hub", Done(login.id, "pending"))
    town.mail("alice", "login_check", login.id, party="hub")
    ((_, click),) = town.ring("alice", f"read login_check {login.id}")
    ((to, again),) = town.hear("alice", "hub", Error(click.id, "expired"))
    assert (to, type(again), again.id) == ("hub", Login, "s.alice.1+login2")


# --- adopting -------------------------------------------------------------------------------------------------------


def adopting(town: Town, verb: str = "adopt") -> list[tuple[str, object]]:
    town.do("alice", verb, "cloud")
    town.hear("alice", "cloud", Done("s.alice.1"))
    purpose = "adopt" if verb == "adopt" else "reset"
    town.mail("alice", purpose, "s.alice.1")
    return town.ring("alice", f"read {purpose} s.alice.1")


@pytest.mark.parametrize(("verb", "purpose"), [("adopt", "adopt"), ("reset_password", "reset")])
def test_proof_of_the_mailbox_gives_the_account(verb: str, purpose: str) -> None:
    town = Town()
    assert adopting(town, verb) == [
        ("cloud", Prove("s.alice.1+prove", f"l:cloud:{purpose}", "pw:cloud:alice:alice", ""))
    ]
    assert town.turn.all_sent(Recover)[0] == Recover("s.alice.1", "alice@example.org", purpose)
    town.hear("alice", "cloud", SignedIn("s.alice.1+prove", SESSION, "cloud/x"))
    assert (town.outcomes, town.deeds) == (["complete"], ["cloud: recover", "cloud: prove"])
    assert town.idle()


def test_a_password_set_by_proof_comes_before_the_other_ways_in_and_replaces_none() -> None:
    town = Town()
    town.people.rings["alice cloud alice"] = Ring(("id:alice@else",), "")
    ((_, prove),) = adopting(town, "reset_password")
    town.hear("alice", "cloud", SignedIn(prove.id, SESSION, "cloud/x"))
    assert town.people.rings["alice cloud alice"].passwords == ("pw:cloud:alice:alice", "id:alice@else")


def test_where_there_is_no_account_no_mail_comes_and_nothing_is_refused() -> None:
    town = Town()
    town.do("alice", "adopt", "cloud")
    town.hear("alice", "cloud", Done("s.alice.1"))
    assert town.turn.pending == {"patience s.alice.1": MAIL_PATIENCE}
    town.ring("alice", "patience s.alice.1")
    assert (town.outcomes, town.refusals) == (["nothing"], [])


def test_a_dead_link_is_asked_for_again() -> None:
    town = Town()
    ((_, prove),) = adopting(town)
    assert town.hear("alice", "cloud", Error(prove.id, "expired")) == [
        ("cloud", Recover("s.alice.1+again2", "alice@example.org", "adopt"))
    ]


def test_left_to_the_owner_everything_strange_is_ended() -> None:
    town = Town(providers={"cloud": {"on_adopt": "review"}})
    ((_, prove),) = adopting(town)
    ((_, look),) = town.hear("alice", "cloud", SignedIn(prove.id, SESSION, "cloud/x"))
    board = Dashboard(
        look.id, "cloud/x",
        grants=("g:cloud:squat.mallory.1", "g:cloud:s.alice.7"),
        sessions=("ps:cloud:squat.mallory.1",),
        identifiers=(
            "second sub:second:mallory:alice", "hub sub:hub:alice", "id:x@evil.example", "id:alice@example.org",
            "password",
        ),
        pending_changes=("ch:cloud:squat.mallory.3",),
        resources=("cloud/r:squat.mallory.1", "cloud/r:s.alice.7'", "ak:cloud:squat.mallory.2+create_key"),
    )  # fmt: skip
    ((to, end),) = town.hear("alice", "cloud", board)
    assert (to, end.action, end.session) == ("cloud", "end", SESSION)
    assert end.values == (
        "g:cloud:squat.mallory.1", "ps:cloud:squat.mallory.1", "ch:cloud:squat.mallory.3",
        "cloud/r:squat.mallory.1", "ak:cloud:squat.mallory.2+create_key",
        "second sub:second:mallory:alice", "id:x@evil.example",
    )  # fmt: skip
    town.hear("alice", "cloud", Done(end.id))
    assert town.outcomes == ["complete"]


def test_with_nothing_strange_there_is_nothing_to_end() -> None:
    town = Town(providers={"cloud": {"on_adopt": "review"}})
    ((_, prove),) = adopting(town)
    ((_, look),) = town.hear("alice", "cloud", SignedIn(prove.id, SESSION, "cloud/x"))
    assert town.hear("alice", "cloud", Dashboard(look.id, "cloud/x", (), (), ("hub sub:hub:alice",), (), ())) == []
    assert town.outcomes == ["complete"]


def test_a_thief_of_a_mailbox_adopts_in_its_owners_name() -> None:
    town = Town()
    town.people.loot(town.turn, "mallory", "mailbox", "alice", ())
    town.do("mallory", "adopt", "cloud", as_="alice")
    town.hear("mallory", "cloud", Done("s.mallory.1"))
    ((_, prove),) = town.mail("mallory", "adopt", "s.mallory.1")
    assert prove == Prove("s.mallory.1+prove", "l:cloud:adopt", "pw:cloud:mallory:alice", "")


# --- managing -------------------------------------------------------------------------------------------------------


def test_an_identifier_is_added_inside_and_kept_as_a_way_in() -> None:
    town = Town()
    town.signed_up("mallory", "cloud", "alice")
    assert town.do("mallory", "add_identifier", "cloud", as_="alice", to="mallory@example.org") == [
        ("cloud", Manage("s.mallory.1", "ps:cloud:old.mallory", "add_identifier", ("id:mallory@example.org",)))
    ]
    town.hear("mallory", "cloud", Done("s.mallory.1"))
    assert town.outcomes == ["complete"]
    ring = town.people.rings["mallory cloud alice"]
    assert ring.passwords == ("pw:cloud:mallory:alice", "id:mallory@example.org")


def test_an_old_session_that_is_dead_is_replaced_before_managing() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    town.do("alice", "add_identifier", "cloud", to="alice@elsewhere.example")
    ((_, sign_in),) = town.hear("alice", "cloud", Error("s.alice.1", "unauthorized"))
    ((_, manage),) = town.hear("alice", "cloud", SignedIn(sign_in.id, SESSION, "cloud/x"))
    assert (manage.session, manage.values) == (SESSION, ("id:alice@elsewhere.example",))
    town.hear("alice", "cloud", Error(manage.id, "identifier_taken"))
    assert town.outcomes == ["identifier_taken"]


def test_a_new_session_that_is_no_good_either_is_the_end_of_it() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    town.do("alice", "add_identifier", "cloud", to="alice@elsewhere.example")
    ((_, sign_in),) = town.hear("alice", "cloud", Error("s.alice.1", "unauthorized"))
    ((_, manage),) = town.hear("alice", "cloud", SignedIn(sign_in.id, SESSION, "cloud/x"))
    assert town.hear("alice", "cloud", Error(manage.id, "unauthorized")) == []
    assert town.outcomes == ["unauthorized"]


def test_managing_signs_in_first() -> None:
    town = Town()
    ((_, recover),) = town.do("alice", "add_identifier", "cloud", to="alice@example.org")
    assert isinstance(recover, Recover)


@pytest.mark.parametrize(
    ("who", "object_", "address"),
    [
        ("alice", "alice2@example.org", "alice2@example.org"),
        ("alice", "new", "alice.new1@example.org"),
        ("mallory", "new", "mallory.new1@example.org"),
    ],
)
def test_a_change_of_address_is_asked_for_at_the_provider(who: str, object_: str, address: str) -> None:
    town = Town()
    town.signed_up(who, "cloud")
    ((_, manage),) = town.do(who, "change_email", object_, via="cloud")
    assert (manage.action, manage.values) == ("change_email", (address,))
    assert town.roster.controller(town.roster.address("alice.new1")) == "alice"
    town.hear(who, "cloud", Done(f"s.{who}.1", "pending"))
    assert town.outcomes == ["complete"]


def test_looking_round_uses_the_session_one_has() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    ((to, look),) = town.do("alice", "look", "cloud")
    assert (to, look.session) == ("cloud", "ps:cloud:old.alice")
    town.hear("alice", "cloud", Dashboard("s.alice.1+look", "cloud/a", ("g:cloud:x.mallory",), (), (), (), ()))
    assert town.outcomes == ["complete"], "to look is not to tidy up"


@pytest.mark.parametrize("answer", [Done("s.alice.1"), Error("s.alice.1", "unauthorized")])
def test_logging_out_ends_the_session(answer: Any) -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    ((to, end),) = town.do("alice", "log_out", "cloud")
    assert (to, end.action, end.session, end.values) == ("cloud", "end", "ps:cloud:old.alice", ("ps:cloud:old.alice",))
    town.hear("alice", "cloud", answer)
    assert town.outcomes == ["complete"]
    assert town.do("alice", "log_out", "cloud", n=2) == []
    assert town.outcomes == ["complete", "nothing"]


def test_an_address_that_is_changed_at_once_takes_along_what_opens_the_account() -> None:
    town = Town()
    town.signed_up("mallory", "cloud", as_="mallory.new1")
    town.do("mallory", "change_email", "alice@example.org", via="cloud", as_="mallory.new1")
    town.hear("mallory", "cloud", Done("s.mallory.1"))
    assert town.people.rings["mallory cloud alice"] == town.people.rings["mallory cloud mallory.new1"]


def test_an_honest_person_confirms_the_change_when_it_reads_the_mail() -> None:
    town = Town()
    town.mail("alice", "change_email", "s.alice.1")
    ((to, click),) = town.ring("alice", "read change_email s.alice.1")
    assert (to, click.link) == ("cloud", "l:cloud:change_email")


def test_a_change_of_the_logins_address_is_confirmed_by_mail() -> None:
    town = Town()
    ((to, change),) = town.do("alice", "change_email", "alice2@example.org", via="hub")
    assert (to, change.email, change.session) == ("hub", "alice2@example.org", "s:hub:start:alice")
    town.hear("alice", "hub", Done("s.alice.1", "pending"))
    town.mail("alice", "change_email", "s.alice.1", party="hub")
    ((_, click),) = town.ring("alice", "read change_email s.alice.1")
    town.hear("alice", "hub", Done("s.alice.1"))
    town.hear("alice", "hub", Done(click.id))
    assert town.outcomes == ["complete"]
    assert town.idle()


def test_a_dead_link_for_a_new_login_address_means_asking_again() -> None:
    town = Town()
    town.do("alice", "change_email", "alice2@example.org", via="hub")
    town.hear("alice", "hub", Done("s.alice.1", "pending"))
    town.mail("alice", "change_email", "s.alice.1", party="hub")
    ((_, click),) = town.ring("alice", "read change_email s.alice.1")
    ((to, again),) = town.hear("alice", "hub", Error(click.id, "expired"))
    assert (to, again.id, again.email) == ("hub", "s.alice.1+again2", "alice2@example.org")


def test_using_ones_own_session_is_a_call_of_the_api() -> None:
    town = Town()
    town.signed_up("mallory", "cloud", "alice")
    assert town.do("mallory", "use", "cloud", as_="alice") == [
        ("cloud", ApiCall("s.mallory.1+call1", "ps:cloud:old.mallory"))
    ]
