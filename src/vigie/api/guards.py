"""What is checked before a route sees a request: host, origin, token, content type, size, well-formed JSON."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vigie.api.errors import reply

log = logging.getLogger(__name__)

LARGEST_BODY = 1_000_000  # bytes
READ_ANYWAY = 32_000_000  # bytes of a refused body that are taken before the reply
FORM = "application/x-www-form-urlencoded"  # what `curl -d ''` and urllib's `data=b""` say of nothing
# Without a token: nothing of the team's is there.
OPEN = frozenset({"/", "/sources", "/health", "/page.js", "/page.css", "/favicon.ico"})
OPEN_BELOW = ("/s/", "/app/")  # the web app's page and its files
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
POLICY_HEADER = b"content-security-policy"
SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]


@dataclass(frozen=True, slots=True)
class Guards:
    """`hosts` may stand in the Host header besides loopback's names, any where None; `origins` may ask besides ours."""

    app: ASGIApp
    hosts: Collection[str] | None
    origins: Collection[str] = ()
    token: str | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refused(scope, headers)
        body = b""
        if refused is None and scope["method"] in ("POST", "PUT", "PATCH", "DELETE"):
            read = await _body(receive)
            refused = _unreadable(headers, read)
            body = read or b""
            receive = _replayed(body, receive)
        if refused is not None:
            await refused(scope, receive, _secured(send))
        else:
            await self._served(scope, receive, _secured(send))

    async def _served(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The last boundary: what nobody foresaw is logged, and told without internals."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            if begun:
                raise
            await reply(503, "this could not be done: an error occurred and was logged", "internal")(
                scope, receive, send
            )

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if self.hosts is not None and not is_loopback(name := _name(host)) and name not in self.hosts:
            return reply(400, "this server does not answer to that Host", "bad_host")
        origin = headers.get("origin")
        if origin is not None and origin not in self.origins and urlsplit(origin).netloc != host:
            return reply(400, "requests of that Origin are not taken: see VIGIE_CORS_ORIGINS", "bad_origin")
        path = scope["path"]
        is_open = path in OPEN or path.startswith(OPEN_BELOW) or scope["method"] == "OPTIONS"
        if self.token is not None and not is_open:
            given = headers.get("authorization", "")
            if not hmac.compare_digest(given.encode("latin-1", "replace"), f"Bearer {self.token}".encode()):
                return reply(401, "the token is missing or wrong: send it as Authorization: Bearer", "unauthorized")
        return None


def is_loopback(host: str) -> bool:
    """By name, or by an address of the loopback range."""
    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    """The name of a Host header without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].casefold()


async def _body(receive: Receive) -> bytes | None:
    """All of it; None when it is too large, most of it read all the same: many clients read no reply before."""
    whole = bytearray()
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(whole)
        part = message.get("body", b"")
        size += len(part)
        if size <= LARGEST_BODY:
            whole += part
        if size > READ_ANYWAY or not message.get("more_body", False):
            return bytes(whole) if size <= LARGEST_BODY else None


def _unreadable(headers: Headers, body: bytes | None) -> Response | None:
    if body is None:
        return reply(413, f"the body is larger than {LARGEST_BODY:,} bytes", "too_large")
    kind = headers.get("content-type", "").partition(";")[0].strip().casefold()
    if not body and kind in ("", FORM):
        return None
    if kind != "application/json":
        return reply(415, "the body has to be JSON, with content-type application/json", "not_json")
    if not body:
        return None
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return reply(422, "the body is not well-formed JSON in UTF-8", "bad_json")
    return None


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body once more, then whatever comes: a client that goes away."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _secured(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = message.get("headers", [])
            policy = [] if any(name == POLICY_HEADER for name, _ in given) else [(POLICY_HEADER, POLICY.encode())]
            message["headers"] = [*given, *policy, *SECURITY]
        await send(message)

    return with_headers
