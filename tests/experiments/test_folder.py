"""Folders of results: what they hold, who may write there, and what is said of broken ones."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

import sim
from sim.cli import cli
from sim.experiments import folder
from sim.experiments.folder import CSV, JOURNAL, RECEIPT, ROWS, SUMMARY, FolderError, sealed
from sim.experiments.plan import plan
from sim.experiments.sweep import check
from sim.scenario import load_text
from tests.experiments.sweeping import OURS, STORY, write


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of results; tests that change it take a copy."""
    out = tmp_path_factory.mktemp("made") / "o"
    sim.sweep(load_text(STORY), runs=6, workers=1, out=out, csv=True)
    return out


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def test_rows_are_tidy_and_readable_without_our_code(made: Path) -> None:
    import pandas as pd
    import polars as pl

    frame = pd.read_parquet(made / ROWS)
    columns = list(frame.columns)
    assert columns[:7] == ["variant", "cell", "run", "seed", "digest", "ended_at_s", "messages"]
    assert columns[7] == "takeovers"
    assert "violations.no_squat" in columns
    assert list(frame["run"]) == [*range(6), *range(6)]
    assert list(frame["variant"]) == [""] * 6 + ["mailed"] * 6
    assert frame["takeovers"].dtype == float
    assert frame["bills"].isna().all(), "never observed is not zero"
    assert set(frame["ended_at_s"]) == {864_000.0}
    text = pd.read_csv(made / CSV, keep_default_na=False, na_values=[""])
    assert list(text.columns) == columns
    pd.testing.assert_frame_equal(text[columns[5:]], frame[columns[5:]], check_dtype=False)
    assert pl.read_parquet(made / ROWS).shape == frame.shape


def test_a_digest_in_a_row_is_that_of_the_run(made: Path) -> None:
    rows = sim.read_results(made).rows
    outcome = sim.run(load_text(STORY, variant="mailed"), replication=4)
    row = rows[(rows["variant"] == "mailed") & (rows["run"] == 4)].iloc[0]
    assert row["digest"] == outcome.digest
    assert row["messages"] == outcome.messages
    assert row["extra_steps"] == outcome.panel["honest"]["extra_steps"]
    assert row["violations.account_without_charge"] == outcome.counts["account_without_charge"]


def test_the_receipt_says_what_it_takes_to_get_it_again(made: Path) -> None:
    receipt = json.loads((made / RECEIPT).read_text())
    assert receipt["scenario"] == load_text(STORY).resolved()
    assert receipt["scenario_hash"] == load_text(STORY).hash
    assert {"version", "python", "seed", "command", "random_scheme"} <= set(receipt)
    assert receipt["runs"] == 12
    assert json.loads((made / SUMMARY).read_text())["receipt"]["digest"] == receipt["digest"]


def test_results_come_out_the_same_again(made: Path) -> None:
    found = check(made)
    assert found.cell is None
    assert len(found.sample) == 5
    assert {cell for cell, _ in found.sample} == {0, 1}


def test_results_that_are_read_are_those_that_were_made(made: Path) -> None:
    again, first = sim.read_results(made), sim.sweep(load_text(STORY), runs=6, workers=1)
    assert again.rows.equals(first.rows)
    assert again.exit == first.exit
    assert again.folder == made


def test_a_finished_sweep_can_be_given_more_runs(copy: Path) -> None:
    more = sim.sweep(load_text(STORY), runs=9, workers=1, out=copy, resume=True)
    assert more.rows.equals(sim.sweep(load_text(STORY), runs=9, workers=1).rows)
    with pytest.raises(FolderError, match="holds 9 runs of a cell, and 6 are asked for; nothing is thrown away"):
        sim.sweep(load_text(STORY), runs=6, workers=1, out=copy, resume=True)


@pytest.mark.parametrize(
    ("text", "more", "message"),
    [
        (STORY.replace("10 d", "11 d"), {}, "holds results of another scenario"),
        (STORY, {"variants": ["mailed"]}, "holds results of another scenario"),
    ],
)
def test_results_of_another_scenario_are_not_mixed(
    copy: Path, text: str, more: dict[str, list[str]], message: str
) -> None:
    for resume in (False, True):
        with pytest.raises(FolderError, match=message):
            sim.sweep(load_text(text), runs=6, workers=1, out=copy, resume=resume, variants=more.get("variants"))
    assert check(copy).cell is None


def test_results_of_another_version_are_not_mixed(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.results.code_version", lambda: "9.9")
    with pytest.raises(FolderError, match=r"was made by another version of this program \(.*, this is 9.9\)"):
        sim.sweep(load_text(STORY), runs=7, workers=1, out=copy, resume=True)


def cut(copy: Path, name: str) -> None:
    data = (copy / name).read_bytes()
    (copy / name).write_bytes(data[: len(data) // 2])


def changed_number(copy: Path) -> None:
    """One number of the rows is another, and the receipt's digest still fits, as digests are of steps."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(copy / ROWS)
    place = table.column_names.index("messages")
    column = pa.array([number + 1 for number in table["messages"].to_pylist()])
    pq.write_table(table.set_column(place, "messages", column), copy / ROWS)


def other_receipt(copy: Path, **what: object) -> None:
    receipt = json.loads((copy / RECEIPT).read_text())
    (copy / RECEIPT).write_text(json.dumps(sealed(receipt | what)))


def rows_vouched_for(copy: Path) -> None:
    other_receipt(copy, rows=f"sha256:{sha256((copy / ROWS).read_bytes()).hexdigest()}")


def cut_and_vouched_for(copy: Path) -> None:
    cut(copy, ROWS)
    rows_vouched_for(copy)


def other_seed(copy: Path) -> None:
    """As with an editor: the seal stays."""
    receipt = json.loads((copy / RECEIPT).read_text())
    (copy / RECEIPT).write_text(json.dumps(receipt | {"seed": receipt["seed"] + 1}, indent=1))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda copy: cut(copy, ROWS), r"rows\.parquet: was changed after the sweep wrote it"),
        (cut_and_vouched_for, r"rows\.parquet: cannot be read"),
        (lambda copy: (copy / ROWS).unlink(), r"rows\.parquet: cannot be read: there is no such file"),
        (lambda copy: cut(copy, RECEIPT), r"receipt\.json: cannot be read"),
        (lambda copy: (copy / RECEIPT).unlink(), r"is no folder of results: it has no receipt\.json"),
        (lambda copy: (copy / RECEIPT).write_text("{}"), r"receipt\.json: is not what a sweep writes; it lacks plan"),
        (lambda copy: (copy / SUMMARY).write_text("[]"), r"summary\.json: is not what a sweep writes"),
        (lambda copy: other_receipt(copy, digest="sha256:0"), r"its rows are not those of the receipt"),
        (lambda copy: other_receipt(copy, plan="0"), r"the scenario in its receipt is not the one that was run"),
        (lambda copy: other_receipt(copy, source={}), r"receipt\.json: is damaged"),
        (shutil.rmtree, r"there is no such folder"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said(copy: Path, damage: Callable[[Path], None], message: str) -> None:
    damage(copy)
    with pytest.raises(FolderError, match=message):
        check(copy)


def test_a_row_that_is_not_the_same_again_is_found(copy: Path) -> None:
    changed_number(copy)
    rows_vouched_for(copy)
    found = check(copy)
    assert (found.cell, found.run, found.column) == ("base", 0, "messages")
    assert found.stored == found.now + 1


@pytest.mark.parametrize(("change", "name"), [(changed_number, ROWS), (other_seed, RECEIPT)])
def test_what_was_changed_by_hand_is_refused_everywhere(copy: Path, change: Callable[[Path], None], name: str) -> None:
    change(copy)
    story = write(copy.parent)
    for use in (
        ["check", copy], ["report", copy], ["sweep", story, "--runs", 9, "--workers", 1, "--out", copy, "--resume"],
    ):  # fmt: skip
        found = CliRunner().invoke(cli, list(map(str, use)), standalone_mode=False)
        assert getattr(found.exception, "exit_code", None) == 2, found.output
        assert f"{copy / name}: was changed after the sweep wrote it" in found.exception.format_message()  # type: ignore[union-attr]
    with pytest.raises(FolderError, match=f"{name}: was changed"):
        sim.read_results(copy)


def test_a_sweep_that_ended_between_new_rows_and_their_receipt_goes_on(copy: Path) -> None:
    old, again = (copy / RECEIPT).read_bytes(), load_text(STORY)

    def ends(name: str, real: Callable[[Path, Path], Path] = Path.replace) -> Callable[[Path, Path], Path]:
        def replace(part: Path, target: Path) -> Path:
            if target.name == name:
                raise KeyboardInterrupt
            return real(part, target)

        return replace

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", ends(SUMMARY))
        with pytest.raises(KeyboardInterrupt):
            sim.sweep(again, runs=9, workers=1, out=copy, resume=True)
    assert (copy / RECEIPT).read_bytes() == old
    done: list[int] = []
    more = sim.sweep(again, runs=9, workers=1, out=copy, resume=True, tell=lambda now, total: done.append(now))
    assert set(done) <= {18}
    assert len(more.rows) == 18


def test_a_summary_of_other_results_is_refused(copy: Path) -> None:
    other_receipt(copy, digest="sha256:0")
    with pytest.raises(FolderError, match="the summary is not of the sweep of the receipt"):
        sim.read_results(copy)


def test_other_peoples_folders_and_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(FolderError, match=r"holds other things \(thesis\.tex\); give an empty folder"):
        sim.sweep(load_text(STORY), runs=1, workers=1, out=tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(FolderError, match="is a file and no folder"):
        sim.sweep(load_text(STORY), runs=1, workers=1, out=tmp_path / "thesis.tex")


# --- the lock ---------------------------------------------------------------------------------------------------------


def held(path: Path) -> AbstractContextManager[object]:
    return folder.opened(path, plan(load_text(STORY)), version="1", scheme=1)


def test_the_lock_goes_with_the_sweep_however_it_ends(tmp_path: Path) -> None:
    with held(tmp_path):
        assert (tmp_path / folder.LOCK).read_text() == f"{os.getpid()}\n"
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ZeroDivisionError), held(tmp_path):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_one_sweep_at_a_time_writes(tmp_path: Path) -> None:
    with held(tmp_path):
        with pytest.raises(FolderError, match=rf"another sweep writes there \(process {os.getpid()}\)"), held(tmp_path):
            pass
        assert (tmp_path / folder.LOCK).exists(), "who was refused does not take away what others hold"
    with held(tmp_path):
        pass


def test_a_lock_whose_file_went_before_it_was_held_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened while another sweep held it, held once that was over: by then others may hold another file."""
    hold, taken = folder._hold, []

    def slow(lock: int) -> None:
        if not taken:
            (tmp_path / folder.LOCK).unlink()
        hold(lock)
        taken.append(lock)

    monkeypatch.setattr(folder, "_hold", slow)
    with held(tmp_path):
        assert len(taken) == 2
        assert (tmp_path / folder.LOCK).exists()
    assert list(tmp_path.iterdir()) == []


# --- the journal ------------------------------------------------------------------------------------------------------


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A folder in which a sweep ended after some runs."""
    out = tmp_path / "begun"

    class Enough(Exception):
        pass

    def tell(done: int, total: int) -> None:
        if done >= 7:
            raise Enough

    with pytest.raises(Enough):
        sim.sweep(load_text(STORY), runs=6, workers=1, out=out, tell=tell)
    return out


def resume(folder: Path) -> sim.Sweep:
    return sim.sweep(load_text(STORY), runs=6, workers=1, out=folder, resume=True)


def test_results_that_are_not_finished_say_so(begun: Path) -> None:
    with pytest.raises(FolderError, match="the sweep is not finished; its command with --resume does that"):
        sim.read_results(begun)
    resume(begun)
    assert len(sim.read_results(begun).rows) == 12


@pytest.mark.parametrize("ends_with", [b"", b"5", b"5ee7b28a [0,3", b"5ee7b28a [0,3,1]"])
def test_a_torn_last_line_is_cut_off(begun: Path, made: Path, ends_with: bytes) -> None:
    with (begun / JOURNAL).open("ab") as journal:
        journal.write(ends_with)
    resume(begun)
    assert (begun / ROWS).read_bytes() == (made / ROWS).read_bytes()


def test_rows_without_a_receipt_are_not_taken_up(begun: Path, made: Path) -> None:
    (begun / ROWS).write_bytes(b"x")
    found = CliRunner().invoke(
        cli, ["sweep", str(write(begun.parent)), "--runs", "6", "--workers", "1", "--out", str(begun), "--resume"],
        standalone_mode=False,
    )  # fmt: skip
    assert f"{begun}: {ROWS} has no {RECEIPT}; the journal is what is used" in found.output
    assert (begun / ROWS).read_bytes() == (made / ROWS).read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be deleted there")
def test_nothing_is_promised_of_a_folder_that_was_deleted(tmp_path: Path) -> None:
    out = tmp_path / "gone"

    def tell(done: int, total: int) -> None:
        if done >= 7 and out.exists():
            shutil.rmtree(out)

    with pytest.raises(FolderError, match="the journal is gone, and what was done is not kept"):
        sim.sweep(load_text(STORY), runs=6, workers=1, out=out, tell=tell)
    assert not out.exists()


def test_a_journal_that_ended_in_its_first_line_begins_again(begun: Path, made: Path) -> None:
    (begun / JOURNAL).write_bytes(b"1234")
    resume(begun)
    assert (begun / ROWS).read_bytes() == (made / ROWS).read_bytes()


@pytest.mark.parametrize(
    ("place", "line", "message"),
    [
        (2, b"00000000 [0,1]\n", r"journal:3: is damaged \(its checksum is wrong\)"),
        (0, b"00000000 {}\n", r"journal:1: is damaged"),
        (0, b"a8f3b9d5 [1,2]\n", r"journal"),
    ],
)
def test_any_other_damage_is_an_error_with_its_line(begun: Path, place: int, line: bytes, message: str) -> None:
    lines = (begun / JOURNAL).read_bytes().splitlines(keepends=True)
    lines[place] = line
    (begun / JOURNAL).write_bytes(b"".join(lines))
    with pytest.raises(FolderError, match=message):
        resume(begun)


def test_a_journal_of_another_scenario_is_refused(begun: Path) -> None:
    with pytest.raises(FolderError, match="holds results of another scenario"):
        sim.sweep(load_text(STORY.replace("10 d", "11 d")), runs=6, workers=1, out=begun, resume=True)


def test_a_full_disk_is_an_error_and_loses_nothing(tmp_path: Path, made: Path) -> None:
    story, out = write(tmp_path), tmp_path / "o"
    words = [sys.executable, "-m", "sim", "sweep", story, "--runs", "6", "--workers", "1", "--out", out]
    full = subprocess.run(
        words, env=OURS, capture_output=True, text=True, check=False, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_500, 1_500)),
    )  # fmt: skip
    assert full.returncode == 2
    assert f"{out}: cannot write the results: File too large; what is done is kept, and --resume goes on" in full.stderr
    assert "Traceback" not in full.stderr
    assert (out / JOURNAL).read_bytes().count(b"\n") > 1
    done: list[int] = []
    sim.sweep(story, runs=6, workers=1, out=out, resume=True, tell=lambda now, total: done.append(now))
    assert done[0] > 0
    assert (out / ROWS).read_bytes() == (made / ROWS).read_bytes()
