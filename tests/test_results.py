"""Judging one run: every row of the answer table, the exit codes, the object for programs."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from sim import results
from sim.property import Violation
from sim.results import Verdict, judge
from sim.scenario.questions import read_answer, read_measure

KINDS = {"safe": "always", "comes": "sometimes"}
VIOLATION = Violation("safe", 1_500_000, 7, "mallory has it")


def one(answer: Any, *, violations: list[Violation] | None = None, kind: str = "always") -> Verdict:
    """The verdict on one property with that answer."""
    (verdict,) = judge({"it": read_answer(answer)}, None, {"it": violations or []}, kinds={"it": kind})
    return verdict


def number(answer: Any, value: float | None, unit: str = "") -> Verdict:
    """The verdict on one measure with that answer."""
    (verdict,) = judge({"m": read_answer(answer)}, None, {}, kinds={}, measures={"m": value}, units={"m": unit})
    return verdict


# --- the answer table, for one run -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kind", "happens", "verdict", "met"),
    [
        ("holds", "always", False, "unbroken", True),
        ("holds", "always", True, "violated", False),
        ("violated", "always", True, "violated", True),
        ("violated", "always", False, "unbroken", False),
        ("possible", "always", False, "unbroken", None),
        ("possible", "always", True, "violated", None),
        ("reached", "sometimes", True, "reached", True),
        ("reached", "sometimes", False, "not_reached", False),
        ("possible", "sometimes", False, "not_reached", None),
        ("possible", "sometimes", True, "reached", None),
        ({"is": "holds", "within": "2 d"}, "always", False, "unbroken", True),
        ({"is": "holds", "within": "2 d"}, "always", True, "violated", False),
        ({"violated_in": 0.5}, "always", False, "unbroken", None),
        ({"violated_in": {"at_least": 0.5}}, "always", True, "violated", None),
        # words that do not fit the kind of property, and numbers for a property: nothing can be said
        ("reached", "always", False, "undetermined", None),
        ("holds", "sometimes", False, "undetermined", None),
        ("violated", "sometimes", True, "undetermined", None),
        (3, "always", False, "undetermined", None),
    ],
)
def test_what_is_expected_of_a_property(answer: Any, kind: str, happens: bool, verdict: str, met: bool | None):
    found = one(answer, violations=[VIOLATION] if happens else [], kind=kind)
    assert (found.verdict, found.met) == (verdict, met)


@pytest.mark.parametrize(
    ("answer", "value", "verdict", "met"),
    [
        (3, 3, "reached", True),
        (3, 4, "not_reached", False),
        (3, 3.0, "reached", True),
        (0.3, 0.1 + 0.2, "reached", True),
        (0.3, 0.3001, "not_reached", False),
        ({"at_most": 5}, 5, "reached", True),
        ({"at_most": 5}, 6, "not_reached", False),
        ({"at_least": 5}, 5, "reached", True),
        ({"at_least": 5}, 4.9, "not_reached", False),
        ({"at_least": 2, "at_most": 5}, 3, "reached", True),
        ({"at_least": 2, "at_most": 5}, 1, "not_reached", False),
        ({"between": [2, 5]}, 2, "reached", True),
        ({"between": [2, 5]}, 5.01, "not_reached", False),
        ({"about": 3}, 3, "undetermined", None),
        (3, None, "undetermined", None),
        ({"at_most": 3}, None, "undetermined", None),
        ("holds", 3, "undetermined", None),
    ],
)
def test_what_is_expected_of_a_number(answer: Any, value: float | None, verdict: str, met: bool | None):
    found = number(answer, value)
    assert (found.verdict, found.met, found.violations, found.first) == (verdict, met, 0, None)


@pytest.mark.parametrize(
    ("answer", "value", "unit", "met"),
    [
        ({"at_most": "2 h"}, 2, "h", True),
        ({"at_most": "2 h"}, 2.1, "h", False),
        ({"at_most": "2 h"}, 7_200, "s", True),
        ({"at_least": "1 d"}, 24, "h", True),
        ("90 min", 1.5, "h", True),
        ("20 usd", 2_000, "cents", True),
        ("20 usd", 20, "usd", True),
        ({"between": ["-5 usd", "5 usd"]}, -501, "cents", False),
        (2, 2, "h", True),  # a bare number is in the measure's own unit
    ],
)
def test_amounts_with_a_unit_are_compared_in_the_measures_unit(answer: Any, value: float, unit: str, met: bool):
    assert number(answer, value, unit).met is met


def test_panel_entries_are_judged_like_measures():
    expect = {"takeovers": read_answer(1), "net_user": read_answer(0)}
    panel = {"harm": {"takeovers": 1}, "money": {"net_user": None}}
    verdicts = judge(expect, None, {}, kinds={}, panel=panel)
    assert [(verdict.property, verdict.met) for verdict in verdicts] == [("takeovers", True), ("net_user", None)]
    assert results.exit_code(verdicts) == 3


def test_a_name_that_nobody_watched_is_undetermined():
    (verdict,) = judge({"never_heard_of": read_answer("holds")}, None, {}, kinds={})
    assert (verdict.verdict, verdict.met) == ("undetermined", None)


def test_everything_else_is_for_the_always_properties_that_are_not_named():
    kinds = {"a": "always", "b": "always", "c": "sometimes"}
    verdicts = judge({"a": read_answer("violated")}, read_answer("holds"), {"a": [VIOLATION]}, kinds=kinds)
    assert [(verdict.property, verdict.expected, verdict.met) for verdict in verdicts] == [
        ("a", "violated", True), ("b", "holds", True), ("c", None, None),
    ]  # fmt: skip


def test_what_is_not_expected_is_reported_and_not_judged():
    verdicts = judge({}, None, {"safe": [VIOLATION]}, kinds=KINDS)
    assert [(verdict.verdict, verdict.expected, verdict.met) for verdict in verdicts] == [
        ("violated", None, None), ("not_reached", None, None),
    ]  # fmt: skip
    assert results.exit_code(verdicts) == 0


def test_the_first_witness_and_the_number_of_all():
    later = Violation("safe", 9_000_000, 30, "again")
    (verdict,) = judge({}, None, {"safe": [VIOLATION, later]}, kinds={"safe": "always"}, counts={"safe": 400})
    assert verdict.violations == 400
    assert verdict.first == results.First(1.5, 7, "mallory has it")


def test_expected_is_shown_as_a_file_has_it():
    assert one("holds").expected == "holds"
    assert one({"is": "holds", "within": "2 d"}).expected == {"is": "holds", "within": "2 d"}
    assert number({"at_most": "20 usd"}, 1).expected == {"at_most": "20 usd"}
    assert number(4, 4).expected == 4


# --- exit codes ------------------------------------------------------------------------------------------------------

MET, MISSED = one("holds"), one("violated")
OPEN, UNJUDGED, ABOUT = number(3, None), one("possible"), number({"about": 3}, 3)
LOOSE = Verdict("x", "undetermined", None, None, 0, None)


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([], 0),
        ([MET, UNJUDGED], 0),
        ([MET, ABOUT], 0),
        ([MET, LOOSE], 0),
        ([MET, OPEN], 3),
        ([MET, MISSED], 1),
        ([OPEN, MISSED], 1),
    ],
)
def test_exit_codes(verdicts: list[Verdict], code: int):
    assert results.exit_code(verdicts) == code


@pytest.mark.parametrize(
    ("codes", "code"), [([], 0), ([0, 0], 0), ([0, 3], 3), ([3, 1, 0], 1), ([1, 0], 1), ([0, 2, 1], 2)]
)
def test_the_worst_of_several(codes: list[int], code: int):
    assert results.worst(codes) == code


# --- the result ------------------------------------------------------------------------------------------------------


def outcome() -> Any:
    """What a run hands over."""
    scenario = SimpleNamespace(
        file="s.yaml",
        variant=None,
        hash="abc",
        expect={"safe": read_answer("holds")},
        everything_else=None,
        measures={},
    )
    return SimpleNamespace(
        scenario=scenario, seed=4, digest="sha256:1", ended_at=2_500_000, messages=9, violations={"safe": [VIOLATION]},
        counts={"safe": 2}, kinds=KINDS, panel={"harm": {"takeovers": 1}, "honest": {}, "money": {"net_user": None}},
        measures={"forged": 2.5}, trace=None, seconds=0.1,
    )  # fmt: skip


def test_the_object_for_programs_has_exactly_the_documented_shape():
    found = json.loads(results.result(outcome(), command="sim run s.yaml").to_json())
    assert list(found) == [
        "scenario", "variant", "seed", "digest", "ended_at_s", "messages", "exit", "receipt", "verdicts", "panel",
        "measures",
    ]  # fmt: skip
    assert found["ended_at_s"] == 2.5
    assert found["exit"] == 1
    assert found["verdicts"][0] == {
        "property": "safe", "verdict": "violated", "expected": "holds", "met": False, "violations": 2,
        "first": {"at_s": 1.5, "step": 7, "why": "mallory has it"},
    }  # fmt: skip
    assert found["verdicts"][1]["first"] is None
    assert found["panel"] == {"harm": {"takeovers": 1}, "honest": {}, "money": {"net_user": None}}
    assert found["measures"] == {"forged": 2.5}


def test_the_receipt_says_what_it_takes_to_get_the_same_again_and_nothing_of_the_machine():
    receipt = results.result(outcome(), command="sim run s.yaml").receipt
    assert set(receipt) == {"scenario_hash", "version", "python", "seed", "random_scheme", "command"}
    assert receipt["scenario_hash"] == "abc"
    assert receipt["seed"] == 4
    assert receipt["command"] == "sim run s.yaml"


def test_a_scenarios_own_span_is_in_seconds_and_is_compared_with_times():
    run = outcome()
    run.scenario.measures = {"lag": read_measure({"span": ["key_stolen", "attestation_accepted"], "take": "max"})}
    run.scenario.expect = {"lag": read_answer({"at_most": "2 min"})}
    run.measures = {"lag": 120}
    assert results.result(run).verdicts[-1].met is True
    run.measures = {"lag": 121}
    assert results.result(run).verdicts[-1].met is False


def test_the_same_run_gives_the_same_bytes():
    assert results.result(outcome()).to_json() == results.result(outcome()).to_json()
