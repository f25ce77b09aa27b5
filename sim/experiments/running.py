"""Doing the runs of a plan: here, in processes of this machine, or on a Dask cluster, all through ``Executor``.

A task is a few replications of one cell. It carries the cell's resolved scenario as text and brings back rows, never a
trace. Which tasks there are and who does them changes nothing about the rows; where runs go on until a precision is
reached, the rule looks at the longest prefix of a cell's finished runs, and what was done beyond its end is dropped.
"""

from __future__ import annotations

import logging
import math
import os
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import contextmanager
from typing import Any, NamedTuple

from sim.experiments.folder_rows import Row, Rows
from sim.experiments.plan import Cell, Plan

#: A task takes about so many seconds: long enough that handing it over does not matter, short enough for progress.
TASK_SECONDS = 0.4
#: No task has more runs than this; what a task holds is lost if its process ends.
MOST_TOGETHER = 200
#: So many seconds of work are done here before processes are started, which costs about as much.
HERE_SECONDS = 0.5
#: A cluster may be without workers for so many seconds.
WAITS_FOR_WORKERS = 30.0
#: After so many seconds without a row it is asked whether anybody is still there.
_PATIENCE = 5.0
#: With a rule, so much of a cell's finished runs may be under way beyond them; they may turn out not to be needed.
_AHEAD = 0.1

#: Hears how many runs are done, and how many there will be at most.
Tell = Callable[[int, int], None]
#: Called in every process before its first run.
SetUp = Callable[[], None]


class RunningError(Exception):
    """The runs cannot be done, or not be finished; what is done is kept."""


class Task(NamedTuple):
    """Some replications of a cell; of the cell, what it takes to run it."""

    cell: int
    label: str
    hash: str
    packed: bytes
    later: bool
    also: tuple[str, ...]
    runs: tuple[int, ...]
    set_up: SetUp | None


# --- in a process that runs -------------------------------------------------------------------------------------------

#: scenarios met in this process, by their digest; the last few
_scenarios: dict[str, Any] = {}
_MOST_SCENARIOS = 16


def perform(task: Task) -> tuple[list[Row], float]:
    """The rows of a task, and how many seconds its runs took."""
    if task.set_up is not None:
        task.set_up()
    scenario = _scenario(task)
    began = time.perf_counter()
    rows = [row_of(scenario, task.cell, run, task.also) for run in task.runs]
    return rows, time.perf_counter() - began


def _scenario(task: Task) -> Any:
    found = _scenarios.get(task.hash)
    if found is None:
        from sim.scenario import load_text

        text = Cell(task.cell, "", {}, 0, task.packed, task.hash, ()).text
        found = load_text(text, file=task.label, allow_later=task.later)
        while len(_scenarios) >= _MOST_SCENARIOS:
            _scenarios.pop(next(iter(_scenarios)), None)
        _scenarios[task.hash] = found
    return found


def row_of(scenario: Any, cell: int, run: int, also: Sequence[str]) -> Row:
    """One run of a cell's scenario, as a row."""
    from sim.experiments.once import run_once

    outcome = run_once(scenario, replication=run, record=False, digest=True, also=also)
    numbers = [value for entries in outcome.panel.values() for value in entries.values()]
    numbers += outcome.measures.values()
    finite = [None if value is None or not math.isfinite(value) else value for value in numbers]
    names = enumerate(sorted(outcome.kinds))
    counts = [(place, outcome.counts[name]) for place, name in names if outcome.counts.get(name)]
    return Row(cell, run, outcome.digest, outcome.ended_at, outcome.messages, finite, counts)


def _begin() -> None:
    """A worker leaves Ctrl-C to its parent, and ends when the parent does."""
    import gc
    import multiprocessing
    import signal
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(50_000, 20, 20)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


# --- who does the work ------------------------------------------------------------------------------------------------


class _Here(Executor):
    """Does each task at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    """Processes of this machine; when something goes wrong they are ended, not waited for."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    ways = multiprocessing.get_all_start_methods()
    context: Any = multiprocessing.get_context("forkserver" if "forkserver" in ways else "spawn")
    if "forkserver" in ways:
        context.set_forkserver_preload(["sim.experiments.once", "sim.scenario"])
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        running: dict[int, Any] = dict(getattr(pool, "_processes", None) or {})
        pool.shutdown(wait=False, cancel_futures=True)
        for process in running.values():
            process.terminate()
        raise


class _Cluster:
    """The workers of a Dask scheduler."""

    def __init__(self, address: str, client: Any) -> None:
        self.address = address
        self.client = client
        self.threads = sum(client.ncores().values())
        self.empty_since: float | None = None

    def alive(self) -> None:
        """``RunningError`` if nobody has been there for long to do any work."""
        try:
            if self.client.status != "running" or self.client.ncores():
                self.empty_since = None
                return
        except OSError:
            raise RunningError(f"the scheduler at {self.address} does not answer any more") from None
        self.empty_since = self.empty_since or time.monotonic()
        if time.monotonic() - self.empty_since > WAITS_FOR_WORKERS:
            raise RunningError(f"the cluster at {self.address} has had no workers for {WAITS_FOR_WORKERS:.0f} s")


@contextmanager
def _cluster(address: str) -> Iterator[_Cluster]:
    """The cluster of the scheduler at ``address``; what its library logs about losing it is told by us."""
    try:
        import distributed
    except ImportError:
        message = "a cluster needs the library distributed; install it with: pip install distributed"
        raise RunningError(message) from None
    log = logging.getLogger("distributed")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        try:
            client: Any = distributed.Client(address, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TimeoutError) as error:
            raise RunningError(f"no Dask scheduler answers at {address}: {str(error).splitlines()[0]}") from None
        try:
            yield _Cluster(address, client)
        finally:
            client.close(timeout=2)
    finally:
        log.setLevel(before)


# --- all of it --------------------------------------------------------------------------------------------------------


class Running:
    """The work that is left of a plan: which runs are missing, which were given away, where cells stop."""

    def __init__(self, plan: Plan, rows: Rows, keep: Callable[[Sequence[Row]], None], set_up: SetUp | None) -> None:
        """``keep`` is given each row that is new, before it counts as done."""
        self.plan = plan
        self.rows = rows
        self.keep = keep
        self.set_up = set_up
        self.together = 1
        self._given: list[set[int]] = [set() for _ in plan.cells]
        self._next = [0] * len(plan.cells)
        self._stops: list[int | None] = [None] * len(plan.cells)
        self._looks = [*plan.rule.looks()] if plan.rule is not None else []
        self._looked = [0] * len(plan.cells)
        self._first = 0
        self._done = [0] * len(plan.cells)
        self._open = set(range(len(plan.cells)))
        self.done = 0
        self.total = plan.runs * len(plan.cells)
        for cell in range(len(plan.cells)):
            self._look(cell)
            self._count(cell)

    # --- how far it is ------------------------------------------------------------------------------------------------

    def _target(self, cell: int) -> int:
        stop = self._stops[cell]
        return self.plan.runs if stop is None else stop

    @property
    def over(self) -> bool:
        """Whether nothing is missing."""
        return not self._open

    def _count(self, cell: int) -> None:
        """Bring the numbers of runs that are done and that there will be at most up to date."""
        now = min(self.rows.count(cell), self._target(cell))
        self.done += now - self._done[cell]
        self._done[cell] = now
        if self._over(cell):
            self._open.discard(cell)

    def _look(self, cell: int) -> None:
        """Ask the rule whether a cell has enough runs, once the prefix has come to where it looks next."""
        rule, prefix = self.plan.rule, self.rows.prefix(cell)
        passed = bisect_right(self._looks, prefix)
        if rule is None or self._stops[cell] is not None or passed <= self._looked[cell]:
            return
        self._looked[cell] = passed
        stop = rule.stop({name: self.rows.values(cell, name)[: self.plan.runs] for name in rule.until})
        if stop is not None:
            self._stops[cell] = stop
            self.total -= self.plan.runs - stop

    # --- tasks --------------------------------------------------------------------------------------------------------

    def task(self, workers: int = 1) -> Task | None:
        """The next task; None if nothing can be given away now."""
        while self._first < len(self.plan.cells) and self._over(self._first):
            self._first += 1
        for cell in range(self._first, len(self.plan.cells)):
            runs = self._missing(cell, workers)
            if runs:
                self._given[cell].update(runs)
                one, plan = self.plan.cells[cell], self.plan
                later = plan.scenario.source.later
                return Task(cell, one.label, one.hash, one.packed, later, plan.also, tuple(runs), self.set_up)
        return None

    def _over(self, cell: int) -> bool:
        return self.rows.prefix(cell) >= self._target(cell)

    def _missing(self, cell: int, workers: int) -> list[int]:
        """The next runs of a cell to be done; with a rule, not far beyond those that are finished."""
        end, most = self._target(cell), self.together
        if cell == len(self.plan.cells) - 1:  # towards the end smaller tasks, so that all workers are done together
            most = min(most, max(1, (end - self._next[cell]) // (2 * workers)))
        if self.plan.rule is not None and self._stops[cell] is None:
            prefix = self.rows.prefix(cell)
            further = max(8, int(prefix * _AHEAD))
            end = min(end, max(self.plan.rule.at_least, prefix + further))
            most = min(most, max(1, further // 4))
        runs: list[int] = []
        at = max(self._next[cell], self.rows.prefix(cell))
        while at < end and len(runs) < most:
            if at not in self._given[cell] and not self.rows.has(cell, at):
                runs.append(at)
            at += 1
        self._next[cell] = at
        return runs

    def take(self, task: Task, rows: Sequence[Row], seconds: float) -> None:
        """Rows came back."""
        new = [row for row in rows if not self.rows.has(row.cell, row.run)]
        self.keep(new)
        for row in new:
            self.rows.add(row)
        self._given[task.cell].difference_update(task.runs)
        self._look(task.cell)
        self._count(task.cell)
        if seconds > 0:
            wanted = int(TASK_SECONDS * len(rows) / seconds)
            self.together = max(1, min(wanted, MOST_TOGETHER, 2 * self.together))

    def finish(self) -> None:
        """Drop what was done beyond the end of a cell."""
        for cell in range(len(self.plan.cells)):
            self.rows.cut(cell, self._target(cell))


def run_all(running: Running, *, workers: int | None, cluster: str | None, tell: Tell) -> None:
    """Do every run that is missing; ``RunningError`` if that is not possible.

    ``workers`` None: as many as there are cores, but none where the work is done before they would have started.
    """
    if cluster is not None:
        with _cluster(cluster) as found:
            if not found.threads:
                raise RunningError(f"the cluster at {cluster} has no workers")
            _drive(running, found.client.get_executor(), found.threads, tell, alive=found.alive)
    else:
        number = workers or cores()
        few = number == 1 or workers is None
        enough = None if number == 1 else time.monotonic() + HERE_SECONDS
        if not (few and _drive(running, _Here(), 1, tell, enough)):
            with _processes(min(number, max(1, running.total - running.done))) as executor:
                _drive(running, executor, number, tell)
    running.finish()


def _drive(
    running: Running, executor: Executor, workers: int, tell: Tell, until: float | None = None,
    alive: Callable[[], None] = lambda: None,
) -> bool:  # fmt: skip
    """Give tasks away and take rows back till nothing is missing, or till a moment; whether nothing is missing.

    ``alive`` is called when nothing has come back for a while.
    """
    under_way: dict[Future[Any], Task] = {}
    tell(running.done, running.total)
    while until is None or time.monotonic() < until:
        while len(under_way) < 2 * workers and (task := running.task(workers)) is not None:
            with _working(task):
                under_way[executor.submit(perform, task)] = task
            if until is not None:
                break
        if not under_way:
            return True
        finished, _ = wait(under_way, timeout=_PATIENCE, return_when=FIRST_COMPLETED)
        if not finished:
            alive()
        for future in finished:
            task = under_way.pop(future)
            with _working(task):
                rows, seconds = future.result()
            running.take(task, rows, seconds)
        tell(running.done, running.total)
    return running.over


@contextmanager
def _working(task: Task) -> Iterator[None]:
    """What becomes of a task that nobody could finish."""
    try:
        yield
    except BrokenExecutor:
        message = (
            "a worker process ended before its work was done (out of memory, or killed; in a script, sweeps with "
            "workers belong under: if __name__ == '__main__')"
        )
        raise RunningError(message) from None
    except (CancelledError, OSError) as error:
        why = f": {str(error).splitlines()[0]}" if str(error) else ""
        raise RunningError(f"the workers went away before their work was done{why}") from None
    except Exception as error:
        if type(error).__module__.startswith("distributed"):
            raise RunningError(f"the cluster could not finish {task.label}: {error}") from None
        raise
