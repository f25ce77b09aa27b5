"""Requests that wait for a worker, against Erlang's and Pollaczek and Khinchine's formulas (V8)."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.clock import SECOND
from sim.experiments.intervals import student
from sim.experiments.once import run_once
from sim.experiments.warm_up import batch_means, truncate
from sim.facts import RequestReceived, RequestStarted
from sim.scenario import load_text
from tests.validation.kit import agrees

QUEUE = """
title: Calls at a provider with few workers
seed: 8
until: {until} s
warm_up: {warm_up} s
people:
  ann: {{answers_after: 0 s}}
orchestrators:
  hub: {{email_check: idp}}
providers:
  p: {{workers: {workers}, queue: {queue}, service_time: {service}}}
network: {{latency: 0 s, at_most: 1 s}}
story:
  - {{at: 0 s, who: ann, add: p/free}}
  - {{id: calling, every: exponential {gap} ms, from: 60 s, who: ann, use: p}}
measures:
  wait: {{span: [request_received, request_started]}}
  received: {{count: request_received}}
  called: {{count: step_completed, where: {{step: calling}}}}
"""


def erlang_c(servers: int, load: float) -> float:
    """The share that waits with so many servers and ``load`` of them busy on the average."""
    top = load**servers / math.factorial(servers) * servers / (servers - load)
    return top / (sum(load**k / math.factorial(k) for k in range(servers)) + top)


def erlang_b(servers: int, load: float) -> float:
    """The share that is lost where nobody waits."""
    return load**servers / math.factorial(servers) / sum(load**k / math.factorial(k) for k in range(servers + 1))


class Waits:
    """What the requests of one run waited, seconds, and when they came, after the warm-up."""

    def __init__(self, text: dict[str, Any], replication: int) -> None:
        came: dict[str, int] = {}
        rows: list[tuple[float, float]] = []

        def started(fact: RequestStarted, see: Any) -> None:
            at = came.pop(fact.id)
            rows.append((at / SECOND, (see.now - at) / SECOND))

        def prepare(run: Any) -> None:
            run.world.on(RequestReceived, lambda fact, see: came.__setitem__(fact.id, see.now))
            run.world.on(RequestStarted, started)

        scenario = load_text(QUEUE.format(**text))
        self.outcome = run_once(scenario, replication=replication, record=False, prepare=prepare)
        self.waits = truncate([at for at, _ in rows], [wait for _, wait in rows], text["warm_up"])

    @property
    def mean(self) -> float:
        """What a request waited."""
        return math.fsum(self.waits) / len(self.waits)

    def beyond(self, seconds: float) -> float:
        """The share that waited longer."""
        return sum(wait > seconds for wait in self.waits) / len(self.waits)


def world(workers: int, service: str, gap: int, until: int, warm_up: int, queue: str = "unlimited") -> dict[str, Any]:
    return {"workers": workers, "service": service, "gap": gap, "until": until, "warm_up": warm_up, "queue": queue}


@pytest.mark.parametrize(("servers", "load", "waits"), [(10, 8.0, 0.40918), (6, 5.0, 0.58752), (1, 0.8, 0.8)])
def test_v8_erlang_s_formula_gives_the_published_figures(servers: int, load: float, waits: float) -> None:
    assert erlang_c(servers, load) == pytest.approx(waits, abs=5e-6)
    assert erlang_b(10, 8.0) == pytest.approx(0.12166, abs=5e-6)
    assert erlang_c(10, 8.0) * math.exp(-2) == pytest.approx(0.05538, abs=5e-6)


@pytest.mark.slow
def test_v8_one_worker() -> None:
    runs = [Waits(world(1, "exponential 1 s", 1250, 2600, 600), r) for r in range(32)]
    agrees("V8 M/M/1 Wq", [run.mean for run in runs], 4.0)
    agrees("V8 M/M/1 Lq", [math.fsum(run.waits) / 2000 for run in runs], 3.2)
    agrees("V8 M/M/1 waits", [run.beyond(0) for run in runs], 0.8)


@pytest.mark.slow
def test_v8_ten_workers() -> None:
    runs = [Waits(world(10, "exponential 1 s", 125, 300, 90), r) for r in range(24)]
    agrees("V8 M/M/10 Wq", [run.mean for run in runs], 0.20459)
    agrees("V8 M/M/10 waits", [run.beyond(0) for run in runs], 0.40918)
    agrees("V8 M/M/10 waits over 1 s", [run.beyond(1) for run in runs], 0.05538)


@pytest.mark.slow
def test_v8_six_workers() -> None:
    runs = [Waits(world(6, "exponential 2 s", 400, 900, 200), r) for r in range(20)]
    agrees("V8 M/M/6 Wq", [run.mean for run in runs], 1.17503)
    agrees("V8 M/M/6 waits", [run.beyond(0) for run in runs], 0.58752)


@pytest.mark.slow
def test_v8_one_worker_who_always_takes_as_long() -> None:
    runs = [Waits(world(1, "1 s", 1250, 1500, 300), r) for r in range(24)]
    agrees("V8 M/D/1 Wq", [run.mean for run in runs], 2.0)


@pytest.mark.slow
def test_v8_nobody_waits_and_some_are_lost() -> None:
    runs = [Waits(world(10, "exponential 1 s", 125, 260, 90, queue="0"), r).outcome.measures for r in range(20)]
    agrees("V8 M/M/10/10 lost", [1 - (run["received"] or 0) / (run["called"] or 1) for run in runs], 0.12166)


def test_v8_one_long_run_in_batches_says_about_the_same() -> None:
    run = Waits(world(1, "1 s", 1250, 6_000, 300), 0)
    found = batch_means(run.waits)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 2.0 < found.high
    single = student(run.waits)
    assert (found.half_width or 0) > 2 * (single.half_width or 0)  # waits that resemble each other say less


def test_v8_a_scenario_s_own_measure_counts_from_the_end_of_the_warm_up() -> None:
    run = Waits(world(1, "1 s", 1250, 600, 300), 3)
    assert run.outcome.measures["wait"] == pytest.approx(run.mean)
    assert run.outcome.measures["received"] == pytest.approx(len(run.waits), abs=20)  # those that wait still
    whole = Waits(world(1, "1 s", 1250, 600, 0), 3)
    assert len(whole.waits) > 1.5 * len(run.waits)
