"""The web app: one page at the addresses it knows, and its files. Where it was not built, a plain page instead."""

from __future__ import annotations

import gzip
import re
import secrets
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from vigie.api.guards import POLICY
from vigie.errors import NotFound

HERE = Path(__file__).parent
BUILT = HERE / "web"  # what `make setup` builds from web/
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
HASHED = re.compile(r".*-[A-Za-z0-9_]{8}\.(?:js|css)")  # names that change with what they hold
FOR_EVER = "public, max-age=31536000, immutable"
NONCE = "{{nonce}}"  # in index.html, for the styles of its components

router = APIRouter(include_in_schema=False)


@lru_cache(maxsize=256)
def _packed(path: Path, changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def _file(path: Path, request: Request) -> Response:
    """A file as it is on disk now, compressed for whom reads that."""
    if path.suffix not in TYPES or not path.is_file():
        raise NotFound("there is nothing at this address")
    kept = FOR_EVER if HASHED.fullmatch(path.name) else "no-cache"
    headers = {"cache-control": kept, "vary": "accept-encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(path.read_bytes(), headers=headers, media_type=TYPES[path.suffix])
    packed = _packed(path, path.stat().st_mtime_ns)
    return Response(packed, headers=headers | {"content-encoding": "gzip"}, media_type=TYPES[path.suffix])


def page_policy(nonce: str) -> str:
    """The policy of the app's page, whose components' styles bear `nonce`."""
    policy = POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
    return f"{policy}; require-trusted-types-for 'script'; trusted-types angular dompurify"


@router.get("/")
@router.get("/sources")
@router.get("/s/{session_id}")
def page(request: Request) -> Response:
    """The app's page: what is at its address is its own matter."""
    index = BUILT / "index.html"
    if not index.is_file():
        return _file(HERE / "page.html", request)
    nonce = secrets.token_urlsafe(16)
    headers = {"content-security-policy": page_policy(nonce), "cache-control": "no-store"}
    return Response(index.read_text("utf-8").replace(NONCE, nonce), headers=headers, media_type=TYPES[".html"])


@router.get("/app/{name}")
def built(name: str, request: Request) -> Response:
    return _file(BUILT / name if NAME.fullmatch(name) else BUILT, request)


@router.get("/page.js")
def script(request: Request) -> Response:
    return _file(HERE / "page.js", request)


@router.get("/page.css")
def style(request: Request) -> Response:
    return _file(HERE / "page.css", request)


@router.get("/favicon.ico")
def favicon() -> Response:
    """None: browsers ask for one unasked."""
    return Response(status_code=204)
