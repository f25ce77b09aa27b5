from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import Scenario, ScenarioError, load, load_text
from sim.scenario.nodes import parse, plain
from sim.scenario.writing import write
from tests.scenario.worlds import EXAMPLES, attempt, world


def again(scenario: Scenario) -> Scenario:
    return load_text(write(scenario.resolved()), allow_later=scenario.source.later)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_parses_and_its_flat_form_says_the_same(path: Path) -> None:
    base = load(path, allow_later=True)
    for scenario in (base, *(load(path, variant=name, allow_later=True) for name in base.variants)):
        flat = again(scenario)
        assert flat.resolved() == scenario.resolved()
        assert flat.hash == scenario.hash
        assert (flat.people, flat.orchestrators, flat.providers, flat.network, flat.story) == (
            scenario.people, scenario.orchestrators, scenario.providers, scenario.network, scenario.story,
        )  # fmt: skip


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_refused_now_only_for_what_is_not_simulated_yet(path: Path) -> None:
    found = attempt(load, path)
    problems = found.problems if isinstance(found, ScenarioError) else []
    assert [problem for problem in problems if "is not simulated yet" not in problem.message] == []


def test_at_least_four_examples_can_be_simulated_now() -> None:
    ready = {"two_orchestrators", "stolen_key", "old_accounts", "audience"}
    assert all(load(path).title for path in EXAMPLES if path.stem in ready)
    assert ready <= {path.stem for path in EXAMPLES}


def test_the_flat_form_is_plain_and_holds_every_field_in_effect() -> None:
    scenario = world(providers="{p: {like: [cloudflare, M7], count: 2}}")
    flat = scenario.resolved()
    assert json.loads(json.dumps(flat)) == flat
    assert flat["providers"]["p"]["matching"] == "subject_or_email"
    assert flat["providers"]["p"]["key_cache"] == {"life": "10 min", "cooldown": "30 s", "fetch": "0 s"}
    assert flat["providers"]["p"]["prices"]["paid"] == "20 usd"
    assert "count" not in flat["people"]["ann"]
    assert flat["providers"]["p"]["count"] == 2


def test_the_hash_is_of_what_is_in_effect_and_not_of_what_it_is_called() -> None:
    base = world()
    assert world(title="other", why="because", refs="[T1]").hash == base.hash
    assert world(providers="{p: {like: M7, skew: 300 s}, q: {}}").hash == base.hash
    assert world(providers="{p: {like: M7, skew: 301 s}, q: {}}").hash != base.hash
    assert world(seed="2").hash != base.hash


def test_every_value_has_an_origin() -> None:
    scenario = world(
        providers="{p: {like: [cloudflare, M7], skew: 9 s}, q: {like: p}}",
        network="{loss: 0.1, 'hub->p': {latency: 1 ms}}",
        story="[{at: 1 d, who: ann, use: p}]",
        expect="{no_squat: holds}",
        sets=("providers.p.linking=refuse", "people.ann.agents=2"),
    )
    origin = scenario.origin
    assert origin["title"] == "x.yaml:1"
    assert origin["seed"] == "default (assumed)"
    assert origin["providers.p.matching"] == "preset M7 (assumed, PH22)"
    assert origin["providers.p.consent"] == "preset cloudflare (confirmed, CFB)"
    assert origin["providers.p.token_life"] == "default (confirmed, PHCONST)"
    assert (origin["providers.p.linking"], origin["people.ann.agents"]) == ("--set", "--set")
    assert (origin["providers.p.skew"], origin["providers.q.skew"]) == ("x.yaml:5", "x.yaml:5")
    assert origin["providers.p.key_cache.life"] == "default (confirmed, JOSE)"
    assert origin["network.hub->p.loss"] == "x.yaml:6"
    assert origin["network.hub->p.channel"] == "default (assumed)"
    assert origin["story.step1.at"] == "x.yaml:7"
    assert origin["expect.no_squat"] == "x.yaml:8"


def test_an_origin_is_there_for_every_leaf_of_the_flat_form() -> None:
    scenario = load(EXAMPLES[0], allow_later=True)
    flat, origin = scenario.resolved(), scenario.origin

    def leaves(value: object, path: str) -> list[str]:
        if isinstance(value, dict) and value:
            return [leaf for key, inner in value.items() for leaf in leaves(inner, f"{path}.{key}".lstrip("."))]
        return [path]

    story = {f"story.{step['id']}": step for step in flat.pop("story")}
    missing = [leaf for leaf in leaves(flat | story, "") if leaf not in origin]
    assert missing == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), VALUES, min_size=1, max_size=4))
def test_any_plain_value_survives_being_written_and_read(values: dict[str, object]) -> None:
    assert plain(parse(write(values), "x.yaml", [])) == values
