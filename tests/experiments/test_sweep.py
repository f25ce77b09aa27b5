"""``sim sweep`` and ``sim check DIR`` as they are used: what is printed, exit codes, options, what is imported."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from sim.cli import cli
from sim.cli.sweep import _kept, _Telling
from sim.experiments.folder import sealed
from sim.views import sweep as view
from sim.views.paint import Paint
from tests.experiments.sweeping import HERE, OURS, STORY, write

HALF = STORY.replace("{between: [0.01, 0.99]}", "{at_most: 0.5}").replace("no_squat: possible, ", "")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with the story."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path)
    return tmp_path


def sim(*args: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, args)), standalone_mode=False)


def refused(found: Result) -> str:
    assert getattr(found.exception, "exit_code", None) == 2, found.output
    return found.exception.format_message()  # type: ignore[union-attr]


def test_the_tables_have_cells_as_rows_and_end_with_runs_seed_and_digest() -> None:
    found = sim("sweep", "s.yaml", "--workers", 1, "--runs", 30)
    assert found.return_value == 0, found.output
    lines = found.output.splitlines()
    assert lines[0] == "Who is first"
    for title in ("Harm", "Price for the honest", "Money", "Measures", "Verdicts"):
        assert title in lines
    assert max(map(len, lines[:-1])) <= 100
    harm = lines[lines.index("Harm") + 1 :]
    assert harm[0].split()[:2] == ["variant", "takeovers"]
    assert harm[1].split()[0] == "base"
    assert "[" in harm[1]
    assert harm[2].split()[:2] == ["mailed", "0"]
    assert "– never observed, which is not zero: bills" in found.output
    assert "0 in every run: contested" in found.output
    assert "mailed - base" in found.output
    assert "Intervals at 95%. means: Student" in found.output
    assert lines[-1].startswith("60 runs (30 in each of 2 cells) · seed 1 · sha256:")
    assert "so violated in below 0.095 of them at 95%" in " ".join(found.output.split())


def test_json_has_the_shape_of_the_documentation() -> None:
    data = json.loads(sim("sweep", "s.yaml", "--runs", 5, "--json", "--set", "people.alice.agents=2").output)
    assert [data[key] for key in ("scenario", "variant", "seed", "exit", "level")] == ["s.yaml", None, 1, 3, 0.95]
    assert data["command"] == "sim sweep s.yaml --runs 5 --set people.alice.agents=2"
    assert data["receipt"]["command"] == data["command"]
    base, mailed = data["cells"]
    assert (base["variant"], mailed["variant"], base["runs"], base["values"]) == (None, "mailed", 5, {})
    assert set(base["panel"]) == {"harm", "honest", "money"}
    assert {"mean", "low", "high", "method"} <= set(base["panel"]["harm"]["takeovers"])
    squat = next(one for one in mailed["verdicts"] if one["property"] == "no_squat")
    assert (squat["verdict"], squat["expected"], squat["met"]) == ("unbroken", "holds", True)
    assert {"count", "of", "low", "high"} <= set(squat["violated_in"])
    first = data["differences"][0]
    assert {"a", "b", "measure", "mean", "low", "high", "method", "paired"} <= set(first)
    assert (first["a"], first["b"], first["paired"]) == ("base", "mailed", True)


def test_exit_codes_are_those_of_the_worst_cell() -> None:
    write(Path(), HALF, "half.yaml")
    assert sim("sweep", "half.yaml", "--runs", 20, "--workers", 1).return_value == 3
    write(Path(), HALF.replace("takeovers: 0", "takeovers: 1"), "worse.yaml")
    assert sim("sweep", "worse.yaml", "--runs", 20, "--workers", 1).return_value == 1


def test_one_run_is_judged_as_sim_run_does() -> None:
    write(Path(), HALF, "half.yaml")
    found = sim("sweep", "half.yaml", "--runs", 1, "--workers", 1)
    assert "one run, judged as sim run does" in found.output
    assert found.return_value == sim("compare", "half.yaml").return_value


def test_only_the_variants_that_are_named() -> None:
    data = json.loads(sim("sweep", "s.yaml", "--runs", 2, "--variant", "mailed", "--json").output)
    assert [cell["variant"] for cell in data["cells"]] == ["mailed"]
    assert data["differences"] == []


def test_code_of_ones_own_is_there_in_every_process(place: Path) -> None:
    (place / "loud.py").write_text(
        '"""Loud."""\nfrom typing import ClassVar\nfrom sim.facts import AccountCreated\n'
        'from sim.property import Measure\n\n\nclass Loud(Measure):\n    """Accounts, twice."""\n\n'
        '    READS: ClassVar = {AccountCreated: "_seen"}\n    MEMORY = ("seen",)\n\n'
        "    def _seen(self, fact, see):\n        self.seen[len(self.seen)] = 2\n\n"
        "    def result(self, end, see):\n        return 2 * len(self.seen)\n"
    )
    write(place, STORY.replace("no_squat: possible, ", "loud: {at_least: 2}, "), "own.yaml")
    words = ["own.yaml", "--with", "loud.py", "--runs", "4", "--json"]
    found = [
        subprocess.run(
            [sys.executable, "-m", "sim", "sweep", *words, "--workers", workers],
            env=OURS, capture_output=True, text=True, check=False,
        )
        for workers in ("1", "2")
    ]  # fmt: skip
    assert found[0].stderr == ""
    assert found[0].stdout == found[1].stdout
    assert all(cell["measures"]["loud"]["mean"] >= 2 for cell in json.loads(found[0].stdout)["cells"])


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--resume"], "--resume needs --out DIR"),
        (["--csv"], "--csv needs --out DIR"),
        (["--measure", "takeovers"], "--measure and --points belong to --sensitivity"),
        (["--sensitivity", "tornado"], "--sensitivity needs --measure NAME"),
        (["--sensitivity", "tornado", "--measure", "x", "--out", "o"], "--sensitivity has no folder of results"),
        (["--sensitivity", "tornado", "--measure", "takeovers"], "needs parameters with a distribution"),
        (["--variant", "nobody"], "there is no variant 'nobody'"),
        (["--set", "people.bob.mfa=none"], "there is no 'bob' among people"),
        (["--out", "s.yaml"], "s.yaml: is a file and no folder"),
        (["--out", "."], "holds other things (s.yaml)"),
        (["--out", "/proc/nowhere"], "/proc/nowhere: cannot be used for results: "),
    ],
)
def test_what_is_wrong_with_the_options_is_said(args: list[str], message: str) -> None:
    assert message in refused(sim("sweep", "s.yaml", *args))


@pytest.mark.parametrize("args", [["--runs", "0"], ["--workers", "0"], ["--runs", "many"]])
def test_numbers_that_are_none_are_refused(args: list[str]) -> None:
    assert args[0] in refused(sim("sweep", "s.yaml", *args))


def test_a_distribution_without_a_design_is_refused_by_sweep_and_used_by_sensitivity() -> None:
    text = STORY + "vary: {people.alice.answers_after: uniform 1 min to 5 h}\n"
    write(Path(), text, "d.yaml")
    assert "d.yaml:17:36: vary.people.alice.answers_after: a distribution needs a design" in refused(
        sim("sweep", "d.yaml")
    )
    found = sim("sweep", "d.yaml", "--sensitivity", "tornado", "--measure", "waited", "--runs", 3, "--workers", 1)
    assert found.return_value in (0, 3), found.output
    assert "waited: tornado over 3 points, 3 runs each" in found.output


def test_a_distribution_without_a_design_is_refused_by_check_as_by_sweep() -> None:
    write(Path(), STORY + "vary: {people.alice.answers_after: uniform 1 min to 5 h}\n", "d.yaml")
    message = "d.yaml:17:36: vary.people.alice.answers_after: a distribution needs a design, which says how many points"
    assert message in refused(sim("check", "d.yaml"))
    assert json.loads(sim("check", "d.yaml", "--json").output)["problems"][0]["line"] == 17
    assert sim("check", "d.yaml", "--set", "design={sobol: 4}").return_value == 0


def test_run_and_check_say_that_sweep_is_for_what_they_leave_alone() -> None:
    text = STORY + "vary: {people.alice.agents: [1, 2, 3]}\n"
    write(Path(), text, "v.yaml")
    assert "This was one run; the file's runs and vary are for: sim sweep v.yaml" in sim("run", "v.yaml").output
    assert "This was one run" not in sim("run", "v.yaml", "--set", "runs=1", "-q").output
    assert sim("check", "v.yaml").output.rstrip().endswith("1 variant, 6 cells in a sweep")
    assert json.loads(sim("check", "v.yaml", "--json").output)["cells"] == 6


def test_check_runs_a_sample_of_a_folder_again(place: Path) -> None:
    made = sim("sweep", "s.yaml", "--runs", 4, "--workers", 1, "--out", "o", "--csv")
    assert made.output.rstrip().endswith("Results: o")
    assert sorted(one.name for one in (place / "o").iterdir()) == [
        "receipt.json", "rows.csv", "rows.parquet", "summary.json",
    ]  # fmt: skip
    found = sim("check", "o")
    assert (found.return_value, found.output) == (0, "The same again: 5 rows (cell/run 0/0, 0/1, 0/3, 1/0, 1/2)\n")
    data = json.loads(sim("check", "o", "--json").output)
    assert (data["same"], data["exit"], data["first"], len(data["rows"])) == (True, 0, None, 5)
    assert "leave the other options away" in refused(sim("check", "o", "--seed", 3))
    receipt = json.loads((place / "o" / "receipt.json").read_text())
    assert receipt["command"] == "sim sweep s.yaml --runs 4 --out o --csv"


def test_check_says_what_is_not_the_same_again(place: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sim("sweep", "s.yaml", "--runs", 2, "--workers", 1, "--out", "o")
    table = pq.read_table(place / "o" / "rows.parquet")
    other = table.set_column(table.column_names.index("takeovers"), "takeovers", pa.array([7.0] * 4))
    pq.write_table(other, place / "o" / "rows.parquet")
    receipt = json.loads((place / "o" / "receipt.json").read_text())
    receipt["rows"] = f"sha256:{sha256((place / 'o' / 'rows.parquet').read_bytes()).hexdigest()}"
    (place / "o" / "receipt.json").write_text(json.dumps(sealed(receipt)))
    found = sim("check", "o")
    assert found.return_value == 1
    assert found.output.startswith("o: run 0 of the cell base is not the same again\n  takeovers: 7.0 in the folder, ")
    assert json.loads(sim("check", "o", "--json").output)["first"]["column"] == "takeovers"
    assert "there is no such file" in refused(sim("check", "nowhere"))
    (place / "empty").mkdir()
    assert "is no folder of results: it has no receipt.json" in refused(sim("check", "empty"))


def test_levels_of_vary_are_not_said_to_be_judged() -> None:
    write(Path(), STORY + "vary: {people.alice.agents: [2, 3]}\n", "v.yaml")
    found = sim("sweep", "v.yaml", "--runs", 2, "--workers", 1)
    assert found.return_value == 0, found.output
    assert "No cell is judged: levels of vary change every one of them" in found.output
    assert "Nothing was judged: levels of vary change every cell · v.yaml · exit 0" in found.output
    assert "expected was missed" not in found.output


def test_the_cell_that_is_the_base_is_judged_and_the_others_are_said_not_to_be() -> None:
    write(Path(), STORY + "vary: {people.alice.agents: [1, 2], people.mallory.agents: [1, 2]}\n", "v.yaml")
    found = sim("sweep", "v.yaml", "--runs", 2, "--workers", 1, "--variant", "mailed")
    assert found.return_value == 0, found.output
    assert "Judged are the cells in which no level of vary changes anything" in found.output
    assert "mailed: 2 of 2 expectations met" in found.output
    assert "Nothing expected was missed" in found.output


def test_a_precision_is_told_with_its_unit_and_what_was_not_seen() -> None:
    until = "{takeovers: {absolute: 0.2}, waited: {relative: 1 %, absolute: 20 d}, net_user: {absolute: 2 usd}}"
    write(Path(), STORY.replace("runs: 12", f"runs: {{until: {until}, at_least: 5, at_most: 90}}"), "p.yaml")
    found = sim("sweep", "p.yaml", "--workers", 1, "--variant", "mailed")
    assert found.return_value == 0, found.output
    for told in (
        "asked ±0.2\n",
        "asked ±1.00% or ±1,728,000 s",
        "asked ±2.00 usd",
        "±0.00 usd; another value in below 0.0",
    ):
        assert told in found.output


def test_what_is_kept_is_looked_up(place: Path) -> None:
    assert _kept("o", "sim sweep") == "nothing is kept: there is no journal in o"
    (place / "o").mkdir()
    (place / "o" / "journal").touch()
    assert _kept("o", "sim sweep") == "what is done is kept; to finish: sim sweep --resume"


def test_a_report_of_a_file_is_refused() -> None:
    assert refused(sim("report", "s.yaml")) == "s.yaml: is a file and no results folder"


def test_progress_tells_the_time_left(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("sim.cli.sweep.time.monotonic", lambda: now[0])
    telling = _Telling(tty=True)
    telling(0, 100)
    for seconds, done in ((105.0, 25), (105.1, 26)):
        now[0] = seconds
        telling(done, 100)
    assert capsys.readouterr().err == "\r\x1b[K25 of 100 runs · 25% · 15 s left"


def test_wide_tables_are_broken_and_long_ones_cut() -> None:
    entry: dict[str, Any] = {"mean": 1.0, "low": 0.5, "high": 1.5, "method": "Student", "n": 9, "missing": 0}
    cell: dict[str, Any] = {
        "label": "x", "variant": None, "runs": 9, "judged": False, "precision": {}, "verdicts": [],
        "panel": {"harm": {f"number_{n}": entry for n in range(9)}}, "measures": {},
    }  # fmt: skip
    harm = cell["panel"]["harm"]
    other = {"panel": {"harm": harm | {f"number_{n}": entry | {"mean": 2.0} for n in range(8)}}}
    cells = [cell | (other if n % 2 else {}) | {"cell": n, "values": {"a.b.level": f"l{n}"}} for n in range(210)]
    summary = {
        "title": "t", "cells": cells, "units": {}, "vary": ["a.b.level"], "differences": [], "level": 0.9,
        "exit": 0, "scenario": "s", "seed": 1, "receipt": {"runs": 630, "digest": "d"},
    }  # fmt: skip
    text = view.sweep(msgspec.json.decode(msgspec.json.encode(summary)), Paint(80))
    assert max(map(len, text.splitlines())) <= 80
    assert "… and 10 more" in text
    assert text.splitlines()[3].split()[0] == "level"
    assert "the same in every cell: number_8 1 [0.5, 1.5]" in text
    assert "No cell is judged: levels of vary change every one of them" in " ".join(text.split())
    view.sweep(summary, Paint(80, ascii=True)).encode("ascii")


def test_import_and_help_need_no_heavy_library() -> None:
    code = (
        "import sys, sim, sim.cli.sweep, sim.cli.check\n"
        "assert callable(getattr(sim, '__getattr__'))\n"
        "heavy = ('numpy', 'pandas', 'pyarrow', 'scipy', 'distributed', 'pydantic')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], env=OURS, cwd=HERE, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
