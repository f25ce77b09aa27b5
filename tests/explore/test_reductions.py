"""What is left out makes no difference: the same verdicts, facts and violations with and without reductions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from msgspec.structs import replace

from sim.clock import DAY
from sim.explore.ages import Learnt
from sim.explore.classes import Classes, Zones
from sim.explore.exploring import explore
from sim.explore.model import Bounds, Model
from sim.explore.reduced import Reduced
from sim.explore.scenario import bounds, model
from sim.explore.search import Found, Search
from sim.explore.symmetry import Unlike
from sim.explore.system import System
from sim.scenario import ScenarioError, load, load_text
from tests.explore.models import needham_schroeder, nets, timers, two_phase
from tests.explore.models.timers import Pace

SCENARIOS = Path(__file__).parents[2] / "scenarios"

Said = tuple[set[str], set[type]]


def _look(made: Model, within: Bounds, how: str, asked: set[int] | None = None) -> tuple[Search, Said]:
    """A whole look, and which properties spoke and which kinds of fact there were in it."""
    asked = set() if asked is None else asked
    while True:
        system = System(made, within, asked)
        spoke: set[str] = set()
        search: Search
        if how == "exact":
            search = Search(system, Classes(system))
        elif how == "whole":
            search = Search(system, Zones(system))
        else:
            groups = system.setting.alike() if how == "renamed" else ()
            search = Reduced(system, Zones(system), groups=groups)
        search.judge = _note(spoke)
        try:
            search.breadth()
        except Learnt:
            continue
        return search, (spoke, system.kinds)


def _note(spoke: set[str]) -> Callable[[Found], bool]:
    def note(found: Found) -> bool:
        spoke.add(found.property)
        return False

    return note


def _left_out(made: Model, within: Bounds, hows: tuple[str, ...] = ("portions",)) -> list[tuple[int, int]]:
    """States with and without reductions; everything that can happen is still seen."""
    exact, (spoke, kinds) = _look(made, within, "exact")
    whole, (may_speak, may_be) = _look(made, within, "whole")
    if not exact.complete:
        spoke, kinds = set(), set()
    counted = []
    for how in hows:
        try:
            reduced, said = _look(made, within, how)
        except Unlike:  # their beginnings differ; an exploration then keeps names apart
            continue
        if reduced.complete:
            assert spoke <= said[0], how
            assert kinds <= said[1], how
            if whole.complete:
                assert may_speak <= said[0], how
                assert may_be <= said[1], how
                counted.append((whole.states, reduced.states))
    return counted


@pytest.mark.parametrize("first", range(0, 12, 4))
def test_made_up_worlds_show_the_same(first: int) -> None:
    """Timers at the scale of latencies, messages, choices, shared records, deadlines."""
    for seed in range(first, first + 4):
        _left_out(nets.model(nets.net(seed)), Bounds(states=2_000))


@pytest.mark.slow
@pytest.mark.parametrize("parties", [2, 3, 4])
def test_many_made_up_worlds_show_the_same(parties: int) -> None:
    counted = []
    for seed in range(50):
        counted += _left_out(nets.model(nets.net(1_000 * parties + seed, parties)), Bounds(states=3_000))
    assert sum(reduced for _, reduced in counted) < 0.9 * sum(whole for whole, _ in counted)


def test_worlds_that_stop_or_lose_messages_show_the_same() -> None:
    """A fact that ends the story; a network that loses one message and doubles another."""
    for seed in range(700, 704):
        made = nets.model(nets.net(seed))
        _left_out(structs.replace(made, stop_after=nets.Three), Bounds(states=2_000))
        _left_out(made, Bounds(states=2_000, losses=1, duplicates=1))


def test_twins_show_the_same() -> None:
    counted = []
    for seed in range(6):
        counted += _left_out(nets.model(nets.net(seed, 1, 2)), Bounds(states=2_000), ("portions", "renamed"))
    assert sum(reduced for _, reduced in counted) < sum(whole for whole, _ in counted)


@pytest.mark.slow
@pytest.mark.parametrize("twins", [2, 3])
def test_many_twins_show_the_same(twins: int) -> None:
    for seed in range(50):
        _left_out(nets.model(nets.net(500 + seed, 1, twins)), Bounds(states=3_000), ("portions", "renamed"))


@pytest.mark.parametrize(
    ("made", "within"),
    [
        (two_phase.model(3, watched=True), Bounds()),
        (needham_schroeder.model(fixed=False), Bounds(adversary_sends=1)),
        (timers.model(Pace(clients=1, rounds=1)), Bounds(states=4_000)),
        (timers.model(Pace(clients=2, rounds=1, fresh=250_000), {"c1": 120_000}), Bounds(states=3_000)),
    ],
)
def test_other_protocols_show_the_same(made: Model, within: Bounds) -> None:
    _left_out(made, within)


def _net(acts: dict[str, tuple[Any, ...]], **others: dict[str, tuple[Any, ...]]) -> Model:
    silent = dict.fromkeys(("start", "wake x", "wake y", "hear m", "hear n"), ())
    parties = {name: silent | told for name, told in {"p": acts, **others}.items()}
    return nets.model(nets.Net(parties, (0, 0), 30, 5))


def test_what_is_put_first_keeps_its_own_time() -> None:
    """X may happen before Z, and what follows from it after Z all the same."""
    made = _net(
        {"start": (("wake", "x", 0, 10),), "wake x": (("wake", "y", 0, 0),), "wake y": (("note", 1, "a"),)},
        q={"start": (("wake", "x", 5, 5),), "wake x": (("note", 2, "a"),)},
    )
    search, (spoke, _) = _look(made, Bounds(), "portions")
    assert isinstance(search, Reduced)
    assert search.put_off
    assert "ordered" in spoke
    verdict = next(one for one in explore(made).verdicts if one.property == "ordered")
    assert verdict.verdict == "violated"
    assert verdict.witness is not None
    assert verdict.witness.times == (0, 5, 6, 6) or verdict.witness.times[1] == 5


def test_nothing_is_put_off_for_ever() -> None:
    """A clock that ticks on and on touches nothing; what waits beside it happens all the same."""
    made = _net(
        {"start": (("again", "x", 1, 1),), "wake x": (("again", "x", 1, 1),)},
        q={"start": (("wake", "x", 0, 20),), "wake x": (("note", 3, "a"),)},
    )
    _, (spoke, _) = _look(made, Bounds(), "portions")
    assert "reaches" in spoke


def test_members_who_can_be_told_apart_are_not_interchangeable() -> None:
    """One of them is favoured by somebody; it is found out, and names are kept apart."""
    favour = {"hear m": (("look", "t1", (("note", 3, "a"),)),)}
    twin = {"start": (("wake", "x", 0, 4),), "wake x": (("send", "p", "m"),)}
    silent = dict.fromkeys(("start", "wake x", "wake y", "hear m", "hear n"), ())
    parties = {"p": silent | favour, "t1": silent | twin, "t2": silent | twin}
    made = nets.model(nets.Net(parties, (0, 2), 30, 5, ("t1", "t2")))
    with pytest.raises(Unlike, match=r"t1 -> p: .* is not as t2 -> p"):
        _look(made, Bounds(), "renamed")
    found = explore(made)
    assert "is not as" in found.unlike
    assert not any("names" in said for said in found.reductions)
    assert next(one.verdict for one in found.verdicts if one.property == "reaches") == "reached"


# --- scenarios --------------------------------------------------------------------------------------------------------

#: small stories, each way of exploring which takes a second or so
SMALL = (
    ("pre_hijack", "refuses"),
    ("unchecked_email", None),
    ("mailbox_changed_hands", None),
    ("collision_owner_twice", "M4"),
    ("collision_address_moved", "M6"),
)


STORIES = sorted(path for path in SCENARIOS.rglob("*.yaml") if path.parent.name not in ("packs", "unscripted"))


def _same(name: str, variant: str | None, states: int, sends: int = 0) -> tuple[int, int]:
    scenario = load(SCENARIOS / f"{name}.yaml", variant=variant)
    within = replace(bounds(scenario), states=states, waits_at_most=DAY, adversary_sends=sends)
    made = model(scenario)
    whole, said = _look(made, within, "whole")
    if not whole.complete:  # not small enough to compare
        return whole.states, 0
    reduced, says = _look(made, within, "portions")
    if reduced.complete:
        assert said[0] <= says[0]
        assert said[1] <= says[1]
        words = [
            {one.property: (one.verdict, one.vacuous) for one in explore(made, within, reduce=how).verdicts}
            for how in (False, True)
        ]
        for prop, (word, vacuous) in words[0].items():
            other, empty = words[1][prop]
            # A path that could not be timed leaves either open; neither may say what the other has refuted.
            assert word == other or "undetermined" in (word, other), prop
            assert vacuous == empty, prop
    return whole.states, reduced.states


@pytest.mark.parametrize(("name", "variant"), SMALL)
def test_small_stories_have_the_same_verdicts(name: str, variant: str | None) -> None:
    whole, reduced = _same(name, variant, 3_000)
    assert reduced <= whole


@pytest.mark.slow
@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_every_story_has_the_same_verdicts(path: Path) -> None:
    """All that can be explored within a thousand states, and their variants, without deeds of the adversary's own."""
    name = str(path.relative_to(SCENARIOS).with_suffix(""))
    for variant in (None, *load(path).variants):
        try:
            model(load(path, variant=variant))
        except ScenarioError:
            continue
        _same(name, variant, 1_000)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "variant"), SMALL)
def test_small_stories_with_a_deed_of_the_adversary_s_own(name: str, variant: str | None) -> None:
    _same(name, variant, 3_000, sends=1)


CROWD = """
title: Some people at a time
until: 1 h
people: {crowd: {count: 3, reads_mail_after: uniform 1 s to 2 s}}
orchestrators: {hub: {}}
providers: {cloud: {like: M4}}
network: {latency: uniform 0 s to 1 s, at_most: 1 s}
story:
  - {id: go, at: uniform 1 s to 3 s, who: crowd, sign_up: cloud}
explore: {adversary_sends: 0}
"""


def test_people_of_a_group_are_interchangeable() -> None:
    scenario = load_text(CROWD)
    found = explore(model(scenario), bounds(scenario))
    whole = explore(model(scenario), bounds(scenario), reduce=False)
    assert found.complete
    assert whole.complete
    assert found.states * 10 < whole.states
    assert "names of crowd1, crowd2, crowd3" in found.reductions
    for one, other in zip(found.verdicts, whole.verdicts, strict=True):
        assert (one.property, one.verdict, one.vacuous) == (other.property, other.verdict, other.vacuous)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("story.go.at=1 min", "takes its members in a fixed order"),
        ("story.go.who=crowd1", ""),
    ],
)
def test_who_is_named_alone_or_in_turn_is_not(change: str, why: str) -> None:
    scenario = load_text(CROWD, sets=(change,))
    found = explore(model(scenario), bounds(scenario))
    assert found.complete
    assert why in found.unlike
    assert not any("names" in said for said in found.reductions)
