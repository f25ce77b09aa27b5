"""Outcomes are produced, not looked up: a changed name moves nothing, a changed number only what it explains."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.clock import DAY, MINUTE
from sim.experiments.once import Outcome, run_once
from sim.results import result
from sim.scenario import like, load, load_text

TOP = Path(__file__).parent.parent
FOLDER = TOP / "scenarios"
POLICIES = tuple(f"M{n}" for n in range(1, 11))
STORIES = ("collision_squatter_first", "collision_password_first", "collision_address_moved")


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def nonsense(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The policy presets under names that mean nothing, one taken from another: old name to new."""
    renamed = {name: f"Zx{(n * 7) % 10}" for n, name in enumerate(POLICIES)}
    folder = tmp_path / "presets"
    shutil.copytree(like._FOLDER, folder)
    for old, new in renamed.items():
        (folder / f"{old}.yaml").rename(folder / f"{new}.yaml")
    monkeypatch.setattr(like, "_FOLDER", folder)
    like.presets.cache_clear()
    like.preset.cache_clear()
    yield renamed
    like.presets.cache_clear()
    like.preset.cache_clear()


def _under(story: str, preset: str) -> Outcome:
    text = (FOLDER / f"{story}.yaml").read_text("utf-8").partition("\nvariants:")[0]
    assert "like: M1}" in text
    return run_once(load_text(text.replace("like: M1}", f"like: {preset}}}"), file=story))


@pytest.fixture(scope="module")
def named() -> dict[tuple[str, str], Outcome]:
    """Every story under every policy, by its proper name."""
    return {(story, policy): _under(story, policy) for story in STORIES for policy in POLICIES}


@pytest.mark.parametrize("story", STORIES)
def test_renaming_the_presets_changes_nothing(
    story: str, named: dict[tuple[str, str], Outcome], nonsense: dict[str, str]
) -> None:
    for policy, name in nonsense.items():
        outcome = _under(story, name)
        assert outcome.digest == named[story, policy].digest, policy
        assert outcome.panel == named[story, policy].panel, policy


@pytest.mark.parametrize("story", STORIES)
def test_the_policies_do_differ(story: str, named: dict[tuple[str, str], Outcome]) -> None:
    """Else the test above would pass whatever the presets hold."""
    assert len({named[story, policy].digest for policy in POLICIES}) >= 4


# --- numbers ----------------------------------------------------------------------------------------------------------

TOKEN = """
format: 1
title: A token, used twice
until: 20 d
people: {alice: {}}
orchestrators: {hub: {}}
providers: {cloud: {token_life: LIFE, refresh: none}}
story:
  - {id: own, at: 1 h, who: alice, add: cloud/free}
  - {id: early, at: 2 d, who: alice, via: hub, use: cloud}
  - {id: late, at: 9 d, who: alice, via: hub, use: cloud}
"""


def _token(life: str) -> Outcome:
    return run_once(load_text(TOKEN.replace("LIFE", life), file="token"))


def _first_difference(a: Outcome, b: Outcome) -> int:
    """When the first step happens that is not in both."""
    assert a.trace is not None
    assert b.trace is not None
    for one, other in zip(a.trace.steps, b.trace.steps, strict=False):
        if one != other:
            return min(one.at, other.at)
    assert len(a.trace.steps) != len(b.trace.steps)
    longer = max(a.trace.steps, b.trace.steps, key=len)
    return longer[min(len(a.trace.steps), len(b.trace.steps))].at


@pytest.mark.parametrize(("life", "at"), [("37 d", None), ("8 d", 8 * DAY), ("7 min", 7 * MINUTE)])
def test_a_changed_lifetime_moves_nothing_before_it_is_over(life: str, at: int | None) -> None:
    base, changed = _token("365 d"), _token(life)
    if at is None:  # it outlives the story
        assert changed.digest == base.digest
        return
    assert base.trace is not None
    issued = next(step.at for step in base.trace.steps if "TokenIssued" in {type(fact).__name__ for fact in step.facts})
    assert _first_difference(base, changed) == issued + at
    same = {"net_user", "net_provider", "net_adversary", "duplicates", "squats", "takeovers"}
    for group, rows in base.panel.items():
        for name in same & set(rows):
            assert changed.panel[group][name] == rows[name]


@pytest.mark.parametrize("dollars", [37, 60, 85, 100, 140])
def test_a_changed_cap_buys_as_many_as_fit_under_it(dollars: int) -> None:
    scenario = load(
        FOLDER / "parallel_agents_one_cap.yaml",
        variant="one_after_another",
        sets=[f"orchestrators.hub.cap.per_provider={dollars} usd"],
    )
    outcome = run_once(scenario)
    fit = min(10, dollars // 20)
    assert outcome.measures["bought"] == fit
    assert outcome.panel["honest"]["honest_refusals"] == 10 - fit
    verdict = next(one for one in result(outcome).verdicts if one.property == "monthly_cap_holds")
    assert verdict.verdict == "unbroken"


@pytest.mark.parametrize("minutes", [3, 7, 25])
def test_a_changed_cache_life_bounds_the_last_acceptance(minutes: int) -> None:
    sets = ["providers.p.count=12", f"providers.p.key_cache.life={minutes} min", "story.forging.rate=exponential 10 s"]
    outcome = run_once(load(FOLDER / "leaked_key.yaml", sets=sets), record=False)
    last = outcome.measures["last_acceptance"]
    assert last is not None
    assert 0.6 * minutes * 60 < last <= minutes * 60 + 1


# --- one seed, one trace ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("story", ["pre_hijack", "dispute_just_provisioned"])
def test_a_shipped_story_has_one_digest_whatever_the_hash_seed(story: str) -> None:
    program = (
        "import sys; from sim.scenario import load; from sim.experiments.once import run_once;"
        "print(run_once(load(sys.argv[1])).digest)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program, str(FOLDER / f"{story}.yaml")],
            env={**os.environ, "PYTHONHASHSEED": seed}, cwd=TOP, stdout=subprocess.PIPE, check=True,
        ).stdout
        for seed in ("0", "1", "77")
    }  # fmt: skip
    assert said == {f"{run_once(load(FOLDER / f'{story}.yaml')).digest}\n".encode()}
