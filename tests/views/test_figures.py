"""Figures: drawn from a real sweep, the same bytes every time, and honest about what they leave out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pandas
import pytest

from sim.views import outcomes
from sim.views.figures import against, curve, ecdf, forest, heat, png, sheet, svg
from sim.views.figures.drawing import label, numeric
from tests.views.swept import AMOUNTS, POLICIES, VARIANTS, swept


def amounts() -> Any:
    return swept(AMOUNTS, runs=5)


def policies() -> Any:
    return swept(POLICIES)


def table() -> outcomes.Table:
    return outcomes.tables(policies().summary, policies().receipt, None)[0]


KINDS: dict[str, Callable[[], Any]] = {
    "ecdf": lambda: ecdf(amounts(), "lost", by=["answer"]),
    "curve": lambda: curve(amounts(), "providers.cloud.prices.paid", "net_provider", by=["answer"]),
    "heat": lambda: heat(policies(), "arrival", "providers.cloud.like", "squats"),
    "forest": lambda: forest(swept(VARIANTS), "squats"),
    "against": lambda: forest(against(policies(), "providers.cloud.like", "M1", "squats"), "squats"),
    "sheet": lambda: sheet(table()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_numbers_give_the_same_bytes(kind: str) -> None:
    first, second = KINDS[kind](), KINDS[kind]()
    drawn = svg(first)
    assert drawn == svg(first)
    assert png(first, 50) == png(second, 50)
    assert svg(second) == drawn
    assert png(first, 50).startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", KINDS)
def test_svg_is_well_formed_and_asks_nobody_for_anything(kind: str) -> None:
    text = svg(KINDS[kind]())
    tree = ElementTree.fromstring(text)
    for element in tree.iter():
        for name, value in element.attrib.items():
            if name.endswith(("href", "src")):
                assert value.startswith("#")
    assert "<metadata" not in text
    assert "<script" not in text
    assert "20" + "26-" not in text  # no date


def texts(figure: Any) -> list[str]:
    axes = figure.axes[0]
    found = [axes.get_title(loc="left"), axes.get_xlabel(), axes.get_ylabel(), *(one.get_text() for one in axes.texts)]
    return [*found, *(one.get_text() for one in (*axes.get_xticklabels(), *axes.get_yticklabels()))]


def test_axes_say_their_units() -> None:
    assert texts(KINDS["curve"]())[1:3] == ["cloud.prices.paid (usd)", "net provider (usd)"]
    assert texts(KINDS["ecdf"]())[1:3] == ["lost (usd)", "share of runs"]
    assert texts(KINDS["forest"]())[1] == "difference in squats"
    assert label("delay", "s") == "delay (s)"


def test_a_curve_stands_where_the_numbers_are() -> None:
    axes = KINDS["curve"]().axes[0]
    accepted = next(line for line in axes.lines if line.get_label() == "accept")
    assert list(accepted.get_xdata()) == [10, 45, 90]
    assert list(accepted.get_ydata()) == [-25, -60, -105]
    assert len(axes.collections) == 2  # a band for each line


def test_an_ecdf_ends_at_one_and_counts_what_was_not_observed() -> None:
    axes = ecdf(amounts(), "lost", by=["answer"]).axes[0]
    assert all(line.get_ydata()[-1] == 1 for line in axes.lines)
    asked = ecdf(swept(VARIANTS), "waited", by=["variant"]).axes[0]
    assert any("not observed in 3 of 3" in text.get_text() for text in asked.get_legend().get_texts())


def test_a_heat_map_writes_each_number_into_its_place() -> None:
    figure = KINDS["heat"]()
    assert [text.get_text() for text in figure.axes[0].texts] == ["1", "0", "1", "0", "0", "0"]
    assert [one.get_text() for one in figure.axes[0].get_yticklabels()] == ["M1", "M4", "M7"]


def test_a_forest_says_what_goes_to_what() -> None:
    labels = [one.get_text() for one in KINDS["against"]().axes[0].get_yticklabels()]
    assert labels == ["M1 → M4 (late)", "M1 → M7 (late)", "M1 → M4 (early)", "M1 → M7 (early)"]


def test_paired_differences_hold_together() -> None:
    found = against(policies(), "providers.cloud.like", "M1", "squats")
    assert list(found["mean"]) == [0, -1, 0, 0]
    assert set(found["level"]) == {1 - 0.05 / 4}
    with pytest.raises(ValueError, match="no level 'M2'; possible: M1, M4, M7"):
        against(policies(), "providers.cloud.like", "M2", "squats")


def test_frames_do_as_well_as_a_sweep() -> None:
    sweep = policies()
    assert svg(heat(sweep.cells, "arrival", "providers.cloud.like", "squats")) == svg(KINDS["heat"]())
    assert texts(ecdf(amounts().rows, "lost", unit="cents"))[1] == "lost (usd)"


@pytest.mark.parametrize(
    ("draw", "complaint"),
    [
        (lambda: ecdf(amounts(), "lots"), "no column 'lots'"),
        (lambda: ecdf(amounts(), "waited"), "waited was observed in none of these runs"),
        (
            lambda: curve(policies(), "arrival", "squats"),
            "the levels of arrival are not numbers of one kind: late, early",
        ),
        (lambda: curve(policies(), "arrival", "squat"), "no measure 'squat' in these results; possible: .*squats"),
        (lambda: heat(amounts(), "answer", "answer", "lost"), "several cells for one pair"),
        (lambda: forest(swept(VARIANTS), "lots"), "no differences of lots"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw: Callable[[], Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        draw()


def test_a_dollar_in_a_title_is_a_dollar() -> None:
    figure = ecdf(amounts(), "lost", title=r"$\frac{1}{ <b> & ünïcode")
    assert texts(figure)[0] == r"$\frac{1}{ <b> & ünïcode"
    ElementTree.fromstring(svg(figure))


def test_levels_that_are_numbers() -> None:
    assert numeric(["1 h", "30 min"]) == ([1.0, 0.5], "h")
    assert numeric([0.5, 2]) == ([0.5, 2.0], "")
    assert numeric(["0.5", "2"]) == ([0.5, 2.0], "")
    assert numeric(["1 h", "often"]) is None
    assert numeric(["5 usd", "1 h"]) is None


def test_importing_draws_nothing_in() -> None:
    code = "import sim.views.figures, sys; sys.exit('matplotlib' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_the_base_has_a_name_in_the_legend() -> None:
    """Its variant is empty, and matplotlib leaves lines without a name out of legends."""
    rows = pandas.DataFrame({"variant": ["", "", "asks", "asks"], "squats": [1, 2, 0, 1]})
    (legend,) = [axes.get_legend() for axes in ecdf(rows, "squats", by=["variant"]).axes]
    assert [text.get_text() for text in legend.get_texts()] == ["base", "asks"]
