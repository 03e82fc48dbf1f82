"""A scripted OpenAI-compatible server on loopback: what a language model may do over HTTP, its faults included."""

from __future__ import annotations

import json
import select
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from vigie.testing.served import Served


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `pieces` are streamed; a number among them is a pause in seconds, a mapping a delta as it stands.

    `finish` None ends the stream without a finish reason; `cut` breaks the connection within a chunk; `malformed` sends
    an event that is no JSON. `wait` is a pause in seconds before the status. `error` is the body's error message.
    """

    pieces: Sequence[str | float | dict[str, str]] = ()
    status: int = 200
    finish: str | None = "stop"
    cut: bool = False
    malformed: bool = False
    wait: float = 0.0
    error: str = "scripted"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Request:
    """What was received. `done` once the reply was sent whole."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    done: bool = False
    gone_after: float | None = None  # seconds from the request to the client's going away, when it did


class OpenAIServer(Served):
    """A context manager; `url` is what LITELLM_API_BASE takes. Replies are used in order, the last one again and again.

    `requests` keeps every request it got, `connections` counts those that are open.
    """

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies) or [Reply(["Bonjour."])]
        self.requests: list[Request] = []
        self.connections = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                owner.connections += 1

            def finish(self) -> None:
                owner.connections -= 1
                super().finish()

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
                self.close_connection = reply.cut or reply.headers.get("connection") != "keep-alive"

        return Handler

    def _answer(self, handler: BaseHTTPRequestHandler, request: Request, reply: Reply) -> None:
        if not _wait(handler, reply.wait, request):
            return
        streamed = reply.status == 200
        body = json.dumps({"error": {"message": reply.error, "code": str(reply.status)}}).encode()
        length = {"transfer-encoding": "chunked"} if streamed else {"content-length": str(len(body))}
        handler.send_response(reply.status)
        kind = {"content-type": "text/event-stream" if streamed else "application/json", "connection": "close"}
        for name, value in (kind | length | reply.headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        if streamed:
            self._stream(handler, request, reply)
        else:
            handler.wfile.write(body)
            request.done = True

    def _stream(self, handler: BaseHTTPRequestHandler, request: Request, reply: Reply) -> None:
        for piece in reply.pieces:
            if isinstance(piece, float | int):
                if not _wait(handler, piece, request):
                    return
            else:
                _send(handler, _event({"content": piece} if isinstance(piece, str) else piece, None))
        if reply.malformed:
            _send(handler, b"data: {not json\n\n")
        if reply.cut:
            handler.wfile.write(b"40\r\ndata: {")
            return
        if reply.finish is not None:
            _send(handler, _event({}, reply.finish))
        _send(handler, b"data: [DONE]\n\n")
        handler.wfile.write(b"0\r\n\r\n")
        request.done = True


def _send(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
    handler.wfile.flush()


def _wait(handler: BaseHTTPRequestHandler, seconds: float, request: Request) -> bool:
    """Pause; False as soon as the client has gone away."""
    began = time.monotonic()
    while (left := began + seconds - time.monotonic()) > 0:
        readable, _, _ = select.select([handler.connection], [], [], min(left, 0.05))
        if readable and not handler.connection.recv(1):
            request.gone_after = time.monotonic() - began
            return False
    return True


def _event(delta: Mapping[str, str], finish: str | None) -> bytes:
    chunk = {
        "id": "scripted",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}],
    }
    return f"data: {json.dumps(chunk)}\n\n".encode()
