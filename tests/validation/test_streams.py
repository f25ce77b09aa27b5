"""Randomness an experiment can rest on: streams that never repeat, variants that are paired, intervals that cover."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from sim.chance import Chance, purpose
from sim.experiments.intervals import paired, spread, student
from sim.experiments.once import run_once
from sim.experiments.stopping import Rule
from sim.scenario import load_text
from tests.validation.kit import agrees, values

# --- streams ----------------------------------------------------------------------------------------------------------


def stream(seed: int, replication: int, n: int = 2_000) -> list[float]:
    chance = Chance(seed, replication)
    return [chance.unit(purpose("latency"), f"alice.{k}") for k in range(n)]


def test_streams_of_neighbouring_seeds_and_replications_share_no_number() -> None:
    seen: set[float] = set()
    worlds = [(seed, replication) for seed in range(1, 9) for replication in range(8)]
    for seed, replication in worlds:
        seen |= set(stream(seed, replication, 500))
    assert len(seen) == 500 * len(worlds)


def test_a_seed_s_second_replication_is_not_the_next_seed_s_first() -> None:
    for seed, following in pairwise(range(20)):
        assert stream(seed, 1, 5) != stream(following, 0, 5)
        assert stream(seed, 0, 5) != stream(following, 0, 5)


@pytest.mark.parametrize("shift", [(1, 0), (0, 1), (1, 1), (1, -1)])
def test_neighbouring_streams_are_not_correlated(shift: tuple[int, int]) -> None:
    a, b = stream(5, 3), stream(5 + shift[0], 3 + shift[1])
    n = len(a)
    covariance = sum((x - 0.5) * (y - 0.5) for x, y in zip(a, b, strict=True)) / n
    assert abs(covariance * 12) < 4 / n**0.5


def test_neighbouring_seeds_run_differently() -> None:
    digests = {run_once(load_text(ATTACK, seed=seed), replication=r).digest for seed in (1, 2, 3) for r in (0, 1, 2)}
    assert len(digests) == 9


# --- pairing ----------------------------------------------------------------------------------------------------------

ATTACK = """
title: A stolen key, and two times until it is found missing
until: 1 d
people:
  shoppers: {count: 5, answers_after: exponential 1 min}
  thief: {adversary: true}
orchestrators:
  hub: {detection: {after: exponential 60 min, then: revoke}}
providers:
  clouds: {count: 2, like: M10}
story:
  - {every: exponential 2 h, who: shoppers, add: any clouds/free}
  - {id: theft, at: 4 h, who: thief, steal: signing_key, of: hub}
  - {after: theft, who: thief, attack: mass_provisioning, of: hub, against: clouds, rate: exponential 2 min}
measures:
  forged: {count: account_created, where: {behind: adversary}}
variants:
  sooner:
    set: {orchestrators.hub.detection.after: exponential 40 min}
"""


def counted(variant: str | None, runs: int, first: int = 0) -> list[float]:
    scenario = load_text(ATTACK, variant=variant)
    outcomes = (run_once(scenario, replication=r, record=False) for r in range(first, first + runs))
    return [float(outcome.measures["forged"] or 0) for outcome in outcomes]


@pytest.mark.slow
def test_pairing_halves_the_spread_of_a_difference_at_least() -> None:
    base, sooner = counted(None, 60), counted("sooner", 60)
    elsewhere = counted("sooner", 60, first=1_000)
    together = [a - b for a, b in zip(base, sooner, strict=True)]
    apart = [a - b for a, b in zip(base, elsewhere, strict=True)]
    assert spread(together) < spread(apart) / 2
    found = paired(base, sooner)
    assert found.low is not None
    assert found.low > 0  # the 60 runs tell them apart, which they would not do on other random numbers
    assert (student(apart).low or 0) < (found.mean or 0)


# --- one message more -------------------------------------------------------------------------------------------------

STORY = """
title: Two people, several providers
until: 30 d
people:
  ann: {}
  bob: {}
orchestrators:
  hub: {}
providers:
  clouds: {count: 3, like: M7}
network: {loss: 0.02}
story:
  - {id: hers, at: exponential 1 d, who: ann, add: clouds/free}
  - {id: his, at: exponential 1 d, who: bob, add: clouds/free}
  - {id: again, every: exponential 5 d, who: bob, use: clouds1}
variants:
  one_more:
    set: {story: [{id: before, at: 2 h, who: ann, log_in: hub}]}
"""


def latencies(outcome: Any) -> dict[tuple[str, str, str, str], int]:
    """How long each message took, by kind, id, sender and receiver."""
    return {
        (type(step.message).__name__, step.message.id, step.sender, step.to): step.at - step.sent
        for step in outcome.trace.steps
        if step.kind == "message"
    }


@pytest.mark.parametrize("replication", range(5))
def test_a_step_more_leaves_every_other_message_as_long_on_its_way(replication: int) -> None:
    base = latencies(run_once(load_text(STORY), replication=replication))
    more = latencies(run_once(load_text(STORY, variant="one_more"), replication=replication))
    assert set(base) < set(more)
    assert {key[1] for key in set(more) - set(base)} <= {key[1] for key in more if key[1].startswith("before")}
    assert all(more[key] == took for key, took in base.items())


def test_what_the_others_do_is_the_same_to_the_microsecond() -> None:
    base, more = (run_once(load_text(STORY, variant=variant)) for variant in (None, "one_more"))
    rows = [
        [(step.at, fact) for step in outcome.trace.steps for fact in step.facts if "before" not in str(fact)]
        for outcome in (base, more)
    ]
    assert [row for row in rows[0] if "bob" in str(row)] == [row for row in rows[1] if "bob" in str(row)]


SAME_INSTANT = """
title: One person through two orchestrators at the same instant; the provider pins the first
until: 1 h
people: {ann: {uses: [a, b], answers_after: 0 s}}
orchestrators: {a: {email_check: idp}, b: {email_check: idp}}
providers: {p: {like: M9}}
measures: {by_a: {count: account_created, where: {issuer: a}}}
story:
"""
STEPS = [
    "  - {id: one, at: 1 min, who: ann, via: a, add: p/free}",
    "  - {id: two, at: 1 min, who: ann, via: b, add: p/free}",
]


def test_the_order_of_steps_at_one_instant_moves_no_outcome() -> None:
    """Who is first is a matter of latencies, not of the order in a file: about as often the one as the other."""
    in_order, turned = (values(SAME_INSTANT + "\n".join(steps) + "\n", "by_a", 200) for steps in (STEPS, STEPS[::-1]))
    assert in_order == turned
    agrees("the first orchestrator wins", in_order, 0.5)


# --- coverage ---------------------------------------------------------------------------------------------------------

#: A message takes an exponential time of 1 s; so does a login on its way there and, again, back: 2 s in the mean.
LOGIN = """
title: A login there and back
until: 1 h
people: {ann: {}}
orchestrators: {hub: {}}
network: {latency: exponential 1 s, at_most: 59 min}
story: [{id: in, at: 1 s, who: ann, log_in: hub}]
measures: {took: {span: [human_stepped, step_completed], take: max}}
"""


@pytest.mark.slow
def test_intervals_of_runs_cover_a_known_mean() -> None:
    """200 experiments of 15 runs, and the same stopped by the precision they have reached."""
    scenario, runs = load_text(LOGIN), 30
    fixed = stopped = 0
    rule = Rule({"took": 0.35}, at_least=12, at_most=runs)
    for experiment in range(200):
        took = [
            run_once(scenario, replication=experiment * runs + r, record=False).measures["took"] for r in range(runs)
        ]
        fixed += _covers(student(took[:15]))
        stop = rule.stop({"took": took})
        assert stop is not None
        stopped += _covers(rule.known("took", took[:stop]))
    assert 0.91 <= fixed / 200 <= 0.98
    assert 0.91 <= stopped / 200 <= 0.98


def _covers(found: Any) -> bool:
    return bool(found.low <= 2.0 <= found.high)
