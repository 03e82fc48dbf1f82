"""A Confluence Data Center on loopback, as far as reading a space goes, with faults on request.

Shapes follow recorded answers: `next` is relative to `_links.base`, a page of results may be shorter than asked for,
`limit` shrinks silently to 50 when bodies are expanded, restrictions are a page's own only.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

CAP = 100
CAP_WITH_BODY = 50
LOGIN_PAGE = "<!DOCTYPE html><html><body><form action='/dologin.action'>Log in</form></body></html>"


@dataclass(frozen=True, slots=True)
class Page:
    id: str
    title: str
    body: str  # storage format
    space: str = "IV2"
    parent: str | None = None
    version: int = 1
    status: str = "current"
    when: str = "2026-11-01T08:00:00.000+01:00"
    users: tuple[str, ...] = ()  # who alone may view it; with `groups`
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What a request gets instead of its answer: a status with headers, or raw bytes with a content type."""

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None  # send the right answer, but only this many bytes of it


@dataclass(frozen=True, slots=True)
class Seen:
    method: str
    path: str
    authorization: str | None


class FakeConfluence:
    """A context manager; `url` is what CONFLUENCE_URL takes.

    `pages` may be changed at any time (`put`, `remove`). `faults` holds what the next requests get, None for a good
    answer. `before` is called with each path before it is answered. `requests` keeps what was asked.
    """

    def __init__(
        self,
        pages: Iterable[Page] = (),
        *,
        username: str | None = "vigie",
        password: str = "vigie",
        token: str | None = None,
        context: str = "/confluence",
        inline_restrictions: bool = True,
    ) -> None:
        self.pages = {page.id: page for page in pages}
        self.faults: list[Fault | None] = []
        self.requests: list[Seen] = []
        self.before: Callable[[str], None] = lambda path: None
        self.foreign_next: str | None = None
        self._allowed = _allowed(username, password, token)
        self._context = context
        self._inline = inline_restrictions
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{self._context}"

    def put(self, *pages: Page) -> None:
        self.pages.update({page.id: page for page in pages})

    def edit(self, id_: str, **changes: Any) -> None:
        """Change a page; a new body or title is a new version, a restriction is not."""
        page = self.pages[id_]
        raised = page.version + 1 if changes.keys() & {"body", "title"} else page.version
        self.pages[id_] = replace(page, **({"version": raised} | changes))

    def remove(self, *ids: str) -> None:
        for id_ in ids:
            del self.pages[id_]

    def __enter__(self) -> FakeConfluence:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # ------------------------------------------------------------------ HTTP

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                owner._serve(self)

            do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

        return Handler

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        self.requests.append(Seen(handler.command, handler.path, handler.headers.get("authorization")))
        self.before(handler.path)
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None and fault.cut is None:
            _send(handler, fault.status, fault.body, fault.headers)
            return
        status, answer = self._route(handler)
        body = json.dumps(answer).encode()
        _send(handler, status, body if fault is None else body[: fault.cut], {"content-type": "application/json"})

    def _route(self, handler: BaseHTTPRequestHandler) -> tuple[int, dict[str, Any]]:
        if handler.command != "GET":
            return 405, {"statusCode": 405, "message": "read only"}
        if self._allowed and handler.headers.get("authorization") not in self._allowed:
            return 401, {"statusCode": 401, "message": "Unauthorized"}
        parts = urlsplit(handler.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        path = parts.path.removeprefix(self._context)
        if path == "/rest/api/content":
            return self._list(query)
        if path.startswith("/rest/api/content/") and path.endswith("/restriction/byOperation/read"):
            page = self.pages.get(unquote(path.split("/")[4]))
            return (404, NOT_FOUND) if page is None else (200, _restriction(page))
        if path.startswith("/rest/api/content/") and path.count("/") == 4:
            page = self.pages.get(unquote(path.rpartition("/")[2]))
            return (404, NOT_FOUND) if page is None else (200, self._page(page, query.get("expand", "")))
        if path.startswith("/rest/api/space/"):
            key = unquote(path.rpartition("/")[2])
            known = any(page.space == key for page in self.pages.values())
            return (200, {"key": key, "type": "global"}) if known else (404, NOT_FOUND)
        return 404, NOT_FOUND

    def _list(self, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        space = query.get("spaceKey", "")
        if not any(page.space == space for page in self.pages.values()):
            return 404, {"statusCode": 404, "message": f"No space with key : {space}"}
        expand = query.get("expand", "")
        start, limit = int(query.get("start", 0)), int(query.get("limit", 25))
        limit = min(limit, CAP_WITH_BODY if "body" in expand else CAP)
        wanted = [p for p in self.pages.values() if p.space == space and p.status == query.get("status", "current")]
        part = wanted[start : start + limit]
        links: dict[str, str] = {"base": self.url, "context": self._context, "self": f"{self.url}/rest/api/content"}
        if start + limit < len(wanted):
            following = urlencode(query | {"start": str(start + limit), "limit": str(limit)})
            links["next"] = self.foreign_next or f"/rest/api/content?{following}"
        return 200, {
            "results": [self._page(page, expand) for page in part],
            "start": start,
            "limit": limit,
            "size": len(part),
            "_links": links,
        }

    def _page(self, page: Page, expand: str) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "id": page.id,
            "type": "page",
            "status": page.status,
            "title": page.title,
            "_links": {
                "webui": f"/pages/viewpage.action?pageId={page.id}",
                "self": f"{self.url}/rest/api/content/{page.id}",
                "base": self.url,
                "context": self._context,
            },
            "_expandable": {"children": f"/rest/api/content/{page.id}/child"},
        }
        if "version" in expand:
            answer["version"] = {"number": page.version, "when": page.when, "by": {"type": "known", "username": "wiki"}}
        if "ancestors" in expand:
            answer["ancestors"] = self._ancestors(page)
        if "space" in expand:
            answer["space"] = {"key": page.space, "name": page.space, "type": "global"}
        if "body.storage" in expand:
            answer["body"] = {"storage": {"value": page.body, "representation": "storage"}}
        if "restrictions" in expand and self._inline:
            answer["restrictions"] = {"read": _restriction(page)}
        else:
            answer["_expandable"]["restrictions"] = f"/rest/api/content/{page.id}/restriction/byOperation"
        return answer

    def _ancestors(self, page: Page) -> list[dict[str, str]]:
        above: list[dict[str, str]] = []
        parent = page.parent
        while parent is not None and parent in self.pages and len(above) < 50:
            found = self.pages[parent]
            above.insert(0, {"id": found.id, "type": "page", "status": found.status, "title": found.title})
            parent = found.parent
        return above


NOT_FOUND = {"statusCode": 404, "message": "No content found with the given id, or no permission to view it"}


def _restriction(page: Page) -> dict[str, Any]:
    def listed(results: list[dict[str, str]]) -> dict[str, Any]:
        return {"results": results, "start": 0, "limit": 200, "size": len(results)}

    return {
        "operation": "read",
        "restrictions": {
            "user": listed([{"type": "known", "username": user} for user in page.users]),
            "group": listed([{"type": "group", "name": group} for group in page.groups]),
        },
    }


def _allowed(username: str | None, password: str, token: str | None) -> set[str]:
    allowed = {f"Bearer {token}"} if token else set()
    if username:
        allowed.add("Basic " + base64.b64encode(f"{username}:{password}".encode()).decode())
    return allowed


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def load_wiki(folder: Path, space: str, now: datetime | None = None) -> list[Page]:
    """Pages of a folder: `index.json` with id, title, parent, file, version, updated (days), restricted."""
    now = now or datetime.now(UTC)
    pages = []
    for entry in json.loads((folder / "index.json").read_text(encoding="utf-8")):
        restricted = entry.get("restricted") or {}
        pages.append(
            Page(
                id=entry["id"],
                title=entry["title"],
                body=(folder / entry["file"]).read_text(encoding="utf-8"),
                space=space,
                parent=entry.get("parent"),
                version=entry.get("version", 1),
                when=(now + timedelta(days=entry.get("updated", 0))).isoformat(timespec="milliseconds"),
                users=tuple(restricted.get("users", ())),
                groups=tuple(restricted.get("groups", ())),
            )
        )
    return pages
