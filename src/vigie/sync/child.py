"""Where the preparing happens: in low-priority child processes, or, for tests and tiny jobs, right here."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.connection import Connection
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from vigie.errors import VigieError
from vigie.sync.prepare import Preparer

P = ParamSpec("P")
R = TypeVar("R")

NICENESS = 10  # questions come first

_make: Callable[[], Preparer] | None = None  # the child's own, with what it made
_preparer: Preparer | None = None


class Worker(Protocol):
    """Calls methods of a Preparer in the order submitted: one reads at a time, and one embeds."""

    def submit(self, method: Callable[Concatenate[Preparer, P], R], *args: P.args, **kwargs: P.kwargs) -> Future[R]: ...

    def close(self) -> None: ...


# What a sync asks before there is anything to do, so that one in which nothing changed needs no child.
HERE: frozenset[Callable[..., object]] = frozenset(
    (Preparer.discover, Preparer.recipe, Preparer.listing, Preparer.record_state)
)


class ChildWorker:
    """Two child processes, each started when first needed: one reads and chunks, one embeds, neither waits for the
    other. They end with this process, however that ends, and at once on `close`. Listing is done in this process."""

    def __init__(self, make: Callable[[], Preparer]) -> None:
        """`make` is called here and sent to each child, which calls it once."""
        self._here = InlineWorker(make())
        context = multiprocessing.get_context("spawn")
        reader, self._lifeline = context.Pipe(duplex=False)
        pool = partial(ProcessPoolExecutor, 1, mp_context=context, initializer=_begin, initargs=(make, reader))
        self._reading, self._embedding = pool(), pool()
        self._reader = reader

    def submit(self, method: Callable[Concatenate[Preparer, P], R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        if method in HERE:
            return self._here.submit(method, *args, **kwargs)
        pool = self._embedding if method is Preparer.embed else self._reading
        try:
            return pool.submit(partial(_call, method), *args, **kwargs)
        except BrokenProcessPool as error:
            raise VigieError(ENDED) from error

    def close(self) -> None:
        self._lifeline.close()
        self._reader.close()
        for pool in (self._reading, self._embedding):
            pool.shutdown(wait=True, cancel_futures=True)


ENDED = "the indexing process ended unexpectedly (killed, or out of memory): what was written stays; ingest again"


def result(future: Future[R]) -> R:
    """The future's value; a child that died is an error of ours."""
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise VigieError(ENDED) from error


class InlineWorker:
    """The same, in this process: nothing is overlapped."""

    def __init__(self, preparer: Preparer) -> None:
        self._preparer = preparer

    def submit(self, method: Callable[Concatenate[Preparer, P], R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        future: Future[R] = Future()
        try:
            future.set_result(method(self._preparer, *args, **kwargs))
        except Exception as error:  # noqa: BLE001 - kept in the future, raised by whoever asks for its result
            future.set_exception(error)
        return future

    def close(self) -> None:
        self._preparer.close_reading()


def _begin(make: Callable[[], Preparer], lifeline: Connection) -> None:
    """In the child: lower priority, no Ctrl-C of its own, gone when the parent's end of the pipe closes."""
    global _make
    threading.Thread(target=_end_with_parent, args=(lifeline,), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    # Records are many small objects without cycles: looking for any takes a tenth of the time at the usual thresholds.
    gc.set_threshold(100_000, 50, 50)
    _make = make


def _end_with_parent(lifeline: Connection) -> None:
    try:
        lifeline.recv()
    except (EOFError, OSError):
        os._exit(1)


def _call(method: Callable[..., R], *args: object, **kwargs: object) -> R:
    global _preparer
    if _preparer is None:
        assert _make is not None
        _preparer = _make()
    return method(_preparer, *args, **kwargs)
