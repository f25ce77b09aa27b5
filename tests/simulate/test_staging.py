"""The story on the clock: every step when its time word says, in crowds as in small groups."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from sim.clock import DAY, HOUR, MINUTE, NEVER, SECOND, Constant, Duration, Exponential, Lognormal, Uniform, share_below
from sim.facts import StepCompleted, TermsAccepted
from sim.facts import names as fact_names
from sim.party import Command
from sim.roster import Roster
from sim.simulate import Simulation, stage
from tests.sampling import alike, fits, share_fits
from tests.simulate.toys import Say, Toy, running, world
from tests.standins import After, At, Every, May, Step, block, link, roster, step

PEOPLE = {
    "alice": block(), "bob": block(), "users": block(5), "town": block(3_000), "city": block(20_000),
    "millions": block(1_000_000), "thief": block(adversary=True),
}  # fmt: skip
USERS = [f"users{i}" for i in range(1, 6)]
TOWN = [f"town{i}" for i in range(1, 3_001)]
NOW = At(Constant(0))
Happened = list[tuple[int, Command]]


def told(
    *steps: Step,
    until: int = DAY,
    seed: int = 1,
    names: Roster | None = None,
    react: Callable[[Any, Command], object] = lambda turn, command: None,
    watch: Callable[[Simulation], object] = lambda run: None,
) -> Happened:
    """Everything that a story has people do, with the time."""
    crowd = Toy("crowd")
    crowd.on_command = react
    run = running(world(crowd, Toy("director"), Toy("hub"), elsewhere=lambda name: crowd), seed, until)
    stage(run, steps, names or roster(PEOPLE), fact_names().__getitem__)
    watch(run)
    run.run()
    return crowd.done


def who(happened: Happened) -> list[tuple[int, str]]:
    return [(at, command.who) for at, command in happened]


def done(turn: Any, command: Command) -> None:
    """The command is through at once, and the story knows."""
    name = command.id.partition(".")[0]
    turn.note(StepCompleted(command.id, name, command.who, command.verb, "clouds", "complete"))


# --- at -------------------------------------------------------------------------------------------------------------


def test_at_means_then_once() -> None:
    assert who(told(step("s", At(Constant(HOUR)), "alice, bob", "clouds1"))) == [(HOUR, "alice"), (HOUR, "bob")]


@pytest.mark.parametrize("at", [2 * DAY, NEVER])
def test_what_comes_after_the_end_does_not_happen(at: int) -> None:
    assert told(step("s", At(Constant(at)), "alice", "clouds1")) == []
    assert who(told(step("s", At(Constant(DAY)), "alice", "clouds1"))) == [(DAY, "alice")]


def test_every_combination_has_its_own_draw_of_an_uncertain_time() -> None:
    happened = told(step("s", At(Uniform(0, HOUR)), "users", "clouds"))
    assert len({at for at, _ in happened}) > 90
    assert {(c.who, c.object) for _, c in happened} == {
        (f"users{i}", f"clouds{j}") for i in range(1, 6) for j in range(1, 21)
    }


def test_a_person_s_time_does_not_depend_on_who_else_is_there() -> None:
    small = who(told(step("s", At(Uniform(0, HOUR)), "users", "clouds1")))
    assert set(small) < set(who(told(step("s", At(Uniform(0, HOUR)), "alice, users, bob", "clouds1"))))
    larger = roster({**PEOPLE, "users": block(50)})
    assert set(small) < set(who(told(step("s", At(Uniform(0, HOUR)), "users", "clouds1"), names=larger)))


def test_steps_at_one_instant_happen_in_file_order_whatever_their_time_words() -> None:
    """Also where one of them was put on the queue long before the other, and within a crowd."""
    steps = [
        step("a", Every(Constant(HOUR)), "alice", "clouds1"),
        step("b", At(Constant(2 * HOUR)), "town", "clouds1"),
        step("c", At(Constant(2 * HOUR)), "bob", "clouds1"),
        step("d", Every(Constant(2 * HOUR)), "alice", "clouds1"),
    ]
    happened = told(*steps, until=2 * HOUR)
    order = [command.id[0] for at, command in happened if at == 2 * HOUR]
    assert order == ["a"] + ["b"] * 3_000 + ["c", "d"]


def test_a_step_comes_before_a_message_that_arrives_at_that_instant() -> None:
    """Whichever of them was put on the queue first."""
    crowd, order = Toy("crowd"), list[str]()
    crowd.on_start = lambda turn: turn.send("bob", Say("r"))
    crowd.on_message = lambda turn, sender, message: order.append("message")
    crowd.on_command = lambda turn, command: order.append("step")
    run = running(world(crowd, elsewhere=lambda name: crowd), until=DAY, net=link(2 * HOUR))
    hourly = step("s", Every(Constant(HOUR), start=HOUR, times=2), "alice", "x")
    stage(run, (hourly,), roster(PEOPLE), fact_names().__getitem__)
    run.run()
    assert order == ["step", "step", "message"]


def test_the_world_s_own_steps_are_done_by_those_who_can() -> None:
    people, director, hub = Toy("people"), Toy("director"), Toy("hub")
    run = running(world(people, director, hub, elsewhere=lambda name: people), until=DAY)
    steps = [step("down", NOW, "", "hub", verb="outage"), step("roll", NOW, "", "hub", verb="rotate_key")]
    stage(run, tuple(steps), roster(PEOPLE), fact_names().__getitem__)
    run.run()
    assert [command.id for _, command in director.done] == ["down.world"]
    assert [command.id for _, command in hub.done] == ["roll.world"]


# --- at, in crowds --------------------------------------------------------------------------------------------------

CROWDED = [
    Constant(HOUR), Uniform(HOUR, 5 * HOUR), Exponential(2 * HOUR), Lognormal(HOUR, 9 * HOUR), Uniform(7, 7),
]  # fmt: skip


@pytest.mark.parametrize("when", CROWDED)
def test_everybody_in_a_crowd_does_it_once_at_a_time_of_that_distribution(when: Duration) -> None:
    happened = who(told(step("s", At(when), "town", "clouds1"), until=NEVER - 1))
    assert Counter(name for _, name in happened) == Counter(TOWN)
    times = [at for at, _ in happened]
    assert times == sorted(times)
    if when.least == when.most:
        assert set(times) == {when.least}
    else:
        assert fits(times, lambda at: share_below(when, int(at)))


def test_when_somebody_in_a_crowd_does_it_has_nothing_to_do_with_their_number() -> None:
    happened = {name: at for at, name in who(told(step("s", At(Uniform(0, HOUR)), "town", "clouds1")))}
    times = [happened[f"town{i}"] for i in range(1, 3_001)]
    assert alike(times[:1_500], times[1_500:])
    assert alike(times[::2], times[1::2])
    up = sum(a < b for a, b in pairwise(times))
    assert 0.2 < up / 2_999 < 0.8


def test_a_crowd_is_like_as_many_people_one_by_one() -> None:
    """3,000 streamed arrivals against 3,000 draws of 600 people at five seeds."""
    streamed = [at for at, _ in who(told(step("s", At(Lognormal(HOUR, 9 * HOUR)), "town", "clouds1"), until=9 * DAY))]
    names, single = roster({**PEOPLE, "users": block(600)}), []
    for seed in range(5):
        one = told(step("s", At(Lognormal(HOUR, 9 * HOUR)), "users", "clouds1"), until=9 * DAY, seed=seed, names=names)
        single += [at for at, _ in who(one)]
    assert alike(streamed, single)


def test_combinations_of_a_crowd_are_each_done_once() -> None:
    happened = told(step("s", At(Uniform(0, HOUR)), "town, alice", "clouds1, clouds2/paid", times=2))
    combinations = Counter((command.who, command.object) for _, command in happened)
    assert set(combinations.values()) == {2}
    assert len(combinations) == 3_001 * 2
    assert len({command.id for _, command in happened}) == len(happened)


def test_a_million_people_are_not_listed_before_they_are_due() -> None:
    """An hour of a year: some hundred of them come, and the queue never holds more than the next one."""
    queued: list[int] = []

    def watch(run: Simulation) -> None:
        queued.append(len(run.env._queue))

    happened = told(step("s", At(Uniform(0, 365 * DAY)), "millions", "clouds1"), until=HOUR, watch=watch)
    assert queued == [1]
    assert share_fits(len(happened), 1_000_000, 1 / (365 * 24))


# --- every ----------------------------------------------------------------------------------------------------------


def test_a_constant_interval_ticks_first_at_its_start() -> None:
    happened = told(step("s", Every(Constant(HOUR), start=2 * HOUR, until=5 * HOUR), "alice", "clouds1"))
    assert [(at, c.id) for at, c in happened] == [
        (2 * HOUR, "s.alice.1"), (3 * HOUR, "s.alice.2"), (4 * HOUR, "s.alice.3"), (5 * HOUR, "s.alice.4"),
    ]  # fmt: skip


def test_a_random_interval_ticks_first_a_draw_after_its_start() -> None:
    for seed in range(30):
        at, _ = told(step("s", Every(Uniform(MINUTE, HOUR), start=3 * HOUR), "alice", "clouds1"), seed=seed)[0]
        assert 3 * HOUR + MINUTE <= at <= 4 * HOUR


@pytest.mark.parametrize("every", [Constant(MINUTE), Exponential(MINUTE), Uniform(1, MINUTE)])
def test_so_many_times_for_each_member(every: Duration) -> None:
    happened = told(step("s", Every(every, times=3), "users, alice", "clouds1"))
    assert Counter(name for _, name in who(happened)) == dict.fromkeys(["alice", *USERS], 3)


@pytest.mark.parametrize("every", [Constant(HOUR), Exponential(HOUR), Uniform(0, 2 * HOUR)])
def test_so_many_times_for_each_member_of_a_crowd_too(every: Duration) -> None:
    happened = told(step("s", Every(every, times=2), "town", "clouds1"), until=90 * DAY)
    assert set(Counter(name for _, name in who(happened)).values()) == {2}
    assert len(happened) == 6_000
    assert len({command.id for _, command in happened}) == 6_000


@pytest.mark.parametrize("every", [Exponential(HOUR), Uniform(MINUTE, 2 * HOUR), Lognormal(HOUR, 9 * HOUR)])
def test_intervals_have_their_distribution(every: Duration) -> None:
    times = [at for at, _ in told(step("s", Every(every), "alice", "clouds1"), until=2_000 * HOUR)]
    assert len(times) > 800
    assert fits([b - a for a, b in pairwise([0, *times])][:800], lambda gap: share_below(every, int(gap)))


def test_members_tick_each_at_their_own_times() -> None:
    happened = who(told(step("s", Every(Exponential(HOUR)), "users", "clouds1")))
    assert len({at for at, _ in happened}) == len(happened)
    alone = who(told(step("s", Every(Exponential(HOUR)), "users3", "clouds1")))
    assert set(alone) < set(happened)


def test_any_ticks_once_for_the_group_and_draws_each_time() -> None:
    happened = told(step("s", Every(Constant(MINUTE)), "any users", "any clouds"))
    assert [at for at, _ in happened] == [MINUTE * i for i in range(1_441)]
    assert len({c.who for _, c in happened}) == 5
    assert len({c.object for _, c in happened}) == 20
    assert all(command.id.split(".")[1] == command.who for _, command in happened)


def test_a_crowd_with_memoryless_intervals_is_one_stream_of_all_of_them() -> None:
    """20,000 people, once in 10 days each: gaps, numbers and whose turn it is are what they would be one by one."""
    every, until = Exponential(10 * DAY), 5 * DAY
    happened = told(step("s", Every(every), "city", "clouds1"), until=until)
    expected = 20_000 * until / every.mean
    assert abs(len(happened) - expected) < 3.3 * math.sqrt(expected)
    gaps = [b - a for a, b in pairwise([0, *(at for at, _ in happened)])]
    assert fits(gaps, lambda gap: share_below(Exponential(every.mean // 20_000), int(gap)))
    turns = Counter(Counter(name for _, name in who(happened)).values())
    for n in range(4):
        share = math.exp(-0.5) * 0.5**n / math.factorial(n)
        assert share_fits(turns[n] if n else 20_000 - turns.total(), 20_000, share)
    assert len({command.id for _, command in happened}) == len(happened)
    assert all(command.id.split(".")[1] == command.who for _, command in happened)


def test_gaps_of_less_than_a_microsecond_are_not_rounded_away() -> None:
    """A million people, each every second: a million things a second, not half of them."""
    happened = told(step("s", Every(Exponential(SECOND), start=5), "millions", "clouds1"), until=2_000)
    assert abs(len(happened) - 1_995) < 3.3 * math.sqrt(1_995)


def test_a_crowd_at_a_constant_interval_acts_as_one() -> None:
    happened = who(told(step("s", Every(Constant(HOUR), start=MINUTE), "town", "clouds1"), until=2 * HOUR))
    assert Counter(at for at, _ in happened) == {MINUTE: 3_000, HOUR + MINUTE: 3_000}
    assert len(set(happened)) == 6_000


def test_a_crowd_keeps_one_entry_on_the_queue() -> None:
    queued: list[int] = []
    intervals = [Exponential(DAY), Constant(DAY)]
    steps = [step(f"s{i}", Every(every), "millions", "clouds1") for i, every in enumerate(intervals)]
    told(*steps, watch=lambda run: queued.append(len(run.env._queue)) or run.stop())
    assert queued == [2]


def test_a_repeated_step_ends_at_its_own_end() -> None:
    for every in (Constant(HOUR), Exponential(HOUR)):
        for group in ("users", "town"):
            times = [at for at, _ in told(step("s", Every(every, until=3 * HOUR), group, "clouds1"))]
            assert times
            assert max(times) <= 3 * HOUR


# --- after ----------------------------------------------------------------------------------------------------------


def first(when: At = NOW, group: str = "users") -> Step:
    return step("first", when, group, "clouds1")


def test_after_a_step_the_same_person_goes_on() -> None:
    happened = told(
        first(At(Uniform(0, HOUR))), step("then", After("first", wait=Constant(MINUTE)), "users", "clouds2"), react=done
    )
    began = {c.who: at for at, c in happened if c.id.startswith("first")}
    went_on = {c.who: at for at, c in happened if c.id.startswith("then")}
    assert went_on == {name: at + MINUTE for name, at in began.items()}
    assert len(went_on) == 5


def test_after_a_step_the_same_person_goes_on_also_in_a_crowd() -> None:
    happened = told(first(group="town"), step("then", After("first"), "town, alice", "clouds2"), react=done)
    assert Counter(c.who for _, c in happened if c.id.startswith("then")) == Counter(
        f"town{i}" for i in range(1, 3_001)
    )


def test_after_somebody_else_s_step_everybody_who_is_named_goes_on() -> None:
    happened = told(first(group="thief"), step("then", After("first"), "alice, users", "clouds2"), react=done)
    assert [name for _, name in who(happened)] == ["thief", "alice", *USERS]


def test_after_a_step_of_anybody_one_drawn_person_goes_on() -> None:
    happened = told(first(), step("then", After("first"), "any town", "clouds2"), react=done)
    then = [command for _, command in happened if command.id.startswith("then")]
    assert len(then) == 5
    assert len({command.who for command in then}) == 5


def test_each_time_a_step_completes_and_no_more_often_than_told() -> None:
    steps = [step("first", Every(Constant(HOUR), times=4), "users", "clouds1")]
    for times, expected in ((None, 20), (2, 10)):
        happened = told(*steps, step("then", After("first", times=times), "users", "clouds2"), react=done)
        then = [command for _, command in happened if command.id.startswith("then")]
        assert len(then) == len({command.id for command in then}) == expected
        assert set(Counter(command.who for command in then).values()) == {expected // 5}


def test_after_ends_at_its_own_end() -> None:
    steps = [step("first", Every(Constant(HOUR), times=4), "alice", "clouds1")]
    happened = told(*steps, step("then", After("first", until=2 * HOUR), "alice", "clouds2"), react=done)
    assert [at for at, c in happened if c.id.startswith("then")] == [0, HOUR, 2 * HOUR]


def test_after_a_fact_the_person_behind_it_goes_on() -> None:
    def react(turn: Any, command: Command) -> None:
        turn.act()
        if command.id.startswith("first"):
            turn.note(TermsAccepted("hub", "clouds", "some login", False))

    happened = told(first(), step("then", After("terms_accepted", fact=True), "users", "clouds2"), react=react)
    assert Counter(name for _, name in who(happened)) == dict.fromkeys(USERS, 2)


def test_other_steps_and_other_facts_set_nothing_off() -> None:
    steps = [
        step("then", After("no such step"), "users", "clouds2"),
        step("t", After("adopted", fact=True), "bob", "x"),
    ]
    assert len(told(first(), *steps, react=done)) == 5


def test_a_wait_is_drawn_for_each_person_and_occasion_and_not_by_who_came_first() -> None:
    """Another person in the story leaves everybody's waits alone."""
    then = step("then", After("first", wait=Uniform(MINUTE, HOUR)), "users", "clouds2")
    small = told(
        step("first", Every(Constant(DAY), times=2), "users2, users4", "clouds1"), then, react=done, until=3 * DAY
    )
    large = told(step("first", Every(Constant(DAY), times=2), "users", "clouds1"), then, react=done, until=3 * DAY)
    times = [{command.id: at for at, command in happened} for happened in (small, large)]
    assert times[0].items() < times[1].items()
    waits = [at % DAY for at, command in small if command.id.startswith("then")]
    assert len(set(waits)) == 4


# --- may ------------------------------------------------------------------------------------------------------------


def test_may_is_at_most_so_often_and_in_some_runs_not_at_all() -> None:
    numbers = [len(told(step("s", May(2), "thief", "clouds1"), seed=seed)) for seed in range(400)]
    counted = Counter(numbers)
    assert set(counted) == {0, 1, 2}
    assert share_fits(counted[0], 400, 0.25)
    assert share_fits(counted[2], 400, 0.25)


def test_may_is_whenever_it_likes() -> None:
    times = [at for seed in range(400) for at, _ in told(step("s", May(2), "thief", "clouds1"), seed=seed)]
    assert fits(times, lambda at: at / DAY)


def test_occasions_of_may_have_ids_of_their_own() -> None:
    ids = {c.id for seed in range(20) for _, c in told(step("s", May(2), "thief", "clouds1"), seed=seed)}
    assert ids == {"s.thief.1", "s.thief.2"}


# --- made up --------------------------------------------------------------------------------------------------------


def test_identities_made_up_by_several_steps_are_different_people() -> None:
    steps = [
        step("a", Every(Constant(HOUR), times=3), "thief", "clouds1", as_="new"),
        step("b", NOW, "alice", "clouds1"),
        step("c", Every(Constant(HOUR), times=3), "thief", "clouds2", as_="new"),
    ]
    made = [command.as_ for _, command in told(*steps) if command.as_]
    assert sorted(made) == [f"thief.new{i}" for i in range(1, 7)]
