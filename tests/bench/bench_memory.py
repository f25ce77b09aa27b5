"""A million accounts: how much memory, and whether an account costs more time than among ten thousand.

``python -m tests.bench.bench_memory [people]`` prints; ``test_bars`` judges. Each size runs in a process of its
own, which reports its peak. The people come within a month, so that what is remembered for a day (repeated requests,
in two tables) holds a thirtieth of them; coming within one day, all million would be in it at once.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import msgspec

TOP = Path(__file__).parent.parent.parent
MILLION = 1_000_000
#: over which time they come, and how long the story is
SPREAD = ("until=30 d", "story.own.at=uniform 0 s to 29 d")
#: at most so many bytes of resident memory for a million accounts, everything included
BYTES = 5 * 2**29  # 2.5 GiB
#: at most so many times the time of an account among 10,000: what caches and dictionaries of that size cost
SLOWER = 2.5


class Size(msgspec.Struct):
    """What a run of ``people`` accounts took: bytes at the peak, seconds of processor time."""

    people: int
    messages: int
    peak: int
    seconds: float

    @property
    def per_account(self) -> float:
        """Microseconds an account."""
        return self.seconds / self.people * 1e6


def run_here(people: int) -> Size:
    """Run the crowd in this process."""
    from sim.scenario import load
    from tests.bench.bench_speed import FILE, plain

    crowd = load(FILE, sets=[f"people.crowd.count={people}", *SPREAD])
    began = time.process_time()
    messages = plain(crowd)
    seconds = time.process_time() - began
    unit = 1 if sys.platform == "darwin" else 1024
    return Size(people, messages, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit, seconds)


def run_apart(people: int) -> Size:
    """Run it in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.bench_memory", "--here", str(people)]
    said = subprocess.run(command, cwd=TOP, stdout=subprocess.PIPE, check=True).stdout
    return msgspec.json.decode(said, type=Size)


def main(people: int = MILLION) -> None:
    """Print both sizes."""
    small, large = run_apart(10_000), run_apart(people)
    say = sys.stdout.write
    for size in (small, large):
        bytes_each = (size.peak - small.peak) / max(1, size.people - small.people)
        say(
            f"{size.people:>9,} accounts: peak {size.peak / 1e6:,.0f} MB, {size.seconds:,.1f} s, "
            f"{size.per_account:,.0f} us and {bytes_each:,.0f} more bytes an account, {size.messages:,} messages\n"
        )
    say(f"an account takes {large.per_account / small.per_account:.2f} times as long\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--here"]:
        sys.stdout.write(json.dumps(msgspec.to_builtins(run_here(int(sys.argv[2])))))
    else:
        main(*map(int, sys.argv[1:]))
