"""Work done in processes whose results come in the order of the tasks, whatever their number; and Ctrl-C meanwhile."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing import get_context, resource_tracker
from typing import Any


@contextmanager
def undisturbed() -> Iterator[None]:
    """Inside, processes may be started: Ctrl-C is not for them, from their first moment on, and waits for us."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where processes of a pool have to say so themselves
        yield
        return
    resource_tracker.ensure_running()  # it would lift the mask when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class InOrder:
    """Does ``work`` for one task after the other in this process, or for several at once in others.

    ``work`` is sent to each process once; ``prepare`` is called there first. What it does with a task must depend on
    the task alone.
    """

    def __init__(self, work: Callable[[Any], Any], workers: int, prepare: Callable[[], None] | None = None) -> None:
        self._work = work
        self._workers = workers
        self._prepare = prepare
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> InOrder:
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def each(self, tasks: Iterable[Any]) -> Iterator[Any]:
        """What came of each task, in their order. A single one is not worth a process."""
        rest = iter(tasks)
        first = list(islice(rest, 2))
        if self._workers <= 1 or len(first) < 2:
            yield from map(self._work, chain(first, rest))
            return
        if self._pool is None:
            begin = (self._prepare, self._work)
            self._pool = ProcessPoolExecutor(self._workers, get_context("spawn"), _begin, begin)
        ahead: deque[Future[Any]] = deque()
        for task in chain(first, rest):
            with undisturbed():
                ahead.append(self._pool.submit(_done, task))
            if len(ahead) > 2 * self._workers:  # an interruption waits for no more than these
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


#: in a process of the pool: what it does with a task
_mine: list[Callable[[Any], Any]] = []


def _begin(prepare: Callable[[], None] | None, work: Callable[[Any], Any]) -> None:
    """A process of the pool begins: whoever started it decides when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if prepare is not None:
        prepare()
    _mine.append(work)


def _done(task: Any) -> Any:
    return _mine[0](task)
