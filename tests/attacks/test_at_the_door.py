"""The attacks that begin with an account at the ordinary door: T01 to T04."""

from __future__ import annotations

import pytest

from sim.attacks import load
from sim.attacks._door import RATE
from sim.attacks.unexpired_email_change import MOMENT
from sim.attacks.unexpired_email_change import RATE as RENEWAL
from sim.clock import HOUR, Constant
from tests.attacks.hand import Plan, RecordingHand

NAMES = ("classic_federated_merge", "unexpired_session", "trojan_identifier", "unexpired_email_change")


def hand(name: str, **words: object) -> RecordingHand:
    attack = RecordingHand(load(name), Plan()._replace(**{"targets": ("p",), "of": "", "alias": "alice", **words}))
    attack.start()
    return attack


def inside(name: str, **words: object) -> RecordingHand:
    """Signed up, and come as far as the first wait."""
    attack = hand(name, **words)
    doing = attack.answer("sign_up", "complete")
    while doing:
        doing = attack.answer(doing[0][0], "complete")
    return attack


@pytest.mark.parametrize("name", NAMES)
def test_it_signs_up_under_the_victims_address(name: str) -> None:
    assert hand(name).did == [("sign_up", "p", "alice")]
    assert hand(name, alias="").did == [("sign_up", "p", "mallory.new1")]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("outcome", ["email_taken", "sign_up_closed"])
def test_who_was_not_first_has_nothing_to_come_back_to(name: str, outcome: str) -> None:
    attack = hand(name)
    assert attack.answer("sign_up", outcome) == []
    assert (attack.over, attack.how) == (["p"], ["contained"])


@pytest.mark.parametrize("name", NAMES)
def test_where_the_mail_goes_to_the_victim_it_tries_the_verification_trick(name: str) -> None:
    attack = hand(name)
    assert attack.answer("sign_up", "pending") == [("sign_up", "p", "mallory.new1")]
    assert attack.answer("sign_up", "complete") == [("change_email", "p", "mallory.new1", "alice")]
    assert attack.answer("change_email", "complete") == [("log_in", "p", "alice")]
    attack.answer("log_in", "complete")
    assert attack.stage("p").split()[:2] == ["in", "alice"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("failing", ["sign_up", "change_email", "log_in"])
def test_where_the_trick_fails_it_is_over(name: str, failing: str) -> None:
    attack = hand(name)
    attack.answer("sign_up", "pending")
    for verb in ("sign_up", "change_email", "log_in"):
        attack.answer(verb, "refused" if verb == failing else "complete")
        if verb == failing:
            break
    assert (attack.over, attack.how, attack.did, attack.waits) == (["p"], ["contained"], [], [])


@pytest.mark.parametrize("name", NAMES)
def test_the_scenario_may_say_how_often(name: str) -> None:
    assert inside(name).waits == [("p", RENEWAL if name == "unexpired_email_change" else RATE)]
    assert inside(name, rate=Constant(HOUR)).waits == [("p", Constant(HOUR))]


@pytest.mark.parametrize("name", ["classic_federated_merge", "trojan_identifier"])
def test_it_logs_in_and_leaves_no_session_while_it_is_alone(name: str) -> None:
    attack = inside(name)
    assert attack.tick() == [("log_in", "p", "alice")]
    assert attack.answer("log_in", "complete") == [("log_out", "p", "alice")]
    attack.answer("log_out", "complete")
    assert attack.waits == [("p", RATE)]


@pytest.mark.parametrize("name", ["classic_federated_merge", "trojan_identifier"])
def test_inside_and_not_alone_is_won_and_refused_is_over(name: str) -> None:
    for strange, outcome, how in ((("g:p:owner.alice",), "complete", "won"), ((), "invalid_credentials", "contained")):
        attack = inside(name)
        attack.strange = strange
        assert attack.answer("log_in", outcome) == []
        assert (attack.over, attack.how, attack.waits) == (["p"], [how], [])


def test_it_adds_a_login_of_its_own() -> None:
    attack = hand("trojan_identifier")
    assert attack.answer("sign_up", "complete") == [("add_identifier", "p", "alice")]
    assert attack.answer("add_identifier", "not_offered") == []
    assert attack.how == ["contained"]


def test_a_session_is_used_and_looked_round_in() -> None:
    attack = inside("unexpired_session")
    assert attack.tick() == [("use", "p", "alice")]
    assert attack.answer("use", "complete") == [("look", "p", "alice")]
    attack.answer("look", "complete")
    assert attack.waits == [("p", RATE)]
    attack.strange = ("ps:p:owner.alice",)
    attack.answer("look", "complete")
    assert attack.how == ["won"]


@pytest.mark.parametrize("verb", ["use", "look"])
def test_a_dead_session_is_the_end(verb: str) -> None:
    attack = inside("unexpired_session")
    assert attack.answer(verb, "unauthorized") == []
    assert attack.how == ["contained"]


def test_a_change_of_address_is_renewed_while_it_is_alone() -> None:
    attack = inside("unexpired_email_change")
    for _ in range(2):
        assert attack.tick() == [("log_in", "p", "alice")]
        assert attack.answer("log_in", "complete") == [("change_email", "p", "alice", "mallory.new1")]
        assert attack.answer("change_email", "complete") == [("log_out", "p", "alice")]
        attack.answer("log_out", "complete")
        assert attack.waits == [("p", RENEWAL)]
    assert attack.confirmed == []


@pytest.mark.parametrize(("strange", "outcome"), [((), "invalid_credentials"), (("g:p:owner.alice",), "complete")])
def test_when_the_owner_has_come_the_link_is_opened_and_the_new_address_gets_in(
    strange: tuple[str, ...], outcome: str
) -> None:
    attack = inside("unexpired_email_change")
    attack.strange = strange
    assert attack.answer("log_in", outcome) == []
    assert (attack.confirmed, attack.waits) == (["p"], [("p", MOMENT)])
    assert attack.tick() == [("reset_password", "p", "mallory.new1")]
    attack.answer("reset_password", "complete")
    assert attack.how == ["won"]


def test_a_link_that_is_dead_or_never_came_is_the_end() -> None:
    dead = inside("unexpired_email_change")
    dead.answer("log_in", "invalid_credentials")
    dead.answer("reset_password", "nothing")
    none = inside("unexpired_email_change")
    none.has_link = False
    assert none.answer("log_in", "invalid_credentials") == []
    assert (dead.how, none.how) == (["contained"], ["contained"])


def test_a_change_that_is_not_offered_is_the_end() -> None:
    attack = hand("unexpired_email_change")
    attack.answer("sign_up", "complete")
    attack.answer("change_email", "not_offered")
    assert attack.how == ["contained"]
