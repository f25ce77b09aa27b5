"""A step is all its combinations by number, each with an id of its own, none made before it is asked for."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.chance import Chance, purpose
from sim.clock import HOUR, MINUTE, Constant, Exponential
from sim.party import Command
from sim.scenario import values
from sim.story import Axis, Plan, doer
from tests import standins
from tests.standins import At, Every, May, Ref, Step, block, refs, roster, step

WORLD = roster(
    {"alice": block(), "bob": block(), "users": block(4), "millions": block(1_000_000), "thief": block(adversary=True)},
    orchestrators=("hub", "hub2"),
)
NOW = At(Constant(0))


def drawing(seed: int = 1) -> Callable[[str, int], int]:
    chance = Chance(seed)
    return lambda key, n: chance.index(purpose("any"), key, n)


def listed(planned: Step, occasion: int = 0, seed: int = 1) -> list[Command]:
    plan = Plan(planned, WORLD)
    draw = drawing(seed)
    return [command for who in range(plan.who.size) for command in plan.commands(who, occasion, draw)]


def said(planned: Step, occasion: int = 0) -> list[tuple[str, ...]]:
    return [(one.id, one.who, one.object, one.service) for one in listed(planned, occasion)]


# --- combinations ---------------------------------------------------------------------------------------------------


def test_one_name_one_thing() -> None:
    assert said(step("own", NOW, "alice", "clouds3/free")) == [("own.alice", "alice", "clouds3", "free")]


def test_every_member_with_every_member_of_every_group() -> None:
    commands = listed(step("s", NOW, "users, alice", "clouds/free", via="hub", of="users"))
    combinations = {(one.who, one.object, one.of) for one in commands}
    people, clouds = [f"users{n}" for n in range(1, 5)], [f"clouds{n}" for n in range(1, 21)]
    assert combinations == set(itertools.product([*people, "alice"], clouds, people))
    assert len(commands) == len(combinations) == 5 * 20 * 4
    assert {(one.service, one.via, one.verb) for one in commands} == {("free", "hub", "add")}


def test_ids_say_the_step_the_person_the_occasion_and_a_number() -> None:
    two = step("s", NOW, "alice, bob", "clouds1/free, clouds2/free")
    assert [one.id for one in listed(two)] == ["s.alice", "s.alice+1", "s.bob", "s.bob+1"]
    assert [one.id for one in listed(two, 7)] == ["s.alice.7", "s.alice.7+1", "s.bob.7", "s.bob.7+1"]
    assert [one.id for one in listed(step("off", NOW, "", "hub", verb="outage"))] == ["off.world"]


def test_times_means_the_same_several_times() -> None:
    commands = listed(step("s", NOW, "alice", "clouds1/free, clouds2/free", times=3))
    assert [one.object for one in commands] == ["clouds1"] * 3 + ["clouds2"] * 3
    assert len({one.id for one in commands}) == 6


names = st.lists(
    st.sampled_from(["alice", "users", "users2", "any users", "any users", "bob", "any clouds"]), max_size=4
)
things = st.lists(st.sampled_from(["clouds", "clouds2/free", "any clouds", "any clouds/free"]), max_size=3)


@given(names, things, st.integers(1, 3), st.sampled_from([None, "alice", "any users"]), st.integers(0, 3))
def test_no_two_commands_share_an_id(
    who: list[str], what: list[str], times: int, as_: str | None, occasion: int
) -> None:
    """However often a person stands in the step, by name, in a group, or drawn."""
    more: dict[str, Any] = {} if as_ is None else {"as_": as_}
    commands = listed(step("s", NOW, ", ".join(who), ", ".join(what), times=times, **more), occasion)
    assert len({one.id for one in commands}) == len(commands)
    for one in commands:
        assert one.id.partition("+")[0].split(".")[1] == (one.who or "world")
    plan = Plan(step("s", NOW, ", ".join(who), ", ".join(what), times=times, **more), WORLD)
    assert [plan.command(n, drawing(), occasion) for n in range(plan.size)] == commands
    assert [plan.key(n, drawing(), occasion) for n in range(plan.size)] == [one.id for one in commands]


def test_an_id_does_not_depend_on_who_else_does_the_step() -> None:
    alone = said(step("s", NOW, "bob", "clouds1/free"))
    together = said(step("s", NOW, "alice, users, bob", "clouds1/free"))
    assert set(alone) <= set(together)


# --- any ------------------------------------------------------------------------------------------------------------


def test_any_is_one_drawn_for_each_occasion() -> None:
    planned = step("s", Every(Constant(HOUR)), "any users", "any clouds/free")
    drawn = [said(planned, occasion) for occasion in range(1, 401)]
    assert {len(one) for one in drawn} == {1}
    assert {one[0][1] for one in drawn} == {f"users{n}" for n in range(1, 5)}
    assert {one[0][2] for one in drawn} == {f"clouds{n}" for n in range(1, 21)}
    assert said(planned, 5) == drawn[4]


def test_any_of_a_million() -> None:
    commands = [listed(step("s", NOW, "any millions", "clouds1"), n)[0].who for n in range(1, 2_001)]
    assert sum(int(name.removeprefix("millions")) for name in commands) / 2_000 == pytest.approx(500_000, rel=0.05)


def test_several_any_are_drawn_apart() -> None:
    drawn = [listed(step("s", NOW, "any users, any users", "any clouds", of="any users"), n) for n in range(1, 201)]
    assert sum(one.who == other.who for one, other in drawn) == pytest.approx(50, abs=20)
    assert sum(one.object == other.object for one, other in drawn) < 30
    assert sum(one.who == one.of for one, _ in drawn) == pytest.approx(50, abs=20)


def test_any_alone_of_an_outsider_s_name_is_that_name() -> None:
    assert listed(step("s", NOW, "alice", "nowhere"))[0].object == "nowhere"


# --- crowds ---------------------------------------------------------------------------------------------------------


class Counted:
    """A million members, of which nobody may see more than a few."""

    def __init__(self, most: int) -> None:
        self.left = most

    def member(self, block_: str, index: int) -> str:
        self.left -= 1
        assert self.left >= 0, "the group is being listed"
        return f"{block_}{index + 1}"


def test_a_million_members_are_never_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WORLD, "member", Counted(20).member)
    monkeypatch.setattr(WORLD, "members", None)
    plan = Plan(step("s", NOW, "millions", "clouds/free"), WORLD)
    assert plan.size == 20_000_000
    last = plan.command(19_999_999, drawing())
    assert (last.who, last.object, last.id) == ("millions1000000", "clouds20", "s.millions1000000+19")
    assert plan.person(0, drawing()) == "millions1"
    assert plan.who.places("millions4711") == [4710]


@given(
    st.lists(st.sampled_from(["alice", "users", "millions", "users3", "any users", "clouds"]), min_size=1, max_size=4)
)
def test_places_are_where_a_name_stands(who: list[str]) -> None:
    axis = Axis("who", refs(", ".join(who)), WORLD)
    for name in ("alice", "users3", "millions77", "clouds20", "bob", "users5", "nobody"):
        for place in axis.places(name):
            assert axis.value(place, "", lambda key, n: 0)[0] == name
    for name in ("alice", "users3", "millions77", "clouds20"):
        group = name.rstrip("0123456789")
        assert len(axis.places(name)) == who.count(name) + (who.count(group) if group != name else 0)


@given(names.filter(bool))
def test_labels_are_different_for_different_places(who: list[str]) -> None:
    axis = Plan(step("s", NOW, ", ".join(who), "clouds1"), WORLD).who
    labels = [axis.label(place) for place in range(axis.size)]
    assert len(set(labels)) == len(labels)


# --- made up --------------------------------------------------------------------------------------------------------


def test_a_made_up_identity_is_fresh_each_time() -> None:
    planned = step("farm", Every(Constant(HOUR)), "thief", "clouds1/free", as_="new")
    assert [listed(planned, n)[0].as_ for n in (1, 2, 3)] == ["thief.new1", "thief.new2", "thief.new3"]


@pytest.mark.parametrize("who", ["thief", "users", "any users, any users", "thief, any users", "users, users2"])
def test_no_identity_is_made_up_twice(who: str) -> None:
    """Not by another occasion, another combination or another step."""
    steps = [
        step("a", Every(Constant(HOUR)), who, "clouds/free", as_="new"),
        step("b", May(3), who, "clouds1/free, any clouds", as_="new", times=3),
    ]
    made = []
    for k, one in enumerate(steps):
        plan = Plan(one, WORLD, k, (k, len(steps)))
        made += [
            c.as_ for n in range(1, 30) for who_ in range(plan.who.size) for c in plan.commands(who_, n, drawing())
        ]
    assert len(set(made)) == len(made) > 29


def test_a_group_called_new_is_not_what_as_new_means() -> None:
    world = roster({"new": block(400), "thief": block()})
    plan = Plan(step("s", NOW, "thief", "clouds1", as_="new"), world)
    assert plan.size == 1
    assert plan.command(0, drawing()).as_ == "thief.new1"
    assert Plan(step("s", NOW, "new", "clouds1"), world).size == 400


def test_as_somebody_is_that_somebody_s_name() -> None:
    assert listed(step("s", NOW, "thief", "clouds1", as_="alice"))[0].as_ == "alice"
    assert {one.as_ for one in listed(step("s", NOW, "thief", "clouds1", as_="users"))} == {
        f"users{n}" for n in (1, 2, 3, 4)
    }


# --- words and options ----------------------------------------------------------------------------------------------


def test_options_arrive() -> None:
    options: dict[str, Any] = {"of": "hub", "against": "clouds1, users", "rate": Exponential(MINUTE), "until": HOUR}
    command = listed(step("mass", NOW, "thief", word="mass_provisioning", verb="attack", **options))[0]
    assert (command.verb, command.object, command.of) == ("attack", "mass_provisioning", "hub")
    assert command.against == ("clouds1", "users1", "users2", "users3", "users4")
    assert (command.rate, command.until) == (Exponential(MINUTE), HOUR)


def test_against_any_is_one_drawn_each_time() -> None:
    attack = step("mass", NOW, "thief", verb="attack", against="any clouds, users2")
    targets = [Plan(attack, WORLD).command(0, drawing(), n).against for n in range(1, 100)]
    assert {len(one) for one in targets} == {2}
    assert {one[1] for one in targets} == {"users2"}
    assert len({one[0] for one in targets}) > 10


def test_an_interception_names_its_channel() -> None:
    taps = step("tap", NOW, "thief", "hub, clouds1", verb="intercept", does="replay", kind=("account_request",))
    command = listed(taps)[0]
    assert (command.object, command.does, command.kinds) == ("hub->clouds1", "replay", ("account_request",))


def test_where_a_step_goes_and_how_long_it_lasts() -> None:
    moved = listed(step("m", NOW, verb="move_mailbox", to=Ref("bob"), word="a@x.org"))[0]
    assert (moved.to, moved.object) == ("bob", "a@x.org")
    down = listed(step("d", NOW, "", "clouds1", verb="outage", for_=Constant(HOUR)))[0]
    assert (down.object, down.lasts, down.who) == ("clouds1", HOUR, "")


@pytest.mark.parametrize(
    ("verb", "who", "what", "carries_out"),
    [
        ("add", "alice", "clouds1/free", "alice"), ("steal", "thief", "clouds1", "director"),
        ("set", "", "", "director"),
        ("outage", "", "hub", "director"), ("rotate_key", "", "hub", "hub"), ("withdraw_key", "thief", "hub2", "hub2"),
        ("attack", "thief", "", "thief"), ("log_in", "users3", "clouds1", "users3"),
    ],
)  # fmt: skip
def test_who_carries_a_command_out(verb: str, who: str, what: str, carries_out: str) -> None:
    assert doer(listed(step("s", NOW, who, what, verb=verb))[0]) == carries_out


@pytest.mark.parametrize("name", ["Ref", "At", "Every", "After", "May", "Step"])
def test_the_stand_ins_of_these_tests_have_the_fields_of_the_real_ones(name: str) -> None:
    real, mine = getattr(values, name), getattr(standins, name)
    assert tuple(mine.__dataclass_fields__) == real.__struct_fields__
