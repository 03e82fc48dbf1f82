"""Ingesting: now or as a job, progress, stopping; and checking the indexes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query
from starlette.responses import Response

from vigie.api.errors import NotConfigured
from vigie.api.schemas import CheckBody, IngestBody, Limit, names
from vigie.api.state import ReadyState, State
from vigie.api.stream import EventStream, encode, to_json
from vigie.errors import Cancelled, InputError, StoreError
from vigie.store.jobs import OPEN, Job
from vigie.sync.steps import SyncOptions
from vigie.types import KINDS, HealthReport, Kind, SourceReport, SyncReport
from vigie.wiring import configured, origin

router = APIRouter(tags=["ingest"])

POLL_SECONDS = 0.25  # how late a progress event may be
SETTING: dict[Kind, str] = {"confluence": "CONFLUENCE_URL", "records": "RECORDS_DIR or MONGO_URI", "code": "CODE_ROOTS"}
NAMED = "Names, repeated or separated by commas"


def ingest_options(
    body: Annotated[IngestBody | None, Body()] = None,
    sample_limit: Annotated[Limit | None, Query()] = None,
    include: Annotated[list[str] | None, Query(description=NAMED, max_length=1000)] = None,
    exclude: Annotated[list[str] | None, Query(description=NAMED, max_length=1000)] = None,
    allow_deletions: bool = False,
) -> SyncOptions:
    """From the body or the query string; the body wins."""
    given = body or IngestBody()
    subtree = given.subtree or None
    if subtree is not None:
        path = PurePosixPath(subtree)
        if path.is_absolute() or ".." in path.parts or "\0" in subtree:
            raise InputError("subtree must be a folder below a code root, such as src/batch")
    return SyncOptions(
        only=frozenset(given.include or names(include) or []),
        never=frozenset(given.exclude or names(exclude) or []),
        sample_limit=given.sample_limit or sample_limit,
        allow_deletions=given.allow_deletions or allow_deletions,
        subtree=subtree,
    )


Options = Annotated[SyncOptions, Depends(ingest_options)]
Wait = Annotated[bool, Query(description="false: answer 202 with the job at once")]
ACCEPTED: dict[int | str, dict[str, Any]] = {202: {"model": Job, "description": "With `wait=false`: the job"}}


async def _ingest(state: State, kinds: Sequence[Kind], options: SyncOptions, wait: bool) -> Response:
    job = await asyncio.to_thread(state.jobs.submit, kinds, options)
    if not wait:
        headers = {"Location": f"/jobs/{job.id}"}
        return Response(to_json(job), 202, headers, media_type="application/json")
    # Shielded: a client that goes away does not stop the job, DELETE /jobs/{id} does.
    job = await asyncio.shield(asyncio.wrap_future(state.jobs.ended(job)))
    if job.report is None:
        if job.state == "stopped":
            raise Cancelled("the ingest was stopped before it began")
        raise StoreError(job.error or "the ingest failed")
    lines = [line for line in job.report.sources if line.source in kinds]  # of a larger job that this one joined
    lines += _unmatched(kinds, options, {line.name for line in lines})
    whole = job.state == "done" and all(line.status == "ok" for line in lines)
    report = replace(job.report, sources=lines, status="ok" if whole else "incomplete")
    return Response(to_json(report), media_type="application/json")


def _unmatched(kinds: Sequence[Kind], options: SyncOptions, found: set[str]) -> list[SourceReport]:
    """A line for each name that was asked for and is no source."""
    wanted = options.among(found).only - found - options.among(found).never
    return [
        SourceReport(
            kinds[0], name, "failed", error="there is no source of this name: GET /list_collections names them"
        )
        for name in sorted(wanted)
    ]


def _needed(state: State, kind: Kind) -> tuple[Kind]:
    if not configured(state.services.settings, kind):
        raise NotConfigured(f"{SETTING[kind]} is not set: set it and start the server again")
    return (kind,)


@router.post("/ingest", operation_id="ingest", response_model=SyncReport, responses=ACCEPTED)
async def ingest(state: ReadyState, options: Options, wait: Wait = True) -> Response:
    """Every configured source."""
    kinds = [kind for kind in KINDS if configured(state.services.settings, kind)]
    if not kinds:
        raise NotConfigured("nothing to ingest is configured: set CONFLUENCE_URL, MONGO_URI, RECORDS_DIR or CODE_ROOTS")
    return await _ingest(state, kinds, options, wait)


@router.post("/ingest_confluence", operation_id="ingest_confluence", response_model=SyncReport, responses=ACCEPTED)
async def ingest_confluence(state: ReadyState, options: Options, wait: Wait = True) -> Response:
    """The wiki's spaces."""
    return await _ingest(state, _needed(state, "confluence"), options, wait)


@router.post("/ingest_mongo", operation_id="ingest_mongo", response_model=SyncReport, responses=ACCEPTED)
async def ingest_mongo(state: ReadyState, options: Options, wait: Wait = True) -> Response:
    """The record collections of the database; their exports where none is configured."""
    kinds = _needed(state, "records")
    return await _ingest(state, kinds, replace(options, origin=origin(state.services.settings, "live")), wait)


@router.post("/ingest_records", operation_id="ingest_records", response_model=SyncReport, responses=ACCEPTED)
async def ingest_records(state: ReadyState, options: Options, wait: Wait = True) -> Response:
    """The exports of record collections."""
    if state.services.settings.records_dir is None:
        raise NotConfigured("RECORDS_DIR is not set: set it and start the server again")
    kinds = _needed(state, "records")
    return await _ingest(state, kinds, replace(options, origin=origin(state.services.settings, "exports")), wait)


@router.post("/ingest_local_code", operation_id="ingest_local_code", response_model=SyncReport, responses=ACCEPTED)
async def ingest_local_code(state: ReadyState, options: Options, wait: Wait = True) -> Response:
    """The code roots; `include` a root and `subtree` for a part of it."""
    return await _ingest(state, _needed(state, "code"), options, wait)


# ------------------------------------------------------------------ jobs


@router.get("/jobs", operation_id="list_jobs", tags=["jobs"])
def list_jobs(state: ReadyState) -> list[Job]:
    """The newest first."""
    return state.jobs.list()


@router.get("/jobs/{job_id}", operation_id="get_job", tags=["jobs"])
def get_job(job_id: str, state: ReadyState) -> Job:
    return state.jobs.get(job_id)


@router.get(
    "/jobs/{job_id}/stream",
    operation_id="stream_job",
    tags=["jobs"],
    response_class=EventStream,
    response_model=Job,
)
async def stream_job(job_id: str, state: ReadyState) -> Response:
    """Server-sent events `progress`, each the job as it stands, then one `done`."""
    await asyncio.to_thread(state.jobs.get, job_id)
    return EventStream(_job_events(state, job_id))


async def _job_events(state: State, job_id: str) -> AsyncGenerator[bytes, None]:
    told: Job | None = None
    while True:
        job = await asyncio.to_thread(state.jobs.get, job_id)
        if job.state not in OPEN:
            yield encode("done", job)
            return
        if job != told:
            yield encode("progress", job)
            told = job
        await asyncio.sleep(POLL_SECONDS)


@router.delete("/jobs/{job_id}", operation_id="stop_job", tags=["jobs"])
def stop_job(job_id: str, state: ReadyState) -> Job:
    """Ask it to stop at its next batch: what was written stays."""
    return state.jobs.cancel(job_id)


# ------------------------------------------------------------------ the indexes


@router.post("/check", operation_id="check", tags=["server"])
async def check(
    state: ReadyState, body: Annotated[CheckBody | None, Body()] = None, repair: bool = False
) -> HealthReport:
    """Every stored vector must find itself; with `repair`, what is not sound is rebuilt from the ledger."""
    wanted = repair or (body is not None and body.repair)
    return await asyncio.wrap_future(state.jobs.call(lambda: state.check(None, wanted)))
