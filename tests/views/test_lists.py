"""The reference: tables made from where things are defined."""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from sim import facts, properties
from sim.scenario import meanings
from sim.scenario.describe import block_names
from sim.scenario.paths import TOP_KEYS
from sim.scenario.questions import ANSWER_KEYS, ANSWER_WORDS, MEASURE_KEYS
from sim.scenario.verbs import STEP_KEYS, TIME_WORDS, VERBS
from sim.views import language, lists, reference
from sim.views.lists import Listing
from sim.views.paint import Paint

SMALL = Listing(
    "Small",
    ("name", "size", "says"),
    [("one", "1", "the first of them, which is told at length"), ("two", "2", "a | b <c>")],
)


def test_a_table_fits_its_width_and_wraps_what_is_long():
    assert lists.text(SMALL, Paint(40)) == dedent(
        """\
        Small
        name  size  says
        one   1     the first of them, which is
                    told at length
        two   2     a | b <c>"""
    )


def test_markdown_keeps_bars_and_brackets_out_of_the_way():
    assert lists.markdown(SMALL) == dedent(
        """\
        ### Small

        | name | size | says |
        |---|---|---|
        | one | 1 | the first of them, which is told at length |
        | two | 2 | a \\| b &lt;c> |
        """
    )


def test_data_names_the_columns():
    assert lists.data(SMALL)["rows"][0] == {
        "name": "one",
        "size": "1",
        "says": "the first of them, which is told at length",
    }


def test_only_what_is_called_so():
    table = Listing("x", ("f",), [("keys.overlap",), ("keys",), ("monkeys",), ("a/keys",)], "a note")
    assert [row[0] for row in table.only("keys").rows] == ["keys.overlap", "keys"]
    assert [row[0] for row in table.only("overlap").rows] == ["keys.overlap"]
    assert table.only("nothing").rows == []


def test_a_short_table_keeps_to_one_line_a_row():
    assert lists.text(SMALL._replace(short=True), Paint(30)).splitlines()[2] == "one   1     the first of them…"


def test_a_single_row_that_does_not_fit_stands_upright():
    assert lists.text(SMALL._replace(rows=SMALL.rows[:1]), Paint(40)) == dedent(
        """\
        Small
          name  one
          size  1
          says  the first of them, which is told
                at length"""
    )


def test_a_name_is_found_whole_or_behind_a_dot_or_a_slash():
    table = Listing("x", ("f",), [("keys.overlap",), ("a/keys",), ("monkeys",)], sections=(SMALL,))
    assert [row[0] for row in table.exactly("keys").rows] == ["keys.overlap", "a/keys"]
    assert table.exactly("one").title == "Small"
    assert table.exactly("monkey") is None


def test_what_is_said_names_sources_by_address_and_has_no_markup():
    for what, (_, make) in reference.kinds().items():
        if what != "scenarios":
            text = json.dumps(lists.data(make()), ensure_ascii=False)
            assert not re.findall(r"\w*\]_|``|:\w+:`", text), what
    said = dict(row[::2] for row in reference.kinds()["policies"][1]().only("attesting").rows)
    assert "github.com/workos/auth.md" in said["attesting/jwt"]


def test_sources_of_a_few_rows_are_spelt_out():
    assert "PH22: https://" in reference.sourced(reference.kinds()["presets"][1]().only("M7")).note


def test_every_part_of_an_answer_a_measure_a_design_and_a_step_has_a_meaning():
    assert set(meanings.ANSWERS) == {"number", "everything_else", *ANSWER_WORDS, *ANSWER_KEYS}
    assert set(meanings.MEASURES) == set(MEASURE_KEYS)
    assert set(meanings.STEP) == set(STEP_KEYS) - set(TIME_WORDS) - set(VERBS)
    assert set(meanings.VARIANTS) == {"why", "set", "expect"}
    assert all(form and says for parts in meanings.PARTS.values() for form, says in parts.values())


def test_the_language_has_every_field_with_its_meaning():
    listing = reference.kinds()["language"][1]()
    rows = [*listing.rows, *(row for section in listing.sections for row in section.rows)]
    assert {row[0] for row in rows} == set(TOP_KEYS)
    assert all(row[1] and row[3] for row in rows)


def test_examples_are_pieces_of_stories_that_can_be_read():
    for name in ("vary", "runs", "variants", "expect", "measures", "explore"):
        blocks = re.split(rf"^(?={name}:)", language.example(name), flags=re.MULTILINE)[1:]
        assert blocks, name
        assert all(list(yaml.safe_load(block)) == [name] for block in blocks)
    (step,) = yaml.safe_load(language.step_with("intercept"))
    assert "intercept" in step


@pytest.mark.parametrize("what", [name for name in reference.kinds() if name != "scenarios"])
def test_everything_that_can_be_listed_is_not_empty_and_every_row_has_every_column(what: str):
    _, make = reference.kinds()[what]
    listing = make()
    assert listing.rows
    assert all(len(row) == len(listing.columns) for row in listing.rows)
    assert all(isinstance(cell, str) for row in listing.rows for cell in row)
    json.dumps(lists.data(listing))
    for width in (80, 100):
        assert max(map(len, lists.text(listing, Paint(width)).splitlines())) <= width


def test_every_property_fact_and_block_is_listed():
    kinds = reference.kinds()
    assert {row[0] for row in kinds["properties"][1]().rows} == set(properties.names())
    assert {row[0] for row in kinds["facts"][1]().rows} == set(facts.names())
    assert set(block_names()) <= set(kinds)


def test_every_field_tells_its_default_mark_and_meaning():
    listing = reference.kinds()["provider"][1]()
    field = dict(zip(listing.columns, listing.only("matching").rows[0], strict=True))
    assert field["default"] == "subject_or_email"
    assert field["mark"] in ("confirmed", "assumed")
    assert field["meaning"]


def test_policies_are_listed_with_their_questions_and_say_what_they_do():
    rows = {row[0]: row[2] for row in reference.kinds()["policies"][1]().rows}
    assert {"matching", "matching/email", "linking/ask_owner", "activation/after_mail"} <= set(rows)
    assert all(rows.values())


def test_scenarios_are_listed_with_what_they_expect(tmp_path: Path):
    world = "people: {ann: {}}\norchestrators: {hub: {}}\nproviders: {p: {}}\n"
    asks = "expect: {no_squat: holds, takeovers: {at_most: 2}}\n"
    text = f"title: A first story\nwhy: To see it.\nuntil: 1 d\n{world}{asks}"
    (tmp_path / "a.yaml").write_text(text)
    (tmp_path / "notes.txt").write_text("no scenario")
    (row,) = reference.scenarios(tmp_path).rows
    assert row == ("a", "A first story", "To see it.", "", "no_squat: holds, takeovers: at most 2")


def test_life_cycles_are_drawn_one_by_one():
    text = reference.drawn_lifecycles("code")
    assert text.count("```mermaid") == 1
    assert "issued --> spent" in text
    assert reference.drawn_lifecycles().count("```mermaid") > 3


def test_scenarios_of_a_folder_below_are_a_section_of_their_own(tmp_path: Path):
    world = "title: {0}\nuntil: 1 d\npeople: {{ann: {{}}}}\norchestrators: {{hub: {{}}}}\nproviders: {{p: {{}}}}\n"
    for name in ("a", "threats/t01_b", "packs/c"):
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(world.format(name) if "packs" not in name else "nonsense: yes\n")
    listing = reference.scenarios(tmp_path)
    assert [row[0] for row in listing.rows] == ["a"]
    (section,) = listing.sections
    assert (section.title, [row[0] for row in section.rows]) == ("Threats", ["threats/t01_b"])
    assert lists.data(listing)["sections"][0]["rows"][0]["file"] == "threats/t01_b"
    assert lists.markdown(listing).count("| file | title |") == 2
    assert "Threats" in lists.text(listing, Paint(100))
    only = listing.only("t01_b")
    assert ([row[0] for row in only.rows], only.sections) == (["threats/t01_b"], ())
    assert listing.only("nothing").rows == []
