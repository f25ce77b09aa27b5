"""The explorer's speed beside a plain breadth-first search over tuples, in the same run.

The yardstick is two-phase commit in the style of a hand-written model checker: a state is a tuple, its successors come
from one function, what was seen is a dictionary with parents. Times are those of the process, the machine being shared.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from sim.clock import DAY, SECOND
from sim.explore.box import Box
from sim.explore.exploring import explore
from sim.explore.model import Bounds
from sim.explore.scenario import model
from sim.explore.search import Search
from sim.explore.system import System
from sim.explore.walks import Walk
from sim.scenario import load, load_text
from tests.explore.models import two_phase

#: share of the yardstick's states per second; a spike reached 0.18, the goal is 0.4
BAR = 0.18
BYTES = 600
STORY = 10_000
#: how many times fewer states three interchangeable people are to have
FEWER = 3
#: traces per second of Quint's TypeScript simulator on the same model, at its fastest (measured 490 to 840)
QUINT = 840

THREE = """
title: Three people at a time
until: 1 h
people: {{crowd: {{count: 3, answers_after: uniform 0 s to 3 s, reads_mail_after: uniform 1 s to 2 s}}}}
orchestrators: {{hub: {{}}}}
providers: {{cloud: {{like: M4}}}}
network: {{latency: uniform 0 s to 1 s, at_most: 1 s}}
story:
  - {{id: go, at: uniform 1 s to 3 s, who: crowd, {deed}}}
"""

State = tuple[tuple[str, ...], str, frozenset[int], frozenset[str]]
ROOT = Path(__file__).parents[2]


def _next(state: State) -> Iterator[State]:
    rms, tm, prepared, sent = state
    if tm == "init":
        if len(prepared) == len(rms):
            yield rms, "committed", prepared, sent | {"commit"}
        yield rms, "aborted", prepared, sent | {"abort"}
        for at in range(len(rms)):
            if f"prepared {at}" in sent:
                yield rms, tm, prepared | {at}, sent
    for at, rm in enumerate(rms):
        if rm == "working":
            yield (*rms[:at], "prepared", *rms[at + 1 :]), tm, prepared, sent | {f"prepared {at}"}
            yield (*rms[:at], "aborted", *rms[at + 1 :]), tm, prepared, sent
        if "commit" in sent:
            yield (*rms[:at], "committed", *rms[at + 1 :]), tm, prepared, sent
        if "abort" in sent:
            yield (*rms[:at], "aborted", *rms[at + 1 :]), tm, prepared, sent


def yardstick(participants: int) -> tuple[int, float]:
    """States, and states per second, of the plain search."""
    began = time.process_time()
    first: State = (("working",) * participants, "init", frozenset(), frozenset())
    parents: dict[State, State | None] = {first: None}
    waiting = deque([first])
    while waiting:
        state = waiting.popleft()
        for then in _next(state):
            if then not in parents:
                parents[then] = state
                waiting.append(then)
    return len(parents), len(parents) / (time.process_time() - began)


def ours(participants: int) -> tuple[int, float]:
    """States, and states per second, of the explorer without reductions."""
    began = time.process_time()
    found = explore(two_phase.model(participants), rule="box")
    return found.states, found.states / (time.process_time() - began)


def bytes_per_state(participants: int) -> float:
    """What a process that explores grows by, per state."""
    code = f"from tests.bench import bench_explore as b; print(b.grown({participants}))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return float(said)


def grown(participants: int) -> float:
    """The same, in this process: what is resident while everything is still there."""
    system = System(two_phase.model(participants), Bounds(), set())
    search = Search(system, Box(system, 1))
    before = _resident()
    search.breadth()
    return (_resident() - before) / search.states


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()


def story() -> float:
    """States per second on the pre-hijack story with all properties on, waits unbounded, up to 100,000 states."""
    made = model(load(ROOT / "scenarios" / "pre_hijack.yaml"))
    began = time.process_time()
    found = explore(made, Bounds(states=100_000, adversary_sends=0), rule="box")
    return found.states / (time.process_time() - began)


def walks(participants: int) -> float:
    """Random walks of 20 steps, per second."""
    walk = Walk(two_phase.model(participants), Bounds(), set(), 1)
    began = time.process_time()
    for number in range(5_000):
        walk.walk(number, 20, lambda: False)
    return 5_000 / (time.process_time() - began)


def reduced(deed: str, states: int) -> tuple[int, int]:
    """States of three people who do the same at a time, with reductions and without; at most so many without."""
    made = model(load_text(THREE.format(deed=deed)))
    bounds = Bounds(states=states, adversary_sends=0)
    whole = explore(made, bounds, rule="zones")
    found = explore(made, bounds)
    assert found.complete
    assert whole.complete or whole.states == states
    return found.states, whole.states


def ask_the_owner() -> int:
    """States of the pre-hijack story where the owner is asked, waits of a day at most, all properties on."""
    made = model(load(ROOT / "scenarios" / "pre_hijack.yaml", variant="asks"))
    found = explore(made, Bounds(adversary_sends=0, waits_at_most=DAY, grid=SECOND))
    assert found.complete
    return found.states
