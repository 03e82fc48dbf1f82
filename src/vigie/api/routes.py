"""The routes of the server itself: the page, and whether it can answer."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from vigie.api.errors import Starting
from vigie.api.routes_ask import router as ask
from vigie.api.routes_ingest import router as ingest
from vigie.api.routes_look import router as look
from vigie.api.routes_sessions import router as sessions
from vigie.api.schemas import HealthReply
from vigie.api.state import AnyState

HERE = Path(__file__).parent
FILES = {"page.html": "text/html", "page.js": "text/javascript", "page.css": "text/css"}

router = APIRouter()
for part in (ask, ingest, look, sessions):
    router.include_router(part)


@router.get("/health", operation_id="health", tags=["server"])
def health(state: AnyState) -> HealthReply:
    """Can it answer? 503 with Retry-After while it starts."""
    if not state.ready:
        raise Starting("the server is starting: try again in a moment")
    degraded = state.degraded()
    return HealthReply("degraded" if degraded else "ok", degraded)


def _file(name: str) -> Response:
    return Response((HERE / name).read_bytes(), media_type=f"{FILES[name]}; charset=utf-8")


@router.get("/", include_in_schema=False)
def page() -> Response:
    return _file("page.html")


@router.get("/page.js", include_in_schema=False)
def script() -> Response:
    return _file("page.js")


@router.get("/favicon.ico", include_in_schema=False)
def favicon() -> Response:
    """None: browsers ask for one unasked."""
    return Response(status_code=204)


@router.get("/page.css", include_in_schema=False)
def style() -> Response:
    return _file("page.css")
