from __future__ import annotations

from typing import Any

import pytest

from sim import attacks
from sim.clock import HOUR, Constant
from sim.facts import StepCompleted
from sim.messages import Error, Instruct, LoggedIn, Login, Report
from sim.parties.people.campaigns import Campaign
from tests.parties.people_town import Town

SESSION = "s:hub:start:alice"
RATE = Constant(60_000_000)


class Script:
    """An attack that adds at every target, once a tick, until it is refused."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []

    def start(self, hand: Any, campaign: Any) -> None:
        for target in campaign.targets:
            hand.wait(target, campaign.rate)

    def tick(self, hand: Any, campaign: Any, target: str) -> None:
        hand.keep(target, f"{hand.stage(target)}.")
        hand.do("add", target, as_=campaign.alias or hand.fresh(target), via=campaign.of, service="free")
        hand.wait(target, campaign.rate)

    def answered(self, hand: Any, campaign: Any, verb: str, target: str, outcome: str) -> None:
        self.heard.append((verb, target, outcome))
        if outcome != "complete":
            hand.done_with(target)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    made = Script()
    monkeypatch.setattr(attacks, "load", lambda name: made)
    return made


def town(**words: Any) -> Town:
    """Mallory attacks clouds1 and clouds2 with a stolen session of alice."""
    made = Town(providers={"clouds": {"count": 2}})
    made.people.loot(made.turn, "mallory", "session", "alice", (SESSION,))
    words = {"of": "hub", "against": ("clouds1", "clouds2"), "rate": RATE, "as_": "alice", **words}
    assert made.do("mallory", "attack", "script", **words) == []
    return made


def test_every_target_has_a_pace_of_its_own(script: Script) -> None:
    made = town()
    assert made.turn.pending == {"tick s.mallory.1 clouds1 1": RATE, "tick s.mallory.1 clouds2 1": RATE}
    assert made.tick("clouds2") == [
        ("mallory/alice", Instruct("s.mallory.1.clouds2.1", "hub", SESSION, "clouds2", "free", True))
    ]
    ((_, second),) = made.tick("clouds2")
    assert second.id == "s.mallory.1.clouds2.2"
    assert "tick s.mallory.1 clouds2 3" in made.turn.pending, "every wait is drawn anew"
    assert made.turn.behind == "mallory"


def test_a_deed_is_told_to_the_attack_and_not_to_the_story(script: Script) -> None:
    made = town()
    made.tick("clouds1")
    made.hear("mallory", "mallory/alice", Report("s.mallory.1.clouds1.1", "complete"))
    assert script.heard == [("add", "clouds1", "complete")]
    assert made.outcomes == []
    assert not len(made.people.tasks)


def test_it_is_over_when_every_target_is_done_with(script: Script) -> None:
    made = town()
    for target in ("clouds1", "clouds2"):
        made.tick(f"{target}")
        made.hear("mallory", "mallory/alice", Report(f"s.mallory.1.{target}.1", "complete"))
        made.tick(f"{target}")
        assert made.outcomes == []
        made.hear("mallory", "mallory/alice", Report(f"s.mallory.1.{target}.2", "error", "forbidden"))
    (completed,) = made.turn.noted(StepCompleted)
    assert completed == StepCompleted("s.mallory.1", "s", "mallory", "attack", "hub", "complete")
    assert made.idle()
    assert not len(made.people.campaigns)
    assert not len(made.people.marks)


def test_an_attack_of_which_nothing_came_says_so(script: Script) -> None:
    made = town(against=("clouds1",))
    made.tick("clouds1")
    made.hear("mallory", "mallory/alice", Report("s.mallory.1.clouds1.1", "error", "forbidden"))
    assert made.outcomes == ["nothing"]


def test_it_stops_when_its_time_is_up_and_what_is_under_way_is_not_counted_any_more(script: Script) -> None:
    made = town(until=HOUR)
    assert made.turn.pending["stop s.mallory.1"] == HOUR
    made.tick("clouds1")
    made.ring("mallory", "stop s.mallory.1")
    assert made.outcomes == ["nothing"]
    made.hear("mallory", "mallory/alice", Report("s.mallory.1.clouds1.1", "complete"))
    assert (made.outcomes, script.heard) == (["nothing"], [])
    assert made.idle()


def test_without_targets_there_is_nothing_to_do(script: Script) -> None:
    assert town(against=()).outcomes == ["nothing"]


def test_made_up_people_are_new_every_time_and_the_attackers_own(script: Script) -> None:
    made = town(as_="mallory.new1")
    addresses = set()
    for target in ("clouds1", "clouds2", "clouds1"):
        ((_, login),) = made.tick(f"{target}")
        assert isinstance(login, Login)
        assert made.roster.controller(login.email) == "mallory"
        addresses.add(login.email)
    assert len(addresses) == 3


def test_the_answer_to_a_login_goes_to_the_deed_that_asked(script: Script) -> None:
    made = town(as_="")
    ((_, login),) = made.tick("clouds1")
    ((_, instruct),) = made.hear("mallory", "hub", LoggedIn(login.id, "s:hub:m"))
    assert instruct.id == "s.mallory.1.clouds1.1"
    made.tick("clouds2")
    made.hear("mallory", "hub", Error("s.mallory.1.clouds2.1+login", "paused"))
    assert script.heard == [("add", "clouds2", "paused")]


@pytest.mark.parametrize(
    ("what", "of", "atoms", "power"),
    [
        ("session", "alice", (SESSION,), "session"),
        ("session", "alice", ("s:second:x",), ""),
        ("signing_key", "hub", ("key:hub:1",), "signing_key"),
        ("shared_secret", "hub", ("secret:hub:clouds1",), "shared_secret"),
        ("tokens", "hub", ("at:g:clouds1:x:1",), ""),
        ("signing_key", "second", ("key:second:1",), ""),
    ],
)
def test_power_is_what_was_stolen_of_the_orchestrator(what: str, of: str, atoms: tuple[str, ...], power: str) -> None:
    made = Town()
    made.people.loot(made.turn, "mallory", what, of, atoms)
    campaign = Campaign("s.mallory.1", "mallory", "x", (), (), "hub")
    assert made.people.power(campaign) == power
    assert made.people.victim(campaign) == ("alice" if power == "session" else "")


def test_an_orchestrator_of_ones_own_is_power_enough() -> None:
    made = Town(orchestrators={"second": {"adversary": True}})
    assert made.people.power(Campaign("s.mallory.1", "mallory", "x", (), (), "second")) == "orchestrator"


def test_what_is_stolen_twice_is_held_once() -> None:
    made = Town()
    for atoms in (("a", "b"), ("b", "c")):
        made.people.loot(made.turn, "mallory", "tokens", "hub", atoms)
    assert made.people.loots["mallory tokens hub"] == ("a", "b", "c")
