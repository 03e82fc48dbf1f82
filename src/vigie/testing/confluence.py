"""A Confluence server to test against, Data Center or Cloud: real HTTP on a loopback port, pages given as data.

It answers the part of REST v1 that a reader needs, in the shapes and with the limits that Atlassian documents:
`_links` relative to base and context path, `_expandable`, limits cut down silently, restrictions that are a page's
own only. What is not documented is not there: faults are put in separately (`faults`, `before`).
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import parse_qs, unquote, unquote_plus, urlencode, urlsplit

from vigie.testing import confluence_cloud as cloud
from vigie.testing import confluence_wire as wire
from vigie.testing.confluence_faults import LOGIN_PAGE, Fault, Reply
from vigie.testing.confluence_pages import (
    Json,
    Page,
    content_json,
    file_json,
    load_wiki,
    page_html,
    rendered,
    restriction_json,
    web_path,
)
from vigie.testing.confluence_wire import Request, Server
from vigie.testing.served import Served

__all__ = ["FakeConfluence", "Page", "Request", "load_wiki"]

_DEFAULT_LIMIT = 25
_MAX_LIMIT = 200
_MAX_LIMIT_WITH_BODY = 50
_FAILED_LOGINS = 3  # then Data Center asks for a CAPTCHA
_PAGE_HEADERS = {
    "Content-Type": "text/html;charset=UTF-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


@dataclass(slots=True)
class _Hook:
    match: str
    nth: int
    action: Callable[[], object]
    seen: int = field(default=0)


class FakeConfluence(Served):
    """A context manager: `with FakeConfluence(pages) as wiki: ConfluenceClient(wiki.url)`.

    A request without the right `token`, or `username` and `password`, is answered 401, and 403 with a CAPTCHA after
    three failed logins; pages without restrictions can be looked at in a browser without any. `put`, `edit`,
    `remove` change the pages at any time; `before` does so right before the nth request that matches. `requests` is
    what was received.
    """

    def __init__(
        self,
        pages: Iterable[Page] = (),
        *,
        context: str = "/confluence",
        username: str | None = "vigie",
        password: str = "vigie",
        token: str | None = None,
        spaces: Iterable[str] = (),
        port: int = 0,
        apis: Iterable[str] = ("v1",),
    ) -> None:
        self.pages = {page.id: page for page in pages}
        self._spaces = set(spaces)
        self._context = context
        self._apis = frozenset(apis)  # without "v1", only its restrictions are left, as on Cloud
        self._expected = wire.authorizations(username, password, token)
        self._port = port
        self._lock = threading.RLock()
        self._hooks: list[_Hook] = []
        self.requests: deque[Request] = deque(maxlen=100_000)
        self.faults: list[Fault] = []
        self.failed_logins = 0
        self.media: str | None = None  # base address that downloads are sent to, as Cloud does

    def __enter__(self) -> Self:
        self._server = Server(self._port, self._context, self.reply)
        return super().__enter__()

    @property
    def url(self) -> str:
        """The base URL with its context path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{self._context}"

    # ------------------------------------------------------------------ changing what it holds

    def put(self, *pages: Page) -> None:
        with self._lock:
            self.pages.update({page.id: page for page in pages})

    def edit(self, page_id: str, **changes: Any) -> None:
        """Change fields of a page; a new body or title is a new version, as in Confluence, a restriction is not."""
        with self._lock:
            page = self.pages[page_id]
            raised = page.version + 1 if changes.keys() & {"body", "title"} else page.version
            self.pages[page_id] = replace(page, **({"version": raised} | changes))

    def remove(self, *page_ids: str) -> None:
        with self._lock:
            for page_id in page_ids:
                del self.pages[page_id]

    def before(self, match: str, action: Callable[[], object], *, nth: int = 1) -> None:
        """Run `action` before the nth request from now whose path and query contain `match` is answered."""
        self._hooks.append(_Hook(match, nth, action))

    def fault(self, change: Callable[[Reply], Reply], match: str = "", *, times: int = 1, skip: int = 0) -> None:
        """Spoil answers: see `confluence_faults`."""
        self.faults.append(Fault(change, match, times, skip))

    # ------------------------------------------------------------------ answering

    def reply(self, request: Request) -> Reply:
        """What is sent for a request, faults included."""
        with self._lock:
            self.requests.append(request)
            due = [hook for hook in self._hooks if hook.match in request.target]
            for hook in due:
                hook.seen += 1
                if hook.seen == hook.nth:
                    hook.action()
            reply = self._authorized(request)
            changes = [fault.change for fault in self.faults if fault.applies(request.target)]
        for change in changes:
            reply = change(reply)
        return reply

    def _authorized(self, request: Request) -> Reply:
        if request.method == "GET" and (shown := self._shown(request.target)) is not None:
            return shown
        if self._expected and request.headers.get("authorization") not in self._expected:
            if "authorization" in request.headers:
                self.failed_logins += 1
            if self.failed_logins > _FAILED_LOGINS:
                reason = f"CAPTCHA_CHALLENGE; login-url={self.url}/login.action"
                return Reply(403, LOGIN_PAGE, {"X-Authentication-Denied-Reason": reason})
            headers = {"WWW-Authenticate": 'Basic realm="Confluence"', "X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
            return Reply(401, LOGIN_PAGE, headers)
        if request.method != "GET":
            return wire.error(405, "Method not allowed")
        return self._route(request)

    def _route(self, request: Request) -> Reply:
        parts = urlsplit(request.target)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        path = parts.path.strip("/").split("/")
        if "v1" not in self._apis and path[:2] == ["rest", "api"] and "restriction" not in path:
            return wire.error(410, cloud.GONE)
        match path:
            case ["api", "v2", *rest] if "v2" in self._apis:
                spaces = self._spaces | {page.space for page in self.pages.values()}
                return cloud.reply(
                    [unquote(part) for part in rest],
                    query,
                    self.pages,
                    spaces,
                    self._context,
                    self._ancestors,
                    self._rendered,
                )
            case ["rest", "api", "content"]:
                return self._list_content(query)
            case ["rest", "api", "content", "search"]:
                return self._search(query)
            case ["rest", "api", "content", page_id]:
                return self._content(unquote(page_id), query)
            case ["rest", "api", "content", page_id, "restriction", "byOperation", *operation]:
                return self._restrictions(unquote(page_id), operation, query)
            case ["rest", "api", "content", page_id, "child", "attachment"]:
                return self._files(unquote(page_id), query)
            case ["download", "attachments", page_id, name]:
                return self._download(unquote(page_id), unquote(name), request.target)
            case ["rest", "api", "space"]:
                return self._list_spaces(query)
            case ["rest", "api", "space", key]:
                return self._space(unquote(key))
        return wire.error(404, "null for uri: " + self.url + parts.path)

    def _visible(self, page_id: str) -> Page | None:
        page = self.pages.get(page_id)
        return page if page is not None and page.visible else None

    def _ancestors(self, page: Page) -> list[Page]:
        """From the top of the tree downwards."""
        above: list[Page] = []
        parent = self.pages.get(page.parent or "")
        while parent is not None and parent not in above:
            above.insert(0, parent)
            parent = self.pages.get(parent.parent or "")
        return above

    def _json(self, page: Page, expand: set[str]) -> Json:
        answer = content_json(page, self._ancestors(page), expand, self.url)
        if "body.view" in expand:
            answer["body"] = {"view": {"value": self._rendered(page), "representation": "view"}}
        return answer

    def _rendered(self, page: Page) -> str:
        return rendered(page, {(held.space, held.title): held for held in self.pages.values()})

    def _list_content(self, query: dict[str, str]) -> Reply:
        space = query.get("spaceKey")
        if space is not None and not self._has_space(space):
            return wire.error(404, f"No space with key : {space}")
        chosen = [
            page
            for page in self.pages.values()
            if space in (None, page.space)
            and page.type == query.get("type", "page")
            and query.get("status", "current") in (page.status, "any")
            and query.get("title", page.title) == page.title
        ]
        return self._contents(chosen, query, "/rest/api/content")

    def _search(self, query: dict[str, str]) -> Reply:
        """Current pages of one space by CQL: the one form of it that is understood."""
        asked = re.fullmatch(r'space = "([^"]*)" and type = page', query.get("cql", ""))
        if asked is None:
            return wire.error(400, f"Could not parse cql : {query.get('cql')}")
        chosen = [p for p in self.pages.values() if (p.space, p.type, p.status) == (asked[1], "page", "current")]
        return self._contents(chosen, query, "/rest/api/content/search")

    def _contents(self, chosen: list[Page], query: dict[str, str], path: str) -> Reply:
        expand = set(filter(None, query.get("expand", "").split(",")))
        cap = _MAX_LIMIT_WITH_BODY if any(path.startswith("body") for path in expand) else _MAX_LIMIT
        # Offsets count what the account may not see: a window can be short, or empty, and still have a next.
        window = self._window(chosen, query, cap, path)
        window["results"] = [self._json(page, expand) for page in window["results"] if page.visible]
        window["size"] = len(window["results"])
        return wire.ok(window)

    def _window(self, things: list[Any], query: dict[str, str], cap: int, path: str) -> Json:
        start, limit = wire.number(query, "start", 0), min(wire.number(query, "limit", _DEFAULT_LIMIT), cap)
        results = things[start : start + limit]
        links = {"base": self.url, "context": self._context, "self": f"{self.url}{path}?{urlencode(query)}"}
        if start + limit < len(things):
            links["next"] = f"{path}?{urlencode({**query, 'limit': limit, 'start': start + limit})}"
        return {"results": results, "start": start, "limit": limit, "size": len(results), "_links": links}

    def _content(self, page_id: str, query: dict[str, str]) -> Reply:
        page = self._visible(page_id)
        if page is None or query.get("status", "current") not in (page.status, "any"):
            return wire.error(404, f"No content found with id: ContentId{{id={page_id}}}")
        answer = self._json(page, set(query.get("expand", "").split(",")))
        answer["_links"] |= {"base": self.url, "context": self._context}
        return wire.ok(answer)

    def _restrictions(self, page_id: str, operation: list[str], query: dict[str, str]) -> Reply:
        page = self._visible(page_id)
        if page is None:
            return wire.error(404, f"No content found with id: ContentId{{id={page_id}}}")
        expand = set(query.get("expand", "").split(","))
        if operation == ["read"]:
            return wire.ok(restriction_json(page, self.url, expand))
        if not operation:
            return wire.ok({"read": restriction_json(page, self.url, expand, "read.")})
        return wire.error(404, f"no such operation: {'/'.join(operation)}")

    def _files(self, page_id: str, query: dict[str, str]) -> Reply:
        page = self._visible(page_id)
        if page is None:
            return wire.error(404, f"No content found with id: ContentId{{id={page_id}}}")
        files = [file_json(page, file, v2=False) for file in page.files]
        return wire.ok(self._window(files, query, _MAX_LIMIT, f"/rest/api/content/{page_id}/child/attachment"))

    def _download(self, page_id: str, name: str, target: str) -> Reply:
        page = self._visible(page_id)
        file = next((one for one in page.files if one.name == name), None) if page is not None else None
        if file is None:
            return wire.error(404, "No attachment")
        if self.media is not None:
            return Reply(302, b"", {"Location": f"{self.media}{target}"})
        return Reply(200, file.content, {"Content-Type": file.media_type})

    def _has_space(self, key: str) -> bool:
        return key in self._spaces or any(page.space == key for page in self.pages.values())

    def _space(self, key: str) -> Reply:
        return wire.ok(self._space_json(key)) if self._has_space(key) else wire.error(404, f"No space with key : {key}")

    def _space_json(self, key: str) -> Json:
        links = {"webui": f"/display/{key}", "self": f"{self.url}/rest/api/space/{key}"}
        return {"key": key, "name": key, "type": "global", "status": "current", "_links": links}

    def _list_spaces(self, query: dict[str, str]) -> Reply:
        keys = sorted(self._spaces | {page.space for page in self.pages.values()})
        return wire.ok(self._window([self._space_json(key) for key in keys], query, _MAX_LIMIT, "/rest/api/space"))

    def _shown(self, target: str) -> Reply | None:
        """A page for a browser; None where `target` is no page's address."""
        parts = urlsplit(target)
        if not parts.path.startswith(("/pages/viewpage.action", "/display/")):
            return None
        asked = parse_qs(parts.query).get("pageId", [""])[0]
        for page in self.pages.values():
            here = page.id == asked or unquote_plus(web_path(page)) == unquote_plus(parts.path)
            free = not any(above.users or above.groups for above in (page, *self._ancestors(page)))
            if here and free and page.visible and page.status == "current":
                return Reply(200, page_html(page), _PAGE_HEADERS)
        return Reply(404, b"<!DOCTYPE html><title>Page Not Found</title>", _PAGE_HEADERS)
