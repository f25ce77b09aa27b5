from __future__ import annotations

import pickle

import pytest

from sim.clock import DAY, MINUTE
from sim.scenario import ScenarioError, load_text
from sim.scenario.values import HalfWidth
from tests.scenario.worlds import complaints, text, world

STORY = "[{id: a, at: 2 d, who: ann, use: p}, {at: 3 d, who: ann, use: p}, {id: c, at: 4 d, who: ann, use: q}]"


def test_a_variant_is_the_file_with_its_overrides_and_only_its_own_expectations() -> None:
    blocks = {
        "story": STORY,
        "expect": "{no_squat: holds, squats: 0}",
        "variants": "{bare: {set: {providers.p.like: M1, story.a.at: 9 d}},"
        " judged: {why: w, expect: {squats: 2, everything_else: holds}}}",
    }
    base, bare, judged = (world(variant=name, **blocks) for name in (None, "bare", "judged"))
    assert (base.variants, bare.variants, bare.variant) == (("bare", "judged"), ("bare", "judged"), "bare")
    assert (base.providers["p"].matching, bare.providers["p"].matching) == ("subject_or_email", "email")
    assert [str(step.when.at) for step in bare.story] == ["9 d", "3 d", "4 d"]
    assert (list(base.expect), list(bare.expect), list(judged.expect)) == (["no_squat", "squats"], [], ["squats"])
    assert judged.everything_else.is_ == "holds"


def test_flags_win_over_the_variant() -> None:
    blocks = {"variants": "{v: {set: {providers.p.linking: refuse, until: 9 d}}}"}
    scenario = world(variant="v", sets=("providers.p.linking=silent", "providers.q.key_cache.life=5 min"), **blocks)
    assert (scenario.providers["p"].linking, scenario.until) == ("silent", 9 * DAY)
    assert scenario.providers["q"].key_cache.life.most == 5 * MINUTE


def test_flags_hold_any_yaml_value() -> None:
    scenario = world(
        story=STORY,
        sets=(
            "providers.p.like=[cloudflare, M1]", "people.ann={agents: 3}", "people.ann.mfa.pick.none=1", "seed=9",
            "story.step2.every=exponential 2 h", "story.step2.at=null", "story.c=null", "title=a = b",
            "expect.squats=3",
            "network.hub->p.loss=0.25", "explore.depth=7", "runs.until.squats=5 %", "why=",
        ),
    )  # fmt: skip
    assert (scenario.providers["p"].like, scenario.people["ann"].agents) == (("cloudflare", "M1"), 3)
    assert (scenario.seed, scenario.title, scenario.expect["squats"].equals) == (9, "a = b", 3.0)
    assert [step.id for step in scenario.story] == ["a", "step2"]
    assert str(scenario.story[1].when.every) == "exponential 2 h"
    assert (scenario.network.link("hub", "p").loss, scenario.explore.depth, scenario.runs.until) == (
        0.25,
        7,
        {"squats": HalfWidth(relative=0.05)},
    )


def test_maps_merge_lists_replace_and_steps_merge_by_their_id() -> None:
    scenario = world(
        story=STORY,
        sets=(
            "people={zoe: {}, ann: {agents: 2}}",
            "story=[{id: a, who: bobs}, {at: 5 d, who: zoe, use: p}]",
            "providers.p={key_cache: {life: 1 s}}",
        ),
    )
    assert list(scenario.people) == ["ann", "bobs", "mal", "zoe"]
    assert [(step.id, step.who[0].name) for step in scenario.story] == [
        ("a", "bobs"), ("step2", "ann"), ("c", "ann"), ("step4", "zoe"),
    ]  # fmt: skip
    cache = scenario.providers["p"].key_cache
    assert (cache.life.most, cache.cooldown.most) == (1_000_000, 30_000_000)


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        (
            "providers.p.linkin=refuse",
            "--set providers.p.linkin: providers.p has no field 'linkin'; did you mean 'linking'?",
        ),
        ("providers.pp.linking=refuse", "there is no 'pp' among providers; did you mean 'p'?"),
        ("provider.p.linking=refuse", "there is no path 'provider.p.linking'; did you mean 'providers'?"),
        ("providers.p.linking=no", "--set providers.p.linking: 'no' is not known here; possible: silent"),
        ("providers.p.consent.x=no", "providers.p.consent has no parts"),
        ("providers.p.key_cache.live=1 s", "providers.p.key_cache has no field 'live'; did you mean 'life'?"),
        ("people.ann.cash=1", "people.ann has no field 'cash'"),
        ("story.b.at=1 d", "there is no step 'b' in the story; possible: a, step2, c"),
        ("story.a.whom=ann", "'whom' is no key of a step; did you mean 'who'?"),
        ("story.a.at.x=ann", "story.a.at has no parts"),
        ("story.a.at=31 d", "--set story.a.at: 31 d is after the end"),
        ("network.hub->p.los=1", "network.hub->p has no field 'los'"),
        ("explore.stats=1", "explore has no field 'stats'; did you mean 'states'?"),
        ("variants.v.set=1", "there is no path 'variants.v.set'"),
        ("use=x.yaml", "there is no path 'use'"),
        ("seed", "'seed' is not path=value"),
        ("=3", "is not path=value"),
        ("seed=[", "--set seed: not a YAML text"),
        ("seed={a: 1, a: 2}", "twice"),
    ],
)
def test_a_flag_that_leads_nowhere_is_refused(flag: str, message: str) -> None:
    assert message in complaints(sets=(flag,), story=STORY)


def test_the_seed_given_wins() -> None:
    scenario = load_text(text(seed="3"), sets=("seed=4",), seed=5)
    assert (scenario.seed, scenario.origin["seed"]) == (5, "--seed")
    with pytest.raises(ScenarioError, match="--seed: -1 is out of range"):
        load_text(text(), seed=-1)


def test_a_variant_that_there_is_not_is_refused() -> None:
    assert "there is no variant 'saks'; did you mean 'asks'?" in complaints(variant="saks", variants="{asks: {}}")
    assert "the file has no variants" in complaints(variant="v")


@pytest.mark.parametrize(
    ("variants", "message"),
    [
        ("{v: {set: {providers.p.matchin: email}}}", "in the variant 'v': providers.p has no field 'matchin'"),
        (
            "{v: {set: {providers.p.matching: emial}}}",
            "providers.p.matching: in the variant 'v': 'emial' is not known here",
        ),
        ("{v: {expect: {no_sqat: holds}}}", "in the variant 'v': there is no property or measure 'no_sqat'"),
        ("{v: {set: {people.ann: null}}}", "in the variant 'v': there is no 'ann' in this world"),
        ("{v: {st: {}}}", "variants.v.st: there is no field 'st' here; did you mean 'set'?"),
        ("{v: {set: [a]}}", "set is a map from path to value"),
        ("{v: 3}", "variants.v: 3 is not a map with set, expect and why"),
        ("{a-b: {}}", "'a-b' is not a name for a variant"),
        ("[v]", "variants: a list is not a map"),
    ],
)
def test_what_is_wrong_in_a_variant_is_found_when_the_base_is_loaded(variants: str, message: str) -> None:
    assert message in complaints(variants=variants, story=STORY)


def test_a_grid_is_kept_as_plain_values() -> None:
    grid = world(vary="{providers.p.like: [M1, [cloudflare, M7]], people.ann.agents: [1, 2]}").vary
    assert grid == {"providers.p.like": ("M1", ["cloudflare", "M7"]), "people.ann.agents": (1, 2)}


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        (
            "{providers.p.like: [M1, M77]}",
            "6:31: providers.p.like: with vary.providers.p.like: there is no preset 'M77'",
        ),
        ("{providers.p.lik: [M1]}", "vary.providers.p.lik: providers.p has no field 'lik'; did you mean 'like'?"),
        ("{providers.p.like: M1}", "vary is a map from path to a list of values"),
        ("{providers.p.like: []}", "vary is a map from path to a list of values"),
        ("[M1]", "vary is a map from path to a list of values"),
    ],
)
def test_a_grid_that_leads_nowhere_is_refused(vary: str, message: str) -> None:
    assert message in complaints(vary=vary)


def test_one_issuers_entry_leaves_the_others_trusted() -> None:
    for trusts in ("all", "[hub, other]"):
        scenario = world(providers=f"{{p: {{trusts: {trusts}}}}}", sets=("providers.p.trusts.other.linking=refuse",))
        issuers = scenario.providers["p"].trusts.issuers
        assert {name: override.linking for name, override in issuers.items()} == {"hub": None, "other": "refuse"}
    only = world(providers="{p: {trusts: hub}}", sets=("providers.p.trusts.hub.linking=refuse",)).providers["p"].trusts
    assert list(only.issuers) == ["hub"]


# --- during a run ---------------------------------------------------------------------------------------------------


def test_values_laid_over_a_scenario_make_another_and_add_up() -> None:
    scenario = world(providers="{p: {like: M7}}", variants="{v: {}}")
    once = scenario.with_values({"providers.p.linking": "refuse", "network.loss": 0.5})
    twice = once.with_values({"providers.p.on_adopt": ["tokens"], "providers.p.trusts.hub.linking": "silent"})
    assert (scenario.providers["p"].linking, scenario.network.link("hub", "p").loss) == ("ask_owner", 0.0)
    assert (once.providers["p"].linking, once.network.link("hub", "p").loss) == ("refuse", 0.5)
    p = twice.providers["p"]
    assert (p.linking, p.on_adopt, p.activation) == ("refuse", ("tokens",), "after_mail")
    assert {name: override.linking for name, override in p.trusts.issuers.items()} == {"hub": "silent", "other": None}
    assert once.origin["providers.p.linking"] == "set"


def test_the_values_of_a_set_step_fit_with_values() -> None:
    scenario = world(story="[{at: 1 d, set: {providers.p.like: M1, providers.p.skew: 9 s}}]")
    changed = scenario.with_values(scenario.story[0].values)
    assert (changed.providers["p"].matching, str(changed.providers["p"].skew)) == ("email", "9 s")


@pytest.mark.parametrize(
    "values", [{"providers.p.x": 1}, {"providers.p.linking": "x"}, {"a.b": {"c": object()}}, {"seed": {1, 2}}]
)
def test_values_that_make_no_sense_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ScenarioError):
        world().with_values(values)


def test_a_value_nested_without_end_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(ScenarioError, match="levels deep"):
        world().with_values({"people.ann": value})


def test_a_scenario_and_what_is_wrong_with_one_survive_being_sent_to_another_process() -> None:
    scenario = world(story=STORY)
    again = pickle.loads(pickle.dumps(scenario))
    assert again == scenario
    assert again.with_values({"providers.p.linking": "refuse"}).providers["p"].linking == "refuse"
    with pytest.raises(ScenarioError) as caught:
        world(until="60")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
