"""Folds look at the configuration as scenarios give it, not only as the tests' stand-ins do."""

from __future__ import annotations

from typing import Any

from sim import facts as f
from sim import measures, properties
from sim.scenario import load_text
from tests.judge import MIN, Judge, Row, created

TEXT = """
title: two providers
until: 1 d
people: {alice: {}}
orchestrators: {hub: {}, second: {}}
providers:
  cloud: {count: 2, matching: namespaced, trusts: {second: {matching: email}}, key_cache: {life: 20 min}}
  store: {}
story: [{at: 1 h, who: alice, add: store/free}]
"""


def blocks() -> dict[str, Any]:
    scenario = load_text(TEXT)
    return {**scenario.people, **scenario.orchestrators, **scenario.providers}


def count(name: str, rows: list[Row]) -> int:
    return len(Judge(properties.load(name)(name), blocks=blocks()).run(rows).violations)


def test_matching_answers_and_overrides() -> None:
    rows: list[Row] = [
        ("alice", 1, created("cloud1/a", "alice@x.org")),
        ("alice", 2, created("cloud1/b", "alice@x.org")),
        ("alice", 3, created("cloud2/a", "alice@x.org")),
    ]
    assert count("one_account_per_key", rows) == 0
    assert count("one_account_per_key", [*rows, ("alice", 4, created("cloud2/b", "alice@x.org", "second"))]) == 1


def test_life_of_the_key_cache() -> None:
    def accepted(where: str) -> f.AttestationAccepted:
        return f.AttestationAccepted(where, "hub", "a", "j", "hub#1", "alice@x.org", where, True, True, "r")

    withdrawn: Row = ("hub", 1, f.KeyWithdrawn("hub", "hub#1"))
    assert count("withdrawn_key_is_refused", [withdrawn, ("m", 15 * MIN, accepted("cloud2"))]) == 0
    assert count("withdrawn_key_is_refused", [withdrawn, ("m", 25 * MIN, accepted("cloud2"))]) == 1
    assert count("withdrawn_key_is_refused", [withdrawn, ("m", 15 * MIN, accepted("store"))]) == 1


def test_who_is_a_provider() -> None:
    steps = measures.load("extra_steps")("extra_steps")
    rows: list[Row] = [("alice", n, f.HumanStepped("alice", where, "x")) for n, where in enumerate(blocks(), 1)]
    rows.append(("alice", 9, f.HumanStepped("alice", "cloud2", "x")))
    judge = Judge(steps, blocks=blocks()).run(rows)
    assert steps.result(0, judge) == 3
