"""Messages a second against the two yardsticks, all in one process on one core.

``python -m tests.bench.bench_speed [people] [repetitions]`` prints the ratios; ``test_bars`` judges them. The
repetitions of all four are interleaved, so that a machine that slows down slows all of them; medians are compared, of
processor time and with the garbage collector off for everybody.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sim.experiments.once import run_once
from sim.scenario import Scenario, load
from tests.bench.yardsticks import run_a, run_b

FILE = Path(__file__).with_name("crowd.yaml")
#: fewer people than this are signed in when a story begins, and do less
LEAST = 1_001
#: what each must reach: (what, yardstick, messages a second at least so many times the yardstick's)
BARS = (("ours", "A", 0.5), ("ours", "B", 2.0), ("with a trace", "A", 0.35))


def scenario(people: int) -> Scenario:
    """The crowd, with so many people in it."""
    return load(FILE, sets=[f"people.crowd.count={people}"])


def plain(crowd: Scenario) -> int:
    """Messages of a run that keeps nothing."""
    return run_once(crowd, record=False).messages


def traced(crowd: Scenario) -> int:
    """The same with a trace on disk and its digest."""
    with tempfile.TemporaryFile("wb") as file:
        return run_once(crowd, record=False, file=file).messages


def pace(call: Callable[[], int]) -> float:
    """Messages a second of processor time."""
    gc.collect()
    began = time.process_time()
    messages = call()
    return messages / (time.process_time() - began)


def measure(people: int = 5_000, repetitions: int = 5) -> dict[str, float]:
    """Messages a second of each."""
    crowd = scenario(people)
    runs: dict[str, Callable[[], int]] = {
        "A": lambda: run_a(people).messages,
        "ours": lambda: plain(crowd),
        "with a trace": lambda: traced(crowd),
        "B": lambda: run_b(people).messages,
    }
    paces: dict[str, list[float]] = {name: [] for name in runs}
    _stay_on_one_core()
    plain(scenario(LEAST))  # everything is imported and warm before anything is timed
    gc.disable()
    try:
        for _ in range(repetitions):
            for name, run in runs.items():
                paces[name].append(pace(run))
    finally:
        gc.enable()
    return {name: statistics.median(found) for name, found in paces.items()}


def _stay_on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def main(people: int = 5_000, repetitions: int = 5) -> None:
    """Print the table."""
    found = measure(people, repetitions)
    say = sys.stdout.write
    say(f"{people} people, {repetitions} repetitions, medians\n")
    for name, messages in found.items():
        say(f"{name:<14}{messages:>10,.0f} messages/s{messages / found['A']:>8.2f} A{messages / found['B']:>8.2f} B\n")
    for name, yardstick, bar in BARS:
        ratio = found[name] / found[yardstick]
        say(f"{name}: {ratio:.2f} of {yardstick}, at least {bar} wanted: {'met' if ratio >= bar else 'NOT met'}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
