from __future__ import annotations

from typing import Any

from sim.experiments.once import run_once
from sim.scenario import load_text

#: A call a minute, from minute 10 on; each takes half a minute to be served.
CALLS = """
title: A call a minute
until: 59 min
warm_up: {warm_up}
people: {{ann: {{answers_after: 0 s}}}}
orchestrators: {{hub: {{email_check: idp}}}}
providers: {{p: {{workers: 5, service_time: 30 s}}}}
network: {{latency: 0 s, at_most: 1 s}}
story:
  - {{at: 0 s, who: ann, add: p/free}}
  - {{id: call, every: 1 min, from: 10 min, who: ann, use: p}}
measures:
  calls: {{count: api_accepted}}
  by_ten: {{count: api_accepted, per: 10 min, take: min}}
  first_ten: {{count: api_accepted, per: 10 min, take: first}}
  served: {{span: [request_started, api_accepted], take: max}}
  waits: {{span: [request_received, request_started]}}
  twice: {{ratio: [calls, calls]}}
expect: {{outages: 0}}
"""


def measures(warm_up: str) -> dict[str, Any]:
    return dict(run_once(load_text(CALLS.format(warm_up=warm_up)), record=False).measures)


def test_without_a_warm_up_everything_counts() -> None:
    found = measures("0 s")
    assert found["calls"] == 49  # from 10 min 30 s to 58 min 30 s
    assert found["first_ten"] == 0


def test_what_happens_before_its_end_does_not_count() -> None:
    found = measures("29 min")
    assert found["calls"] == 30  # from 29 min 30 s on, though that call began at 29 min
    assert found["twice"] == 1.0


def test_stretches_of_time_begin_at_its_end() -> None:
    found = measures("29 min")
    assert (found["first_ten"], found["by_ten"]) == (10, 10)


def test_a_span_that_began_before_its_end_does_not_count() -> None:
    assert measures("57 min")["served"] == 30.0
    found = measures("3495 s")  # the last call was taken up at 58 min, and is served at 58 min 30 s
    assert (found["calls"], found["served"]) == (1, None)


def test_the_panel_counts_from_the_beginning() -> None:
    text = CALLS.format(warm_up="50 min")
    before = run_once(load_text(CALLS.format(warm_up="0 s")), record=False)
    assert run_once(load_text(text), record=False).panel == before.panel
