"""How long a whole process takes from its start to its end, beside one that does nothing.

``python -m tests.bench.bench_start [repetitions]`` prints; ``test_bars`` judges each as a multiple of
``python -c pass``: a slow machine is slow at both.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).parent.parent.parent
STORY = str(Path(__file__).with_name("story.yaml"))
NOTHING = ("-c", "pass")
#: Command line by name (``LONG`` stands for a story of a thousand lines), and at most so many times a process that does
#: nothing. Where that takes 25 ms, these are 0.3 s more for ``check`` and half a second for ``run``.
COMMANDS: dict[str, tuple[tuple[str, ...], float]] = {
    "import sim": (("-c", "import sim"), 2),
    "sim --help": (("-m", "sim", "--help"), 5),
    "sim check": (("-m", "sim", "check", "LONG"), 13),
    "sim run": (("-m", "sim", "run", STORY), 20),
}


def took(arguments: tuple[str, ...]) -> float:
    """Seconds of a Python process with these arguments."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], cwd=TOP, capture_output=True, check=False)
    seconds = time.perf_counter() - began
    assert done.returncode == 0, done.stderr.decode()
    return seconds


def long_story(file: Path) -> str:
    """A story of a thousand lines, written to ``file``; its name."""
    lines = Path(STORY).read_text(encoding="utf-8").splitlines()
    steps = [f"  - {{id: more{n}, at: {n} min, who: alice, use: cloud}}" for n in range(1, 1_001 - len(lines))]
    place = next(at for at, line in enumerate(lines) if line.startswith("story:")) + 1
    file.write_text("\n".join([*lines[:place], *steps, *lines[place:]]) + "\n", encoding="utf-8")
    return str(file)


def measure(repetitions: int = 7) -> dict[str, float]:
    """Medians by name, seconds; ``nothing`` is the empty process. Repetitions are interleaved."""
    commands = {"nothing": NOTHING, **{name: arguments for name, (arguments, _) in COMMANDS.items()}}
    found: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        long = long_story(Path(folder) / "long.yaml")
        for _ in range(repetitions):
            for name, arguments in commands.items():
                found[name].append(took(tuple(long if one == "LONG" else one for one in arguments)))
    return {name: statistics.median(times) for name, times in found.items()}


def main(repetitions: int = 7) -> None:
    """Print them."""
    found = measure(repetitions)
    for name, seconds in found.items():
        sys.stdout.write(f"{name:<12}{seconds * 1e3:>8.0f} ms{seconds / found['nothing']:>7.1f} x nothing\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
