"""The front door: what scripts and notebooks use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import sim

STORY = Path(__file__).parent.parent / "scenarios" / "pre_hijack.yaml"


def test_a_run_from_the_front_door() -> None:
    outcome = sim.run(sim.load(STORY))
    assert outcome.panel["harm"]["takeovers"] == 1
    assert sim.judge(outcome).exit == 0
    assert isinstance(outcome.trace, sim.Trace)


@pytest.mark.parametrize("first", ["import sim", "import sim.explore.scenario as x, sim"])
def test_explore_can_be_called_whatever_was_imported_first(first: str) -> None:
    program = f"{first}; print(sim.explore(sim.load({str(STORY)!r}, variant='namespaced')).states > 10)"
    said = subprocess.run([sys.executable, "-c", program], cwd=STORY.parent.parent, stdout=subprocess.PIPE, check=True)
    assert said.stdout == b"True\n"


def test_a_path_will_do() -> None:
    assert sim.run(STORY).panel["harm"]["takeovers"] == 1
    assert sim.explore(str(STORY), only=("no_squat",)).verdicts[0].verdict == "violated"
    assert set(dir(sim)) == set(sim.__all__)


def test_every_public_name_exists() -> None:
    for name in sim.__all__:
        assert getattr(sim, name) is not None


def test_a_name_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(AttributeError, match=r"possible: .*load"):
        sim.lode  # noqa: B018
