"""What follows from what happens, whichever engine drives it: names, windows, folds, taps."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.facts import AccountCreated, MailboxMoved, MailRead, OutageBegan, TermsAccepted
from sim.knowledge import Knowledge
from sim.party import Fact, Party
from sim.property import Property
from sim.tables import Journal, Table
from sim.truth import Truth
from sim.world import Tap, World, may_be_next
from tests.simulate.toys import Answer, Say, Toy, world

CREATED = AccountCreated("clouds", "clouds/r", "alice@x.org", "active", "hub", "r")
TERMS = TermsAccepted("hub", "clouds", "alice", False)


class Clock:
    """Stands for an engine: remembers which deadlines there are."""

    def __init__(self) -> None:
        self.deadlines: dict[tuple[str, str], int] = {}

    def deadline(self, prop: Property, key: str, after: int) -> None:
        self.deadlines[prop.name, key] = after

    def met(self, prop: Property, key: str) -> None:
        self.deadlines.pop((prop.name, key), None)


class Watching(Property):
    """Writes down what it is shown: fact, who is behind it, and what was true by then."""

    MEMORY: ClassVar[tuple[str, ...]] = ("seen",)
    READS: ClassVar[Mapping[type[Fact], str]] = {AccountCreated: "created", OutageBegan: "began"}
    seen: Table

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.log: list[Any] = []

    def created(self, fact: AccountCreated, see: Any) -> None:
        self.log.append((fact, see.behind, see.truth.owner(fact.account)))
        self.seen[fact.account] = see.behind
        see.at_end(self, fact.account)

    def began(self, fact: OutageBegan, see: Any) -> None:
        see.deadline(self, fact.party, 7)
        see.violated(self, f"{fact.party} is down")

    def finish(self, key: str, see: Any) -> None:
        self.log.append(("finish", key, see.behind))


# --- windows --------------------------------------------------------------------------------------------------------

windows = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(windows, max_size=4))
def test_something_may_be_next_exactly_if_some_choice_of_times_puts_it_first(listed: list[tuple[int, int]]) -> None:
    choices = list(itertools.product(*[range(low, high + 1) for low, high in listed]))
    for place, may in enumerate(may_be_next(listed)):
        assert may == any(times[place] == min(times) for times in choices)


@pytest.mark.parametrize(
    ("listed", "may"),
    [
        ([], []),
        ([(5, 5)], [True]),
        ([(0, 4), (3, 3)], [True, True]),
        ([(0, 2), (3, 3)], [True, False]),
        ([(3, 9), (3, 3), (4, 4)], [True, True, False]),
        ([(0, 10**18), (10**18, 10**18)], [True, True]),
    ],
)
def test_a_timer_and_messages_as_long_as_it(listed: list[tuple[int, int]], may: list[bool]) -> None:
    """A message that may take 4 can be overtaken by a timer of 3, one that takes at most 2 cannot."""
    assert may_be_next(listed) == may


# --- names ----------------------------------------------------------------------------------------------------------


def test_a_name_leads_to_its_party_and_one_of_a_crowd_to_the_crowd_s() -> None:
    hub, crowd = Toy("hub"), Toy("crowd")
    here = world(hub, crowd, elsewhere=lambda name: crowd if name.startswith("crowd") else None)
    assert here.route("hub") is hub
    assert here.route("crowd4711") is crowd
    with pytest.raises(LookupError, match="nobody answers to 'director'"):
        here.route("director")


def test_what_a_party_does_not_understand_goes_to_whoever_controls_it() -> None:
    heard: list[str] = []
    unheard = lambda party, kind: (lambda *a: heard.append(kind.__name__)) if party.name == "evil" else None  # noqa: E731
    here = world(Party("evil", None), Party("hub", None), unheard=unheard)
    here.hears(here.route("evil"), Say)(None, "alice", Say("r"))
    assert heard == ["Say"]
    with pytest.raises(LookupError, match="hub does not understand Say"):
        here.hears(here.route("hub"), Say)


def test_everybody_gets_the_tables_that_they_name() -> None:
    """One party that answers to two names has one set of tables; an engine is told each table's name."""
    toy, prop, names = Toy("hub"), Watching("p"), []

    def make(name: str) -> Table:
        names.append(name)
        return Journal().table(name)

    truth = Truth(lambda address: "", lambda name: False)
    World({"hub": toy, "alias": toy}, truth, Knowledge(frozenset(), str, everyone=False), [prop], make)
    assert len(set(names)) == len(names)
    assert {"hub.rows", "property p.seen", "world.down", "world.taps", "world.settings", "knowledge.holders"} <= {
        *names
    }
    assert {f"truth.{table}" for table in Truth.TABLES} <= set(names)
    assert toy.rows is not prop.seen


# --- facts ----------------------------------------------------------------------------------------------------------


def test_truth_is_folded_before_properties_read_and_properties_before_the_story() -> None:
    prop, log = Watching("p"), []
    here = world(folds=[prop])
    here.on(AccountCreated, lambda fact, see: log.append(len(prop.log)))
    here.note(CREATED, "alice")
    assert prop.log == [(CREATED, "alice", "alice")]
    assert log == [1]


def test_properties_read_in_their_order_and_only_what_they_name() -> None:
    first, second = Watching("a"), Watching("b")
    order: list[str] = []
    first.reads[AccountCreated] = lambda fact, see: order.append("a")
    second.reads[AccountCreated] = lambda fact, see: order.append("b")
    here = world(folds=[first, second])
    here.note(CREATED, "alice")
    here.note(TERMS, "alice")
    assert order == ["a", "b"]


def test_whoever_asks_later_hears_what_is_noted_from_then_on() -> None:
    here, early, late = world(), [], []
    here.on(TermsAccepted, lambda fact, see: early.append(see.behind))
    here.note(TERMS, "alice")
    here.on(TermsAccepted, lambda fact, see: late.append(see.behind))
    here.note(TERMS, "bob")
    assert (early, late) == (["alice", "bob"], ["bob"])


def test_truth_moves_also_where_no_property_reads() -> None:
    here = world()
    here.note(MailboxMoved("alice@x.org", "bob"), "")
    assert here.truth.mailbox("alice@x.org") == "bob"


def test_what_is_judged_at_the_end_is_judged_when_the_party_has_finished() -> None:
    prop = Watching("p")
    here = world(folds=[prop])
    here.note(CREATED, "alice")
    here.note(TERMS, "bob")
    here.finish()
    assert prop.log[-1] == ("finish", "clouds/r", "alice")
    here.finish()
    assert len(prop.log) == 2


def test_judging_may_ask_for_more_judging() -> None:
    prop, left = Watching("p"), [3]

    def finish(key: str, see: Any) -> None:
        left[0] -= 1
        if left[0]:
            see.at_end(prop, key)

    prop.finish = finish  # type: ignore[method-assign]
    here = world(folds=[prop])
    here.note(CREATED, "alice")
    here.finish()
    assert left == [0]
    assert here.endings == []


def test_a_violation_is_handed_to_the_engine_and_a_deadline_to_its_clock() -> None:
    prop, clock = Watching("p"), Clock()
    here = world(folds=[prop])
    here.drive(clock)
    here.note(OutageBegan("hub"), "")
    assert here.found == [(prop, "hub is down")]
    assert clock.deadlines == {("p", "hub"): 7}
    here.see.met(prop, "hub")
    here.see.met(prop, "hub")
    assert clock.deadlines == {}


def test_whoever_works_for_the_attacker_is_seen_by_properties() -> None:
    assert world(controlled=["mallory"]).see.adversary("mallory")
    assert not world(controlled=["mallory"]).see.adversary("alice")


def test_facts_that_nobody_reads_cost_nothing() -> None:
    here = world(folds=[Watching("p")])
    here.note(MailRead("alice", "reset", "clouds", True), "alice")
    assert here.readers[MailRead] == ()


# --- interception ---------------------------------------------------------------------------------------------------


def group(name: str) -> str:
    return name.rstrip("0123456789")


def taken(here: World, sender: str = "hub", to: str = "clouds3", message: Any = None) -> list[str]:
    return [tap.does for tap in here.tapped(sender, to, message or Say("r"), group)]


@pytest.mark.parametrize(
    ("tap", "sender", "to", "fits"),
    [
        (("hub", "clouds3"), "hub", "clouds3", True),
        (("hub", "clouds"), "hub", "clouds3", True),
        (("hub", "clouds4"), "hub", "clouds3", False),
        (("users", "hub"), "users12", "hub", True),
        (("clouds3", "hub"), "hub", "clouds3", False),
        (("other", "clouds3"), "hub", "clouds3", False),
    ],
)
def test_a_tap_takes_what_passes_between_its_ends(tap: tuple[str, str], sender: str, to: str, fits: bool) -> None:
    here = world()
    here.taps["t"] = Tap("mallory", *tap, "read", left=-1)
    assert taken(here, sender, to) == ["read"] * fits


def test_a_tap_takes_the_kinds_it_names() -> None:
    here = world()
    here.taps["t"] = Tap("mallory", "hub", "clouds", "drop", kinds=("toy_answer",), left=-1)
    assert taken(here) == []
    assert taken(here, message=Answer("r")) == ["drop"]


@pytest.mark.parametrize(("left", "takes"), [(1, 1), (3, 3), (-1, 5)])
def test_a_tap_takes_as_many_as_it_may(left: int, takes: int) -> None:
    here = world()
    here.taps["t"] = Tap("mallory", "hub", "clouds", "drop", left=left)
    assert sum(len(taken(here)) for _ in range(5)) == takes
    assert ("t" in here.taps) == (left < 0)


def test_what_does_not_fit_uses_nothing_up() -> None:
    here = world()
    here.taps["t"] = Tap("mallory", "hub", "clouds", "drop", left=1)
    assert taken(here, "alice", "hub") == []
    assert taken(here) == ["drop"]


def test_several_taps_take_in_the_order_of_their_names() -> None:
    here = world()
    for name, does in (("b", "drop"), ("a", "read"), ("c", "delay")):
        here.taps[name] = Tap("mallory", "hub", "clouds", does)
    assert taken(here) == ["read", "drop", "delay"]
    assert taken(here) == []
