"""``vary`` in its three forms, ``design``, and what is wrong with them."""

from __future__ import annotations

import pytest

from sim.scenario import Design, Factor, Scenario, ScenarioError, load_text
from sim.scenario.grid import count_cells
from sim.scenario.ranges import Range

WORLD = """\
title: t
until: 9 d
people: {ann: {}}
orchestrators: {hub: {}}
providers: {p: {like: M1}}
story: [{id: first, at: 1 d, who: ann, add: p/free}]
measures: {mine: {count: disputed}}
"""


def world(more: str, **options: object) -> Scenario:
    return load_text(WORLD + more, file="x.yaml", **options)  # type: ignore[arg-type]


def complaint(more: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        world(more)
    return str(caught.value)


def test_the_three_forms_are_told_apart_by_the_kind_of_the_value() -> None:
    found = world(
        "vary:\n"
        "  providers.p.like: [M1, M7]\n"
        "  defence: {none: {}, nothing: null, both: {orchestrators.hub.step_up: paid, story.first.at: 2 d}}\n"
        "  people.ann.answers_after: uniform 1 min to 60 min\n"
        "design: {sobol: 8}\n"
    )
    assert found.vary["providers.p.like"] == ("M1", "M7")
    both = {"orchestrators.hub.step_up": "paid", "story.first.at": "2 d"}
    assert found.vary["defence"] == Factor({"none": {}, "nothing": {}, "both": both})
    assert found.vary["people.ann.answers_after"] == Range("uniform", 60e6, 3600e6, "min")
    assert found.design == Design("sobol", 8)
    assert count_cells(found.vary, found.design, 1) == 2 * 3 * 8


def test_a_design_is_a_question_and_no_part_of_the_world() -> None:
    plain, designed = world(""), world("vary: {people.ann.agents: whole 1 to 4}\ndesign: {latin_hypercube: 3}")
    assert designed.resolved() == plain.resolved()
    assert designed.hash == plain.hash
    assert world("design: {sobol: 4}\nvary: {people.ann.agents: whole 1 to 4}", sets=["design={sobol: 16}"]).design == (
        Design("sobol", 16)
    )


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            "vary: {people.ann.answers_after: uniform 9 min to 1 min}",
            "x.yaml:8:34: vary.people.ann.answers_after: 'uniform 9 min to 1 min' is reversed",
        ),
        ("vary: {people.ann.answers_after: uniform 1 min to 1 min}", "x.yaml:8:34: vary.people.ann.answers_after: "),
        ("vary: {people.ann.answers_after: uniform 1 min to 1 min}", "is empty"),
        ("vary: {people.ann.answers_after: often}", "'often' is no distribution over a parameter; possible is"),
        (
            "vary: {people.ann.answer_after: uniform 1 s to 9 s}",
            "no field 'answer_after'; did you mean 'answers_after'?",
        ),
        (
            "vary: {providers.p.quarantine: uniform 0 to 1}\ndesign: {sobol: 4}",
            "providers.p.quarantine: with vary.providers.p.quarantine: ",
        ),
        ("vary: {people.ann.agents: [1]}\ndesign: {sobol: 4}", "x.yaml:9:1: design: a design is over distributions"),
        ("design: {grid: 4}", "design.grid: 'grid' is not known here; possible: latin_hypercube, sobol"),
        ("design: {sobol: 1}", "x.yaml:8:17: design.sobol: "),
        ("design: {sobol: 4, latin_hypercube: 4}", "a design is one of latin_hypercube, sobol; here are both"),
        ("design: 64", "64 is not a design such as {latin_hypercube: 64}"),
        (
            "vary: {providers.p.key_cache: {life: 1 h}}",
            "'providers.p.key_cache' is a path, and a path has a list of values",
        ),
        ("vary: {f: {a: 3}}", "x.yaml:8:15: vary.f.a: 3 is not a map from path to value"),
        ("vary: {f: {}}", "x.yaml:8:11: vary.f: the factor 'f' has no levels"),
        ("vary: {f: {a-b: {}}}", "x.yaml:8:12: vary.f.a-b: 'a-b' is not a name for a level"),
        (
            "vary: {f: {a: {}, b: {providers.q.like: M1}}}",
            "x.yaml:8:23: vary.f.b.providers.q.like: there is no 'q' among providers",
        ),
        ("vary: {f: {a: {providers.p.like: M99}}}", "x.yaml:8:34: providers.p.like: with vary.f.a: there is no preset"),
        ("vary: {run: {a: {}}}", "x.yaml:8:8: vary.run: 'run' is a column of every row"),
        ("vary: {seed: [1, 2]}", "runs repeats everything with other random numbers"),
        ("vary: {takeovers: {a: {}}}", "'takeovers' is a measure; give the factor another name"),
        ("vary: {runs: [1, 2]}", "'runs' is a question and not part of the world"),
        ("vary: {people.ann.agents: 3}", "3 is nothing to vary; possible is a list of values"),
        ("vary: {people.ann.agents: []}", "this list is empty"),
        (
            "vary: {people.ann.agents: whole 1 to 9}\ndesign: {sobol: 99999}",
            "x.yaml:8:7: vary: that makes 99,999 cells (base and variants x vary x design); at most 10,000",
        ),
        ("runs: {until: {takeover: 2 %}}", "x.yaml:8:16: runs.until.takeover: there is no measure 'takeover'"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(more: str, message: str) -> None:
    assert message in complaint(more)


def test_a_variant_made_later_is_the_variant_that_is_loaded() -> None:
    text = WORLD + "variants: {v: {set: {providers.p.like: M7, seed: 4}, expect: {takeovers: 0}}}\n"
    flags = {"sets": ["people.ann.agents=2", "providers.p.like=M4"], "seed": 9}
    loaded = load_text(text, variant="v", **flags)  # type: ignore[arg-type]
    made = load_text(text, **flags).with_variant("v")  # type: ignore[arg-type]
    assert (made.hash, made.variant, made.seed, made.expect) == (loaded.hash, "v", 9, loaded.expect)
    assert made.providers["p"].like == ("M4",)
    with pytest.raises(ScenarioError, match="there is no variant 'w'; possible: v"):
        made.with_variant("w")


def test_what_is_wrong_with_every_level_is_said_once() -> None:
    told = complaint("vary: {providers.p.linkng: [silent, refuse], people.ann.agents: [1, x, x, y]}").splitlines()
    assert [line.partition(": ")[0] for line in told] == ["x.yaml:8:8", "x.yaml:8:69", "x.yaml:8:75"]
    assert told[0].startswith("x.yaml:8:8: vary.providers.p.linkng: providers.p has no field 'linkng'")


def test_a_level_that_fails_like_another_elsewhere_is_still_said() -> None:
    told = complaint("vary: {f: {a: {people.bob.agents: 1}, b: {people.bob.agents: 2}}}").splitlines()
    assert [line.partition(": there")[0] for line in told] == [
        "x.yaml:8:16: vary.f.a.people.bob.agents", "x.yaml:8:43: vary.f.b.people.bob.agents",
    ]  # fmt: skip
