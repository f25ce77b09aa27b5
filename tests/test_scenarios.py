"""Every shipped scenario, its base and its variants, ends as the file expects it to."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli import cli
from sim.experiments.once import run_once
from sim.results import result
from sim.scenario import load

FOLDER = Path(__file__).parent.parent / "scenarios"
PACKS = FOLDER / "packs"
FILES = sorted(path for path in FOLDER.rglob("*.yaml") if PACKS not in path.parents)
#: (file, variant), the base as None
CASES = [(path, variant) for path in FILES for variant in (None, *load(path).variants)]


@pytest.mark.parametrize(("path", "variant"), CASES, ids=lambda value: getattr(value, "stem", value) or "base")
def test_a_scenario_ends_as_it_expects(path: Path, variant: str | None) -> None:
    """No expectation of a run is unmet, and none is left open."""
    ended = result(run_once(load(path, variant=variant)))
    unmet = [
        f"{verdict.property}: {verdict.verdict}, expected {verdict.expected}"
        for verdict in ended.verdicts
        if verdict.met is False
    ]
    assert not unmet
    assert ended.exit == 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scenario_says_what_it_is_for(path: Path) -> None:
    """Each has a reason, references, and something it expects of its base and of every variant."""
    base = load(path)
    assert base.why
    assert base.refs
    assert base.expect or base.everything_else
    for variant in base.variants:
        changed = load(path, variant=variant)
        assert changed.expect or changed.everything_else, variant


def test_the_list_of_scenarios_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    """``sim list scenarios --markdown > scenarios/README.md`` after a change."""
    monkeypatch.chdir(FOLDER.parent)
    printed = CliRunner().invoke(cli, ["list", "scenarios", "--markdown"], standalone_mode=False).output
    assert (FOLDER / "README.md").read_text("utf-8").strip() == printed.strip()
