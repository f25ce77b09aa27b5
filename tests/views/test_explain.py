"""Walking up the causes of a step."""

from __future__ import annotations

import pytest

from sim.facts import KeyStolen
from sim.trace import TraceError
from sim.views import explain
from sim.views.paint import Paint
from tests.views.traces import Making, squat


def test_the_chain_leads_from_the_story_to_the_step():
    assert [step.n for step in explain.chain(squat(), 8)] == [2, 3, 4, 5, 6, 7, 8]


def test_what_has_nothing_to_do_with_it_is_left_out():
    assert [step.n for step in explain.chain(squat(), 13)] == [11, 12, 13]


def test_a_resumed_request_is_followed_as_well_as_what_set_it_off():
    make = Making()
    request = make("command", "ann", key="asks")
    click = make("command", "bob", key="clicks")
    make("message", "cloud", cause=click, resumes=request)
    assert [step.n for step in explain.chain(make.trace(), 3)] == [1, 2, 3]


def test_a_step_that_is_not_there():
    with pytest.raises(TraceError, match="there is no step 99; this trace has steps 1 to 13"):
        explain.chain(squat(), 99)


def test_the_text_numbers_the_sentences_and_says_what_the_word_is_worth():
    text = explain.text(squat(), 8, Paint())
    assert text.startswith("How step 8 came about (7 steps")
    assert "  1. the story has mallory add cloud/free via second as alice." in text
    flat = " ".join(text.split())
    assert (
        "7. second asks cloud for an account, with the word of second to cloud that this is alice@example.org" in flat
    )
    assert "Behind it: mallory (adversary)." in flat
    assert "step 7, 1 d 00:08:00.400; set off by step 6, continues the request of step 4" in text
    assert "How second checks an address: not at all; what it says of that: always verified." in text
    assert "Found here: no_squat: mallory made cloud/squat.mallory" in text


def test_the_age_of_a_check_is_told():
    assert "How first checks an address: by a mailed link; what it says of that: the truth." in explain.text(
        squat(), 13, Paint()
    )


def test_a_theft_before_it_is_part_of_the_background():
    make = Making()
    make("command", "mallory", key="steal", facts=(KeyStolen("second", "mallory"),), behind="mallory")
    make("command", "mallory", key="forges", behind="mallory")
    make("command", "alice", key="acts", behind="alice")
    told = explain.background(make.trace(), explain.chain(make.trace(), 2))
    assert told == ["Before that, at 00:00:00.100 (step 1): mallory has the signing key of second."]
    assert explain.background(make.trace(), explain.chain(make.trace(), 3)) == []


def test_the_object_for_programs():
    data = explain.data(squat(), 8)
    assert data["step"] == 8
    assert [entry["step"] for entry in data["chain"]] == [2, 3, 4, 5, 6, 7, 8]
    last = data["chain"][-1]
    assert last["sender"] == "second"
    assert last["behind"] == "mallory"
    assert [fact["fact"] for fact in last["facts"]] == ["attestation_accepted", "account_created", "linked"]
    assert {fact["behind"] for fact in last["facts"]} == {"mallory"}


def test_a_step_is_found_by_property_fact_or_message():
    trace = squat()
    assert explain.first(trace, "no_squat") == 8
    assert explain.first(trace, "token_issued") == 13
    assert explain.first(trace, "oauth") == 10
    assert explain.first(trace, "nothing_of_the_kind") is None


def test_of_what_is_not_in_a_trace_it_is_said_why():
    trace = squat()
    assert explain.nothing(trace, "charge_settles").startswith("charge_settles is unbroken in this trace, so that")
    assert explain.nothing(trace, "owner_logs_in_later").startswith("owner_logs_in_later is not reached in this trace")
    assert explain.nothing(trace, "charged") == "the fact charged is not noted in this trace"
    assert explain.nothing(trace, "no_squit").startswith("no step finds or notes 'no_squit'; give")
