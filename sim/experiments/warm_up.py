"""Long runs that begin empty: what to leave out at the beginning, and how to put an interval around the rest.

Observations of one run follow each other and resemble each other, so their mean is not known as well as their number
suggests. Either many runs are made and each gives one mean, or one long run is cut into batches long enough that the
means of the batches hardly depend on each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.experiments.intervals import Estimate, student


def truncate(times: Sequence[float], values: Sequence[float], warm_up: float) -> list[float]:
    """The values observed at ``warm_up`` or later; times in the same unit."""
    return [value for time, value in zip(times, values, strict=True) if time >= warm_up]


def mser5(values: Sequence[float]) -> int | None:
    """How many values at the beginning to leave out, by the rule MSER-5 (White 1997; Franklin and White 2008).

    Values are taken in fives, and as many fives are left out as make the standard error of the mean of the rest
    smallest, at most half of them. None where there are fewer than ten fives, or where the smallest lies at that half:
    then the run is too short to say.
    """
    whole = len(values) // 5
    fives = batches(values[: whole * 5], whole)
    if len(fives) < 10:
        return None
    best, at = math.inf, 0
    total, squares = 0.0, 0.0
    mean = math.fsum(fives) / len(fives)  # taken off first: sums of squares lose digits far away from 0
    for left_out in range(len(fives) - 1, -1, -1):
        total += fives[left_out] - mean
        squares += (fives[left_out] - mean) ** 2
        n = len(fives) - left_out
        error = (squares - total**2 / n) / n**2
        if left_out <= len(fives) // 2 and error <= best:
            best, at = error, left_out
    return None if at == len(fives) // 2 else at * 5


def welch(runs: Sequence[Sequence[float]], window: int) -> list[float]:
    """Welch's curve: the mean over ``runs`` at each place, smoothed over ``window`` places on either side.

    At the beginning the window is narrower. The curve ends ``window`` places before the shortest run does. Where it
    becomes level, the warm-up is over.
    """
    if window < 0 or not runs:
        raise ValueError(f"a curve needs runs ({len(runs)}) and a window of at least 0 ({window})")
    shortest = min(len(run) for run in runs)
    means = [math.fsum(run[place] for run in runs) / len(runs) for place in range(shortest)]
    arms = [min(window, place) for place in range(shortest - window)]
    return [
        math.fsum(means[place - arm : place + arm + 1]) / (2 * arm + 1)
        for place, arm in enumerate(arms)
        if place + arm < shortest
    ]


def batches(values: Sequence[float], number: int) -> list[float]:
    """The means of ``number`` batches of equal length, one after the other; the values left over stand at the front.

    They are left out there because the beginning is what resembles the rest least.
    """
    size = len(values) // number if number > 0 else 0
    if size == 0:
        return []
    rest = len(values) - size * number
    return [math.fsum(values[at : at + size]) / size for at in range(rest, len(values), size)]


def batch_means(values: Sequence[float], number: int = 20, level: float = 0.95) -> Estimate:
    """The mean of one long run's ``values`` with an interval from its batches.

    ``n`` is the number of batches. Twenty are the usual compromise: fewer, and the spread is badly known; more, and
    they are short and depend on each other (Schmeiser 1982).
    """
    found = student(batches(values, number), level)
    return Estimate(found.mean, found.low, found.high, "batch means", found.n)
