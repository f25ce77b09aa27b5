"""Names: members and their groups, agents and their people, addresses and whoever controls them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.roster import Roster
from tests.standins import block, roster

PEOPLE = {
    "alice": block(),
    "crowd": block(1_000_000),
    "team2": block(30),
    "one": block(1),
    "thief": block(adversary=True),
    "thieves": block(5, adversary=True, email="u{n}@evil.example"),
    "new": block(3),
}
WORLD = roster(PEOPLE, orchestrators=("hub", "hub2"))

name = st.from_regex(r"[a-z][a-z0-9]{0,3}", fullmatch=True)
patterns = st.sampled_from(["{name}@x.org", "u{n}@x.org", "{name}+{n}@x.org", "a.{n}.{name}@y.org", "x@{name}.org"])


def clash(people: dict[str, Any]) -> bool:
    """Whether two blocks share a name, which scenarios may not have."""
    members = [n for key in people for n in {key, *(Roster({key: people[key]}, {}, {}).members(key))}]
    return len(set(members)) < len(members)


# --- members and groups ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "group"),
    [
        ("alice", "alice"), ("alice/agent1", "alice"), ("crowd", "crowd"), ("crowd1", "crowd"), ("new2", "new"),
        ("crowd1000000", "crowd"), ("team21", "team2"), ("team230", "team2"), ("one1", "one"), ("hub", "hub"),
        ("hub2", "hub2"), ("clouds20", "clouds"), ("thief.new1", "thief"), ("thieves3.new12", "thieves"),
        ("crowd7/agent2", "crowd"),
    ],
)  # fmt: skip
def test_everybody_belongs_to_a_block(who: str, group: str) -> None:
    assert WORLD.block(who) == group
    assert WORLD.config(who) is WORLD.blocks[group]


@pytest.mark.parametrize(
    "who",
    [
        "", "bob", "alice1", "crowd0", "crowd01", "crowd1000001", "team2", "team231", "one", "one2", "clouds21", "hub3",
        "director", "alice@example.org", "crowd5@example.org", "alice.x@example.org", "crowd٣", "crowd²", "crowd-1",
    ],
)  # fmt: skip
def test_others_are_no_members(who: str) -> None:
    assert WORLD.block(who) in ("", who)
    assert not WORLD.known(who) or who in WORLD.blocks
    assert WORLD.config_or_none(who) is WORLD.blocks.get(who)


def test_a_name_is_known_if_it_is_a_block_or_a_member_of_one() -> None:
    assert all(WORLD.known(who) for who in ("alice", "crowd", "crowd5", "team2", "team230", "hub2"))
    assert not any(WORLD.known(who) for who in ("alice/agent1", "thief.new1", "crowd1000001", "alice1"))


def test_a_million_members_are_a_number() -> None:
    members = WORLD.members("crowd")
    assert [next(members), next(members), next(members)] == ["crowd1", "crowd2", "crowd3"]
    assert WORLD.count("crowd") == 1_000_000
    assert WORLD.member("crowd", 999_999) == "crowd1000000"


def test_a_count_of_one_makes_a_group_of_one() -> None:
    assert list(WORLD.members("one")) == ["one1"]
    assert list(WORLD.members("alice")) == ["alice"]
    assert (WORLD.member("one", 0), WORLD.member("alice", 0)) == ("one1", "alice")


@given(st.dictionaries(name, st.integers(0, 12), min_size=1, max_size=4))
def test_members_find_their_way_back_also_where_names_end_in_digits(counts: dict[str, int]) -> None:
    people = {key: block(n or None) for key, n in counts.items()}
    assume(not clash(people))
    world = Roster(people, {}, {})
    for key in people:
        listed = list(world.members(key))
        assert len(listed) == world.count(key)
        for index, member in enumerate(listed):
            assert world.member(key, index) == member
            assert world.block(member) == key
            assert world.block(f"{member}/agent1") == world.block(f"{member}.new3") == key
            assert world.known(member)
            assert world.number(member) == member.removeprefix(key)
        if counts[key]:
            assert world.block(f"{key}{counts[key] + 1}") != key


# --- who acts for whom ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "person"),
    [("alice", "alice"), ("alice/agent3", "alice"), ("thief.new12", "thief"), ("thieves3.new1/agent1", "thieves3")],
)
def test_agents_and_made_up_identities_act_for_a_person(who: str, person: str) -> None:
    assert WORLD.person(who) == person


def test_whoever_works_for_the_attacker() -> None:
    assert WORLD.controlled() == {"thief", "thieves1", "thieves2", "thieves3", "thieves4", "thieves5"}
    assert all(WORLD.adversary(who) for who in ("thief", "thief.new1", "thieves5", "thief/agent1"))
    assert not any(WORLD.adversary(who) for who in ("alice", "crowd5", "hub", "nobody", "thieves6"))


def test_a_million_controlled_names_are_not_listed() -> None:
    assert roster({"farm": block(10**6, adversary=True)}).controlled() == frozenset()


def test_agents_per_person() -> None:
    world = roster({"alice": block(agents=3), "crowd": block(9, agents=2)})
    assert (world.agents("alice"), world.agents("crowd4"), world.agents("nobody")) == (3, 2, 1)


def test_everybody_is_a_customer_of_the_first_orchestrator_unless_told_otherwise() -> None:
    world = roster({"alice": block(), "bob": block(uses=(("hub2", 1.0),))}, orchestrators=("hub", "hub2"))
    assert world.orchestrators_of("alice") == (("hub", 1.0),)
    assert world.orchestrators_of("bob") == (("hub2", 1.0),)


def test_settings_change_and_names_stay() -> None:
    world = roster({"alice": block(), "crowd": block(4)})
    assert world.block("crowd3") == "crowd"
    world.update({"alice": block(agents=7), "crowd": block(4, mfa="both")}, {"hub": block()}, {"clouds": block(20)})
    assert world.config("crowd3").mfa == "both"
    assert world.config("alice").agents == 7
    assert world.block("crowd5") == ""


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("alice", "alice@example.org"), ("crowd12", "crowd12@example.org"), ("team25", "team25@example.org"),
        ("thief.new3", "thief.new3@example.org"), ("thieves2", "u2@evil.example"),
        ("thieves2.new7", "thieves2.new7@example.org"),
    ],
)  # fmt: skip
def test_an_address_and_its_controller(who: str, address: str) -> None:
    assert WORLD.address(who) == address
    assert WORLD.controller(address) == WORLD.person(who)


@pytest.mark.parametrize(
    "address",
    [
        "alice1@example.org", "crowd0@example.org", "crowd07@example.org", "crowd1000001@example.org",
        "team2@example.org", "u@evil.example", "u6@evil.example", "u02@evil.example", "xalice@example.org",
        "alice@example.orgx", "alice@exampleXorg", "nobody@example.org", "",
    ],
)  # fmt: skip
def test_an_address_that_nobody_holds(address: str) -> None:
    assert WORLD.controller(address) == ""


def test_several_mailboxes() -> None:
    world = roster({"alice": block(email="a@x.org", holds=("email", "old@x.org", "{name}@y.org"))})
    assert world.holds("alice") == ("a@x.org", "old@x.org", "alice@y.org")
    assert {world.controller(address) for address in world.holds("alice")} == {"alice"}


def test_who_no_longer_holds_the_address_used_at_login() -> None:
    world = roster({"alice": block(holds=("other@x.org",)), "heir": block(holds=("email", "alice@example.org"))})
    assert world.controller(world.address("alice")) == "heir"


def test_a_mailbox_shared_by_a_group_is_the_first_member_s() -> None:
    world = roster({"crowd": block(3, email="office@x.org")})
    assert [world.address(who) for who in world.members("crowd")] == ["office@x.org"] * 3
    assert world.controller("office@x.org") == "crowd1"


@given(st.dictionaries(name, st.tuples(st.integers(0, 12), patterns), min_size=1, max_size=3), st.integers(1, 99))
def test_addresses_lead_back_to_whoever_holds_them(given_: dict[str, tuple[int, str]], number: int) -> None:
    """Where no two people share one; a made-up identity's address is in the hands of whoever made it up."""
    people = {key: block(n or None, email=text.replace("@", f"@{key}.")) for key, (n, text) in given_.items()}
    assume(not clash(people))
    world = Roster(people, {}, {})
    for key, (_, text) in given_.items():
        for who in world.members(key):
            if "{" in text or world.count(key) == 1:
                assert world.controller(world.address(who)) == who
                assert world.holds(who) == (world.address(who),)
            assert world.controller(world.address(f"{who}.new{number}")) == who or "{" not in text
