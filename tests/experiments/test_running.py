"""Results do not depend on who does the runs, in which order, or on what ends the program in between."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest

import sim
from sim.chance import Chance, purpose
from sim.experiments.folder import JOURNAL, ROWS
from sim.experiments.folder_rows import Rows
from sim.experiments.plan import plan
from sim.experiments.running import Running, RunningError, perform
from sim.scenario import load_text
from tests.experiments.sweeping import STORY, begin, command, write

ADAPTIVE = STORY.replace("runs: 12", "runs: {until: {takeovers: 40 %}, at_least: 10, at_most: 60}")


def in_any_order(text: str, seed: int) -> Rows:
    """All runs, with tasks of different sizes under way together, finished in an order of chance."""
    planned = plan(load_text(text))
    rows = Rows(planned)
    running = Running(planned, rows, lambda new: None, None)
    under_way = []
    chance, what = Chance(seed), purpose("who is first")
    for step in range(10_000):
        running.together = 1 + chance.index(what, f"size {step}", 5)
        task = running.task(2)
        if task is not None and len(under_way) < 6:
            under_way.append(task)
            continue
        if task is not None:
            under_way.append(task)
        if not under_way:
            break
        done = under_way.pop(chance.index(what, f"next {step}", len(under_way)))
        running.take(done, *perform(done))
    assert running.over
    running.finish()
    return rows


@pytest.mark.parametrize("text", [STORY, ADAPTIVE], ids=["fixed", "until precise"])
def test_rows_do_not_depend_on_workers_or_on_the_order_of_completion(text: str, tmp_path: Path) -> None:
    one = sim.sweep(load_text(text), workers=1, out=tmp_path / "one", command="c")
    two = sim.sweep(load_text(text), workers=2, out=tmp_path / "two", command="c")
    assert (tmp_path / "one" / ROWS).read_bytes() == (tmp_path / "two" / ROWS).read_bytes()
    assert one.to_json() == two.to_json()
    assert in_any_order(text, 1).digest == in_any_order(text, 2).digest == one.receipt["digest"]


def test_every_cell_draws_from_the_same_random_numbers() -> None:
    rows = sim.sweep(load_text(STORY.replace("set: {providers.cloud.like: M7}", "set: {}")), workers=1, runs=4).rows
    by_variant = {name: list(of["digest"]) for name, of in rows.groupby("variant")}
    assert by_variant[""] == by_variant["mailed"]
    assert len(set(by_variant[""])) == 4


def test_a_worker_that_dies_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunningError, match="a worker process ended before its work was done"):
        sim.sweep(load_text(STORY), workers=2, out=tmp_path / "o", set_up=partial(os._exit, 3))
    assert sim.sweep(load_text(STORY), workers=1, out=tmp_path / "o", resume=True).receipt["runs"] == 24


@pytest.mark.slow
def test_nobody_answers_at_the_address_of_a_cluster() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(RunningError, match=r"no Dask scheduler answers at 127\.0\.0\.1:1"):
        sim.sweep(load_text(STORY), cluster="127.0.0.1:1")


# --- in a process that ends -------------------------------------------------------------------------------------------


def lines(folder: Path) -> int:
    journal = folder / JOURNAL
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def until_begun(folder: Path, least: int = 10) -> None:
    """Wait until so many lines are in the journal."""
    end = time.monotonic() + 60
    while lines(folder) < least:
        assert time.monotonic() < end
        time.sleep(0.02)


def children(of: int) -> list[int]:
    """The processes that a process has begun, and theirs."""
    found = []
    for one in Path("/proc").iterdir():
        try:
            parent = int((one / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if parent == of:
            found += [int(one.name), *children(int(one.name))]
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rows of a sweep that nobody interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    sim.sweep(write(folder), runs=100, workers=2, out=folder / "o")
    return folder / "o"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_after_a_kill_resume_does_exactly_what_is_missing(tmp_path: Path, whole: Path) -> None:
    out = tmp_path / "o"
    process = begin(write(tmp_path), "--runs", 100, "--workers", 2, "--out", out)
    until_begun(out)
    below = children(process.pid)
    process.kill()
    process.wait()
    before = lines(out)
    with (out / JOURNAL).open("ab") as journal:
        journal.write(b"5ee7b28a [1,77,")  # what a torn line looks like
    refused = command(tmp_path / "s.yaml", "--runs", 100, "--out", out)
    assert refused.returncode == 2
    assert "holds results of this sweep; --resume goes on" in refused.stderr
    done: list[int] = []
    sim.sweep(tmp_path / "s.yaml", runs=100, out=out, resume=True, tell=lambda now, total: done.append(now))
    assert done[0] == before - 1
    assert (out / ROWS).read_bytes() == (whole / ROWS).read_bytes()
    assert not (out / JOURNAL).exists()
    end = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in below) and time.monotonic() < end:
        time.sleep(0.1)
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()], "its workers live on"


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(tmp_path: Path, whole: Path) -> None:
    out = tmp_path / "o"
    process = begin(write(tmp_path), "--runs", 100, "--workers", 2, "--out", out)
    until_begun(out)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"interrupted; what is done is kept; to finish: sim sweep {tmp_path / 's.yaml'}" in said
    assert said.rstrip().endswith("--resume")
    assert "Traceback" not in said
    assert lines(out) >= 10
    resumed = command(tmp_path / "s.yaml", "--runs", 100, "--workers", 1, "--out", out, "--resume")
    assert resumed.returncode in (0, 1)
    assert (out / ROWS).read_bytes() == (whole / ROWS).read_bytes()


def test_ctrl_c_without_a_folder_says_that_nothing_is_kept(tmp_path: Path) -> None:
    process = begin(write(tmp_path), "--runs", 100_000, "--workers", 1)
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "nothing is kept without --out DIR" in said


def test_a_second_sweep_into_the_same_folder_is_refused(tmp_path: Path, whole: Path) -> None:
    out = tmp_path / "o"
    first = begin(write(tmp_path), "--runs", 100, "--workers", 1, "--out", out)
    until_begun(out, 2)
    second = command(tmp_path / "s.yaml", "--runs", 100, "--out", out, "--resume")
    assert second.returncode == 2
    assert f"another sweep writes there (process {first.pid})" in second.stderr
    first.communicate(timeout=120)
    assert (out / ROWS).read_bytes() == (whole / ROWS).read_bytes()


# --- on a cluster -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_cluster_gives_the_same_rows_and_one_that_goes_away_loses_nothing(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    from threading import Timer

    here = sim.sweep(load_text(STORY), workers=1).receipt["digest"]
    options = {"n_workers": 2, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster:
        address = cluster.scheduler_address
        assert sim.sweep(load_text(STORY), cluster=address).receipt["digest"] == here
        away = Timer(2.0, cluster.close)
        away.start()
        with pytest.raises(RunningError, match="the workers went away before their work was done"):
            sim.sweep(load_text(STORY), runs=50_000, cluster=address, out=tmp_path / "o")
        away.join()
    assert lines(tmp_path / "o") > 1
    kept = lines(tmp_path / "o") - 1
    done: list[int] = []
    plan_runs = max(40, kept)
    found = sim.sweep(
        load_text(STORY), runs=plan_runs, workers=2, out=tmp_path / "o", resume=True,
        tell=lambda now, total: done.append(now),
    )  # fmt: skip
    assert done[0] == kept
    assert found.rows["run"].max() == plan_runs - 1
