"""The HTTP side of `FakeConfluence`: sockets, and answers as JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from vigie.testing.confluence_faults import Reply


@dataclass(frozen=True, slots=True)
class Request:
    """What the server got. `target` is path and query below the context path; header names are lower case."""

    method: str
    target: str
    headers: dict[str, str]


class Server(ThreadingHTTPServer):
    """On loopback. `reply` answers what is below `context`."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, context: str, reply: Callable[[Request], Reply]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.context = context
        self.reply = reply


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are written apart: without it each answer takes 40 ms
    timeout = 30

    def _any(self) -> None:
        context = self.server.context
        target = self.path.removeprefix(context) if self.path.startswith(f"{context}/") else f"/-{self.path}"
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.reply(Request(self.command, target, headers))
        if reply.dropped:
            self.close_connection = True
            return
        announced = len(reply.body) if reply.announced is None else reply.announced
        self.close_connection = self.close_connection or announced != len(reply.body) or self.command != "GET"
        try:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(announced))
            self.end_headers()
            self.wfile.write(reply.body)
        except OSError:
            self.close_connection = True  # the client went away

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _any  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: `requests` has it all."""


def ok(body: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps(body).encode(), _json_headers())


def error(status: int, message: str) -> Reply:
    body = {
        "statusCode": status,
        "data": {"authorized": True, "valid": True, "errors": [], "successful": False},
        "message": message,
    }
    return Reply(status, json.dumps(body).encode(), _json_headers())


def _json_headers() -> dict[str, str]:
    return {"Content-Type": "application/json"}


def authorizations(username: str | None, password: str, token: str | None) -> set[str]:
    accepted = {f"Bearer {token}"} if token else set()
    if username:
        accepted.add("Basic " + base64.b64encode(f"{username}:{password}".encode()).decode())
    return accepted


def number(query: dict[str, str], name: str, default: int) -> int:
    value = query.get(name, "")
    return int(value) if value.isdigit() else default
