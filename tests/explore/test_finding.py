"""Findings: stories shrunk to what matters, with an order that shows the same again, and what is no such order."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from sim.experiments.forced import run_forced
from sim.experiments.once import run_once
from sim.explore import finding as finding_module
from sim.explore.finding import TRIES, Finding, finding, worth_saving
from sim.explore.labels import age, event_label, fits, labels
from sim.explore.memo import Effect
from sim.explore.ordered import follow
from sim.explore.scenario import bounds, explore_scenario
from sim.explore.things import Aged, Deadline, Start, Wake
from sim.knowledge import Underivable
from sim.scenario import Scenario, ScenarioError, load_text

SQUAT = """\
title: Somebody was there before
until: 60 d
people: {alice: {}, mallory: {adversary: true}}
orchestrators: {hub: {}}
providers: {cloud: {like: M1}}
story:
  - {id: squat, at: 1 d, who: mallory, as: alice, sign_up: cloud}
  - {id: owner, at: 20 d, who: alice, add: cloud/free}
  - {id: back, at: 30 d, who: mallory, as: alice, log_in: cloud}
explore: {waits_at_most: 1 h, adversary_sends: 0}
"""

TWO = """\
title: Two attest one
until: 60 d
people: {alice: {uses: [first, second]}, bob: {uses: [second]}}
orchestrators: {first: {}, second: {}, third: {}}
providers: {cloud: {like: M1}, spare: {like: M4}}
story:
  - {id: one, at: 1 d, who: alice, via: first, add: cloud/free}
  - {id: other, at: 10 d, who: bob, add: spare/free}
  - {id: two, at: 20 d, who: alice, via: second, add: cloud/free}
  - {id: call, at: 30 d, who: alice, via: second, use: cloud}
explore: {waits_at_most: 1 h, adversary_sends: 0}
measures: {asked: {count: terms_accepted}}
expect: {takeovers: 0, existing_account_needs_consent: violated}
variants: {strict: {set: {providers.cloud.like: M4}}}
"""


def _found(text: str, name: str) -> tuple[Finding, Scenario]:
    scenario = load_text(text)
    made = finding(scenario, name, bounds(scenario))
    return made, load_text(made.text)


@pytest.fixture(scope="module")
def two() -> tuple[Finding, Scenario]:
    """The finding of the story of two orchestrators."""
    return _found(TWO, "existing_account_needs_consent")


@pytest.mark.parametrize("name", ["no_squat", "token_only_for_owner", "adopted_account_is_clean"])
def test_a_finding_shows_the_same_again(name: str) -> None:
    """What the file says of the property is what its run shows, at its last event, whatever the seed."""
    made, scenario = _found(SQUAT, name)
    outcome = run_once(scenario)
    assert outcome.violations[name]
    assert outcome.trace is not None
    assert name in {found.property for found in outcome.trace.steps[-1].found}
    assert outcome.digest == run_forced(load_text(made.text, seed=5)).digest
    assert scenario.expect[name].is_ == made.verdict == "violated"
    assert len(scenario.order) == made.events == len(follow(scenario)[0]) - 1


def test_only_the_steps_that_matter_are_left() -> None:
    """A squat is there after the first step; to come back takes all three."""
    assert [step.id for step in _found(SQUAT, "no_squat")[1].story] == ["squat"]
    assert [step.id for step in _found(SQUAT, "token_only_for_owner")[1].story] == ["squat", "owner", "back"]


def test_what_is_irrelevant_is_left_out(two: tuple[Finding, Scenario]) -> None:
    """A person, two steps, a provider, an orchestrator, a variant, a measure and other expectations."""
    made, scenario = two
    assert list(scenario.people) == ["alice"]
    assert list(scenario.orchestrators) == ["first", "second"]
    assert list(scenario.providers) == ["cloud"]
    assert [step.id for step in scenario.story] == ["one", "two"]
    assert not scenario.variants
    assert not scenario.measures
    assert list(scenario.expect) == ["existing_account_needs_consent"]
    assert {"people.bob", "orchestrators.third", "providers.spare", "story.other", "story.call"} <= set(made.left_out)
    assert made.tries <= TRIES


def test_a_finding_is_a_story_like_any_other(two: tuple[Finding, Scenario]) -> None:
    """Without its order it can be explored, and says the same."""
    scenario = load_text(two[0].text.partition("order:")[0])
    verdicts = {one.property: one.verdict for one in explore_scenario(scenario).verdicts}
    assert verdicts["existing_account_needs_consent"] == "violated"


def test_what_is_worth_saving() -> None:
    """What was asked for, if it was found; else the first violation."""
    explored = explore_scenario(load_text(SQUAT))
    first = next(one.property for one in explored.verdicts if one.verdict == "violated")
    assert worth_saving(explored) == first
    assert worth_saving(explored, "token_only_for_owner") == "token_only_for_owner"
    assert worth_saving(explored, "account_without_charge") == "account_without_charge"
    assert not worth_saving(explored, "money_is_conserved")


def test_something_reached_is_a_finding_too() -> None:
    """A ``sometimes`` property: its file says reached."""
    made, scenario = _found(SQUAT, "account_without_charge")
    assert made.verdict == "reached"
    assert run_once(scenario).violations["account_without_charge"]
    assert [step.id for step in scenario.story] == ["owner"]


def test_what_cannot_be_found_again_is_not_saved() -> None:
    """A property that holds has no finding."""
    scenario = load_text(SQUAT)
    with pytest.raises(ScenarioError, match="money_is_conserved was not violated again"):
        finding(scenario, "money_is_conserved", bounds(scenario))


# --- orders that are none ---------------------------------------------------------------------------------------------


def _refused(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        follow(load_text(text, file="f.yaml"))
    return str(caught.value)


def test_an_edited_order_is_refused_where_it_differs(two: tuple[Finding, Scenario]) -> None:
    """Two labels that change places: the first of them cannot be next, and what can is named."""
    lines = two[0].text.splitlines()
    at = next(n for n, line in enumerate(lines) if "message:accept_terms:one.alice" in line)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    said = _refused("\n".join(lines))
    place = at - lines.index("order:")
    assert said.startswith(f"f.yaml:{at + 1}:")
    assert f"order.{place}: event {place} of " in said
    assert "'message:done:one.alice', which is not possible there; possible: " in said
    assert "message:accept_terms:one.alice" in said.partition("possible: ")[2]


def test_a_shorter_order_ends_sooner(two: tuple[Finding, Scenario]) -> None:
    """A run goes as far as its order."""
    head, _, tail = two[0].text.partition("order:\n")
    scenario = load_text(head + "order:\n" + "\n".join(tail.splitlines()[:5]))
    outcome = run_once(scenario)
    assert outcome.trace is not None
    last = outcome.trace.steps[-1]
    assert f"message:{type(last.message).__struct_config__.tag}:one.alice" == scenario.order[-1]
    assert not outcome.violations.get("existing_account_needs_consent")


@pytest.mark.parametrize(
    ("label", "why"),
    [
        ("command:never:never.alice", "there is no step 'never'; possible: squat, owner, back"),
        ("deadline:nothing:x", "there is no property 'nothing'"),
        ("dance:squat:mallory", "is no label kind:message:cause; kinds are start, message, wake"),
        ("squat", "is no label kind:message:cause"),
        ("message:sign_up:squat.mallory", "is not possible there; possible: command:squat:squat.mallory"),
        ("aged:1 min:assertion", "is not possible there"),
        ("start:world:story [1]", "is not possible there; possible: start:world:story"),
    ],
)
def test_what_is_no_label_of_the_story(label: str, why: str) -> None:
    """Words that mean nothing, and events that are not in this story."""
    said = _refused(SQUAT + f'order: ["{label}"]')
    assert why in said
    assert said.startswith("f.yaml:11:")


def test_a_step_done_once_cannot_be_done_again() -> None:
    """A step is done once."""
    said = _refused(SQUAT + 'order: ["command:squat:squat.mallory", "command:squat:squat.mallory"]')
    assert "event 2 of 2 is to be 'command:squat:squat.mallory'" in said


# --- labels -----------------------------------------------------------------------------------------------------------


def test_labels_say_what_was_taken() -> None:
    """In brackets, but for the choice of the adversary's deed; without brackets a label fits every way."""
    effect = Effect(Wake("alice", "read mail", ""))
    assert event_label(effect) == "wake:read mail:alice"
    effect.taken = ((("decide", "a"), 1), (("adversary", ""), 7), (("loss", "b"), 0))
    assert event_label(effect) == "wake:read mail:alice [1, 0]"
    assert fits("wake:read mail:alice", effect)
    assert fits("wake:read mail:alice [1, 0]", effect)
    assert not fits("wake:read mail:alice [0, 0]", effect)


def test_the_start_is_named_only_where_something_was_open() -> None:
    """It is what every path begins with."""
    start, then = Effect(Start()), Effect(Deadline("charge_settles", "c1", ""))
    assert labels([start, then]) == ("deadline:charge_settles:c1",)
    start.taken = ((("trait", "alice reads"), 1),)
    assert labels([start, then]) == ("start:world:story [1]", "deadline:charge_settles:c1")


def test_ages_are_read_back() -> None:
    """To the microsecond."""
    assert age(event_label(Effect(Aged(0, 600_000_001)))) == 600_000_001
    assert age("wake:a:b") is None
    assert age("aged:soon:assertion") is None


def test_every_event_of_a_story_bears_a_different_label_for_a_different_receiver_or_cause() -> None:
    """No two things on a path of a story look alike but the legs of one letter."""
    _, scenario = _found(SQUAT, "token_only_for_owner")
    twice = {one for one in scenario.order if scenario.order.count(one) > 1}
    assert all(one.startswith("message:mail:") for one in twice)


def test_a_lost_message_and_a_deadline_are_in_the_order() -> None:
    """What the network did stands in brackets; a deadline that was missed is the last event."""
    lossy = SQUAT.replace("explore: {", "explore: {losses: 1, ")
    _, scenario = _found(lossy, "owner_regains_access")
    assert any(one.endswith("[1]") for one in scenario.order)
    assert scenario.order[-1] == "deadline:owner_regains_access:alice cloud"
    assert run_once(scenario).violations["owner_regains_access"]
    assert scenario.explore.losses == 1


def test_a_story_nobody_can_play_is_no_smaller_story(monkeypatch: pytest.MonkeyPatch) -> None:
    """A candidate in which a party breaks is passed over; the story itself is not."""
    scenario, real, tried = load_text(SQUAT), finding_module.explore, []

    def breaks(model: Any, within: Any, **how: Any) -> Any:
        tried.append(within)
        if len(tried) in broken:
            raise KeyError("hub")
        return real(model, within, **how)

    monkeypatch.setattr(finding_module, "explore", breaks)
    broken = range(2, 100)
    made = finding(scenario, "no_squat", bounds(scenario))
    assert made.left_out == ()
    assert run_once(load_text(made.text)).violations["no_squat"]
    tried.clear()
    broken = range(1, 100)
    with pytest.raises(KeyError):
        finding(scenario, "no_squat", bounds(scenario))


def test_shrinking_stops_when_it_has_tried_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """What there is then is saved, and shows the same."""
    monkeypatch.setattr(finding_module, "TRIES", 3)
    scenario, heard = load_text(TWO), []
    made = finding(scenario, "existing_account_needs_consent", bounds(scenario), tell=heard.append)
    assert heard == [1, 2, 3]
    assert made.tries == 3
    assert run_once(load_text(made.text)).violations["existing_account_needs_consent"]


def test_an_order_that_no_run_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the adversary shows again on a path need not be what a run has: that way is passed over, or refused."""
    asked: list[int] = []

    def run(self: object) -> None:
        asked.append(1)
        raise Underivable("not what this run has")

    text = SQUAT.replace("explore:", "order: ['command:squat:squat.mallory']\nexplore:")
    assert len(follow(load_text(text))[0]) == 2
    monkeypatch.setattr("sim.explore.ordered.Replay.run", run)
    assert "order.1: every event is possible, but no run has what the adversary shows again" in _refused(text)
    assert asked


def test_what_is_done_at_rest_stays_at_rest_when_the_rest_is_left_out() -> None:
    """A mail that nothing depends on is on its way; the adversary, who waits for it, must find it gone in the order."""
    scenario = load_text(
        """\
        title: An adversary that waits until nothing is on its way
        until: 9 s
        people: {alice: {}, mallory: {adversary: true, reads_mail_after: 1 s}}
        orchestrators: {hub: {email_check: none}}
        providers: {cloud: {like: M4, sign_up: unverified}}
        network: {latency: 0 s, at_most: 3 s, channel: open}
        story:
          - {id: s0, at: 6 s, who: alice, add: cloud/free}
          - {id: s1, at: uniform 2 s to 5 s, who: mallory, as: alice, sign_up: cloud}
        explore: {losses: 1, adversary_sends: 2, adversary_acts: at_rest, waits_at_most: 1 d}
        """.replace("\n        ", "\n").replace("        title", "title", 1)
    )
    within = structs.replace(bounds(scenario), states=700)
    made = finding(scenario, "existence_not_revealed", within)
    assert len(follow(load_text(made.text))[0]) == made.events + 1
