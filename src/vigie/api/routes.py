"""All the routes, and whether the server can answer."""

from __future__ import annotations

from fastapi import APIRouter

from vigie.api.errors import Starting
from vigie.api.routes_ask import router as ask
from vigie.api.routes_ingest import router as ingest
from vigie.api.routes_look import router as look
from vigie.api.routes_sessions import router as sessions
from vigie.api.routes_web import router as web
from vigie.api.schemas import HealthReply
from vigie.api.state import AnyState

router = APIRouter()
for part in (ask, ingest, look, sessions, web):
    router.include_router(part)


@router.get("/health", operation_id="health", tags=["server"])
def health(state: AnyState) -> HealthReply:
    """Can it answer? 503 with Retry-After while it starts."""
    if not state.ready:
        raise Starting("the server is starting: try again in a moment")
    degraded = state.degraded()
    return HealthReply("degraded" if degraded else "ok", degraded)
