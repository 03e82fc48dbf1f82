"""A scripted OpenAI-compatible server on loopback: what a language model may do over HTTP, its faults included."""

from __future__ import annotations

import json
import select
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `pieces` are streamed; a number among them is a pause in seconds. `cut` ends without a finish."""

    pieces: Sequence[str | float] = ()
    status: int = 200
    cut: bool = False
    malformed: bool = False
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    gone_after: float | None = None  # seconds from the request to the client's going away, when it did


class OpenAIServer:
    """A context manager; `url` is what LITELLM_API_BASE takes. Replies are used in order, the last one again and again.

    `requests` keeps every request it got.
    """

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies) or [Reply(["Bonjour."])]
        self.requests: list[Request] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> OpenAIServer:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                request = Request(self.path, dict(self.headers), json.loads(self.rfile.read(length)))
                owner.requests.append(request)
                reply = owner.replies[min(len(owner.requests), len(owner.replies)) - 1]
                try:
                    owner._answer(self, request, reply)
                except (BrokenPipeError, ConnectionResetError):
                    request.gone_after = request.gone_after or 0.0
                self.close_connection = True

        return Handler

    def _answer(self, handler: BaseHTTPRequestHandler, request: Request, reply: Reply) -> None:
        handler.send_response(reply.status)
        kind = "text/event-stream" if reply.status == 200 else "application/json"
        for name, value in ({"content-type": kind, "connection": "close"} | reply.headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        if reply.status != 200:
            handler.wfile.write(json.dumps({"error": {"message": f"status {reply.status}", "code": "x"}}).encode())
            return
        for piece in reply.pieces:
            if isinstance(piece, str):
                handler.wfile.write(_event({"content": piece}, None))
                handler.wfile.flush()
            elif not _wait(handler, piece, request):
                return
        if reply.malformed:
            handler.wfile.write(b"data: {not json\n\n")
        elif not reply.cut:
            handler.wfile.write(_event({}, "stop") + b"data: [DONE]\n\n")


def _wait(handler: BaseHTTPRequestHandler, seconds: float, request: Request) -> bool:
    """Pause; False as soon as the client has gone away."""
    began = time.monotonic()
    while (left := began + seconds - time.monotonic()) > 0:
        readable, _, _ = select.select([handler.connection], [], [], min(left, 0.05))
        if readable and not handler.connection.recv(1):
            request.gone_after = time.monotonic() - began
            return False
    return True


def _event(delta: dict[str, str], finish: str | None) -> bytes:
    chunk = {
        "id": "scripted",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "delta": {"role": "assistant"} | delta, "finish_reason": finish}],
    }
    return f"data: {json.dumps(chunk)}\n\n".encode()
