"""Messages a second against the two yardsticks, all in one process on one core.

``python -m tests.bench.bench_speed [people] [repetitions]`` prints the ratios; ``test_bars`` judges them. The flow of
accounts alone is judged; the paid one (account, resource, token, charge) is reported beside yardsticks that have the
same steps. The repetitions of all are interleaved, so that a machine that slows down slows all of them; medians are
compared, of processor time and with the garbage collector off for everybody.
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
from tests.bench.paid_yardsticks import run_paid_a, run_paid_b
from tests.bench.yardsticks import run_a, run_b

FILE, PAID = Path(__file__).with_name("crowd.yaml"), Path(__file__).with_name("paid.yaml")
#: fewer people than this are signed in when a story begins, and do less
LEAST = 1_001
#: what each must reach: (what, yardstick, messages a second at least so many times the yardstick's)
BARS = (("ours", "A", 0.5), ("ours", "B", 2.0), ("with a trace", "A", 0.35))
#: what the account-only flow reached, of A, before resources, money, disputes and limits were simulated; and the least
#: share of it that is wanted with all of them, all properties and the ledger on
BEFORE, SHARE = 0.118, 0.8


def scenario(people: int, file: Path = FILE) -> Scenario:
    """The crowd, with so many people in it."""
    return load(file, sets=[f"people.crowd.count={people}"])


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
    crowd, buyers = scenario(people), scenario(people, PAID)
    runs: dict[str, Callable[[], int]] = {
        "A": lambda: run_a(people).messages,
        "ours": lambda: plain(crowd),
        "with a trace": lambda: traced(crowd),
        "B": lambda: run_b(people).messages,
        "paid, A": lambda: run_paid_a(people).messages,
        "paid, ours": lambda: plain(buyers),
        "paid, B": lambda: run_paid_b(people).messages,
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
        a, b = (found[f"paid, {yard}" if name.startswith("paid") else yard] for yard in ("A", "B"))
        say(f"{name:<14}{messages:>10,.0f} messages/s{messages / a:>8.2f} A{messages / b:>8.2f} B\n")
    now = found["ours"] / found["A"]
    say(f"account-only flow: {now:.3f} of A, {BEFORE} before; {now / BEFORE:.2f} of that, at least {SHARE} wanted\n")
    for name, yardstick, bar in BARS:
        ratio = found[name] / found[yardstick]
        say(f"{name}: {ratio:.2f} of {yardstick}, at least {bar} wanted: {'met' if ratio >= bar else 'NOT met'}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
