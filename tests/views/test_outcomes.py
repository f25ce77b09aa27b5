"""Outcome tables: what they show of a sweep, in which group, and as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from sim.views import entries, outcomes
from sim.views.entries import GROUPS, Column, Entry, Table
from sim.views.outcomes_differences import differences, every_difference
from sim.views.outcomes_parts import listed, parts, unbroken
from tests.views.swept import AMOUNTS, POLICIES, VARIANTS, swept


def tables(questions: str, explored: Any = None, **how: Any) -> list[Table]:
    sweep = swept(questions, **how)
    return outcomes.tables(sweep.summary, sweep.receipt, explored)


def column(table: Table, name: str) -> list[Entry]:
    place = [one.name for one in table.columns].index(name)
    return [row[place] for row in table.rows]


def test_a_row_for_each_cell_with_its_levels_first() -> None:
    (table,) = tables(POLICIES)
    assert [one.name for one in table.columns[:2]] == ["providers.cloud.like", "arrival"]
    assert [tuple(entry.text for entry in row[:2]) for row in table.rows] == [
        (policy, arrival) for policy in ("M1", "M4", "M7") for arrival in ("late", "early")
    ]


def test_columns_stand_by_whom_they_are_about() -> None:
    (table,) = tables(POLICIES)
    groups = {one.name: one.group for one in table.columns}
    assert groups["squats"] == "harm"
    assert groups["made"] == "harm"  # a measure of the file, of what the adversary did
    assert groups["delay"] == "honest"
    assert groups["net_provider"] == "money"
    assert groups["lost"] == "measures"
    assert groups["no_squat"] == "verdict"
    order = [one.group for one in table.columns]
    assert order == sorted(order, key=list(GROUPS).index)


def test_what_is_nothing_everywhere_is_named_below_and_has_no_column() -> None:
    (table,) = tables(POLICIES)
    assert "lockout_time" not in {one.name for one in table.columns} or any(
        entry.value for entry in column(table, "lockout_time")
    )
    assert any("foreign" in note or "outages" in note for note in table.notes)


def test_a_number_that_never_differs_is_bare_and_others_have_intervals() -> None:
    (table,) = tables(AMOUNTS, runs=5)
    made = column(table, "made")
    assert {entry.text for entry in made} == {"1"}
    fights = [row for row in table.rows if row[1].text == "fight"]
    place = [one.name for one in table.columns].index("lost")
    assert all(row[place].low is not None and row[place].low <= row[place].value <= row[place].high for row in fights)
    assert "[" in fights[0][place].text


def test_money_is_in_dollars() -> None:
    (table,) = tables(AMOUNTS, runs=5)
    accepts = [row for row in table.rows if row[1].text == "accept"]
    place = [one.name for one in table.columns].index("net_provider")
    assert table.columns[place].unit == "usd"
    assert [row[place].value for row in accepts] == [-25, -60, -105]  # the amount and a fee of 15


def test_what_was_never_observed_is_no_zero() -> None:
    cell = {"mean": None, "low": None, "high": None, "method": "nothing observed", "n": 0, "missing": 3}
    assert entries.entry(cell, "s") == Entry("–", None, "", "never observed (which is not zero)")


def test_letters_are_about_policies() -> None:
    (table,) = tables(POLICIES)
    letters = outcomes.letters(table)
    assert letters is not None
    assert [one.title for one in letters.columns[1:]] == ["late", "early"]
    shown = {row[0].text: [entry.text for entry in row[1:]] for row in letters.rows}
    assert shown["M1"][1] == "X"  # the owner was there first, and somebody else gets in
    assert shown["M7"] == ["·", "·"]
    (amounts,) = tables(AMOUNTS, runs=5)
    assert outcomes.letters(amounts) is None
    assert "letter" not in {one.name for one in amounts.columns}


def test_verdicts_say_in_how_many_runs() -> None:
    (table,) = tables(POLICIES)
    verdicts = {tuple(entry.text for entry in row[:2]): row for row in table.rows}
    place = [one.name for one in table.columns].index("no_squat")
    assert verdicts["M4", "late"][place].text == "● violated"
    assert verdicts["M7", "late"][place].text == "○ unbroken"
    assert "below" in verdicts["M7", "late"][place].hint


def test_a_violation_that_the_file_expects_is_no_failure_and_one_of_a_changed_world_neither() -> None:
    (table,) = tables(POLICIES)
    shown = {tuple(entry.text for entry in row[:2]): row for row in table.rows}
    place = [one.name for one in table.columns].index("no_squat")
    assert shown["M1", "late"][place][:3] == ("✓ violated, expected", 1.0, "expected")
    assert shown["M4", "late"][place][:3] == ("● violated", 1.0, "harm")
    assert column(table, "token_only_for_owner")[0][:3] == ("✓ unbroken, expected", 0.0, "good")


def test_what_was_not_expected_is_the_only_thing_that_is_bad() -> None:
    text = "variants:\n  wrong: {set: {people.alice.notices: 1}, expect: {no_squat: holds}}\n"
    (table,) = tables(text)
    base, wrong = column(table, "no_squat")
    assert (base.tone, base.text) == ("expected", "✓ violated, expected")
    assert (wrong.tone, wrong.text) == ("bad", "✗ violated, NOT expected")


def test_variants_without_a_grid_are_rows_of_one_table() -> None:
    (table,) = tables(VARIANTS)
    assert [row[0].text for row in table.rows] == ["base", "asked", "mailed"]


def explored(complete: bool, **verdicts: tuple[str, int | None]) -> dict[str, Any]:
    """What is kept of the exploration of a cell."""
    said = {name: {"verdict": word, "depth": depth} for name, (word, depth) in verdicts.items()}
    return {"states": 1_200, "complete": complete, "stopped": "" if complete else "states", "verdicts": said}


def test_every_order_stands_beside() -> None:
    cells = {
        "0": explored(True, no_squat=("violated", 9), token_only_for_owner=("holds", None)),
        "1": explored(True, no_squat=("holds", None)),
        "2": explored(False, no_squat=("undetermined", None)),
        "3": {"refused": "a group of 20"},
    }
    (table,) = tables(POLICIES, {"cells": cells, "within": {"states": 20_000, "depth": None}})
    shown = column(table, "explore")
    assert [entry.text for entry in shown[:5]] == [
        "● no squat in 9 steps; all else holds", "○ all holds", "undetermined", "too large", "not explored",
    ]  # fmt: skip
    assert shown[1].hint == "every order: 1,200 states"
    assert table.notes[-1] == "Every order, within states 20000."


def test_columns_can_be_picked() -> None:
    (table,) = tables(POLICIES)
    small = entries.pick(table, ["providers.cloud.like", "squats"])
    assert [len(row) for row in small.rows] == [2] * 6
    with pytest.raises(ValueError, match=r"no column 'squat'; possible: .*squats"):
        entries.pick(table, ["squat"])


def test_csv_has_plain_numbers_and_the_ends_of_intervals() -> None:
    (table,) = tables(AMOUNTS, runs=5)
    rows = list(csv.DictReader(io.StringIO(entries.to_csv(table))))
    assert len(rows) == 6
    fights = [row for row in rows if row["answer"] == "fight"]
    assert all(float(row["lost low"]) <= float(row["lost (usd)"]) <= float(row["lost high"]) for row in fights)
    assert rows[0]["no_squat"] == "violated"


# --- differences ------------------------------------------------------------------------------------------------------


def test_differences_that_leave_out_0_come_first_a_table_a_measure_and_the_rest_apart() -> None:
    sweep = swept(VARIANTS)
    found = differences(sweep.summary, ["made", "squats", "violations.no_squat", "delay"])
    assert [table.title for table in found.sure] == ["squats"]
    assert [[entry.text for entry in row] for row in found.sure[0].rows] == [["base → mailed", "-1"]]
    assert tuple(entry.text for entry in found.rest.rows[0]) == (
        "base → mailed", "no squat violated", "-1 [-1, 0.2019]", "share of runs",
    )  # fmt: skip
    assert found.none + len(found.rest.rows) + 1 == 2 * 4


def test_steps_of_one_size_under_several_conditions_share_a_row() -> None:
    found = differences(swept(POLICIES).summary, ["squats"])
    (table,) = found.sure
    assert [[entry.text for entry in row] for row in table.rows] == [
        ["M1 → M7", "late", "-1"], ["M1, M4", "late → early", "-1"],
    ]  # fmt: skip


def test_the_csv_of_differences_has_every_one() -> None:
    sweep = swept(POLICIES)
    rows = list(csv.DictReader(io.StringIO(entries.to_csv(every_difference(sweep.summary, ["squats", "made"])))))
    assert len(rows) == sum(one["measure"] in ("squats", "made") for one in sweep.summary["differences"])
    assert float(rows[0]["difference"]) != 0
    assert rows[0]["method"].startswith("paired")


# --- parts ------------------------------------------------------------------------------------------------------------


def wide(columns: int, *groups: str) -> Table:
    names = [Column("like", "like"), Column("when", "when")]
    names += [Column(f"n{n}", f"number {n}", group) for group in groups for n in range(columns)]
    rows = []
    for like in ("M1", "M2", "M3"):
        for when in ("late", "early"):
            same = Entry("7 [6, 8]", 7.0, low=6.0, high=8.0) if like != "M3" else Entry("0", 0.0)
            rows.append((Entry(like, like), Entry(when, when), *[same] * columns * len(groups)))
    return Table("t", tuple(names), tuple(rows))


def test_a_wide_table_is_shown_in_parts_that_fit_a_page_and_leave_nothing_out() -> None:
    found = parts(wide(30, "harm", "money"))
    harm = [part for part in found if part.title.startswith("Harm")]
    assert [part.title for part in harm][:2] == ["Harm", "Harm, part 2"]
    assert [part.title.replace("Money", "Harm") for part in found[len(harm) :]] == [part.title for part in harm]
    assert [one.name for part in harm for one in part.columns[2:]] == [f"n{n}" for n in range(30)]
    assert all([one.name for one in part.columns[:2]] == ["like", "when"] for part in found)
    assert all(len(part.columns) < 20 for part in found)


def test_rows_that_agree_share_a_line_which_names_them() -> None:
    (part,) = parts(wide(2, "harm"))
    assert [[entry.text for entry in row] for row in part.rows] == [
        ["M1, M2", "all 2", "7 [6, 8]", "7 [6, 8]"], ["M3", "all 2", "0", "0"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ("abcdefgh", "all 8"),
        ("abcd", "a, b, c, d"),
        ("abcdefg", "all but h"),
        ("abcde", "all but f, g, h"),
        ("a", "a"),
    ],
)
def test_levels_are_named_in_few_words(texts: str, said: str) -> None:
    assert listed(list(texts), list("abcdefgh")) == said


def test_what_no_cell_violates_is_a_line_and_no_column() -> None:
    (table,) = tables(POLICIES)
    assert unbroken(table) == []
    (table,) = tables(VARIANTS)
    assert unbroken(table) == ["token only for owner"]
    shown = [one.name for part in parts(table) for one in part.columns]
    assert "token_only_for_owner" not in shown
    assert "no_squat" in shown
