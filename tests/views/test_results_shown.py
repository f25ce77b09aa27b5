"""Verdicts, panel, comparison and story as a person sees them."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from sim.results import First, Result, Verdict
from sim.scenario import load_text
from sim.views import panel, story, tables, verdicts
from sim.views.paint import Paint


def result(*judged: Verdict, variant: str | None = None, takeovers: float | None = 0, **measures: float) -> Result:
    """A result with these verdicts."""
    groups = {
        "harm": {"takeovers": takeovers, "exposure_time": 2.5},
        "honest": {"lockouts": 0},
        "money": {"net_user": None},
    }
    return Result("s.yaml", variant, 1, "sha256:0", 1.0, 5, 0, {}, judged, groups, dict(measures))


HOLDS = Verdict("no_squat", "unbroken", "holds", True, 0, None)
MISSED = Verdict("no_squat", "violated", "holds", False, 3, First(86_400.25, 8, "mallory made it"))
QUIET = Verdict("link_key_is_stable", "unbroken", None, None, 0, None)
LOUD = Verdict("token_only_for_owner", "violated", None, None, 1, First(1.0, 2, "mallory got it"))
NUMBER = Verdict("takeovers", "not_reached", {"at_least": 1}, False, 0, None)
OPEN = Verdict("net_user", "undetermined", 0, None, 0, None)
ABOUT = Verdict("forged", "undetermined", {"about": 1040}, None, 0, None)


def test_verdicts_come_with_what_was_expected_and_the_first_witness():
    assert verdicts.table(result(QUIET, LOUD, HOLDS), Paint()) == dedent(
        """\
        Verdicts
          ✓ met          no_squat              unbroken, expected holds
          · not judged   token_only_for_owner  violated
                         first at 00:00:01, step 2: mallory got it
          · unbroken, and nothing expected of it: link_key_is_stable"""
    )


def test_what_was_missed_stands_first_then_what_is_open():
    text = verdicts.table(result(HOLDS, OPEN, MISSED, NUMBER, ABOUT, forged=1000), Paint())
    kinds = [line[4:16].strip() for line in text.splitlines() if line[2:3] in "✓✗?·"]
    assert kinds == ["NOT MET", "NOT MET", "undetermined", "met", "not judged"]
    assert "violated 3 times, expected holds" in text
    assert "first at 1 d 00:00:00.250, step 8: mallory made it" in text
    assert "takeovers  is 0, expected at least 1" in text
    assert "nothing was observed, expected 0" in text
    assert "is 1,000, expected about 1,040 (not judged in one run)" in text


def test_many_that_hold_as_expected_share_a_line():
    many = [Verdict(f"property_{n}", "unbroken", "holds", True, 0, None) for n in range(6)]
    text = verdicts.table(result(*many, MISSED), Paint(60))
    assert text.splitlines()[-3:] == [
        "  ✓ met          unbroken, expected holds: property_0,",
        "                 property_1, property_2, property_3,",
        "                 property_4, property_5",
    ]
    assert "✗ NOT MET      no_squat" in text


@pytest.mark.parametrize(
    ("judged", "line", "tone"),
    [
        ((QUIET,), "nothing was expected that one run can judge", "dim"),
        ((ABOUT,), "nothing was expected that one run can judge", "dim"),
        ((HOLDS,), "the expectation is met", "good"),
        ((HOLDS, HOLDS), "all 2 expectations met", "good"),
        ((HOLDS, OPEN), "1 expectation of 2 undetermined", "doubt"),
        ((HOLDS, OPEN, MISSED, NUMBER), "2 expectations of 4 NOT MET", "bad"),
    ],
)
def test_the_summary(judged: tuple[Verdict, ...], line: str, tone: str):
    assert verdicts.summary(result(*judged)) == (line, tone)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("holds", "holds"), (3, "3"), ({"at_most": 29}, "at most 29"), ({"between": [1, 5]}, "between 1 and 5"),
        ({"is": "holds", "within": "2 d"}, "holds within 2 d"), ({"at_least": "-5 usd"}, "at least -5 usd"),
        ({"violated_in": {"at_least": 0.5}}, "violated in at least 0.5"),
    ],
)  # fmt: skip
def test_answers_in_words(answer: Any, said: str):
    assert verdicts.expected(answer) == said


def test_the_panel_is_always_whole_and_money_says_that_it_is_not_there_yet():
    text = panel.table(result(takeovers=None, forged=12), Paint(60), {"exposure_time": "h", "lockouts": "lockouts"})
    assert text == dedent(
        """\
        Harm
          takeovers          –    exposure_time  2.5 h
        Price for the honest
          lockouts  0
        Money
          not simulated yet
        Measures
          forged  12"""
    )


def test_money_is_shown_in_dollars_once_it_is_there():
    assert panel.amount(-12_345, "cents") == "-123.45 usd"
    assert panel.amount(None, "cents") == "–"


def test_a_comparison_marks_what_is_met_and_what_differs_from_the_base():
    text = tables.compare([result(MISSED, QUIET), result(HOLDS, QUIET, variant="asks", takeovers=2)], Paint())
    assert text == dedent(
        """\
                       base        asks
        Verdicts
        no_squat       violated ✗  unbroken ✓
        Harm
        takeovers      0           2 (+2)
        exposure_time  2.5         2.5
        Price for the honest
        lockouts       0           0

        Unbroken in all of them: link_key_is_stable

        base: 1 expectation of 1 NOT MET
            no_squat: violated 3 times, expected holds; step 8: mallory made it
        asks: the expectation is met"""
    )


def test_many_variants_take_several_tables_each_with_the_base():
    many = [result(HOLDS), *(result(MISSED, variant=f"variant_number_{n}", takeovers=n) for n in range(9))]
    text = tables.compare(many, Paint(80))
    assert max(map(len, text.splitlines())) <= 80
    heads = [line for line in text.splitlines() if line.strip().startswith("base ")]
    assert len(heads) > 1
    assert all(f"variant_number_{n}" in " ".join(heads) for n in range(9))


STORY = """
title: Two meet
why: To see them meet.
refs: [T01]
until: 10 d
people: {ann: {}, crowd: {count: 30}, eve: {adversary: true}}
orchestrators: {hub: {}}
providers: {p: {like: M7}, q: {agent_provisioning: no}}
story:
  - {at: 1 d, who: ann, add: p/free}
  - {every: exponential 2 h, who: crowd, add: p/free, until: 5 d}
  - {id: theft, at: 2 d, who: eve, steal: signing_key, of: hub}
  - {after: theft, wait: 5 min, who: eve, via: hub, as: any crowd, add: p/free}
  - {may: 2, who: eve, intercept: hub->p, does: drop}
  - {at: 3 d, outage: p, for: 2 h}
  - {at: 4 d, set: {providers.p.linking: refuse}}
"""


def test_a_scenario_is_told_in_a_few_lines():
    assert story.tell(load_text(STORY), Paint()) == dedent(
        """\
        Two meet
          Why           To see them meet.
          Refs          T01
          People        ann, crowd ×30, eve (adversary)
          Orchestrators hub
          Providers     p (like M7: subject_or_email, ask_owner, after_mail, purge), q (no agent
                        provisioning)
          Story         at 1 d: ann adds p/free
                        every exponential 2 h: crowd add p/free
                        at 2 d: eve steals the signing_key of hub
                        5 min after theft: eve adds p/free via hub as any crowd
                        perhaps, at most 2×: eve intercepts hub->p and drops
                        at 3 d: take p down for 2 h
                        at 4 d: change the settings providers.p.linking = refuse
                        until 10 d"""
    )


def test_a_long_story_is_cut():
    steps = "\n".join(f"  - {{at: {n} h, who: ann, use: p}}" for n in range(1, 31))
    head = STORY.partition("story:")[0]
    text = story.tell(load_text(f"{head}story:\n{steps}\n"), Paint())
    assert "at 12 h: ann uses p" in text
    assert "at 13 h" not in text
    assert "and 18 more steps" in text


def test_a_step_says_which_messages_it_takes():
    scenario = load_text(
        "{title: t, until: 1 d, people: {mal: {adversary: yes}}, orchestrators: {hub: {}}, providers: {p: {}},"
        " story: [{at: 1 h, who: mal, intercept: hub->p, does: drop, kind: [token, resource], for: 2 h}]}"
    )
    assert story.step_in_words(scenario.story[0]) == "at 1 h: mal intercepts hub->p and drops token, resource for 2 h"
