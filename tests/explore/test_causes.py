"""Several counterexamples of one property: as many as there are causes, each shown by a run."""

from __future__ import annotations

import pytest

from sim.explore.causes import is_new
from sim.explore.exploring import explore
from sim.explore.scenario import bounds, explore_scenario, model
from sim.explore.verdicts import CAUSES, Verdict
from sim.scenario import load_text
from sim.views.exploration import judged, text
from sim.views.paint import Paint

STORY = """\
title: Two ways in
until: 60 d
people: {alice: {}, mallory: {adversary: true}}
orchestrators: {hub: {}, careless: {email_check: none, says_verified: always}}
providers: {cloud: {like: M1}, spare: {like: M1}}
story:
  - {id: squat, at: 1 d, who: mallory, as: alice, sign_up: cloud}
  - {id: other, at: 2 d, who: mallory, via: careless, as: alice, add: spare/free}
explore: {waits_at_most: 1 h, adversary_sends: 0}
expect: {no_squat: violated}
"""


@pytest.fixture(scope="module")
def squats() -> Verdict:
    scenario = load_text(STORY)
    (verdict,) = explore(model(scenario, ("no_squat",)), bounds(scenario), several=True).verdicts
    return verdict


def test_different_ways_in_are_different_counterexamples(squats: Verdict) -> None:
    """By the ordinary door, and by the word of an orchestrator that never looked."""
    assert squats.witness is not None
    causes = [frozenset(witness.cause) for witness in (squats.witness, *squats.others)]
    assert 2 <= len(causes) <= CAUSES
    said = [" ".join(sorted(one)) for one in causes]
    assert any("at its own door" in one and "careless" not in one for one in said)
    assert any("believed careless that this is alice@example.org" in one for one in said)


def test_no_cause_is_a_part_of_another_and_each_was_run(squats: Verdict) -> None:
    assert squats.witness is not None
    found = (squats.witness, *squats.others)
    for witness in found:
        assert "no_squat" in {one.property for step in witness.trace.steps for one in step.found}
        assert list(witness.times) == sorted(witness.times)
    for later, witness in enumerate(found):
        assert is_new(frozenset(witness.cause), [frozenset(one.cause) for one in found[:later]])


def test_one_is_enough_unless_all_are_asked_for() -> None:
    found = explore_scenario(load_text(STORY), only=("no_squat",))
    assert [verdict.others for verdict in found.verdicts] == [()]
    assert found.verdicts[0].witness is not None


def test_what_says_more_is_no_other_cause() -> None:
    known = [frozenset({"a", "b"}), frozenset({"c"})]
    assert not is_new(frozenset({"a", "b", "d"}), known)
    assert not is_new(frozenset({"c"}), known)
    assert is_new(frozenset({"a", "d"}), known)


def test_they_are_printed_by_cause_and_in_json() -> None:
    scenario = load_text(STORY)
    explored = explore_scenario(scenario, only=("no_squat",), several=True)
    result = judged(scenario, explored, "")
    (one,) = result.verdicts
    assert one.others
    assert all(other.counterexample and other.cause for other in one.others)
    said = text(scenario, explored, result, Paint(), only=("no_squat",), per_depth=False, quiet=False)
    assert f"no_squat is violated in {len(one.others) + 1} different ways, each shown by a run" in said
    assert "because: " in said
