"""Wakes and deadlines: due when they were asked for, unless taken back, replaced, or too late for the story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import simpy
from hypothesis import example, given
from hypothesis import strategies as st

from sim.clock import HOUR, MINUTE, NEVER, SECOND, Constant, Duration, Exponential, Uniform, share_below
from sim.facts import OutageBegan
from sim.property import Property
from tests.sampling import fits
from tests.simulate.toys import Say, Toy, running, world

Action = tuple[str, str, int]
Program = dict[str, list[Action]]
MOST = 80


# --- against SimPy itself -------------------------------------------------------------------------------------------


class Plain:
    """What the engine does, the plain way: a SimPy timeout with a callback for everything that is asked for."""

    def __init__(self, program: Program, until: int) -> None:
        self.env, self.program, self.until = simpy.Environment(), program, until
        self.live: dict[str, object] = {}
        self.log: list[tuple[int, str]] = []
        self.act("start")
        while self.env.peek() <= until:
            self.env.step()

    def after(self, delay: int, call: Callable[[], None]) -> None:
        self.env.timeout(delay).callbacks.append(lambda event: call())

    def act(self, key: str) -> None:
        for does, what, delay in self.program.get(key, ()) if len(self.log) < MOST else ():
            if does == "say":
                self.after(delay, lambda what=what: self.happen(what))  # type: ignore[misc]
                continue
            self.live.pop(what, None)
            if does == "wake" and self.env.now + delay <= self.until:
                wake = self.live[what] = object()
                self.after(delay, lambda what=what, wake=wake: self.due(what, wake))  # type: ignore[misc]

    def due(self, key: str, wake: object) -> None:
        if self.live.get(key) is wake:
            del self.live[key]
            self.happen(key)

    def happen(self, key: str) -> None:
        self.log.append((int(self.env.now), key))
        self.act(key)


def engine(program: Program, until: int) -> list[tuple[int, str]]:
    """The same program with a party, in the engine; what happened, in order."""
    toy, log = Toy("a"), []

    def act(turn: Any, key: str) -> None:
        for does, what, delay in program.get(key, ()) if len(log) < MOST else ():
            if does == "say":
                turn.send("a", Say(what, str(delay)))
            elif does == "wake":
                turn.wake(f"ring {what}", delay)
            else:
                turn.cancel(f"ring {what}")

    def happen(turn: Any, key: str) -> None:
        log.append((toy.clock(), key))
        act(turn, key)

    toy.on_start = lambda turn: act(turn, "start")
    toy.on_wake = happen
    toy.on_message = lambda turn, sender, message: happen(turn, message.id)
    running(world(toy), until=until, latency=lambda sender, to, message: int(message.text)).run()
    return log


keys = st.sampled_from(["a", "b", "c", "d"])
actions = st.tuples(st.sampled_from(["wake", "wake", "wake", "say", "cancel"]), keys, st.integers(0, 6))
programs = st.fixed_dictionaries({key: st.lists(actions, max_size=4) for key in ("start", "a", "b", "c", "d")})


@given(programs, st.integers(0, 40))
@example({"start": [("wake", "a", 3), ("wake", "b", 3), ("cancel", "a", 0), ("wake", "c", 3)]}, 10)
@example(
    {"start": [("wake", "a", 3), ("wake", "b", 3), ("wake", "a", 3)], "b": [("say", "a", 0), ("wake", "c", 0)]}, 10
)
@example({"start": [("wake", "a", 2), ("say", "b", 2), ("wake", "c", 2)], "b": [("cancel", "c", 0)]}, 10)
def test_wakes_and_messages_come_due_exactly_as_simpy_s_own_timeouts_do(program: Program, until: int) -> None:
    """Event by event, ties included, though the engine keeps constant waits in lanes and SimPy keeps a heap."""
    assert engine(program, until) == Plain(program, until).log


# --- one by one -----------------------------------------------------------------------------------------------------


def rung(*asked: tuple[str, Any], until: int = 10 * SECOND, then: Any = None, seed: int = 1) -> list[tuple[int, str]]:
    """Ask for these wakes at the start; when which came due."""
    toy = Toy("a")
    toy.on_start = lambda turn: [turn.wake(key, after) for key, after in asked]
    toy.on_wake = then or toy.on_wake
    running(world(toy), seed, until).run()
    return [(at, what) for at, _, what in toy.rung]


def test_a_wake_comes_when_it_is_due_with_its_key() -> None:
    assert rung(("ring b", 7), ("ring a", 3), ("tick c d", 5)) == [(3, "a"), (5, "c d"), (7, "b")]


def test_a_wake_set_again_replaces_the_earlier_one() -> None:
    assert rung(("ring a", 3), ("ring a", 9)) == [(9, "a")]
    assert rung(("ring a", 9), ("ring a", 3)) == [(3, "a")]
    assert rung(("ring a", 3), ("ring a", 3)) == [(3, "a")]
    assert rung(("ring a", 3), ("ring a", Uniform(5, 5))) == [(5, "a")]
    assert rung(("ring a", 3), ("ring a", NEVER)) == []


def test_a_constant_distribution_is_a_constant() -> None:
    assert rung(("ring a", Constant(3)), ("ring b", 3), ("ring c", Constant(NEVER))) == [(3, "a"), (3, "b")]


def test_what_would_come_after_the_story_is_dropped_and_not_kept() -> None:
    toy = Toy("a")
    toy.on_start = lambda turn: [turn.wake("ring a", 10 * SECOND), turn.wake("ring b", 10 * SECOND + 1)]
    run = running(world(toy))
    run.run()
    assert [what for *_, what in toy.rung] == ["a"]
    assert run.waiting == {}


def test_a_wake_may_set_itself_again() -> None:
    assert rung(("ring a", 4), until=20, then=lambda turn, what: turn.wake("ring a", 4)) == [
        (at, "a") for at in (4, 8, 12, 16, 20)
    ]


def test_taking_back_what_is_not_there_does_nothing() -> None:
    toy = Toy("a")
    toy.on_start = lambda turn: [turn.cancel("ring a"), turn.wake("ring a", 3), turn.cancel("ring b")]
    running(world(toy)).run()
    assert [what for *_, what in toy.rung] == ["a"]


def test_everybody_has_keys_of_their_own() -> None:
    """One object is all people; their wakes are kept apart by who reacts."""
    crowd = Toy("crowd")
    crowd.on_message = lambda turn, sender, message: turn.wake("ring it", int(message.text))
    teller = Toy("teller")
    teller.on_start = lambda turn: [turn.send("p1", Say("r", "50")), turn.send("p2", Say("r", "20"))]
    running(world(crowd, teller, elsewhere=lambda name: crowd)).run()
    assert [(at, me) for at, me, _ in crowd.rung] == [(1_020, "p2"), (1_050, "p1")]


@pytest.mark.parametrize("wait", [Exponential(MINUTE), Uniform(MINUTE, HOUR)])
def test_an_uncertain_wait_has_its_distribution(wait: Duration) -> None:
    """Never cut, however long; two people's differ, and one person's is the same in every variant."""
    asked = [(f"ring {i}", wait) for i in range(2_000)]
    drawn = rung(*asked, until=NEVER - 1)
    assert len(drawn) == 2_000
    assert fits([at for at, _ in drawn], lambda at: share_below(wait, int(at)))
    assert set(rung(*asked[:50], until=NEVER - 1)) <= set(drawn)
    assert rung(*asked, until=NEVER - 1, seed=2) != drawn


def test_a_cancelled_wait_leaves_nothing_on_the_way() -> None:
    """Lanes hold what was taken back until its time; no longer, and in one entry of the queue."""
    toy = Toy("a")

    def start(turn: Any) -> None:
        for i in range(1_000):
            turn.wake(f"ring {i}", 5)
            turn.cancel(f"ring {i}")

    toy.on_start = start
    run = running(world(toy))
    run.run()
    assert toy.rung == []
    assert run.waiting == {}
    assert not any(run._lanes.values())
    assert run.env._queue == []


# --- deadlines ------------------------------------------------------------------------------------------------------


class Watching(Property):
    """Sets a deadline of 5 for every outage, and says when it came due."""

    def __init__(self, name: str = "p") -> None:
        super().__init__(name)
        self.reads = {OutageBegan: lambda fact, see: see.deadline(self, fact.party, 5)}
        self.log: list[tuple[int, str, str]] = []

    def due(self, key: str, see: Any) -> None:
        self.log.append((see.now, key, see.behind))
        see.violated(self, f"{key} is late")


def watched(script: dict[int, Callable[[Any, Watching], object]], until: int = 100) -> tuple[Watching, Any]:
    """A property and a party that does at each time what the script says; the property and the run."""
    toy, prop = Toy("alice"), Watching()
    toy.on_start = lambda turn: [turn.wake(f"ring {at}", at) for at in script]
    toy.on_wake = lambda turn, what: (turn.act(), script[int(what)](turn, prop))
    run = running(world(toy, folds=[prop]), until=until)
    run.run()
    return prop, run


def test_a_deadline_comes_due_unless_it_is_met() -> None:
    prop, run = watched(
        {
            1: lambda turn, prop: [turn.note(OutageBegan("x")), turn.note(OutageBegan("y"))],
            3: lambda turn, prop: run_of(turn).met(prop, "x"),
        }
    )
    assert prop.log == [(6, "y", "alice")]
    assert run.counts == {"p": 1}
    assert [(v.property, v.at, v.why) for v in run.violations["p"]] == [("p", 6, "y is late")]


def test_a_deadline_set_again_counts_from_then() -> None:
    prop, _ = watched({at: lambda turn, prop: turn.note(OutageBegan("x")) for at in (1, 3)})
    assert prop.log == [(8, "x", "alice")]


def test_a_deadline_beyond_the_story_is_not_judged() -> None:
    assert watched({1: lambda turn, prop: turn.note(OutageBegan("x"))}, until=5)[0].log == []


def test_meeting_what_was_never_set_does_nothing() -> None:
    assert watched({1: lambda turn, prop: run_of(turn).met(prop, "x")})[0].log == []


def test_only_so_many_violations_are_kept_with_their_words() -> None:
    prop, run = watched(
        {1: lambda turn, prop: [turn.note(OutageBegan(f"x{i}")) for i in range(250)]},
    )
    assert len(prop.log) == 250
    assert run.counts == {"p": 250}
    assert [violation.why for violation in run.violations["p"]] == [f"x{i} is late" for i in range(100)]


def run_of(turn: Any) -> Any:
    return turn._run
