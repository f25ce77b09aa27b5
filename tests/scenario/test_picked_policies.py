from __future__ import annotations

import json

import pytest

from sim.experiments.once import run_once
from sim.explore.scenario import explore_scenario
from sim.scenario import ScenarioError, load_text
from sim.scenario.values import Pick

MIXED = """
title: A squatter, an owner, and providers of several kinds
until: 40 d
people: {{ann: {{notices: 0, answers_after: 0 s}}, mallory: {{adversary: true}}}}
orchestrators: {{hub: {{email_check: idp}}}}
providers: {{p: {{{count}matching: email, linking: {linking}}}}}
network: {{latency: 1 ms}}
story:
  - {{at: 1 d, who: mallory, as: ann, sign_up: p}}
  - {{at: 2 d, who: ann, add: p/free}}
  - {{at: 30 d, who: mallory, as: ann, log_in: p}}
"""


def mixed(linking: str, count: int = 0) -> str:
    return MIXED.format(linking=linking, count=f"count: {count}, " if count else "")


def test_a_provider_s_answer_may_be_a_pick() -> None:
    scenario = load_text(mixed("{pick: {silent: 1, refuse: 3}}"))
    assert scenario.providers["p"].linking == Pick((("silent", 0.25), ("refuse", 0.75)))
    assert load_text(json.dumps(scenario.resolved())).hash == scenario.hash


@pytest.mark.parametrize("wrong", ["{pick: {loud: 1}}", "{pick: {}}", "{silent: 1}"])
def test_what_is_picked_must_be_an_answer(wrong: str) -> None:
    with pytest.raises(ScenarioError, match=r"providers\.p\.linking"):
        load_text(mixed(wrong))


def test_each_member_has_an_answer_of_its_own_and_keeps_it() -> None:
    harm = run_once(load_text(mixed("{pick: {silent: 1, refuse: 1}}", 30)), record=False).panel["harm"]
    assert 5 < (harm["takeovers"] or 0) < 25
    again = run_once(load_text(mixed("{pick: {silent: 1, refuse: 1}}", 30)), record=False).panel["harm"]
    assert again == harm


@pytest.mark.parametrize(
    ("linking", "verdict"),
    [("silent", "violated"), ("refuse", "holds"), ("{pick: {silent: 1, refuse: 9}}", "violated")],
)
def test_an_exploration_tries_every_answer_that_may_be_picked(linking: str, verdict: str) -> None:
    found = explore_scenario(load_text(mixed(linking) + "expect: {token_only_for_owner: holds}\n"))
    assert {one.property: one.verdict for one in found.verdicts}["token_only_for_owner"] == verdict
