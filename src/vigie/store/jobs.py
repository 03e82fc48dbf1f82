"""Ingest jobs in SQLite, so that one that was killed with its process shows as interrupted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from vigie.store.database import Database
from vigie.types import Kind, Progress, SyncReport

KEPT = 200  # jobs; older ones are forgotten

JobState = Literal["queued", "running", "done", "failed", "stopped", "interrupted"]
OPEN: frozenset[JobState] = frozenset({"queued", "running"})


@dataclass(frozen=True, slots=True)
class Job:
    """One ingest. `progress` holds the latest moment of each source; `report` is there when it ended."""

    id: str
    kinds: Sequence[Kind]
    state: JobState
    started_at: datetime
    ended_at: datetime | None = None
    progress: Sequence[Progress] = ()
    report: SyncReport | None = None
    error: str | None = None


_JOB: TypeAdapter[Job] = TypeAdapter(Job)


class SqliteJobs:
    """Raises StoreCorrupt, StoreFull, StoreBusy."""

    def __init__(self, path: Path) -> None:
        self._db = Database(path, "jobs", "the list of jobs")
        for job in self.list():
            if job.state in OPEN:
                self.save(replace(job, state="interrupted", error="the process ended before the job did"))

    def save(self, job: Job) -> None:
        body = _JOB.dump_json(job).decode()
        with self._db.write() as db:
            db.execute(
                "INSERT OR REPLACE INTO job VALUES (?, ?, ?, ?)",
                (job.id, job.started_at.isoformat(), job.state, body),
            )
            db.execute("DELETE FROM job WHERE id NOT IN (SELECT id FROM job ORDER BY started_at DESC LIMIT ?)", (KEPT,))

    def list(self) -> list[Job]:
        """Newest first."""
        with self._db.mapped():
            rows = self._db.reader.execute("SELECT body FROM job ORDER BY started_at DESC, id").fetchall()
        return [_JOB.validate_json(row["body"]) for row in rows]

    def get(self, id_: str) -> Job | None:
        with self._db.mapped():
            row = self._db.reader.execute("SELECT body FROM job WHERE id = ?", (id_,)).fetchone()
        return None if row is None else _JOB.validate_json(row["body"])

    def close(self) -> None:
        self._db.close()
