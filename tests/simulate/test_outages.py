"""A party that is down hears nothing, and does afterwards what it meant to do meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.clock import HOUR
from sim.facts import LimiterFailed, LimiterRestored, OutageBegan, OutageEnded
from sim.party import Fact
from sim.scenario import load_text
from sim.simulate import Simulation
from sim.trace import Recorder
from tests.simulate.toys import Answer, Say, Toy, running, world
from tests.standins import link


class Down:
    """The hub is down from 100 to 200; Alice says something to it at each of ``says``; its wakes are ``wakes``."""

    def __init__(self, says: tuple[int, ...] = (), wakes: tuple[int, ...] = (), recorder: Any = None) -> None:
        self.alice, self.hub, self.world = Toy("alice"), Toy("hub"), Toy("world")
        self.alice.on_start = lambda turn: [turn.wake(f"ring {at}", at) for at in says]
        self.alice.on_wake = lambda turn, what: turn.send("hub", Say(f"r{what}"))
        self.hub.on_start = lambda turn: [turn.wake(f"ring {at}", at) for at in wakes]
        self.world.on_start = lambda turn: [turn.wake("ring down", 100), turn.wake("tick up", 200)]
        self.world.on_wake = lambda turn, what: self.fall() if what == "down" else self.rise()
        self.run: Simulation = running(world(self.alice, self.hub, self.world), net=link(10), recorder=recorder)

    def fall(self) -> None:
        self.run.world.down["hub"] = True

    def rise(self) -> None:
        del self.run.world.down["hub"]
        self.run.release("hub")

    def rung(self) -> list[tuple[int, str]]:
        return [(at, what) for at, _, what in self.hub.rung]


def test_messages_that_arrive_meanwhile_are_lost() -> None:
    """When they were sent does not matter."""
    down = Down(says=(80, 95, 150, 185, 195))
    down.run.run()
    assert [(at, name) for at, _, _, name, _ in down.hub.heard] == [(90, "r80"), (205, "r195")]
    assert down.run.lost == 3
    assert down.run.messages == 2


def test_lost_messages_stand_in_the_trace_with_their_cause() -> None:
    down = Down(says=(95,), recorder=Recorder({}))
    down.run.run()
    assert down.run.recorder is not None
    lost = next(step for step in down.run.recorder.steps if step.kind == "lost")
    sent = down.run.recorder.steps[lost.cause - 1]
    assert (lost.at, lost.sent, lost.to, lost.sender, lost.message) == (105, 95, "hub", "alice", Say("r95"))
    assert (sent.to, sent.key, sent.at) == ("alice", "ring 95", 95)


def test_wakes_that_come_due_meanwhile_are_held_until_it_is_back() -> None:
    down = Down(wakes=(50, 120, 150, 250))
    down.run.run()
    assert down.rung() == [(50, "50"), (200, "120"), (200, "150"), (250, "250")]


def test_others_go_on_as_usual() -> None:
    down = Down(says=(150,))
    down.run.run()
    assert [at for at, *_ in down.alice.rung] == [150]


def test_what_was_set_anew_in_the_meantime_is_not_done_twice() -> None:
    """Whoever reaches into a party that is down may make it set a wake that is held already."""
    down = Down(wakes=(120,))

    def happen(turn: Any, what: str) -> None:
        if what == "down":
            down.fall()
            turn.wake("ring set anew", 50)
        elif what == "set anew":
            turn.me = "hub"
            turn.wake("ring 120", 300)
        else:
            down.rise()

    down.world.on_wake = happen
    down.run.run()
    assert down.rung() == [(450, "120")]


def test_a_party_that_never_comes_back_keeps_its_wakes_to_itself() -> None:
    down = Down(wakes=(120,))
    down.world.on_wake = lambda turn, what: down.fall() if what == "down" else None
    down.run.run()
    assert down.rung() == []


def test_being_back_helps_only_the_one_that_is_back() -> None:
    down = Down(wakes=(120,))
    down.world.on_wake = lambda turn, what: down.fall() if what == "down" else down.run.release("alice")
    down.run.run()
    assert down.rung() == []
    assert len(down.run._held) == 1


def test_a_message_to_whoever_is_back_at_that_instant_arrives() -> None:
    """At one instant things happen in the order in which they were put on the queue: here the recovery was first."""
    down = Down(says=(190,))
    down.hub.on_message = lambda turn, sender, message: turn.send(sender, Answer(message.id))
    down.run.run()
    assert [at for at, *_ in down.alice.heard] == [210]


OVERLAP = """
format: 1
title: Two outages at once
why: the last of them to end brings the party back
until: 1 d
people: {alice: {}}
orchestrators: {hub: {}}
providers: {cloud: {limits: [{per: caller, burst: 1, per_hour: 1, when_down: open}]}}
story:
  - {at: 1 h, outage: WHAT, for: 2 h}
  - {at: 2 h, outage: WHAT, for: 4 h}
"""


@pytest.mark.parametrize(
    ("what", "began", "ended"), [("cloud", OutageBegan, OutageEnded), ("cloud/limiter", LimiterFailed, LimiterRestored)]
)
def test_of_two_outages_the_last_to_end_counts(what: str, began: type[Fact], ended: type[Fact]) -> None:
    outcome = sim.run(load_text(OVERLAP.replace("WHAT", what)))
    assert outcome.trace is not None
    noted = [(step.at // HOUR, type(fact)) for step in outcome.trace.steps for fact in step.facts]
    assert [(at, kind) for at, kind in noted if kind in (began, ended)] == [(1, began), (6, ended)]


def test_nobody_is_heard_between_the_ends_of_two_outages() -> None:
    text = OVERLAP.replace("WHAT", "cloud") + "  - {id: a, at: 4 h, who: alice, add: cloud/free}\n"
    outcome = sim.run(load_text(text))
    assert outcome.panel["honest"]["honest_refusals"] == 1
    assert outcome.trace is not None
    assert not any(step.to == "cloud" and step.kind == "message" for step in outcome.trace.steps)
