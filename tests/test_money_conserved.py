"""No cent comes into being or vanishes: every shipped story with money, whatever the network does and whoever is lucky.

Messages are lost, doubled and overtake each other; the books balance all the same, as they do not depend on what is
heard. What is bought depends on all of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

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

LOSS, DUPLICATES = (0.0, 0.02, 0.3), (0.0, 0.1, 0.5)
LATENCY = ("50 ms", "uniform 0 s to 2 s", "uniform 0 s to 40 s")
KEYS = ("none", "per_request", "per_intent")
#: An orthogonal array of strength two: in nine runs every two of the four settings meet in all nine ways. The first
#: three have messages overtake each other, and differ in all the rest.
NINE = sorted([(a, b, (a + b) % 3, (a + 2 * b) % 3) for a in range(3) for b in range(3)], key=lambda row: -row[2])


def networks(runs: int) -> Iterator[tuple[int, dict[str, Any], str]]:
    """So many (seed, network, kind of idempotency key), nine by nine."""
    for number in range(runs):
        loss, twice, latency, keys = NINE[number % 9]
        yield (
            1_000 + number,
            {"loss": LOSS[loss], "duplicates": DUPLICATES[twice], "latency": LATENCY[latency]},
            KEYS[keys],
        )


def run(scenario: Scenario, seed: int, network: dict[str, Any], keys: str) -> Outcome:
    """One run of ``scenario`` on a network like that."""
    values: dict[str, Any] = {f"orchestrators.{name}.idempotency": keys for name in scenario.orchestrators}
    for arrow in scenario.network.links:
        path = f"network.{arrow}" if arrow else "network"
        values |= {f"{path}.{field}": value for field, value in (network | {"at_most": "40 s"}).items()}
    return run_once(scenario.with_values(values), replication=seed, record=False)


def check(path: Path, variant: str | None, runs: int) -> None:
    scenario = small(path, variant)
    confined = all(set(one.payment_tokens.bound_to) == {"seller", "amount"} for one in scenario.orchestrators.values())
    for seed, network, keys in networks(runs):
        outcome, where = run(scenario, seed, network, keys), f"seed {seed}, {network}, {keys}"
        assert not outcome.violations.get("money_is_conserved"), where
        assert not (confined and outcome.violations.get("payment_token_confined")), where
        assert sum(int(outcome.panel["money"][name] or 0) for name in ROWS) == 0, where


def test_nine_networks_pair_every_two_settings() -> None:
    met = list(networks(9))
    for one, other in combinations(range(4), 2):
        assert len({(row[one], row[other]) for row in NINE}) == 9
    assert len({seed for seed, *_ in networks(18)}) == 18
    assert {keys for *_, keys in met} == set(KEYS)


@pytest.mark.parametrize("path", MONEY, ids=lambda path: path.stem)
def test_money_is_conserved(path: Path) -> None:
    check(path, None, 3)


@pytest.mark.slow
@pytest.mark.parametrize("path", MONEY, ids=lambda path: path.stem)
def test_money_is_conserved_whatever_happens(path: Path) -> None:
    check(path, None, 18)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "variant"), VARIANTS, ids=lambda value: getattr(value, "stem", value))
def test_money_is_conserved_in_variants(path: Path, variant: str) -> None:
    check(path, variant, 9)


def test_there_is_money_to_be_conserved() -> None:
    """The networks above do not keep everybody from buying."""
    bad = {"loss": 0.3, "duplicates": 0.5, "latency": "uniform 0 s to 40 s"}
    panel = run(small(FOLDER / "bad_day_paid.yaml"), 1, bad, "per_request")
    assert int(panel.measures["spent"] or 0) > 0
