"""What sweeping costs beside the runs themselves: workers, overhead per replication, memory by the number of runs.

Each figure is a ratio within one run, of best times, as the machine may be busy with other things. Two workers need
two cores for themselves.
``python -m tests.bench.bench_sweep`` prints them.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

#: About 50 ms a run on the machine this was written on; what matters is that it is much and always the same.
STORY = """\
title: A crowd adds
until: 2 d
people: {crowd: {count: PEOPLE}}
orchestrators: {hub: {}}
providers: {p: {like: M6}}
story:
  - {at: uniform 0 s to 1 d, who: crowd, add: p/free}
"""
PEOPLE = 60
SPEED_UP, OVERHEAD, GROWTH = 1.8, 0.05, 16 * 1024**2
_RUNS = 120


def scenario(people: int = PEOPLE) -> Any:
    """The story, loaded."""
    from sim.scenario import load_text

    return load_text(STORY.replace("PEOPLE", str(people)))


def seconds(workers: int, runs: int = _RUNS, clock: Callable[[], float] = time.perf_counter) -> float:
    """A sweep with so many workers."""
    from sim.experiments.sweep import sweep

    made = scenario()
    began = clock()
    sweep(made, runs=runs, workers=workers)
    return clock() - began


def speed_up(tries: int = 2, runs: int = 400) -> float:
    """How much faster two workers are than one, at their best; their start, half a second, counts."""
    return min(seconds(1, runs) for _ in range(tries)) / min(seconds(2, runs) for _ in range(tries))


def overhead(runs: int = _RUNS) -> float:
    """By which share a sweep takes longer than the runs inside it: one sweep taken apart, in processor seconds."""
    from sim.experiments import running

    inside, run = [0.0], running.row_of

    def timed(*args: Any) -> Any:
        began = time.process_time()
        row = run(*args)
        inside[0] += time.process_time() - began
        return row

    running.row_of = timed
    try:
        whole = seconds(1, runs, time.process_time)
    finally:
        running.row_of = run
    return whole / inside[0] - 1


def peak(runs: int) -> int:
    """Bytes at most that a sweep of small runs needed, in a process of its own."""
    code = f"from tests.bench.bench_sweep import small; small({runs})"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(found.stdout)


def small(runs: int) -> None:
    """A sweep of small runs; prints the largest size of this process."""
    from sim.experiments.sweep import sweep

    sweep(scenario(1), runs=runs, workers=1)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)  # noqa: T201


if __name__ == "__main__":
    print(f"a run: {seconds(1, clock=time.process_time) / _RUNS * 1000:.1f} ms")  # noqa: T201
    print(f"two workers: {speed_up():.2f}x one; overhead {overhead():.1%}")  # noqa: T201
    few, many = peak(100), peak(3_100)
    print(f"memory: {few / 2**20:.1f} MB at 100 runs, {(many - few) / 3_000:.0f} bytes a run more")  # noqa: T201
