"""The page of a sweep: everything on it, nothing from anywhere else, and whatever a file says stays text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sim.cli import cli
from sim.experiments.exploring import explore_cells, read_explored
from sim.experiments.sweep import sweep
from sim.scenario import load_text
from sim.views import outcomes, report, report_figures
from tests.views.swept import AMOUNTS, POLICIES, VARIANTS, swept

HOSTILE = '<script>alert("1")</script> & {{ 7 * 7 }} $x$ \' "><img src=http://evil.example/x.png>'


class Seen(HTMLParser):
    """What a browser would find on a page: elements, what they load, and the texts."""

    #: elements that have no end
    VOID = ("meta", "input", "br", "img", "link", "use")
    LOADING = ("src", "href", "xlink:href", "action", "srcset")

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.texts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open += [] if tag in self.VOID else [tag]
        self.loads += [
            value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "action", "srcset")
        ]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open = self.open if tag in self.VOID else self.open[:-1]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(page: str) -> Seen:
    seen = Seen()
    seen.feed(page)
    assert seen.open == []
    return seen


@pytest.mark.parametrize("questions", [POLICIES, VARIANTS, AMOUNTS], ids=["policies", "variants", "amounts"])
def test_a_page_asks_no_other_host_for_anything(questions: str) -> None:
    page = report.page(swept(questions))
    seen = read(page)
    assert seen.loads
    assert all(load.startswith("#") for load in seen.loads)
    assert "default-src 'none'" in page
    assert not re.search(r"url\((?!#)", page)
    assert not re.search(r"@import|fetch\(|XMLHttpRequest|import\(", page)
    assert "svg" in seen.tags


def test_a_page_has_the_question_the_command_and_the_receipt() -> None:
    found = swept(POLICIES)
    text = "".join(read(report.page(found)).texts)
    for wanted in ("A small story", "To be drawn.", found.summary["command"], found.receipt["digest"], "T05"):
        assert wanted in text
    for group in ("Harm", "Price for the honest", "Money", "Verdict", "At a glance"):
        assert group in text


def test_what_is_expected_is_shown_where_it_is_judged() -> None:
    text = "".join(read(report.page(swept(VARIANTS))).texts)
    assert "What the file expects" in text
    assert "✓ met: violated in 3 of 3 runs" in text


def test_where_something_is_varied_it_is_said_which_cells_are_judged() -> None:
    text = " ".join("".join(read(report.page(swept(POLICIES))).texts).split())
    assert "Judged is the one cell of 6 in which no level of vary changes anything" in text
    assert "✓ violated, expected" in text
    changed = "".join(read(report.page(swept(AMOUNTS.replace("[10 usd, 45 usd, 90 usd]", "[10 usd, 90 usd]")))).texts)
    assert "No cell is judged: levels of vary change each of them" in changed


def test_an_expected_violation_is_not_in_the_colour_of_a_failure() -> None:
    page = report.page(swept(VARIANTS))
    cells = re.findall(r'<td class="([^"]*)"[^>]*>([^<]*)</td>', page)
    tones = {text.strip(): tone.split()[0] for tone, text in cells if "violated, " in text}
    assert tones["✓ violated, expected"] == "expected"
    assert not any("bad" in tone.split() for tone, _ in cells)


def test_what_is_the_same_everywhere_or_depends_on_one_thing_is_said_and_not_drawn() -> None:
    found = swept(AMOUNTS, runs=5)
    drawn = report_figures.figures(found, ["made", "net_user", "lost"])
    sentences = [one.caption for one in drawn if not one.svg]
    assert sentences == ["made is 1 in every run of every cell"]
    accounts = report_figures.figures(swept(POLICIES), ["squats", "made", "accounts_by_adversary"])
    said = [one.caption for one in accounts if not one.svg]
    assert said == [
        "made depends on arrival alone: 1 for late; 0 for early",
        "accounts by adversary depends on arrival alone: 1 for late; 0 for early",
    ]
    assert next(one.caption for one in accounts if one.svg).startswith("squats: mean for each")


def test_every_column_is_on_the_page_in_tables_that_fit_it() -> None:
    found = swept(POLICIES)
    (table,) = outcomes.tables(found.summary, found.receipt, None)
    page = report.page(found)
    heads = re.findall(r'<button type="button"[^>]*>([^<]*)', page)
    assert {one.title for one in table.columns} <= set(heads)


def test_the_same_results_give_the_same_page() -> None:
    assert report.page(swept(VARIANTS)) == report.page(swept(VARIANTS))


def test_a_hostile_file_stays_text() -> None:
    seen = read(report.page(swept(VARIANTS, title=HOSTILE, why=HOSTILE)))
    assert "".join(seen.texts).count('<script>alert("1")</script>') >= 2
    assert "{{ 7 * 7 }}" in "".join(seen.texts)
    assert seen.tags.count("script") == 1  # the page's own
    assert "img" not in seen.tags


def test_measures_that_are_drawn_can_be_named() -> None:
    found = swept(AMOUNTS, runs=5)
    assert report.chosen(found, ["lost"]) == ["lost"]
    assert "made" not in report.chosen(found)  # it is the same in every cell
    with pytest.raises(ValueError, match=r"no measure 'loss' in these results; possible: .*lost"):
        report.page(found, names=["loss"])


def test_every_table_is_a_csv_file() -> None:
    files = report.csv_files(swept(POLICIES))
    assert sorted(files) == ["differences", "letters", "outcomes"]
    assert files["letters"].splitlines()[0] == "providers.cloud.like,late,early"


# --- the verb ---------------------------------------------------------------------------------------------------------

SMALL = """
title: One account
why: Small enough for every order.
refs: [I9]
until: 2 d
people: {alice: {answers_after: 1 min}}
orchestrators: {hub: {}}
providers: {cloud: {}}
story: [{id: own, at: 1 d, who: alice, add: cloud/free}]
expect: {no_squat: holds, account_without_charge: reached}
variants:
  crowd: {set: {people.alice.count: 9}, expect: {no_squat: holds}}
explore: {adversary_sends: 0, waits_at_most: 1 d}
runs: 2
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("results") / "small"
    sweep(load_text(SMALL, file="small.yaml"), out=path, workers=1)
    return path


def verb(*args: str) -> Any:
    return CliRunner().invoke(cli, ["report", *args], standalone_mode=False)


def test_the_verb_writes_the_page_and_its_tables(folder: Path) -> None:
    page = folder.parent / "page.html"
    done = verb(str(folder), "--out", str(page), "--csv")
    assert done.return_value == 0, done.exception
    read(page.read_text("utf-8"))
    assert (folder.parent / "page-outcomes.csv").read_text("utf-8").startswith("variant,")
    assert not list(folder.parent.glob("*.part"))


def test_without_a_name_the_page_lies_with_the_results(folder: Path) -> None:
    assert verb(str(folder)).return_value == 0
    assert (folder / "report.html").exists()
    assert (folder / "rows.parquet").exists()


def test_what_is_explored_once_is_kept_and_shown(folder: Path) -> None:
    assert verb(str(folder), "--explore", "--states", "5000").return_value == 0
    stored = (folder / "explored.json").read_text("utf-8")
    found = explore_cells(folder, states=5000)
    assert found["cells"]["0"]["verdicts"]["no_squat"]["verdict"] == "holds"
    assert "at most 6 can be explored" in found["cells"]["1"]["refused"]
    assert (folder / "explored.json").read_text("utf-8") == stored
    text = "".join(read((folder / "report.html").read_text("utf-8")).texts)
    assert "Every order, within states 5000" in text
    assert "too large" in text
    assert "Every order" in "".join(read(report.page(_results(folder), explored=found)).texts)


def _results(folder: Path) -> Any:
    from sim.experiments.sweep import read_results

    return read_results(folder)


def test_explored_of_another_sweep_does_not_count(folder: Path) -> None:
    explore_cells(folder, states=5000)
    receipt = _results(folder).receipt
    assert read_explored(folder, receipt) is not None
    assert read_explored(folder, receipt | {"plan": "another"}) is None


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["{}/nowhere"], "nowhere"),
        (["{}", "--measure", "squat"], "there is no measure 'squat'"),
        (["{}", "--out", "{}/no/such/place.html"], "cannot write the page"),
    ],
)
def test_what_is_wrong_is_told(folder: Path, args: list[str], complaint: str) -> None:
    done = verb(*(arg.replace("{}", str(folder)) for arg in args))
    assert complaint in str(done.exception)
