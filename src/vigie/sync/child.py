"""Where the preparing happens: in a low-priority child process, or, for tests and tiny jobs, right here."""

from __future__ import annotations

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
    """Calls one method of the Preparer at a time, in the order submitted."""

    def submit(self, method: Callable[Concatenate[Preparer, P], R], *args: P.args, **kwargs: P.kwargs) -> Future[R]: ...

    def close(self) -> None: ...


class ChildWorker:
    """One child process. It ends with this process, however that ends, and at once on `close`."""

    def __init__(self, make: Callable[[], Preparer]) -> None:
        """`make` is sent to the child, which calls it once."""
        context = multiprocessing.get_context("spawn")
        reader, self._lifeline = context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(make, reader))
        self._reader = reader

    def submit(self, method: Callable[Concatenate[Preparer, P], R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        try:
            return self._pool.submit(partial(_call, method), *args, **kwargs)
        except BrokenProcessPool as error:
            raise VigieError(ENDED) from error

    def close(self) -> None:
        self._lifeline.close()
        self._reader.close()
        self._pool.shutdown(wait=True, cancel_futures=True)


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
