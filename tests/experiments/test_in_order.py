"""Work in processes: results in the order of the tasks, and Ctrl-C left to whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial

import pytest

from sim.experiments.in_order import InOrder, undisturbed

ASKS = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"


def _blocked() -> str:
    return subprocess.run([sys.executable, "-c", ASKS], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="needs masks of signals")
def test_what_is_started_inside_never_hears_ctrl_c() -> None:
    with undisturbed():
        assert _blocked() == "True"
    assert _blocked() == "False"


def _place(base: int, task: int) -> tuple[int, int]:
    return base + task, os.getpid()


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_tasks(workers: int) -> None:
    with InOrder(partial(_place, 100), workers) as doing:
        alone = list(doing.each([7]))
        many = list(doing.each(range(12)))
        assert list(doing.each([])) == []
    assert [value for value, _ in alone] == [107]
    assert [value for value, _ in many] == list(range(100, 112))
    assert alone[0][1] == os.getpid()
    assert all((pid == os.getpid()) == (workers == 1) for _, pid in many)


def _fails(task: int) -> int:
    if task == 3:
        raise ValueError("three")
    return task


def test_what_goes_wrong_in_a_process_goes_wrong_here() -> None:
    with InOrder(_fails, 2) as doing, pytest.raises(ValueError, match="three"):
        list(doing.each(range(6)))
