"""Scenarios made up at random: no way of exploring calls *holds* what another, or a run, has shown to be violated."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from sim.experiments.once import run_once
from sim.explore.exploring import explore
from sim.explore.scenario import bounds, model
from sim.explore.verdicts import Exploration
from sim.scenario import load_text
from sim.scenario.scenario import Scenario
from tests.explore.models.stories import story

RUNS = 10
STATES = 500


def _looks(scenario: Scenario) -> Iterator[tuple[str, Exploration]]:
    """With reductions and all rules of time one after the other, and under each rule alone."""
    made, within = model(scenario), replace(bounds(scenario), states=STATES)
    yield "explored", explore(made, replace(within, states=3 * STATES))
    for rule in ("zones", "box", "exact"):
        yield rule, explore(made, within, rule=rule)
    if within.losses or within.duplicates or within.adversary_sends:  # runs lose nothing here; nor need this
        yield "plain", explore(made, replace(within, losses=0, duplicates=0, adversary_sends=0))


def _compared(seed: int) -> tuple[list[str], bool]:
    """What is called *holds* (or *not reached*) and was shown all the same; whether all of it was explored."""
    scenario = load_text(story(seed))
    ran = {
        name: f"run {number}" for number in range(RUNS) for name in run_once(scenario, replication=number).violations
    }
    holds: dict[str, set[str]] = {"explored": set(), "plain": set()}
    shown, complete = dict(ran), False
    for how, look in _looks(scenario):
        kind = "plain" if how == "plain" else "explored"
        complete = complete or (how == "explored" and look.complete)
        for one in look.verdicts:
            if one.verdict in ("holds", "not_reached"):
                holds[kind].add(one.property)
            elif one.verdict in ("violated", "reached"):
                shown.setdefault(one.property, how)
    wrong = [f"{seed}: {name} holds, but {how} shows it" for name, how in shown.items() if name in holds["explored"]]
    wrong += [f"{seed}: {name} holds, but {how} shows it" for name, how in ran.items() if name in holds["plain"]]
    return wrong, complete


def _all(seeds: range) -> None:
    compared = [_compared(seed) for seed in seeds]
    assert [one for wrong, _ in compared for one in wrong] == []
    assert sum(complete for _, complete in compared) > len(seeds) / 4


def test_nothing_that_was_shown_is_called_holds() -> None:
    _all(range(10))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(100, 160, 20))
def test_nothing_that_was_shown_is_called_holds_in_many(first: int) -> None:
    _all(range(first, first + 20))
