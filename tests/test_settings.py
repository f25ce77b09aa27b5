"""The verb set: what it changes is in force from then on, for everybody whom it concerns."""

from __future__ import annotations

import pytest

import sim
from sim.facts import Linked
from sim.scenario import ScenarioError, load_text

STORY = """
format: 1
title: Settings change
why: whoever is asked after the change answers as it says
until: 10 d
people: {crowd: {count: 10}}
orchestrators: {hub: {email_check: none, says_verified: always}}
providers: {cloud: {count: 20, linking: {pick: {refuse: 1.0}}, workers: 1, queue: 1000}}
story:
  - {id: door, at: 1 s, who: crowd, sign_up: cloud}
  - {id: one, at: 1 d, who: crowd, add: cloud/free}
  - {id: change, at: 2 d, set: {CHANGE}}
  - {id: two, at: 3 d, who: crowd, add: cloud/free}
"""


def linked(change: str) -> list[tuple[int, str]]:
    """When whose account at which provider came to be linked silently: (day, account)."""
    outcome = sim.run(load_text(STORY.replace("CHANGE", change)))
    assert outcome.trace is not None
    facts = [(step.at // 86_400_000_000, fact) for step in outcome.trace.steps for fact in step.facts]
    return [(day, fact.account) for day, fact in facts if isinstance(fact, Linked) and fact.how == "silent"]


@pytest.mark.parametrize(
    ("change", "least", "most"),
    [
        ("providers.cloud.linking: refuse", 0, 0),
        ("providers.cloud.linking: silent", 200, 200),
        ("providers.cloud.linking: {pick: {refuse: null, silent: 1.0}}", 200, 200),
        ("providers.cloud.linking: {pick: {refuse: 0.5, silent: 0.5}}", 50, 150),
    ],
)
def test_answers_by_weights_are_given_anew_when_the_weights_change(change: str, least: int, most: int) -> None:
    found = linked(change)
    assert all(day >= 3 for day, _ in found)
    assert least <= len(found) <= most
    by_provider = {account.partition("/")[0] for _, account in found}
    assert len(found) == 10 * len(by_provider), "a provider has one answer for everybody"


@pytest.mark.parametrize(
    "field", ["people.crowd.email: x@y.org", "people.crowd.agents: 2", "orchestrators.hub.clock: 1 h"]
)
def test_what_is_so_from_the_beginning_is_refused(field: str) -> None:
    with pytest.raises(ScenarioError, match="cannot change during a run"):
        load_text(STORY.replace("CHANGE", field))


def test_a_preset_may_not_change_it_either() -> None:
    text = (
        STORY.replace("CHANGE", "orchestrators.hub.like: slow") + "  - {id: x, at: 1 d, who: slow1, add: cloud1/free}\n"
    )
    text = text.replace("orchestrators: {", "orchestrators: {slow: {clock: 1 h}, ").replace("who: slow1", "who: crowd1")
    with pytest.raises(ScenarioError, match=r"'orchestrators\.hub\.clock' cannot change during a run"):
        load_text(text)
