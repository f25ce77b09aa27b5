from __future__ import annotations

import pytest

from sim.attacks import load
from sim.attacks.mass_provisioning import RATE
from sim.clock import Exponential
from tests.attacks.hand import Plan, RecordingHand

ATTACK = load("mass_provisioning")


def hand(has: str = "signing_key", whose: str = "", **words: object) -> RecordingHand:
    return RecordingHand(ATTACK, Plan()._replace(**words), has, whose)


def test_every_provider_has_a_pace_of_its_own() -> None:
    with_rate = hand(rate=Exponential(15_000_000))
    with_rate.start()
    assert with_rate.waits == [("p", Exponential(15_000_000)), ("q", Exponential(15_000_000))]
    without = hand()
    without.start()
    assert without.waits == [("p", RATE), ("q", RATE)]


def test_with_a_key_every_account_is_for_somebody_made_up() -> None:
    attack = hand()
    assert attack.tick() == [("add", "p", "mallory.new1", "hub", "free")]
    assert attack.waits == [("p", RATE)]
    assert attack.tick() == [("add", "p", "mallory.new2", "hub", "free")]


def test_the_scenario_may_say_as_whom() -> None:
    assert hand(alias="alice").tick() == [("add", "p", "alice", "hub", "free")]


def test_with_a_stolen_session_it_is_the_victim() -> None:
    assert hand("session", "alice").tick("q") == [("add", "q", "alice", "hub", "free")]


@pytest.mark.parametrize("outcome", ["complete", "pending", "pending_auth"])
def test_one_account_of_the_victim_at_each_provider_is_enough(outcome: str) -> None:
    attack = hand("session", "alice")
    attack.answer("add", outcome)
    assert attack.over == ["p"]
    attack.answer("add", "timeout", "q")
    assert attack.over == ["p"]


def test_without_power_it_does_not_begin() -> None:
    attack = hand("")
    attack.start()
    assert (attack.over, attack.waits) == (["p", "q"], [])


def test_it_stops_when_the_power_is_gone() -> None:
    attack = hand("")
    assert attack.tick() == []
    assert (attack.over, attack.waits) == (["p"], [])


@pytest.mark.parametrize("code", ["invalid_signature", "forbidden", "BROWSER_AUTH_REQUIRED", "paused", "unauthorized"])
def test_a_refusal_ends_it_at_that_provider(code: str) -> None:
    attack = hand()
    assert attack.answer("add", code) == []
    assert attack.over == ["p"]


@pytest.mark.parametrize("outcome", ["complete", "pending", "pending_auth", "timeout", "server_busy"])
def test_ill_luck_does_not(outcome: str) -> None:
    attack = hand()
    attack.answer("add", outcome)
    assert attack.over == []
