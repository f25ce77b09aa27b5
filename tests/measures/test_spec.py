"""A scenario's own measures."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim import facts as f
from sim import measures
from sim.measures._spec import build
from sim.scenario import load_text
from sim.scenario.values import MeasureSpec
from tests.judge import D, H, Judge, Row, S, answered, created, requested

ALICE = "alice@x.org"
END = 4 * D


def measured(rows: list[Row], until: int = END, /, **specs: dict[str, Any]) -> dict[str, float | int | None]:
    panel = {"takeovers": measures.load("takeovers")("takeovers")}
    built = build({name: MeasureSpec(**words) for name, words in specs.items()}, panel)
    judge = Judge(*panel.values(), *built.values()).run(rows, until)
    return {name: measure.result(until, judge) for name, measure in built.items()}


def measure(rows: list[Row], until: int = END, /, **words: Any) -> float | int | None:
    return measured(rows, until, it=words)["it"]


MADE: list[Row] = [
    ("alice", 1 * H, created("cloud/a", ALICE)),
    ("mallory", 2 * H, created("many1/b", ALICE, issuer="second", state="pending")),
    ("people7", 3 * H, created("many2/c", "p7@x.org")),
    ("alice", D + H, created("store/d", ALICE)),
    ("people8", 3 * D + H, created("cloud/e", "p8@x.org")),
]

COUNTS: dict[str, tuple[dict[str, Any], float | None]] = {
    "all": ({}, 5),
    "behind a person": ({"where": {"behind": "alice"}}, 2),
    "behind a member of a group": ({"where": {"behind": "people7"}}, 1),
    "behind a group": ({"where": {"behind": "people"}}, 2),
    "behind an adversary": ({"where": {"behind": "adversary"}}, 1),
    "behind honest people": ({"where": {"behind": "honest"}}, 4),
    "behind any of them": ({"where": {"behind": ["alice", "adversary"]}}, 3),
    "with a field": ({"where": {"state": "pending"}}, 1),
    "with a group in a field": ({"where": {"provider": "many"}}, 2),
    "with a member in a field": ({"where": {"provider": "many1"}}, 1),
    "with any of the values": ({"where": {"provider": ["cloud", "store"]}}, 3),
    "with all of the fields": ({"where": {"provider": "cloud", "behind": "alice"}}, 1),
    "nothing fits": ({"where": {"provider": "nowhere"}}, 0),
    "per day, together": ({"per": D}, 5),
    "per day, most": ({"per": D, "take": "max"}, 3),
    "per day, least": ({"per": D, "take": "min"}, 0),
    "per day, mean": ({"per": D, "take": "mean"}, 1.25),
    "per day, first": ({"per": D, "take": "first"}, 3),
    "per day, last": ({"per": D, "take": "last"}, 1),
    "per day, median": ({"per": D, "take": "median"}, 1),
    "per day, p90": ({"per": D, "take": "p90"}, 3),
    "as a whole, max": ({"take": "max"}, 5),
}


@pytest.mark.parametrize("name", COUNTS)
def test_count(name: str) -> None:
    words, expected = COUNTS[name]
    assert measure(MADE, count="account_created", **words) == expected


def test_a_stretch_at_the_very_end_counts() -> None:
    rows: list[Row] = [("alice", END, created("cloud/a", ALICE))]
    assert measure(rows, count="account_created", per=D, take="last") == 1
    assert measure([], count="account_created", per=D, take="mean") == 0
    assert measure([], D // 2, count="account_created", per=D, take="mean") == 0


def test_distinct() -> None:
    assert measure(MADE, distinct="account_created.provider") == 4
    assert measure(MADE, distinct="account_created.email") == 3
    assert measure(MADE, distinct="account_created.email", per=D) == 4
    assert measure(MADE, distinct="account_created.email", where={"behind": "alice"}) == 1


def test_sum() -> None:
    rows: list[Row] = [("a", n, f.TermsAccepted("hub", "cloud", "l", n % 2 == 0)) for n in range(1, 6)]
    assert measure(rows, sum="terms_accepted.by_script") == 2


def test_a_value_in_a_list_of_values() -> None:
    rows: list[Row] = [("alice", 1, f.Detected("hub", "key", ("alert", "revoke")))]
    assert measure(rows, count="detected", where={"then": "revoke"}) == 1
    assert measure(rows, count="detected", where={"then": "pause"}) == 0


def test_a_part_of_a_name_is_not_the_name() -> None:
    assert measure(MADE, count="account_created", where={"provider": "clou"}) == 0
    assert measure(MADE, count="account_created", where={"behind": "ali"}) == 0


def test_values_that_are_no_names() -> None:
    rows: list[Row] = [("a", n, f.TermsAccepted("hub", "cloud", "l", n == 1)) for n in (1, 2, 3)]
    assert measure(rows, count="terms_accepted", where={"by_script": True}) == 1
    assert measure(rows, count="terms_accepted", where={"by_script": False}) == 2
    assert measure(rows, count="terms_accepted", where={"by_script": "cloud"}) == 0
    assert measure(rows, count="terms_accepted", where={"login": 7}) == 0


def test_nobody_is_neither_honest_nor_an_adversary() -> None:
    rows: list[Row] = [("", 1, f.KeyRotated("hub", "k"))]
    assert measure(rows, count="key_rotated", where={"behind": ["honest", "adversary"]}) == 0


def test_nothing_adds_up_to_nothing_and_has_no_mean() -> None:
    assert measure([], span=("key_rotated", "key_withdrawn"), per=D, take="sum") == 0
    assert measure([], span=("key_rotated", "key_withdrawn"), per=D, take="max") is None
    assert measure([], span=("key_rotated", "key_withdrawn"), take="median") is None


def test_several_requests_of_one_step_are_told_apart() -> None:
    rows: list[Row] = [
        ("alice", 1 * S, requested("r+1")),
        ("alice", 2 * S, requested("r+2")),
        ("alice", 9 * S, created("cloud/a", ALICE, request="r+1+account~2")),
    ]
    assert measure(rows, span=("requested", "account_created")) == 8


def test_an_agent_belongs_to_its_group() -> None:
    rows: list[Row] = [("people7", 1, f.SecretStored("people7/agent1", "sk", "cloud"))]
    assert measure(rows, count="secret_stored", where={"agent": "people"}) == 1
    assert measure(rows, count="secret_stored", where={"agent": "cloud"}) == 0


STOLEN: list[Row] = [
    ("alice", 1 * S, f.AttestationAccepted("cloud", "hub", "a", "j0", "k", ALICE, "cloud", True, True, "r0")),
    ("mallory", 10 * S, f.KeyStolen("hub", "mallory")),
    *(
        (who, at * S, f.AttestationAccepted("cloud", "hub", "a", f"j{at}", "k", ALICE, "cloud", True, True, f"r{at}"))
        for who, at in (("mallory", 20), ("alice", 25), ("mallory", 40), ("alice", 90))
    ),
]

SPANS: dict[str, tuple[dict[str, Any], float | None]] = {
    "mean is the default": ({}, (10 + 15 + 30 + 80) / 4),
    "longest": ({"take": "max"}, 80),
    "longest of the adversary": ({"take": "max", "where": {"behind": "adversary"}}, 30),
    "shortest": ({"take": "min"}, 10),
    "first": ({"take": "first"}, 10),
    "last": ({"take": "last"}, 80),
    "sum": ({"take": "sum"}, 135),
    "median": ({"take": "median"}, 22.5),
    "p90": ({"take": "p90"}, 80),
    "where of the second fact": ({"where": {"token_id": "j40"}}, 30),
    "where of the first fact": ({"where": {"thief": "carol"}}, None),
    "where of both": ({"where": {"thief": "mallory", "behind": "alice"}}, (15 + 80) / 2),
    "none": ({"where": {"token_id": "j1"}}, None),
    "per 50 s, largest mean": ({"per": 50 * S, "take": "max"}, 80),
    "per 50 s, first mean": ({"per": 50 * S, "take": "first"}, pytest.approx(55 / 3)),
}


@pytest.mark.parametrize("name", SPANS)
def test_span(name: str) -> None:
    words, expected = SPANS[name]
    assert measure(STOLEN, span=("key_stolen", "attestation_accepted"), **words) == expected


def test_spans_are_matched_by_what_the_facts_share() -> None:
    rows: list[Row] = [
        ("alice", 1 * S, requested("r1")),
        ("bob", 2 * S, requested("r2")),
        ("bob", 3 * S, answered("r2")),
        ("alice", 11 * S, answered("r1")),
        ("alice", 50 * S, answered("r1")),
    ]
    assert measure(rows, span=("requested", "answered"), take="sum") == 11
    assert measure(rows, span=("requested", "answered"), take="max") == 10


def test_an_id_is_the_request_of_others() -> None:
    rows: list[Row] = [
        ("alice", 1 * S, requested("r1")),
        ("bob", 2 * S, requested("r2")),
        ("alice", 5 * S, created("cloud/a", ALICE, request="r1~2")),
    ]
    assert measure(rows, span=("requested", "account_created")) == 4


def test_a_span_starts_at_the_latest() -> None:
    rows: list[Row] = [
        ("x", 1 * S, f.OutageBegan("cloud")),
        ("x", 5 * S, f.OutageBegan("cloud")),
        ("x", 6 * S, f.OutageBegan("store")),
        ("x", 9 * S, f.OutageEnded("cloud")),
        ("x", 9 * S, f.OutageEnded("hub")),
    ]
    assert measure(rows, span=("outage_began", "outage_ended"), take="sum") == 4


def test_what_may_happen_often_is_measured_each_time() -> None:
    def accepted(at: int, key: str = "k1") -> Row:
        return ("m", at * S, f.AttestationAccepted("cloud", "hub", "a", f"j{at}", key, ALICE, "cloud", True, True, "r"))

    rows: list[Row] = [("x", 1 * S, f.KeyWithdrawn("hub", "k1")), accepted(4), accepted(9), accepted(50, "k2")]
    assert measure(rows, span=("key_withdrawn", "attestation_accepted"), take="max") == 8


def test_stretches_have_their_means_and_then_one_is_taken() -> None:
    rows: list[Row] = [
        ("x", 1 * S, f.KeyWithdrawn("hub", "k1")),
        ("x", 11 * S, f.KeyRotated("hub", "k1")),
        ("x", 21 * S, f.KeyRotated("hub", "k1")),
        ("x", 2 * D, f.KeyRotated("hub", "k1")),
    ]
    words = {"span": ("key_withdrawn", "key_rotated"), "per": D}
    assert measure(rows, **words, take="first") == 15
    assert measure(rows, **words, take="median") == pytest.approx((15 + 2 * D / S - 1) / 2)


def test_a_span_between_facts_of_one_kind() -> None:
    rows: list[Row] = [("x", at * S, f.KeyRotated("hub", f"k{at}")) for at in (1, 3, 8)]
    assert measure(rows, span=("key_rotated", "key_rotated")) is None
    rows = [("x", at * S, f.OutageBegan("cloud")) for at in (1, 3, 8)]
    assert measure(rows, span=("outage_began", "outage_began"), take="max") == 5


def test_starts_are_forgotten_once_they_are_used() -> None:
    built = build({"it": MeasureSpec(span=("requested", "answered"))})
    rows: list[Row] = [
        row for n in range(50) for row in (("a", 2 * n + 1, requested(f"r{n}")), ("a", 2 * n + 2, answered(f"r{n}")))
    ]
    assert Judge(*built.values()).run(rows).left() == {"it.spreads": 1}


def test_ratio() -> None:
    both: dict[str, dict[str, Any]] = {
        "bad": {"count": "account_created", "where": {"behind": "adversary"}},
        "all": {"count": "account_created"},
        "share": {"ratio": ("bad", "all")},
        "none": {"ratio": ("all", "nothing")},
        "nothing": {"count": "adopted"},
    }
    found = measured(MADE, **both)
    assert found["share"] == pytest.approx(0.2)
    assert found["none"] is None


def test_ratio_per_stretch() -> None:
    both: dict[str, dict[str, Any]] = {
        "worst": {"ratio": ("bad", "all"), "take": "max"},
        "overall": {"ratio": ("bad", "all")},
        "bad": {"count": "account_created", "where": {"behind": "adversary"}, "per": D},
        "all": {"count": "account_created", "per": D},
    }
    found = measured(MADE, **both)
    assert found["worst"] == pytest.approx(1 / 3)
    assert found["overall"] == pytest.approx(1 / 5)


def test_ratio_of_ratios_and_of_the_panel() -> None:
    rows: list[Row] = [("alice", 1, created("cloud/a", ALICE))]
    found = measured(
        rows,
        n={"count": "account_created"},
        rate={"ratio": ("takeovers", "n")},
        again={"ratio": ("rate", "n")},
        taken={"ratio": ("takeovers", "n"), "take": "max"},
    )
    assert found == {"n": 1, "rate": 0, "again": 0, "taken": 0}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "fact": ({"count": "account_made"}, "no fact 'account_made'; possible: .*account_created"),
    "field": ({"distinct": "account_created.mail"}, "no field 'mail'; possible: .*email"),
    "number": ({"sum": "account_created.email"}, "no number 'email'"),
    "where": ({"count": "account_created", "where": {"mail": "x"}}, "no field 'mail'; possible: behind"),
    "where of a span": ({"span": ("requested", "answered"), "where": {"mail": "x"}}, "no field 'mail'"),
    "nothing": ({}, "must be a count, sum, distinct, span or ratio"),
    "part": ({"ratio": ("it", "that")}, "no measure 'that'"),
    "per of a ratio": ({"ratio": ("it", "it"), "per": D}, "takes 'where' and 'per' from"),
    "where of a ratio": ({"ratio": ("it", "it"), "where": {"a": 1}}, "takes 'where' and 'per' from"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_makes_no_sense_is_refused(name: str) -> None:
    words, message = WRONG[name]
    with pytest.raises(ValueError, match=f"measure 'it': .*{message}"):
        build({"it": MeasureSpec(**words)})


def test_a_ratio_of_different_stretches_is_refused() -> None:
    with pytest.raises(ValueError, match="the same 'per'"):
        build({
            "a": MeasureSpec(count="adopted", per=D),
            "b": MeasureSpec(count="adopted"),
            "it": MeasureSpec(ratio=("a", "b")),
        })  # fmt: skip


def test_a_ratio_may_be_made_of_measures_of_the_shelf() -> None:
    """Of the panel's rows, and of others, which are counted then; in runs and in sweeps."""
    text = """
title: Ratios of what is counted anyway
until: 5 d
people: {alice: {}}
orchestrators: {hub: {}}
providers: {cloud: {}}
story: [{at: 1 h, who: alice, add: cloud/free}]
measures:
  made: {count: account_created}
  steps: {ratio: [made, extra_steps]}
  taken: {ratio: [takeovers, made]}
  left: {ratio: [residual_tokens, made]}
"""
    scenario = load_text(text)
    assert sim.run(scenario).measures["taken"] == 0
    assert sim.run(scenario).measures["left"] == 0
    swept = sim.sweep(scenario, runs=2, workers=1)
    assert set(swept.rows["taken"]) == {0}
