"""Runs of a small scenario beside a closed form: many replications, each one value.

A test's seed is the number of its target in the list, chosen before anything was run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from sys import stderr
from typing import Any

from sim.experiments.intervals import spread
from sim.experiments.once import run_once
from sim.scenario import load_text


def measured(text: str, names: Sequence[str], runs: int) -> dict[str, list[float]]:
    """Each of the measures in each of so many replications of a scenario; every one of them was observed."""
    scenario = load_text(text)
    found: dict[str, list[float]] = {name: [] for name in names}
    for replication in range(runs):
        outcome = run_once(scenario, replication=replication, record=False)
        numbers: dict[str, Any] = dict(outcome.measures)
        for group in outcome.panel.values():
            numbers |= group
        for name in names:
            assert numbers[name] is not None, f"{name} was not observed in run {replication}"
            found[name].append(numbers[name])
    return found


def values(text: str, name: str, runs: int) -> list[float]:
    """One measure in each of so many replications."""
    return measured(text, (name,), runs)[name]


def agrees(
    label: str, numbers: Sequence[float], mean: float, sd: float | None = None, kurtosis: float | None = None
) -> None:
    """The mean lies within three standard errors of ``mean``, and the standard deviation within three of ``sd``.

    The standard error of a standard deviation is made of the fourth moment: that of the sample, or, where the
    distribution is known and has a long tail of which a sample may show nothing, of its ``kurtosis``.
    """
    n = len(numbers)
    found = math.fsum(numbers) / n
    own = spread(numbers)
    error = own / math.sqrt(n)
    stderr.write(f"{label}: {found:.6g} for {mean:.6g}, standard error {error:.3g}, {n} runs\n")
    assert abs(found - mean) <= 3 * error
    if sd is not None:
        fourth = math.fsum((x - found) ** 4 for x in numbers) / n
        of_sd = math.sqrt(max(fourth - own**4, 0.0) / n) / (2 * own)
        if kurtosis is not None:
            of_sd = sd * math.sqrt((kurtosis - 1) / (4 * n))
        stderr.write(f"{label}: standard deviation {own:.6g} for {sd:.6g}, standard error {of_sd:.3g}\n")
        assert abs(own - sd) <= 3 * of_sd
