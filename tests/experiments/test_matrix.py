"""The matrix: small stories under answers, kept, taken up again, printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sim.cli import cli
from sim.experiments.matrix import computing
from sim.experiments.matrix.cells import Task, compute, threats
from sim.experiments.matrix.computing import JOURNAL, compute_all
from sim.experiments.matrix.policies import answered, named, story, values
from sim.scenario import ScenarioError, like, shipped

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
PRE_HIJACK = SCENARIOS / "pre_hijack.yaml"


def sim(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args], standalone_mode=False)


def letters(files: list[Path], policies: tuple[str, ...], states: int = 0) -> list[str]:
    rows = threats(files)
    return [compute(Task(row, named(name), 1, states)).finding.letter for row in rows for name in policies]


# --- rows and columns -------------------------------------------------------------------------------------------------


def test_rows_are_called_by_their_number_and_by_their_name_where_that_is_not_enough() -> None:
    files = [Path(f"{name}.yaml") for name in ("t01_a", "t05_owner_first", "t05_squatter_first", "pre_hijack")]
    names = ["T01", "T05_owner_first", "T05_squatter_first", "pre_hijack"]
    assert [one.name for one in threats(files)] == names
    (alone,) = threats(files[1:2])
    assert (alone.name, alone.key) == ("T05", "T05_owner_first")


STORY = """
title: t
until: 1 d
people: {ann: {}}
orchestrators: {hub: {}}
providers:
  cloud: {like: [M6, posthog_stripe], linking: refuse}
  store: {}
  cloudy: {like: cloud}
variants: {other: {set: {providers.cloud.matching: email}}}
"""


def test_a_policy_replaces_presets_and_leaves_to_a_condition_what_it_sets(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(STORY)
    base = story(str(file), None)
    given = {
        "providers.cloud.like": "M4",
        "providers.cloud.linking": "refuse",
        "providers.cloudy.like": ["cloud", "M4"],
    }
    assert values(base, named("M4"), (), None) == given
    mine = answered("MINE: {matching: subject, linking: silent}")
    assert values(base, mine, ("store",), "other") == {
        "providers.store.like": [],
        "providers.store.matching": "subject",
        "providers.store.linking": "silent",
    }
    assert "providers.cloud.matching" not in values(base, mine, ("cloud",), "other")


@pytest.mark.parametrize("text", ["MINE", "{a: {}, b: {}}", "MINE: subject"])
def test_answers_that_are_none(text: str) -> None:
    with pytest.raises(ScenarioError):
        answered(text)


def test_a_preset_of_somebody_else_is_no_policy() -> None:
    with pytest.raises(ScenarioError, match="possible"):
        named("stripe")


# --- letters of a story -----------------------------------------------------------------------------------------------


def test_letters_of_the_oldest_trick() -> None:
    assert letters([PRE_HIJACK], ("M1", "M4", "M6", "M7", "M10")) == ["X", "d", "X", ".", "d"]


def test_an_order_of_events_is_looked_for_where_runs_show_nothing() -> None:
    (row,) = threats([PRE_HIJACK])
    finding = compute(Task(row, named("M4"), 1, 500)).finding
    assert (finding.letter, finding.proven) == ("d", True)
    assert finding.explored is not None
    assert finding.explored.states > 10


def test_the_same_answers_by_hand_come_to_the_same() -> None:
    (row,) = threats([PRE_HIJACK])
    for name in ("M4", "M7"):
        mine = answered(f"mine: {json.dumps(named(name).answers)}")
        assert compute(Task(row, mine, 1, 0)).finding == compute(Task(row, named(name), 1, 0)).finding


def test_a_world_that_cannot_be_made_is_open(tmp_path: Path) -> None:
    (row,) = threats([PRE_HIJACK])
    finding = compute(Task(row, answered("mine: {matching: by_magic}"), 1, 0)).finding
    assert finding.letter == "?"
    assert "by_magic" in finding.why


@pytest.fixture
def nonsense(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Presets M1 … M10 are called Zork1 … Zork10, in the stories as well."""
    folder = tmp_path / "presets"
    folder.mkdir()
    for file in like._FOLDER.glob("*.yaml"):
        (folder / re.sub(r"^M(\d+)$", r"Zork\1", file.stem)).with_suffix(".yaml").write_text(file.read_text("utf-8"))
    monkeypatch.setattr(like, "_FOLDER", folder)
    like.presets.cache_clear()
    like.preset.cache_clear()
    for file in SCENARIOS.glob("threats/t0[15]*.yaml"):
        (tmp_path / file.name).write_text(re.sub(r"\bM(\d+)\b", r"Zork\1", file.read_text("utf-8")))
    yield tmp_path
    monkeypatch.undo()
    like.presets.cache_clear()
    like.preset.cache_clear()


def test_names_of_presets_mean_nothing(nonsense: Path) -> None:
    usual = ("1", "4", "6", "7")
    renamed = letters(sorted(nonsense.glob("t*.yaml")), tuple(f"Zork{one}" for one in usual))
    assert len(set(renamed)) > 2
    like._FOLDER = Path(like.__file__).parent / "presets"
    like.presets.cache_clear()
    like.preset.cache_clear()
    assert renamed == letters(sorted(SCENARIOS.glob("threats/t0[15]*.yaml")), tuple(f"M{one}" for one in usual))


# --- all of them ------------------------------------------------------------------------------------------------------


def tasks(*policies: str) -> list[Task]:
    rows = threats([PRE_HIJACK, SCENARIOS / "mailbox_changed_hands.yaml"])
    return [Task(row, named(name), 1, 0) for row in rows for name in policies]


def test_it_goes_on_where_it_was_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = compute_all(tasks("M1", "M4"), workers=1).cells
    calls: list[str] = []

    def interrupted(task: Task) -> object:
        calls.append(task.policy.name)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return compute(task)

    monkeypatch.setattr(computing, "compute", interrupted)
    first = compute_all(tasks("M1", "M4"), workers=1, out=tmp_path)
    assert first.stopped
    assert first.cells == whole[:2]
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(b'{"made_of": "half a li')
    second = compute_all(tasks("M1", "M4"), workers=1, out=tmp_path, resume=True)
    assert (second.stopped, second.cells, len(calls)) == (False, whole, 5)
    compute_all(tasks("M1", "M4"), workers=1, out=tmp_path, resume=True)
    assert len(calls) == 5


def test_a_changed_story_is_computed_anew(tmp_path: Path) -> None:
    file = tmp_path / "t99_own.yaml"
    file.write_text(PRE_HIJACK.read_text("utf-8"))
    one = [Task(threats([file])[0], named("M1"), 1, 0)]
    assert compute_all(one, workers=1, out=tmp_path / "kept").cells[0].finding.letter == "X"
    file.write_text(file.read_text("utf-8").replace("who: mallory", "who: alice").replace("as: alice, ", ""))
    story.cache_clear()
    assert compute_all(one, workers=1, out=tmp_path / "kept", resume=True).cells[0].finding.letter == "."


@pytest.mark.slow
def test_several_processes_come_to_the_same() -> None:
    assert compute_all(tasks("M1"), workers=2).cells == compute_all(tasks("M1"), workers=1).cells


# --- the verb ---------------------------------------------------------------------------------------------------------

SMALL = ("--threats", PRE_HIJACK, "--policies", "M1,M4", "--runs-only", "--runs", 1, "--workers", 1)


def test_json_has_a_row_for_every_cell() -> None:
    found = sim("matrix", *SMALL, "--json")
    rows = json.loads(found.stdout)
    assert [(one["threat"], one["policy"], one["outcome"]) for one in rows] == [
        ("pre_hijack", "M1", "X"),
        ("pre_hijack", "M4", "d"),
    ]
    assert {"expected", "agrees", "price", "command", "why", "proven", "explored"} <= set(rows[0])
    assert rows[1]["price"]["honest_refusals"] == 1
    assert found.return_value == 0


def test_what_is_printed(tmp_path: Path) -> None:
    page = tmp_path / "m.html"
    text = sim("matrix", *SMALL, "--html", page, "--markdown").output
    assert "| pre_hijack | X | d |" in text
    assert "r1 l1 e1" in text
    html = page.read_text("utf-8")
    assert html.count("<td") == 4
    assert "providers.cloud.like=M4" in html
    assert "pre_hijack  X   d" in sim("matrix", *SMALL).output


def test_a_cell_can_be_opened() -> None:
    text = sim("matrix", "--cell", f"{PRE_HIJACK}:M1").output
    assert "X  an account is taken over" in text
    assert "sim run" in text
    assert "token_only_for_owner" in text
    assert "is not judged here" not in text, "it is the file's own world"
    assert "met" in text
    other = sim("matrix", "--cell", f"{PRE_HIJACK}:M4", "--runs", "1", "--runs-only")
    assert "what it expects of its own world is not judged here" in other.output
    assert "NOT MET" not in other.output
    assert other.return_value == 0
    found = sim("matrix", "--cell", f"{PRE_HIJACK}:mine", "--answers", "mine: {matching: subject}", "--json")
    assert json.loads(found.output)["policy"] == "mine"


@pytest.mark.parametrize(
    "args",
    [
        ("--threats", "T99"),
        ("--policies", "M11"),
        ("--policies", "M1,M1"),
        ("--cell", "T01"),
        ("--cell", "T05:M1"),
        ("--answers", "nothing"),
        ("--resume",),
        ("--threats", ""),
        ("--threats", " , "),
        ("--policies", ""),
        ("--cell", "T01:"),
        ("--cell", ":M1"),
    ],
)
def test_wrong_input_says_what_is_possible(args: tuple[str, ...]) -> None:
    found = sim("matrix", *args)
    assert found.exception is not None
    assert getattr(found.exception, "exit_code", None) == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--threats", ""), "--threats: '' names nothing"),
        (("--policies", ""), "--policies: '' names nothing"),
        (("--answers", "MY: {linking: silnt}"), "--answers MY: providers.cloud.linking: .*did you mean 'silent'"),
        (("--answers", "MY: {lnking: silent}"), "--answers MY: .*did you mean 'linking'"),
        (("--cell", "T01:MY", "--answers", "MY: {linking: silnt}"), "did you mean 'silent'"),
        (("--answers", "M1: {linking: silent}"), "'M1' is the name of a preset"),
        (("--cell", "T05:M6"), "T05_owner_first, T05_squatter_first"),
    ],
)
def test_what_is_wrong_is_told_before_the_first_cell(
    args: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a cell is computed")

    monkeypatch.setattr(computing, "compute_all", never)
    monkeypatch.setattr("sim.experiments.matrix.cells.compute", never)
    found = sim("matrix", *args)
    assert getattr(found.exception, "exit_code", None) == 2
    assert re.search(said, str(found.exception))


@pytest.mark.parametrize("name", ["receipt.json", "rows.parquet"])
def test_the_folder_of_a_sweep_is_left_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")
    found = sim("matrix", *SMALL, "--out", tmp_path)
    assert getattr(found.exception, "exit_code", None) == 2
    assert "the folder of a sweep" in str(found.exception)
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_lines_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    sim("matrix", *SMALL, "--out", tmp_path)
    journal = tmp_path / JOURNAL
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"nonsense\n" + b"".join(lines) + b'{"made_of": "half a li')
    again = sim("matrix", *SMALL, "--out", tmp_path, "--resume")
    assert again.return_value == 0
    assert "unreadable: 2 of the lines of cells.jsonl" in again.stderr
    assert "unreadable" not in sim("matrix", *SMALL, "--out", tmp_path / "new", "--resume").stderr


def test_stories_are_found_in_a_checkout_and_in_an_installed_copy(tmp_path: Path) -> None:
    assert shipped.folder() == SCENARIOS
    package = tmp_path / "site" / "sim"
    (package / "_scenarios").mkdir(parents=True)
    assert shipped.folder(package) == package / "_scenarios"
    (tmp_path / "site" / "scenarios").mkdir()
    assert shipped.folder(package) == package / "_scenarios"
    (tmp_path / "site" / "pyproject.toml").touch()
    assert shipped.folder(package) == tmp_path / "site" / "scenarios"
