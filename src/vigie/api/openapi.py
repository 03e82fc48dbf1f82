"""The OpenAPI document: our error shape at every operation, and what each event of a stream holds.

`python -m vigie.api.openapi` prints it; the types of the web app are made from it.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from vigie import __version__
from vigie.api.errors import STATUSES, ErrorBody
from vigie.api.routes import router
from vigie.api.routes_ask import StreamEvent
from vigie.store.jobs import Job


def described(app: FastAPI) -> FastAPI:
    """The app, with the routes and this document of them."""
    app.title = "Vigie"
    app.version = __version__
    app.summary = "Answers from a team's wiki, flow runs and code, every claim cited."
    app.include_router(router)
    app.openapi = partial(document, app)  # type: ignore[method-assign]
    return app


def document(app: FastAPI) -> dict[str, Any]:
    """FastAPI's, with our error shape in place of its own."""
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


def _describe_streams(made: dict[str, Any]) -> None:
    """FastAPI takes a stream for a string."""
    streams: dict[str, Any] = {"/query/stream": StreamEvent, "/jobs/{job_id}/stream": Job}
    for path, kind in streams.items():
        schema = TypeAdapter(kind).json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
        made["components"]["schemas"].update(schema.pop("$defs", {}))
        for operation in made["paths"][path].values():
            operation["responses"]["200"]["content"]["text/event-stream"]["schema"] = schema


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(described(FastAPI()).openapi(), option=orjson.OPT_INDENT_2))
