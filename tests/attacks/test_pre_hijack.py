from __future__ import annotations

import pytest

from sim.attacks import load
from sim.attacks.pre_hijack import RATE
from sim.clock import HOUR, Constant
from tests.attacks.hand import Plan, RecordingHand

ATTACK = load("pre_hijack")


def hand(**words: object) -> RecordingHand:
    attack = RecordingHand(ATTACK, Plan()._replace(**{"targets": ("p",), "of": "", "alias": "alice", **words}))
    attack.start()
    return attack


def test_it_signs_up_under_the_victims_address() -> None:
    assert hand().did == [("sign_up", "p", "alice")]


def test_through_an_orchestrator_it_provisions_under_the_victims_address() -> None:
    assert hand(via="second").did == [("add", "p", "alice", "second", "free")]


def test_it_comes_back_with_what_it_kept() -> None:
    attack = hand()
    attack.answer("sign_up", "complete")
    assert attack.waits == [("p", RATE)]
    assert attack.tick() == [("use", "p", "alice")]
    attack.answer("use", "complete")
    assert attack.waits == [("p", RATE)]


def test_the_scenario_may_say_how_often() -> None:
    attack = hand(rate=Constant(HOUR))
    attack.answer("sign_up", "complete")
    assert attack.waits == [("p", Constant(HOUR))]


def test_refused_what_it_kept_it_tries_the_door() -> None:
    attack = hand()
    assert attack.answer("use", "unauthorized") == [("log_in", "p", "alice")]
    attack.answer("log_in", "complete")
    assert (attack.waits, attack.over) == ([("p", RATE)], [])


def test_refused_at_the_door_it_is_over() -> None:
    attack = hand()
    attack.answer("log_in", "invalid_credentials")
    assert (attack.over, attack.did, attack.waits) == (["p"], [], [])


def test_through_an_orchestrator_there_is_no_door_to_try() -> None:
    attack = hand(via="second")
    assert attack.tick() == [("use", "p", "alice", "second")]
    attack.answer("use", "unauthorized")
    assert (attack.over, attack.did) == (["p"], [])


@pytest.mark.parametrize("outcome", ["email_taken", "pending", "pending_auth"])
@pytest.mark.parametrize("via", ["", "second"])
def test_who_was_not_first_has_nothing_to_come_back_to(outcome: str, via: str) -> None:
    attack = hand(via=via)
    attack.answer("add" if via else "sign_up", outcome)
    assert (attack.over, attack.did) == (["p"], [])


def test_as_nobody_in_particular_it_makes_somebody_up_and_stays_that_one() -> None:
    attack = hand(alias="")
    assert attack.did == [("sign_up", "p", "mallory.new1")]
    assert attack.tick() == [("use", "p", "mallory.new1")]
