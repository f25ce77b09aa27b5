"""Nobody wrote the attack down: given powers and a bound, the explorer finds it, and shows that an answer stops it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from sim.explore.scenario import bounds, explore_scenario
from sim.scenario import load
from sim.views.exploration import judged

FOLDER = Path(__file__).parent.parent.parent / "scenarios" / "unscripted"
FILES = sorted(FOLDER.glob("*.yaml"))
#: a second or two; the others search some ten thousand states
QUICK = ("t16_made_for_another", "t22_nobody_clicked", "t23_two_at_once")
#: with two deeds of the adversary's own there are more orders than fit into 100,000 states: nothing is found, and open
OPEN = ("t01_account_at_the_door", "t03_login_of_my_own", "t04_change_that_waits")


def _cases() -> list[object]:
    cases = [(path, variant) for path in FILES for variant in (None, *load(path).variants)]
    return [
        pytest.param(path, variant, marks=[] if path.stem in QUICK else pytest.mark.slow, id=f"{path.stem}-{variant}")
        for path, variant in cases
    ]


def test_every_attack_that_needs_no_script_has_a_world() -> None:
    found = {path.stem.partition("_")[0] for path in FILES}
    assert found == {f"t{n:02}" for n in (1, 2, 3, 4, 5, 6, 12, 15, 16, 22, 23)}


@pytest.mark.parametrize(("path", "variant"), _cases())
def test_what_is_expected_is_found_or_shown_to_hold(path: Path, variant: str | None) -> None:
    scenario = load(path, variant=variant)
    left_open = variant is not None and path.stem in OPEN
    within = replace(bounds(scenario), states=15_000) if left_open else None
    explored = explore_scenario(scenario, within=within, only=tuple(scenario.expect))
    words = {verdict.property: verdict.verdict for verdict in explored.verdicts}
    if left_open:
        assert set(words.values()) == {"undetermined"}
        return
    assert judged(scenario, explored, "").exit == 0, words
    if variant is None:
        assert "violated" in words.values()
        assert all(verdict.witness for verdict in explored.verdicts if verdict.verdict == "violated")
    else:
        assert explored.complete
