"""What attacks on assertions, keys, codes and tokens decide, with a hand that writes it down."""

from __future__ import annotations

import pytest

from sim.attacks import load
from sim.clock import MINUTE, Constant
from sim.experiments.once import run_once
from sim.facts import StepCompleted
from sim.scenario import load_text
from tests.attacks.hand import Plan, RecordingHand


def hand(name: str, has: str = "", whose: str = "", **words: object) -> RecordingHand:
    return RecordingHand(load(name), Plan()._replace(**words), has, whose)


# --- what was captured ------------------------------------------------------------------------------------------------


def test_a_replay_is_shown_where_it_was_meant_for() -> None:
    attack = hand("assertion_replay")
    attack.start()
    assert attack.overhear("r1", "q") == [("show", "r1", "q")]
    assert attack.overhear("r2", "elsewhere") == []


def test_a_scenario_may_have_a_replay_wait() -> None:
    attack = hand("assertion_replay", rate=Constant(MINUTE))
    assert attack.overhear("r1") == []
    assert attack.waits == [("p", Constant(MINUTE))]
    assert attack.tick() == [("show", "r1", "p")]


@pytest.mark.parametrize("name", ["audience_confusion", "mix_up"])
def test_what_was_meant_for_one_is_shown_to_all_others(name: str) -> None:
    attack = hand(name)
    attack.start()
    assert attack.overhear("r1", "p") == [("show", "r1", "q")]
    assert attack.overhear("r2", "bad") == [("show", "r2", "p"), ("show", "r2", "q")]
    assert attack.tick("q") == [("show", "r2", "q")]


@pytest.mark.parametrize("name", ["assertion_replay", "audience_confusion", "mix_up"])
def test_a_token_is_enough_and_ill_luck_is_tried_again(name: str) -> None:
    attack = hand(name)
    attack.overhear("r1", "q" if name == "assertion_replay" else "bad")
    attack.answer("show", "server_busy", "q")
    assert [target for target, _ in attack.waits] == ["q"]
    attack.answer("show", "pending_auth", "q")
    assert (attack.waits, attack.over) == ([], [])
    attack.answer("show", "complete", "q")
    assert (attack.over, attack.how) == (["q"], ["won"])


@pytest.mark.parametrize("name", ["assertion_replay", "audience_confusion"])
def test_an_assertion_that_is_seen_through_is_the_end(name: str) -> None:
    attack = hand(name)
    attack.answer("show", "invalid_request")
    assert (attack.over, attack.how) == (["p"], ["contained"])


# --- accounts on an orchestrator's word -------------------------------------------------------------------------------

POWER = {
    "stolen_signing_key": "signing_key",
    "withdrawn_key": "signing_key",
    "stolen_shared_secret": "shared_secret",
    "hijacked_session": "session",
    "sybil_orchestrators": "orchestrator",
}


@pytest.mark.parametrize(("name", "power"), POWER.items())
def test_each_does_with_its_power_and_with_no_other(name: str, power: str) -> None:
    able, unable = hand(name, power), hand(name, "tokens")
    able.start()
    unable.start()
    assert [target for target, _ in able.waits] == ["p", "q"]
    assert (unable.waits, unable.over) == ([], ["p", "q"])
    assert able.tick() == [("add", "p", "mallory.new1", "hub", "free")]


@pytest.mark.parametrize(("name", "power"), POWER.items())
def test_a_refusal_contains_it_at_that_provider(name: str, power: str) -> None:
    attack = hand(name, power)
    attack.answer("add", "invalid_signature")
    assert (attack.over, attack.how) == (["p"], ["contained"])


def test_of_a_named_person_one_account_is_enough() -> None:
    attack = hand("stolen_signing_key", "signing_key", alias="rita")
    assert attack.tick() == [("add", "p", "rita", "hub", "free")]
    attack.answer("add", "complete")
    attack.answer("add", "pending_auth", "q")
    assert (attack.over, attack.how) == (["p", "q"], ["won", ""])


def test_power_that_is_gone_contains_it() -> None:
    attack = hand("stolen_signing_key", "signing_key")
    attack.power_ = ""
    assert attack.tick() == []
    assert attack.how == ["contained"]


def test_a_sybil_that_comes_too_often_waits() -> None:
    attack = hand("sybil_orchestrators", "orchestrator")
    attack.answer("add", "rate_limited")
    assert (attack.waits, attack.over) == ([("p", 5 * MINUTE)], [])


def test_what_the_budget_does_not_allow_is_not_waited_for() -> None:
    attack = hand("stolen_signing_key", "signing_key")
    attack.affords = False
    attack.tick()
    assert attack.waits == []


# --- a stolen store ---------------------------------------------------------------------------------------------------


def store() -> RecordingHand:
    attack = hand("stolen_tokens")
    attack.stolen = {"tokens": ("hub",), "tokens of p": ("alice", "bob")}
    attack.start()
    return attack


def test_every_customer_has_a_turn() -> None:
    attack = store()
    assert (attack.stages["p"], attack.over) == ("alice bob", ["q"])
    assert attack.tick() == [("use", "p", "alice")]
    assert attack.answer("use", "complete") == [("refresh", "p", "alice")]
    attack.answer("refresh", "complete")
    assert attack.tick() == [("use", "p", "bob")]


def test_a_child_is_asked_for_once() -> None:
    attack = store()
    attack.stages["p"] = "+alice"
    assert attack.answer("use", "complete") == []
    assert attack.stages["p"] == "+alice"


def test_who_is_refused_twice_is_left() -> None:
    attack = store()
    assert attack.answer("use", "unauthorized") == [("refresh", "p", "alice")]
    attack.answer("refresh", "invalid_grant")
    assert attack.stages["p"] == "bob"
    attack.answer("use", "unauthorized")
    attack.answer("refresh", "invalid_grant")
    assert (attack.over, attack.how[-1]) == (["q", "p"], "contained")


def test_a_refusal_to_refresh_what_works_is_none_of_the_token() -> None:
    attack = store()
    attack.answer("use", "complete")
    attack.answer("refresh", "unauthorized")
    assert attack.stages["p"] == "bob +alice"


# --- consent and support ----------------------------------------------------------------------------------------------


def test_a_page_nobody_approved_is_asked_for_anew() -> None:
    attack = hand("silent_consent", alias="alice", via="lax")
    attack.start()
    assert attack.did == [("add", "p", "alice", "lax", "free"), ("add", "q", "alice", "lax", "free")]
    attack.answer("add", "pending_auth")
    assert [target for target, _ in attack.waits] == ["p"]
    assert attack.tick() == [("use", "p", "alice", "lax")]
    assert attack.answer("use", "no_credential") == [("add", "p", "alice", "lax", "free")]
    attack.answer("use", "complete")
    assert attack.how == ["won"]


def test_an_outright_refusal_ends_the_luring() -> None:
    attack = hand("silent_consent", alias="alice", via="lax")
    attack.answer("add", "email_taken")
    assert attack.how == ["contained"]


def test_the_desk_is_asked_for_a_link() -> None:
    attack = hand("support_channel", alias="alice")
    attack.stolen = {"support_desk": ("p",)}
    attack.start()
    assert (attack.did, attack.over) == ([("reset_password", "p", "alice")], ["q"])
    attack.answer("reset_password", "server_busy")
    assert [target for target, _ in attack.waits] == ["p"]
    attack.answer("reset_password", "second_person_required")
    assert attack.how[-1] == "contained"


@pytest.mark.parametrize("to", ["second", "alice", "mal"])
def test_a_request_is_shown_in_vain_to_whom_does_not_understand_it(to: str) -> None:
    text = f"""
format: 1
title: Shown to somebody who does not understand it
why: nothing comes of it
until: 5 d
people: {{alice: {{}}, mal: {{adversary: true}}}}
orchestrators: {{hub: {{}}, second: {{}}}}
providers: {{cloud: {{}}}}
network: {{channel: open}}
story:
  - {{id: tap, at: 1 h, who: mal, intercept: hub->cloud, does: replay, to: {to}}}
  - {{id: own, at: 2 h, who: alice, add: cloud/free}}
"""
    outcome = run_once(load_text(text))
    assert outcome.trace is not None
    shown = [
        step for step in outcome.trace.steps if step.message is not None and step.to == to and step.sender == "mal"
    ]
    assert shown == []
    assert any(step.command is not None and step.command.id.startswith("own") for step in outcome.trace.steps)


LISTENING = """
title: What is read is used
until: 5 d
people: {alice: {}, mallory: {adversary: true}}
orchestrators: {hub: {}}
providers: {cloud: {}}
network: {channel: open}
story:
  - {id: tap, at: 0 s, who: mallory, intercept: CHANNEL, does: DOES, for: 1 d}
  - {id: own, at: 1 h, who: alice, add: cloud/free}
  - {id: use, at: 4 h, who: mallory, as: alice, use: cloud VIA}
"""


@pytest.mark.parametrize(
    ("channel", "via", "does", "outcome"),
    [
        ("cloud->hub", "", "read", "complete"),
        ("hub->cloud", "", "read", "complete"),
        ("alice->hub", ", via: hub", "read", "complete"),
        ("hub->alice", "", "read", "no_credential"),
        ("cloud->hub", ", via: hub", "read", "complete"),
        ("cloud->hub", "", "delay", "no_credential"),
    ],
)
def test_tokens_and_sessions_that_were_read_can_be_used(channel: str, via: str, does: str, outcome: str) -> None:
    text = LISTENING.replace("CHANNEL", channel).replace("DOES", does).replace(" VIA", via)
    text = text.replace(", for: 1 d", ", for: 1 s") if does == "delay" else text
    run = run_once(load_text(text))
    assert run.trace is not None
    ends = [fact for step in run.trace.steps for fact in step.facts if isinstance(fact, StepCompleted)]
    assert [fact.outcome for fact in ends if fact.step == "use"] == [outcome]
