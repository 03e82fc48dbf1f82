"""Ingest jobs in SQLite, so that one that was killed with its process shows as interrupted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from vigie.errors import NotFound
from vigie.store.database import Database
from vigie.types import Kind, Progress, SyncReport

KEPT = 200  # jobs that have ended; older ones are forgotten
SHOWN = 100

JobState = Literal["queued", "running", "done", "failed", "stopped", "interrupted"]
OPEN: frozenset[JobState] = frozenset({"queued", "running"})


@dataclass(frozen=True, slots=True)
class Job:
    """One ingest. `progress` holds the latest moment of each source; `report` is there when it ended."""

    id: str
    kinds: tuple[Kind, ...]
    options: dict[str, Any] = field(default_factory=dict)
    state: JobState = "queued"
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    progress: Sequence[Progress] = ()
    report: SyncReport | None = None
    error: str | None = None


_JOB: TypeAdapter[Job] = TypeAdapter(Job)


class SqliteJobs:
    """Raises StoreCorrupt, StoreFull, StoreBusy."""

    def __init__(self, path: Path) -> None:
        self._db = Database(
            path,
            "jobs",
            "the list of jobs",
            "the list of past ingests then begins anew, and what is indexed stays as it is",
        )

    def put(self, job: Job) -> None:
        """Make or replace it; it keeps its place in the list."""
        with self._db.write() as db:
            db.execute(
                "INSERT INTO job (id, open, body) VALUES (?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET open = excluded.open, body = excluded.body",
                (job.id, job.state in OPEN, _JOB.dump_json(job).decode()),
            )
            db.execute(
                "DELETE FROM job WHERE open = 0 AND seq NOT IN "
                "(SELECT seq FROM job WHERE open = 0 ORDER BY seq DESC LIMIT ?)",
                (KEPT,),
            )

    def interrupt(self, at: datetime) -> int:
        """What a killed process left open is interrupted; how many there were."""
        left = [job for job in self.list(-1) if job.state in OPEN]
        for job in left:
            said = "the server ended before the ingest did: ingest again"
            self.put(replace(job, state="interrupted", finished_at=at, error=said))
        return len(left)

    def list(self, limit: int = SHOWN) -> list[Job]:
        """Newest first; all when `limit` is negative."""
        with self._db.mapped():
            rows = self._db.reader.execute("SELECT body FROM job ORDER BY seq DESC LIMIT ?", (limit,)).fetchall()
        return [_JOB.validate_json(row["body"]) for row in rows]

    def get(self, job_id: str) -> Job:
        """Raises NotFound."""
        with self._db.mapped():
            row = self._db.reader.execute("SELECT body FROM job WHERE id = ?", (job_id,)).fetchone()
        if row is None:
            raise NotFound("there is no such job: GET /jobs lists them")
        return _JOB.validate_json(row["body"])

    def close(self) -> None:
        self._db.close()
