"""A ceiling, two agents and every order of their messages: passed at the mint, never at the capture."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.explore.scenario import explore_scenario
from sim.scenario import load
from sim.views.exploration import judged

FILE = Path(__file__).parents[2] / "scenarios" / "two_agents_one_cap.yaml"


@pytest.mark.parametrize(("variant", "verdict"), [(None, "violated"), ("at_capture", "holds")])
def test_where_a_ceiling_binds_decides(variant: str | None, verdict: str) -> None:
    scenario = load(FILE, variant=variant)
    explored = explore_scenario(scenario)
    found = {said.property: said.verdict for said in judged(scenario, explored, "").verdicts}
    assert found["monthly_cap_holds"] == verdict
    for name in ("money_is_conserved", "charged_once", "payment_token_confined", "paid_resource_iff_charged"):
        assert found[name] == "holds", name
