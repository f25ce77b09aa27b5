"""Which cells a sweep has, what tells its results from those of another, that it can be made again."""

from __future__ import annotations

import pytest

from sim.experiments.plan import plan, replan
from sim.scenario import ScenarioError, load_text
from tests.experiments.sweeping import STORY

VARIED = STORY + (
    "vary:\n  providers.cloud.linking: [silent, refuse]\n  when: {early: {}, late: {story.second.at: 6 d}}\n"
    "  people.alice.answers_after: uniform 1 min to 60 min\ndesign: {latin_hypercube: 3}\n"
)


def test_cells_are_base_and_variants_times_levels_times_points() -> None:
    found = plan(load_text(VARIED))
    assert len(found.cells) == 2 * 2 * 2 * 3
    assert [cell.number for cell in found.cells] == list(range(24))
    assert {cell.variant for cell in found.cells} == {"", "mailed"}
    first, last = found.cells[0], found.cells[-1]
    assert (first.values["providers.cloud.linking"], first.values["when"]) == ("silent", "early")
    assert (last.values["providers.cloud.linking"], last.values["when"]) == ("refuse", "late")
    points = {cell.values["people.alice.answers_after"] for cell in found.cells}
    assert len(points) == 3
    assert all(1 <= minutes <= 60 for minutes in points)
    assert found.judged == {}


def test_what_a_cell_holds_is_in_its_scenario() -> None:
    found = plan(load_text(VARIED))
    made = load_text(found.cells[-1].text)
    assert made.providers["cloud"].linking == "refuse"
    assert made.story[1].when.at.us == 6 * 86_400_000_000  # type: ignore[union-attr]
    assert made.vary == {}


def test_flags_win_over_levels() -> None:
    found = plan(load_text(VARIED, sets=["providers.cloud.linking=by_domain"]))
    assert {load_text(cell.text).providers["cloud"].linking for cell in found.cells} == {"by_domain"}


def test_base_and_variants_are_judged_where_nothing_is_varied() -> None:
    found = plan(load_text(STORY))
    assert {number: made.variant for number, made in found.judged.items()} == {0: None, 1: "mailed"}
    assert [cell.label for cell in found.cells] == ["base", "mailed"]


def test_a_plan_is_known_by_its_worlds_and_not_by_how_often_they_run() -> None:
    base = plan(load_text(STORY))
    assert plan(load_text(STORY), runs=99).hash == base.hash
    assert plan(load_text(STORY.replace("title: Who", "title: And who"))).hash == base.hash
    assert plan(load_text(STORY), variants=["mailed"]).hash != base.hash
    for flag in ("seed=2", "until=11 d", "providers.cloud.like=M4", "expect.residual_access=1"):
        assert plan(load_text(STORY, sets=[flag])).hash != base.hash, flag


def test_a_plan_can_be_made_again_from_what_the_receipt_keeps() -> None:
    for text in (STORY, VARIED):
        for flags in ([], ["people.alice.agents=2", "providers.cloud.linking=null"]):
            first = plan(load_text(text, sets=flags), variants=["mailed"])
            again = replan(first.source)
            assert (again.hash, again.variants) == (first.hash, ("mailed",))


def test_a_scenario_that_is_a_variant_is_swept_alone() -> None:
    found = plan(load_text(STORY, variant="mailed"))
    assert [cell.variant for cell in found.cells] == ["mailed"]
    assert replan(found.source).hash == found.hash


def test_a_measure_that_one_variant_asks_for_is_counted_in_all() -> None:
    text = STORY.replace("expect: {takeovers: 0, ", "expect: {residual_access: 0, ")
    found = plan(load_text(text))
    assert all("residual_access" in cell.names for cell in found.cells)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            (STORY, STORY + "vary: {people.alice.answers_after: uniform 1 min to 2 min}"),
            "<text>:17:36: vary.people.alice.answers_after: a distribution needs a design",
        ),
        (("  waited:", "  messages:"), "'messages' is a column of every row of a sweep"),
        ((STORY, STORY + "vary: {who: {x: {}, nobody: {people.alice: null}}}"), "alice"),
        ((STORY, STORY + 'order: ["a:b:c"]'), "the file forces one order of what happens"),
    ],
)
def test_what_cannot_be_swept_is_refused_where_it_stands(change: tuple[str, str], message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        plan(load_text(STORY.replace(*change)))
    assert message in str(caught.value)


def test_an_unknown_variant_is_refused() -> None:
    with pytest.raises(ScenarioError, match="there is no variant 'mail'; did you mean 'mailed'"):
        plan(load_text(STORY), variants=["mail"])


def test_levels_that_do_not_fit_together_are_refused_with_their_cell() -> None:
    text = STORY + "vary: {a: {x: {}, y: {until: 1 d}}, b: {x: {}, y: {warm_up: 2 d}}}"
    with pytest.raises(ScenarioError, match="in the cell base, a=y, b=y: the warm-up is not over before the end"):
        plan(load_text(text))
