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
from starlette.middleware.cors import CORSMiddleware

from vigie.api.errors import install
from vigie.api.guards import Guards
from vigie.api.jobs import JobRunner
from vigie.api.openapi import described
from vigie.api.state import State
from vigie.errors import VigieError
from vigie.llm import LiteLLMChat
from vigie.store.jobs import SqliteJobs
from vigie.sync.steps import SyncOptions
from vigie.types import KINDS
from vigie.wiring import configured
from vigie.wiring.services import Services

log = logging.getLogger(__name__)

STOP_SECONDS = 15.0  # for a running ingest to reach its next batch


def create_app(services: Services, *, hosts: Collection[str] | None = ()) -> FastAPI:
    """The app over open services; they stay the caller's to close, after it.

    `hosts`: names it is served under besides loopback's; None for any, which only a token makes safe.
    """
    settings = services.settings
    # Without FastAPI's own pages: they load scripts from another site.
    app = described(FastAPI(lifespan=partial(_lifespan, services), docs_url=None, redoc_url=None))
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
    return app


@asynccontextmanager
async def _lifespan(services: Services, app: FastAPI) -> AsyncIterator[None]:
    jobs = await asyncio.to_thread(SqliteJobs, services.settings.data_dir / "jobs.db")
    state = State(services, JobRunner(jobs, services.syncer, services.settings.clock, lambda: state.learn()))
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
