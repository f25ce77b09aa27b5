"""Small worlds that attack what reductions and hulls take for granted; all ways of exploring say the same of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from sim.clock import DAY, NEVER
from sim.explore.ages import Ages
from sim.explore.exploring import explore
from sim.explore.model import Bounds, Model, Proposal, Setting
from sim.explore.scenario import model
from sim.explore.staging import Chained
from sim.explore.system import System
from sim.explore.things import Wake
from sim.scenario import load
from sim.world import MakeTable
from tests.explore.models import nets
from tests.explore.models.nets import Said, Three, Two

Acts = dict[str, tuple[Any, ...]]
SILENT: Acts = dict.fromkeys(("start", "wake x", "wake y", "hear m", "hear n"), ())
#: what happens is noted by q (a two) and by r (a three)
HEARD: dict[str, Acts] = {"q": {"hear m": (("note", 2, "a"),)}, "r": {"hear m": (("note", 3, "a"),)}}


def _model(latency: tuple[int, int] = (0, 5), until: int = 30, **parties: Acts) -> Model:
    return nets.model(nets.Net({name: SILENT | told for name, told in parties.items()}, latency, until, 5))


def _said(made: Model, within: Bounds = Bounds()) -> dict[str, str]:  # noqa: B008 - frozen
    """The verdicts, which must be the same however it is explored."""
    looks = [explore(made, within), explore(made, within, reduce=False), explore(made, within, rule="exact")]
    assert all(look.complete for look in looks)
    words = [{one.property: one.verdict for one in look.verdicts} for look in looks]
    assert words[0] == words[1] == words[2]
    return {name: str(word) for name, word in words[0].items()}


@pytest.mark.parametrize("order", [("q", "r"), ("r", "q")])
def test_what_may_come_before_the_end_is_not_left_out(order: tuple[str, str]) -> None:
    """The first message may end the story; the second was never seen to be heard, and may come first."""
    made = _model(p={"start": tuple(("send", name, "m") for name in order)}, q=HEARD["q"], r=HEARD["r"])
    assert _said(structs.replace(made, stop_after=Two))["reaches"] == "reached"
    assert _said(structs.replace(made, stop_after=Three))["ordered"] == "holds"


def _watched(made: Model) -> Model:
    """``made`` with an adversary that may say n to q in the name of z."""

    def setting(make: MakeTable) -> Setting:
        found = made.setting(make)
        proposal = Proposal(owner="z", to="q", message=Said("z", "n"))
        found.proposals = lambda seen, holds: [proposal]  # type: ignore[method-assign]
        return found

    return structs.replace(made, setting=setting, adversary=True)


@pytest.mark.parametrize("acts", ["at_rest", "any_time"])
def test_what_is_said_is_not_put_before_an_adversary_that_waits_for_rest(acts: str) -> None:
    """The wake of p touches nothing of the adversary's; but what p says then must be heard before it may act."""
    made = _model(
        (1, 5),
        p={"start": (("wake", "x", 0, 10),), "wake x": (("send", "q", "m"),)},
        q={"hear m": (("set", "a", 1),), "hear n": (("if", "a", 0, (("note", 3, "a"),), ()),)},
        z={},
    )
    assert _said(_watched(made), Bounds(adversary_sends=1, adversary_acts=acts))["reaches"] == "reached"


@pytest.mark.parametrize("windows", [((9, 9), (1, 2)), ((1, 2), (9, 9))])
def test_beginnings_that_differ_in_times_alone_are_all_looked_at(windows: tuple[tuple[int, int], ...]) -> None:
    """A one comes after the two at 5 in one beginning, and not in the other."""
    ways = tuple((("again", "x", *window),) for window in windows)
    made = _model(
        until=12,
        p={"start": (("choose", *ways),), "wake x": (("note", 1, "a"),)},
        q={"start": (("wake", "y", 5, 5),), "wake y": (("note", 2, "a"),)},
    )
    assert _said(made)["ordered"] == "violated"


@pytest.mark.parametrize("windows", [((0, NEVER), (1, 2)), ((1, 2), (0, NEVER))])
def test_the_same_wait_with_an_end_and_without(windows: tuple[tuple[int, int], ...]) -> None:
    """Things free to happen at any time stand apart from those in time; one may be either."""
    ways = tuple((("again", "x", *window),) for window in windows)
    made = _model(
        p={"start": (("wake", "y", 1, 1),), "wake y": (("choose", *ways),), "wake x": (("note", 3, "a"),)},
        q={"start": (("wake", "y", 0, 8),), "wake y": (("note", 2, "a"),)},
    )
    assert _said(made)["reaches"] == "reached"


def test_a_wait_begun_anew_is_not_arranged_before_its_first_end() -> None:
    """A wake that was due touches its own slot, whatever it does: what sets it again comes after it."""
    made = _model(
        (0, 2),
        p={"start": (("wake", "x", 2, 2), ("send", "p", "n")), "hear n": (("wake", "x", 3, 3), ("note", 2, "a"))},
        q={"start": (("wake", "x", 1, 5),)},
        z={},
    )
    assert _said(_watched(made), Bounds(adversary_sends=1, adversary_acts="at_rest"))["prompt"] == "violated"


def test_a_stamp_that_stands_keeps_its_name() -> None:
    """Of two stamps of one cause the first is forgotten; further ones are given other names than the second."""
    system = System(_model(p={}), Bounds(), set())
    ages: Ages = system.ages
    cause = system.cause = system.thing(Wake, "p", "x x", "")
    first, second = ages.stamp("p"), ages.stamp("p")
    system.places[second] = 1
    system.places[first] = 0
    ages._drop(first)
    assert second not in {ages.stamp("p"), ages.stamp("p")}
    system.places[second] = 0
    ages._drop(second)
    assert ages.stamp("p") == first
    assert system.cause is cause


def test_an_attack_ends_when_the_file_says() -> None:
    """The end is on the story's clock; what the party is told counts from its beginning, as in a run."""
    scenario = load(Path(__file__).parents[2] / "scenarios" / "threats" / "t06_mutable_email_claim.yaml")
    stage = model(scenario).stage
    steps = [Chained(stage, number) for number in range(len(stage.chain))]
    told = [step.from_now(next(step.commands(lambda key, ways: 0))).until for step in steps]
    assert [one for one in told if one] == [20 * DAY]
