"""The bars of sweeps, as ratios within one run: ``pytest -m bench tests/bench/test_sweep_bars.py``, a minute."""

from __future__ import annotations

import pytest

from sim.experiments.running import cores
from tests.bench import bench_sweep


@pytest.mark.bench
@pytest.mark.skipif(cores() < 2, reason="needs two cores")
def test_two_workers_do_nearly_twice_as_much() -> None:
    assert bench_sweep.speed_up() >= bench_sweep.SPEED_UP


@pytest.mark.bench
def test_a_sweep_costs_little_beside_its_runs() -> None:
    assert bench_sweep.overhead() < bench_sweep.OVERHEAD


@pytest.mark.bench
def test_memory_does_not_grow_with_the_number_of_runs() -> None:
    assert bench_sweep.peak(3_100) - bench_sweep.peak(100) < bench_sweep.GROWTH


def test_the_yardstick_does_what_the_sweep_does() -> None:
    from sim.experiments.once import run_once
    from sim.experiments.sweep import sweep

    made = bench_sweep.scenario(2)
    digests = [run_once(made, replication=run, record=False, digest=True).digest for run in range(3)]
    assert list(sweep(made, runs=3, workers=1).rows["digest"]) == digests
