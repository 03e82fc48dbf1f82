"""Jobs are remembered, also those that a killed process left."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.errors import NotFound, StoreCorrupt
from vigie.store.jobs import KEPT, Job, SqliteJobs
from vigie.types import Progress, Skip, SourceRef, SourceReport, SyncReport

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
JOB = Job("a", ("confluence", "code"), {"only": ["IV2"], "sample_limit": 3}, "queued", NOON)


def test_a_job_comes_back_whole_after_a_restart(tmp_path: Path) -> None:
    line = SourceReport("confluence", "IV2", "incomplete", 3, 2, skipped=(Skip("9", "restricted"),), error="é")
    full = replace(
        JOB,
        state="done",
        started_at=NOON,
        finished_at=NOON,
        progress=(Progress(SourceRef("code", "batch"), "listing", 4, None),),
        report=SyncReport("incomplete", 1.5, (line,)),
    )
    first = SqliteJobs(tmp_path / "jobs.db")
    first.put(JOB)
    first.put(full)
    first.close()
    second = SqliteJobs(tmp_path / "jobs.db")
    found = second.get("a")
    assert (found.state, found.kinds, found.options) == ("done", JOB.kinds, JOB.options)
    assert found.report is not None
    assert list(found.report.sources[0].skipped) == [Skip("9", "restricted")]
    assert list(found.progress) == list(full.progress)
    assert len(second.list()) == 1
    second.close()


def test_what_a_killed_process_left_is_interrupted_and_what_ended_is_not(tmp_path: Path) -> None:
    jobs = SqliteJobs(tmp_path / "jobs.db")
    for job_id, state in (("q", "queued"), ("r", "running"), ("d", "done"), ("f", "failed")):
        jobs.put(replace(JOB, id=job_id, state=state))
    assert jobs.interrupt(NOON) == 2
    assert [job.state for job in jobs.list()] == ["failed", "done", "interrupted", "interrupted"]
    assert jobs.get("r").finished_at == NOON
    assert jobs.interrupt(NOON) == 0
    jobs.close()


def test_old_jobs_are_forgotten_open_ones_never(tmp_path: Path) -> None:
    jobs = SqliteJobs(tmp_path / "jobs.db")
    jobs.put(replace(JOB, id="open", state="running"))
    for number in range(KEPT + 5):
        jobs.put(replace(JOB, id=str(number), state="done"))
    assert jobs.get("open").state == "running"
    assert len(jobs.list(10_000)) == KEPT + 1
    with pytest.raises(NotFound):
        jobs.get("0")
    jobs.close()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "jobs.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreCorrupt, match=r"jobs\.db"):
        SqliteJobs(tmp_path / "jobs.db")
