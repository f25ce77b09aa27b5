"""Two traces against each other."""

from __future__ import annotations

import msgspec

from sim.facts import AccountCreated, Adopted
from sim.trace import Found, Step, Trace
from sim.views import diff
from sim.views.paint import Paint
from tests.views.traces import HEADER, squat


def changed(n: int, **values: object) -> Trace:
    """The story with one step that differs."""
    trace = squat()
    steps = [msgspec.structs.replace(step, **values) if step.n == n else step for step in trace.steps]
    return Trace(trace.header, steps, "sha256:1")


def test_the_same_is_the_same():
    found = diff.compare(squat(), squat())
    assert found.same
    assert found.first is None
    assert not found.claims_only_a + found.claims_only_b + found.decisions_only_a + found.decisions_only_b
    assert "the same, step by step" in diff.text(found, ("a", "b"), Paint())


def test_the_first_step_that_differs_in_both_versions():
    first = diff.first_difference(squat().steps, changed(8, at=123).steps)
    assert first is not None
    assert first.step == 8
    assert first.a.startswith("1 d 00:08:00.500: second asks cloud for an account")
    assert first.b.startswith("00:00:00: second asks cloud for an account")


def test_one_that_ends_earlier():
    a, b = squat(), squat()
    b.steps.pop()
    first = diff.first_difference(a.steps, b.steps)
    assert first is not None
    assert (first.step, first.b) == (13, "")
    assert "b: has ended" in diff.text(diff.compare(a, b), ("a", "b"), Paint())


def test_decisions_and_findings_that_only_one_has():
    adopted = Adopted("cloud", "cloud/squat.mallory", "reset")
    other = changed(13, facts=(adopted,), whose=("alice",), found=(Found("adopted_account_is_clean", "it is not"),))
    found = diff.compare(squat(), other)
    assert [only.says for only in found.decisions_only_b] == [
        "the owner took possession of account cloud/squat.mallory by reset [behind it: alice]"
    ]
    assert {only.step for only in found.decisions_only_a} == {13}
    assert [only.says for only in found.claims_only_a] == [
        "cloud believed first that this is alice@example.org, subject sub:alice [behind it: alice]"
    ]
    assert [only.says for only in found.found_only_b] == ["adopted_account_is_clean: it is not"]
    text = diff.text(found, ("left", "right"), Paint())
    assert "Claims only in left" in text
    assert "Decisions only in right" in text
    assert "Findings only in right" in text


def test_what_happens_more_often_in_one_is_counted():
    fact = AccountCreated("p", "p/1", "a@b", "active", "", "r")
    once = Trace({}, [Step(1, 0, "wake", "p", facts=(fact,), whose=("x",))])
    twice = Trace({}, [Step(1, 0, "wake", "p", facts=(fact, fact, fact), whose=("x", "x", "x"))])
    found = diff.compare(once, twice)
    assert not found.decisions_only_a
    assert [only.times for only in found.decisions_only_b] == [2]
    assert "(×2)" in diff.text(found, ("a", "b"), Paint())


def test_panel_entries_that_differ():
    a = {"harm": {"takeovers": 0, "squats": 1}, "honest": {"lockouts": 0}}
    b = {"harm": {"takeovers": 1, "squats": 1}, "honest": {"lockouts": 0}}
    found = diff.compare(squat(), changed(8, at=1), a, b)
    assert found.panel == {"takeovers": (0, 1)}
    assert "takeovers  0 | 1" in diff.text(found, ("a", "b"), Paint())
    assert diff.compare(squat(), changed(8, at=1), None, b).panel == {}


def test_values_of_the_scenario_that_differ():
    trace = squat()
    header = msgspec.json.decode(msgspec.json.encode(HEADER))
    header["scenario"]["orchestrators"]["second"]["email_check"] = "link"
    found = diff.compare(trace, Trace(header, trace.steps))
    assert found.same
    assert found.header == {"scenario.orchestrators.second.email_check": ("none", "link")}
    assert "scenario.orchestrators.second.email_check: none | link" in diff.text(found, ("a", "b"), Paint())
