"""One seed is one trace; what a run does in a turn stands in it, with cause and person."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.clock import DAY, HOUR, SECOND, Constant, Uniform
from sim.facts import MailRead, OutageBegan, RequestReceived, TermsAccepted
from sim.knowledge import Underivable
from sim.party import Command
from sim.property import Property
from sim.simulate import Simulation
from sim.trace import Found, Recorder, Step
from sim.world import World
from tests.sampling import share_fits
from tests.simulate import busy
from tests.simulate.toys import Answer, Say, Toy, running, world
from tests.standins import block, link

TOP = Path(__file__).parent.parent.parent


def python_with_what_is_needed(name: str) -> str | None:
    """An interpreter on the PATH, if it can import what a run needs."""
    found = shutil.which(name)
    able = found and subprocess.run([found, "-c", "import simpy, msgspec"], capture_output=True, check=False)
    return found if able and able.returncode == 0 else None


PYTHONS = [sys.executable, *filter(None, map(python_with_what_is_needed, ("python3.12", "python3.13")))]


# --- the same run ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trace() -> list[Step]:
    """The steps of the busy story."""
    run = busy.story()
    run.run()
    assert run.recorder is not None
    return run.recorder.steps


def test_the_busy_story_is_busy(trace: list[Step]) -> None:
    """Otherwise equal digests would say little: every kind of step, loss, a second copy, a refusal, a violation."""
    kinds = Counter(step.kind for step in trace)
    assert set(kinds) == {"message", "lost", "wake", "command", "deadline"}
    assert min(kinds.values()) > 10
    assert any(step.resumes for step in trace)
    assert any(step.found for step in trace)
    assert {command.id.partition(".")[0] for step in trace if (command := step.command)} == {s.id for s in busy.STEPS}
    assert any(isinstance(step.message, Answer) and step.message.text == "busy" for step in trace)
    arrived = Counter((type(m), m.id, step.to) for step in trace if (m := step.message) and step.kind == "message")
    assert 2 in arrived.values()


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("hash_seed", ["0", "1", "2"])
def test_one_seed_is_one_trace_whatever_the_hash_seed_and_the_python(python: str, hash_seed: str) -> None:
    said = subprocess.run(
        [python, "-m", "tests.simulate.busy", "1"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": ""},
        cwd=TOP, stdout=subprocess.PIPE, text=True, check=True,
    ).stdout  # fmt: skip
    assert said.strip() == busy.digest(1)


def test_other_seeds_and_replications_are_other_traces() -> None:
    digests = {busy.digest(seed, replication) for seed, replication in ((1, 0), (1, 1), (2, 0))}
    assert len(digests) == 3


def test_whether_it_is_recorded_does_not_change_what_happens(trace: list[Step]) -> None:
    run = busy.story(record=False)
    run.run()
    assert run.n == len(trace)
    assert run.counts == Counter(found.property for step in trace for found in step.found)
    assert run.facts == run.whose == []


def test_one_more_kind_of_message_leaves_every_other_draw_alone(trace: list[Step]) -> None:
    """The shops tell their head office of each request; latencies, waits, losses and choices stay what they were."""
    run = busy.story(talkative=True)
    run.run()
    assert run.recorder is not None
    noted = [step for step in run.recorder.steps if step.to == "office" and step.kind == "message"]
    assert len(noted) > 900

    def happened(steps: list[Step]) -> Counter[Any]:
        kept = [s for s in steps if s.to != "office"]
        return Counter((s.at, s.kind, s.to, s.sender, s.sent, s.key, s.message, s.facts, s.found) for s in kept)

    assert happened(run.recorder.steps) == happened(trace)


# --- what stands in it ----------------------------------------------------------------------------------------------


class Rule(Property):
    """An outage violates it at once, a mail read once the party has finished."""

    def __init__(self) -> None:
        super().__init__("rule")
        self.reads = {
            OutageBegan: lambda fact, see: see.violated(self, f"{fact.party} is down"),
            MailRead: lambda fact, see: see.at_end(self, fact.party),
        }

    def finish(self, key: str, see: Any) -> None:
        see.violated(self, f"{key} in the end, behind {see.behind}")


def recorded(here: World, *commands: Command, **more: Any) -> tuple[list[Step], Simulation]:
    """What a world does, step by step, from these commands of its parties at second 1."""
    run = running(here, recorder=Recorder({}), **more)
    for command in commands:
        run.at(SECOND, lambda command=command: run.command(command.who, command))
    run.run()
    assert run.recorder is not None
    return run.recorder.steps, run


def test_every_party_starts_in_order_before_anything_else() -> None:
    steps, _ = recorded(world(Toy("b"), Toy("a")))
    assert [(step.n, step.at, step.kind, step.to, step.key) for step in steps] == [
        (1, 0, "wake", "b", "start"), (2, 0, "wake", "a", "start"),
    ]  # fmt: skip


def test_a_step_says_when_where_from_whom_why_and_what() -> None:
    alice, hub = Toy("alice"), Toy("hub")
    alice.on_command = lambda turn, command: (turn.act(), turn.send("hub", Say(command.id, "hello")))
    hub.on_message = lambda turn, sender, message: turn.note(RequestReceived("hub", message.id))
    steps, _ = recorded(world(alice, hub), Command("s.alice", "add", "alice"))
    assert steps[2:] == [
        Step(3, SECOND, "command", "alice", behind="alice", command=Command("s.alice", "add", "alice")),
        Step(4, SECOND + 1_000, "message", "hub", "alice", SECOND, cause=3, behind="alice",
             message=Say("s.alice", "hello"), facts=(RequestReceived("hub", "s.alice"),), whose=("alice",)),
    ]  # fmt: skip
    assert [step.n for step in steps] == [1, 2, 3, 4]


def test_a_violation_stands_at_its_step_and_what_is_judged_late_at_the_end_of_it() -> None:
    hub = Toy("hub")
    hub.on_command = lambda turn, command: (
        turn.act(), turn.note(MailRead("x", "reset", "hub", own=True)), turn.note(OutageBegan("hub")),
    )  # fmt: skip
    steps, run = recorded(world(hub, folds=[Rule()]), Command("s.hub", "add", "hub"))
    assert steps[-1].found == (Found("rule", "hub is down"), Found("rule", "hub in the end, behind hub"))
    assert run.counts == {"rule": 2}
    assert [(found.at, found.step) for found in run.violations["rule"]] == [(SECOND, 2), (SECOND, 2)]


def test_whoever_is_behind_is_passed_on_and_taken_up_again() -> None:
    """The hub puts Alice's request aside; Bob's click continues it, on behalf of Alice."""
    alice, bob, hub, cloud = Toy("alice"), Toy("bob"), Toy("hub"), Toy("cloud")
    alice.on_command = lambda turn, command: (turn.act(), turn.send("hub", Say("r")))
    bob.on_command = lambda turn, command: (turn.act(), turn.send("hub", Say("click")))

    def heard(turn: Any, sender: str, message: Any) -> None:
        if message.id == "r":
            turn.suspend("hub r")
            return
        turn.note(TermsAccepted("hub", "cloud", "click", by_script=False))
        turn.resume("hub r")
        turn.note(TermsAccepted("hub", "cloud", "request", by_script=False))
        turn.send("cloud", Say("r"))

    hub.on_message = heard
    commands = Command("a", "add", "alice"), Command("b", "use", "bob")
    steps, run = recorded(world(alice, bob, hub, cloud), *commands)
    asked, clicked, last = steps[-3:]
    assert (asked.behind, clicked.behind, clicked.whose, clicked.resumes) == ("alice", "bob", ("bob", "alice"), asked.n)
    assert (last.to, last.behind, last.cause) == ("cloud", "alice", clicked.n)
    assert run.world.truth.threads == {}


def test_resuming_what_was_never_put_aside_changes_nobody() -> None:
    hub = Toy("hub")
    hub.on_command = lambda turn, command: (turn.act(), turn.resume("x"), turn.note(OutageBegan("hub")))
    steps, _ = recorded(world(hub), Command("s", "add", "hub"))
    assert (steps[-1].whose, steps[-1].resumes) == (("hub",), 0)


def test_an_agent_acts_for_its_person() -> None:
    agents = Toy("agents")
    agents.on_message = lambda turn, sender, message: (turn.act(), turn.note(OutageBegan("x")))
    hub = Toy("hub")
    hub.on_start = lambda turn: turn.send("alice/agent1", Say("r"))
    steps, _ = recorded(world(agents, hub, elsewhere=lambda name: agents))
    assert (steps[-1].to, steps[-1].behind, steps[-1].whose) == ("alice/agent1", "", ("alice",))


def test_what_the_network_eats_comes_right_after_the_step_that_sent_it() -> None:
    alice, hub = Toy("alice"), Toy("hub")
    alice.on_command = lambda turn, command: [turn.send("hub", Say(f"r{i}")) for i in range(2)]
    steps, _ = recorded(world(alice, hub), Command("s", "add", "alice"), net=link(loss=1.0))
    assert [(step.n, step.kind, step.cause) for step in steps[2:]] == [
        (3, "command", 0),
        (4, "lost", 3),
        (5, "lost", 3),
    ]
    assert [step.message for step in steps[3:]] == [Say("r0"), Say("r1")]


# --- per member -----------------------------------------------------------------------------------------------------


def traits(field: str, value: Any, n: int = 2_000, seed: int = 1) -> list[Any]:
    """The trait of ``n`` members, asked for twice."""
    run = running(world(), seed, config=lambda name: SimpleNamespace(**{field: value}))
    once = [run.trait(f"users{i}", field) for i in range(n)]
    assert [run.trait(f"users{i}", field) for i in range(n)] == once
    return once


def test_a_share_is_drawn_once_per_member() -> None:
    assert share_fits(sum(traits("resets_password", 0.3)), 2_000, 0.3)
    assert set(traits("resets_password", 1.0)) == {True}
    assert traits("resets_password", 0.3) != traits("notices", 0.3)
    assert traits("resets_password", 0.3) != traits("resets_password", 0.3, seed=2)


def test_a_pick_is_drawn_once_per_member() -> None:
    picked = Counter(traits("mfa", SimpleNamespace(weights=(("none", 0.25), ("both", 0.75)))))
    assert share_fits(picked["both"], 2_000, 0.75)
    assert picked.total() == picked["none"] + picked["both"]


def test_what_is_neither_share_nor_pick_is_what_it_is() -> None:
    assert set(traits("mfa", "both", 3)) == {"both"}
    assert set(traits("agents", 3, 3)) == {3}


def test_everybody_has_a_clock_that_is_off_by_the_same_amount_all_along() -> None:
    alice, hub = Toy("alice"), Toy("hub")
    stamps: dict[str, list[int]] = {"alice": [], "hub": []}

    def look(turn: Any, what: str) -> None:
        stamps[turn.me].append(turn.stamp())
        if what == "1":
            turn.wake("ring 2", HOUR)

    for toy in (alice, hub):
        toy.on_start = lambda turn: turn.wake("ring 1", 5)
        toy.on_wake = look
    running(world(alice, hub), until=DAY, config=lambda name: block(clock=Uniform(-SECOND, SECOND))).run()
    assert [b - a for a, b in stamps.values()] == [HOUR, HOUR]
    assert stamps["alice"][0] != stamps["hub"][0]
    assert all(-SECOND <= first - 5 <= SECOND for first, _ in stamps.values())


@pytest.mark.parametrize(
    ("offset", "age", "fresh"),
    [(0, 10, True), (0, 11, False), (-3, 13, True), (-3, 14, False), (9, 1, True), (9, 2, False)],
)
def test_an_age_is_judged_by_the_local_clock(offset: int, age: int, fresh: bool) -> None:
    hub, said = Toy("hub"), []
    hub.on_start = lambda turn: turn.wake("ring", 100)
    hub.on_wake = lambda turn, what: said.append(turn.age_within(100 - age, 0, 10))
    running(world(hub), config=lambda name: block(clock=Constant(offset))).run()
    assert said == [fresh]


def test_decisions_are_keyed_by_who_decides_and_what() -> None:
    crowd, said = Toy("crowd"), []
    crowd.on_message = lambda turn, sender, message: said.append([turn.decide(f"notices {i}", 0.5) for i in range(40)])
    teller = Toy("teller")
    teller.on_start = lambda turn: [turn.send(to, Say("r")) for to in ("p1", "p2", "p1")]
    running(world(crowd, teller, elsewhere=lambda name: crowd)).run()
    assert said[0] == said[2] != said[1]
    assert 10 < sum(said[0]) < 30


# --- beginning and end ----------------------------------------------------------------------------------------------


def test_a_run_ends_when_the_story_says_however_quiet_it_is() -> None:
    run = running(world(Toy("a")), until=DAY)
    assert run.run() == DAY
    assert run.world.see.now == DAY


def test_a_run_may_end_early_after_what_is_happening_then() -> None:
    alice, hub = Toy("alice"), Toy("hub")
    alice.on_start = lambda turn: [turn.send("hub", Say(f"r{i}")) for i in range(3)]
    run = running(world(alice, hub), until=DAY)
    hub.on_message = lambda turn, sender, message: run.stop() if message.id == "r1" else None
    assert run.run() == 1_000
    assert [name for *_, name, _ in hub.heard] == ["r0", "r1"]


def test_garbage_is_not_collected_meanwhile_and_is_again_afterwards() -> None:
    toy, seen = Toy("a"), []
    toy.on_start = lambda turn: seen.append(gc.isenabled())
    running(world(toy)).run()
    assert (seen, gc.isenabled()) == ([False], True)


def test_a_party_that_fails_is_not_passed_over() -> None:
    toy = Toy("a")
    toy.on_start = lambda turn: turn.wake("ring", 5)
    toy.on_wake = lambda turn, what: 1 // 0
    with pytest.raises(ZeroDivisionError):
        running(world(toy)).run()
    assert gc.isenabled()


def test_a_message_to_nobody_is_a_mistake() -> None:
    toy = Toy("a")
    toy.on_start = lambda turn: turn.send("nobody", Say("r"))
    with pytest.raises(LookupError, match="nobody answers to 'nobody'"):
        running(world(toy)).run()


def test_a_sender_who_cannot_know_it_is_a_mistake() -> None:
    mallory, hub = Toy("mallory"), Toy("hub")
    mallory.on_start = lambda turn: turn.send("hub", Say("r", "", "s:hub:start:alice"))
    with pytest.raises(Underivable):
        running(world(mallory, hub, controlled=["mallory"])).run()
    running(world(mallory, hub)).run()
    assert [name for *_, name, _ in hub.heard] == ["r"]
