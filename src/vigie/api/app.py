"""The application: routes, guards, and what runs beside them while it serves."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter
from starlette.middleware.cors import CORSMiddleware

from vigie import __version__
from vigie.api.errors import STATUSES, ErrorBody, install
from vigie.api.guards import Guards
from vigie.api.jobs import JobRunner
from vigie.api.routes import router
from vigie.api.routes_ask import StreamEvent
from vigie.api.state import State
from vigie.errors import VigieError
from vigie.llm import LiteLLMChat
from vigie.store.jobs import Job, SqliteJobs
from vigie.sync.steps import SyncOptions
from vigie.types import KINDS
from vigie.wiring import Services, configured

log = logging.getLogger(__name__)

STOP_SECONDS = 15.0  # for a running ingest to reach its next batch


def create_app(services: Services, *, hosts: Collection[str] | None = ()) -> FastAPI:
    """The app over open services; they stay the caller's to close, after it.

    `hosts`: names it is served under besides loopback's; None for any, which only a token makes safe.
    """
    settings = services.settings
    app = FastAPI(
        title="Vigie",
        version=__version__,
        summary="Answers from a team's wiki, flow runs and code, every claim cited.",
        lifespan=partial(_lifespan, services),
        docs_url=None,  # its page loads scripts from another site
        redoc_url=None,
    )
    app.include_router(router)
    install(app)
    token = settings.token.get_secret_value() if settings.token is not None else None
    app.add_middleware(Guards, hosts=hosts, origins=settings.cors_origins, token=token)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
        )
    app.openapi = partial(_openapi, app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(services: Services, app: FastAPI) -> AsyncIterator[None]:
    jobs = await asyncio.to_thread(SqliteJobs, services.settings.data_dir / "jobs.db")
    state = State(services, JobRunner(jobs, services.syncer, services.settings.clock))
    app.state.vigie = state
    state.jobs.start()
    state.jobs.call(state.probe).add_done_callback(_told)
    state.jobs.call(partial(state.check, None, True)).add_done_callback(_told)
    if isinstance(services.chat, LiteLLMChat):
        threading.Thread(target=services.chat.warm, name="vigie-warm", daemon=True).start()
    syncing = asyncio.create_task(_sync_regularly(state))
    try:
        yield
    finally:
        syncing.cancel()
        with suppress(asyncio.CancelledError):
            await syncing
        if not await asyncio.to_thread(state.jobs.stop, STOP_SECONDS):
            log.warning("the running ingest did not stop in %s s: it will show as interrupted", STOP_SECONDS)
        jobs.close()


def _told(future: Any) -> None:
    """A background check has no one waiting for it: its failure goes to the log."""
    if not future.cancelled() and (error := future.exception()) is not None:
        log.error("a background check failed: %s", error, exc_info=error)


async def _sync_regularly(state: State) -> None:
    settings = state.services.settings
    kinds = [kind for kind in KINDS if configured(settings, kind)]
    while settings.sync_minutes and kinds:
        await asyncio.sleep(settings.sync_minutes * 60)
        try:
            await asyncio.to_thread(state.jobs.submit, kinds, SyncOptions())
        except VigieError as error:
            log.error("the background sync could not begin: %s", error)


def _describe_streams(made: dict[str, Any]) -> None:
    """What each event of a stream holds: FastAPI takes a stream for a string."""
    streams: dict[str, Any] = {"/query/stream": StreamEvent, "/jobs/{job_id}/stream": Job}
    for path, kind in streams.items():
        schema = TypeAdapter(kind).json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
        made["components"]["schemas"].update(schema.pop("$defs", {}))
        for operation in made["paths"][path].values():
            operation["responses"]["200"]["content"]["text/event-stream"]["schema"] = schema


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document, with our error shape in place of its own at every operation."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["ErrorBody"] = TypeAdapter(ErrorBody).json_schema()
        _describe_streams(made)
        shape = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
        for operations in made["paths"].values():
            for operation in operations.values():
                for code, said in STATUSES.items():
                    operation["responses"][str(code)] = {"description": said, "content": shape}
        app.openapi_schema = made
    return app.openapi_schema
