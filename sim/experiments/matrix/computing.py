"""All cells, on all cores; what is done is kept, so that nothing is lost when it is interrupted."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from sim.experiments.in_order import undisturbed
from sim.experiments.matrix.cells import Cell, Task, compute

#: the file of a results folder that has a line for every cell that is done
JOURNAL = "cells.jsonl"
#: seconds between two looks at whether somebody wants to stop
_PATIENCE = 0.5


class Progress(msgspec.Struct, frozen=True):
    """How far it is: cells done and in all, seconds spent, seconds left (None: not known yet)."""

    done: int
    of: int
    spent: float
    left: float | None
    cell: str


class Computed(msgspec.Struct, frozen=True):
    """The cells that are done, in the order of the tasks, and whether somebody stopped it before all were.

    ``unreadable`` counts the lines of the folder's journal that could not be read when it was resumed.
    """

    cells: tuple[Cell, ...]
    stopped: bool
    seconds: float
    unreadable: int = 0


class _Line(msgspec.Struct, frozen=True):
    """A line of the journal: what the cell was made of, and the cell."""

    made_of: str
    cell: Cell


def compute_all(
    tasks: Sequence[Task],
    *,
    workers: int | None = None,
    out: Path | None = None,
    resume: bool = False,
    prepare: Callable[[], None] | None = None,
    progress: Callable[[Progress], None] = lambda at: None,
) -> Computed:
    """Every cell; with one worker in this process, else in others.

    ``out`` is a folder in which cells are kept as they come; with ``resume`` those that are there and were made of the
    same files and code are taken from it. ``prepare`` is called in each process first. ``KeyboardInterrupt`` ends it
    early; what runs then is finished and kept.
    """
    began = time.perf_counter()
    names = [_made_of(task) for task in tasks]
    kept, unreadable = _kept(out) if out is not None and resume else ({}, 0)
    found: dict[int, Cell] = {place: kept[name] for place, name in enumerate(names) if name in kept}
    todo = {place: task for place, task in enumerate(tasks) if place not in found}
    stopped = False
    with ExitStack() as stack:
        journal = None if out is None else stack.enter_context(_opened(out, fresh=not resume))
        done_before = len(found)
        try:
            for place, cell in _computed(todo, min(workers or os.cpu_count() or 1, len(todo)), prepare):
                found[place] = cell
                _keep(journal, names[place], cell)
                progress(_progress(len(found), done_before, len(tasks), time.perf_counter() - began, cell))
        except KeyboardInterrupt:
            stopped = True
    cells = tuple(found[place] for place in sorted(found))
    return Computed(cells, stopped, time.perf_counter() - began, unreadable)


def _progress(done: int, before: int, of: int, spent: float, cell: Cell) -> Progress:
    fresh = done - before
    return Progress(done, of, spent, spent / fresh * (of - done) if fresh else None, f"{cell.threat}:{cell.policy}")


# --- computing --------------------------------------------------------------------------------------------------------


def _computed(todo: Mapping[int, Task], workers: int, prepare: Callable[[], None] | None) -> Iterator[tuple[int, Cell]]:
    if workers <= 1:
        if prepare is not None:
            prepare()
        yield from ((place, compute(task)) for place, task in todo.items())
        return
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (prepare,))
    pending: dict[Future[Cell], int] = {}
    stopped = False
    try:
        # Handed out a few at a time, so that an interruption waits for no more than those.
        queue = iter(todo.items())
        while True:
            while not stopped and len(pending) < workers + 1 and (entry := next(queue, None)) is not None:
                with undisturbed():
                    pending[pool.submit(compute, entry[1])] = entry[0]
            if not pending:
                break
            try:
                done, _ = wait(pending, _PATIENCE, FIRST_COMPLETED)
            except KeyboardInterrupt:
                if stopped:
                    raise
                stopped = True
                continue
            for future in done:
                yield pending.pop(future), future.result()
    finally:
        pool.shutdown(wait=not pending, cancel_futures=True)
    if stopped:
        raise KeyboardInterrupt


def _begin(prepare: Callable[[], None] | None) -> None:
    """A process of the pool begins: whoever started it decides when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if prepare is not None:
        prepare()


# --- keeping ----------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(out: Path, *, fresh: bool) -> Iterator[BinaryIO]:
    """The journal in ``out``, begun anew or continued."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / JOURNAL
    if not fresh and path.exists():
        data = path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):  # the end of a line that was being written when the machine stopped
            path.write_bytes(data[:whole])
    with path.open("wb" if fresh else "ab") as file:
        yield file


def _keep(journal: BinaryIO | None, name: str, cell: Cell) -> None:
    if journal is not None:
        journal.write(msgspec.json.encode(_Line(name, cell)) + b"\n")
        journal.flush()
        os.fsync(journal.fileno())


def _kept(out: Path) -> tuple[dict[str, Cell], int]:
    """The cells that a folder has, by what they were made of, and how many lines are left out as not readable."""
    path = out / JOURNAL
    found: dict[str, Cell] = {}
    unreadable = 0
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            one = msgspec.json.decode(line, type=_Line)
        except msgspec.DecodeError:
            unreadable += 1
            continue
        found[one.made_of] = one.cell
    return found, unreadable


def _made_of(task: Task) -> str:
    """A digest of what a cell depends on: the task, the story's text with what it uses, the code."""
    from sim.experiments.matrix.expectations import expectations
    from sim.experiments.matrix.policies import story
    from sim.results import code_version
    from sim.scenario import ScenarioError

    try:
        scenario = story(task.threat.file, None)
        text = repr(_plain(scenario.source.tree))
    except ScenarioError as error:
        text = str(error)
    row = expectations().row(task.threat.key)
    parts: tuple[Any, ...] = (
        code_version(), task.threat.name, text, row.conditions, row.providers, task.policy, task.runs, task.states,
    )  # fmt: skip
    return sha256(repr(parts).encode()).hexdigest()[:32]


def _plain(node: Any) -> Any:
    from sim.scenario.nodes import plain

    return plain(node)
