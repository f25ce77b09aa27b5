"""Shipped stories, tried in every order: what they expect of runs is what the explorer proves or finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from sim.clock import DAY
from sim.explore.scenario import bounds, explore_scenario
from sim.scenario import load
from sim.views.exploration import judged

FOLDER = Path(__file__).parent.parent / "scenarios"

#: stories that are small enough for every test run: base and variants
QUICK = {
    "pre_hijack": (None, "refuses", "namespaced"),
    "unchecked_email": (None, "tells_the_truth", "own_mail", "owner_first"),
    "mailbox_changed_hands": (None, "subject_only"),
    "collision_owner_twice": (None, "M4", "M10"),
    "collision_rogue_second": (None, "M6", "M10"),
    "existing_account_linked_silently": (None,),
}
#: and those that take longer
SLOW = {
    "pre_hijack": ("asks", "asks_and_purges"),
    "collision_squatter_first": (None,),
    "collision_same_instant": (None, "M4", "M10"),
    "one_normalised_address": (None, "exact"),
}


def _explored(name: str, variant: str | None) -> None:
    scenario = load(FOLDER / f"{name}.yaml", variant=variant)
    within = replace(bounds(scenario), states=60_000, waits_at_most=DAY, adversary_sends=0)
    explored = explore_scenario(scenario, within=within)
    result = judged(scenario, explored, "")
    open_ = {one.property: one.verdict for one in result.verdicts if one.expected is not None and one.met is not True}
    assert not open_
    assert explored.complete
    assert explored.collision_probability < 1e-9
    for verdict in explored.verdicts:
        if verdict.verdict in ("violated", "reached"):
            assert verdict.witness is not None
            steps = verdict.witness.trace.steps
            assert any(found.property == verdict.property for step in steps for found in step.found), verdict.property


@pytest.mark.parametrize(("name", "variant"), [(name, one) for name, all_ in QUICK.items() for one in all_])
def test_every_order_of_a_small_story(name: str, variant: str | None) -> None:
    """Complete within its bounds, every expectation met, every violation replayed on the simulator."""
    _explored(name, variant)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "variant"), [(name, one) for name, all_ in SLOW.items() for one in all_])
def test_every_order_of_a_larger_story(name: str, variant: str | None) -> None:
    """The same where it takes longer."""
    _explored(name, variant)
