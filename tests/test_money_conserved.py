"""No cent comes into being or vanishes: every shipped story with money, whatever the network does and whoever is lucky.

Messages are lost, doubled and overtake each other; the books balance all the same, as they do not depend on what is
heard. What is bought depends on all of that.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import measures
from sim.cast import money_matters
from sim.experiments.once import Outcome, run_once
from sim.scenario import Scenario, ScenarioError, load

FOLDER = Path(__file__).parent.parent / "scenarios"
#: Groups are cut down to so many members, so that a year's crowd does not take minutes.
CROWD = 12
ROWS = [name for group, name in measures.PANEL if group == "money"]


@cache
def small(path: Path, variant: str | None = None) -> Scenario:
    """A scenario with its groups cut down where it does not name members that would be missing."""
    scenario = load(path, variant=variant)
    for section in ("people", "providers", "orchestrators"):
        for name, block in getattr(scenario, section).items():
            if block.count > CROWD:
                with suppress(ScenarioError):  # the story may name one of those who would be gone
                    scenario = scenario.with_values({f"{section}.{name}.count": CROWD})
    return scenario


#: What the text of a story has in which something is bought; the last four are attacks.
BOUGHT = (
    "paid", "domain", "amount", "card", "agent_obeys", "dispute", "spending", "cap_", "payment_token", "stolen_spree",
)  # fmt: skip
PACKS = FOLDER / "packs"
MONEY = [
    path
    for path in sorted(FOLDER.rglob("*.yaml"))
    if PACKS not in path.parents
    and any(word in path.read_text("utf-8").partition("story:")[2] for word in BOUGHT)
    and money_matters(load(path))
]
VARIANTS = [(path, variant) for path in MONEY for variant in load(path).variants]

networks = st.fixed_dictionaries(
    {
        "loss": st.sampled_from((0.0, 0.02, 0.3)),
        "duplicates": st.sampled_from((0.0, 0.1, 0.5)),
        "latency": st.sampled_from(("50 ms", "uniform 0 s to 2 s", "uniform 0 s to 40 s")),
    }
)
idempotency = st.sampled_from(("none", "per_request", "per_intent"))


def run(scenario: Scenario, seed: int, network: dict[str, Any], keys: str) -> Outcome:
    """One run of ``scenario`` on a network like that."""
    values: dict[str, Any] = {f"orchestrators.{name}.idempotency": keys for name in scenario.orchestrators}
    for arrow in scenario.network.links:
        path = f"network.{arrow}" if arrow else "network"
        values |= {f"{path}.{field}": value for field, value in (network | {"at_most": "40 s"}).items()}
    return run_once(scenario.with_values(values), replication=seed, record=False)


def check(path: Path, variant: str | None, seed: int, network: dict[str, Any], keys: str) -> None:
    scenario = small(path, variant)
    outcome = run(scenario, seed, network, keys)
    assert not outcome.violations.get("money_is_conserved")
    if all(set(one.payment_tokens.bound_to) == {"seller", "amount"} for one in scenario.orchestrators.values()):
        assert not outcome.violations.get("payment_token_confined")
    assert sum(int(outcome.panel["money"][name] or 0) for name in ROWS) == 0


@pytest.mark.parametrize("path", MONEY, ids=lambda path: path.stem)
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), network=networks, keys=idempotency)
def test_money_is_conserved(path: Path, seed: int, network: dict[str, Any], keys: str) -> None:
    check(path, None, seed, network, keys)


@pytest.mark.slow
@pytest.mark.parametrize("path", MONEY, ids=lambda path: path.stem)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), network=networks, keys=idempotency)
def test_money_is_conserved_whatever_happens(path: Path, seed: int, network: dict[str, Any], keys: str) -> None:
    check(path, None, seed, network, keys)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "variant"), VARIANTS, ids=lambda value: getattr(value, "stem", value))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), network=networks, keys=idempotency)
def test_money_is_conserved_in_variants(
    path: Path, variant: str, seed: int, network: dict[str, Any], keys: str
) -> None:
    check(path, variant, seed, network, keys)


def test_there_is_money_to_be_conserved() -> None:
    """The networks above do not keep everybody from buying."""
    bad = {"loss": 0.3, "duplicates": 0.5, "latency": "uniform 0 s to 40 s"}
    panel = run(small(FOLDER / "bad_day_paid.yaml"), 1, bad, "per_request")
    assert int(panel.measures["spent"] or 0) > 0
