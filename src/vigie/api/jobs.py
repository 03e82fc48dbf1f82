"""Ingests one after the other in a thread of their own, watched and stopped from outside."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TypeVar

from vigie.errors import StoreError, VigieError
from vigie.store.jobs import Job, JobState, SqliteJobs
from vigie.sync.run import Syncer
from vigie.sync.steps import SyncOptions
from vigie.types import Kind, Progress, SourceRef

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass
class _Running:
    job: Job
    options: SyncOptions
    cancel: threading.Event
    done: Future[Job]

    def serves(self, kinds: Sequence[Kind], options: SyncOptions) -> bool:
        """Whether it will have read those sources from now on: a larger job may be past some of them."""
        if self.cancel.is_set() or self.options != options or not set(kinds) <= set(self.job.kinds):
            return False
        past = any(p.ref.kind in kinds and p.stage == "done" for p in self.job.progress)
        return not past or set(kinds) == set(self.job.kinds)


class JobRunner:
    """`make_syncer` is called for each job, `after` at its end. Methods may be called from any thread."""

    def __init__(
        self,
        jobs: SqliteJobs,
        make_syncer: Callable[[], Syncer],
        clock: Callable[[], datetime],
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._after = after
        self._jobs = jobs
        self._make_syncer = make_syncer
        self._clock = clock
        self._lock = threading.Lock()
        self._running: dict[str, _Running] = {}
        self._pool: ThreadPoolExecutor | None = None

    def start(self) -> None:
        """Open the thread that all work goes through; what a killed process left shows as interrupted."""
        self._jobs.interrupt(self._clock())
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ingest")

    def call(self, work: Callable[[], T]) -> Future[T]:
        """Run something that must not run beside an ingest."""
        assert self._pool is not None
        return self._pool.submit(work)

    def submit(self, kinds: Sequence[Kind], options: SyncOptions) -> Job:
        """Begin, or join the job that is already at these sources in the same way."""
        with self._lock:
            for other in self._running.values():
                if other.serves(kinds, options):
                    return other.job
            job = Job(uuid.uuid4().hex, tuple(kinds), _shown(options), created_at=self._clock())
            running = self._running[job.id] = _Running(job, options, threading.Event(), Future())
        self._keep(job)
        self.call(lambda: self._run(running))
        return job

    def ended(self, job: Job) -> Future[Job]:
        """The job as it ends."""
        running = self._running.get(job.id)
        if running is not None:
            return running.done
        over: Future[Job] = Future()
        over.set_result(self.get(job.id))
        return over

    def get(self, id_: str) -> Job:
        """Raises NotFound."""
        running = self._running.get(id_)
        return running.job if running is not None else self._jobs.get(id_)

    def list(self) -> list[Job]:
        """Newest first."""
        running = dict(self._running)
        return [running[job.id].job if job.id in running else job for job in self._jobs.list()]

    def cancel(self, id_: str) -> Job:
        """Ask it to stop; it does so at its next batch. One that has ended stays as it is."""
        running = self._running.get(id_)
        if running is not None:
            running.cancel.set()
        return self.get(id_)

    def stop(self, seconds: float) -> bool:
        """Stop all, waiting so long; whether nothing runs any more."""
        assert self._pool is not None
        self._pool.shutdown(wait=False, cancel_futures=False)
        waiting = list(self._running.values())
        for running in waiting:
            running.cancel.set()
        for running in waiting:
            try:
                running.done.result(seconds)
            except TimeoutError:
                return False
        return True

    def _run(self, running: _Running) -> None:
        job = running.job = replace(running.job, state="running", started_at=self._clock())
        self._keep(job)
        seen: dict[SourceRef, Progress] = {}

        def watch(progress: Progress) -> None:
            seen[progress.ref] = progress
            running.job = replace(job, progress=tuple(seen.values()))

        try:
            report = self._make_syncer().run(job.kinds, running.options, watch, running.cancel)
            state: JobState = "stopped" if running.cancel.is_set() else "done"
            ended = replace(running.job, state=state, report=report)
        except VigieError as error:
            ended = replace(running.job, state="failed", error=str(error))
        except Exception as error:  # recorded: a job's defect must not end the thread that runs them
            log.exception("job %s failed", job.id)
            ended = replace(running.job, state="failed", error=f"internal error ({type(error).__name__}), see the log")
        running.job = replace(ended, finished_at=self._clock())
        self._keep(running.job)
        with self._lock:
            del self._running[job.id]
        running.done.set_result(running.job)
        self._after()

    def _keep(self, job: Job) -> None:
        try:
            self._jobs.put(job)
        except StoreError as error:
            log.error("job %s could not be noted: %s", job.id, error)


def _shown(options: SyncOptions) -> dict[str, object]:
    """What was asked for, without what was left to its default."""
    given = {name: value for name, value in asdict(options).items() if value != getattr(SyncOptions(), name)}
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in given.items()}
