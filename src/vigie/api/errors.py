"""Every error has one shape: a sentence and a stable code. No internals, never a 5xx but 503."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from vigie.errors import Conflict, EmbedderUnusable, StoreBusy, StoreCorrupt, StoreError, StoreFull, VigieError

log = logging.getLogger(__name__)

RETRY_SECONDS = "5"


@dataclass(frozen=True, slots=True)
class ErrorBody:
    detail: str
    error: str


STATUSES = {
    400: "The request is malformed, or of a host or an origin that is not served",
    401: "The token is missing or wrong",
    404: "What is named does not exist",
    409: "It does not fit the present state",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "The request cannot be used as it is",
    429: "Too many requests",
    503: "Not ready, or out of order for now: see Retry-After",
}


class Starting(VigieError):
    """The server is not ready yet."""

    code = "starting"
    status = 503


class NotConfigured(Conflict):
    """A setting that names the source is missing."""

    code = "not_configured"


PUBLIC: dict[type[VigieError], str] = {
    StoreBusy: "another process is writing: try again when it is done",
    StoreFull: "no space is left on the server's disk: free some and try again",
    StoreCorrupt: "a stored file is damaged: run vigie check --repair on the server",
}


def public_sentence(error: VigieError) -> str:
    """What a client is told. Sentences of stores and models name paths of this machine: they go to the log."""
    if isinstance(error, StoreError | EmbedderUnusable):
        log.error("%s", error)
        return PUBLIC.get(type(error), "the index or a model cannot be used now: see the server's log")
    return safe(str(error))


def reply(status: int, detail: str, error: str) -> JSONResponse:
    headers = {"retry-after": RETRY_SECONDS} if status in (429, 503) else {}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse({"detail": safe(detail), "error": error}, status, headers)


def safe(text: str) -> str:
    """One line that any encoder can write."""
    return " ".join(text.encode("utf-8", "replace").decode().split())


def install(app: FastAPI) -> None:
    """Map what routes raise."""

    @app.exception_handler(VigieError)
    async def ours(request: Request, error: VigieError) -> JSONResponse:
        return reply(503 if error.status >= 500 else error.status, public_sentence(error), error.code)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # The input is not repeated: it may hold what no encoder can write.
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        return reply(422, f"{place or 'the request'}: {first['msg']}", "bad_input")

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        codes = {404: "not_found", 405: "method_not_allowed"}
        said = {404: "there is nothing at this address", 405: "this address does not take this method"}
        status = error.status_code
        detail = said.get(status, str(error.detail))
        return reply(status, detail, codes.get(status, "bad_request"))
