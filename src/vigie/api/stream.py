"""Server-sent events: each event as it comes, a comment while nothing does, an end as soon as the client is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from vigie.ask.events import AnswerEvent, ErrorEvent, Event, EvidenceEvent, PlanEvent, TokenEvent

KEEP_ALIVE = 10.0  # seconds of silence a proxy will bear
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


class EventStream(Response):
    """Sends what `events` yields. A client that goes away, and a server that stops, close `events` at once.

    Starlette's own streaming notices a client's leaving only at the next piece, which a stalled model never sends.
    """

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes, None] | None = None, status_code: int = 200) -> None:
        super().__init__(status_code=status_code, headers=HEADERS)
        self._events = events
        self.raw_headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._events is not None
        events = self._events
        one = asyncio.Lock()

        async def write(data: bytes, more: bool = True) -> None:
            async with one:
                await send({"type": "http.response.body", "body": data, "more_body": more})

        async def pump() -> None:
            async with aclosing(events):
                async for data in events:
                    await write(data)

        async def beat() -> None:
            while True:
                await asyncio.sleep(KEEP_ALIVE)
                await write(b": keep-alive\n\n")

        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        pumping, beating = asyncio.create_task(pump()), asyncio.create_task(beat())
        leaving = asyncio.create_task(gone(receive))
        try:
            await asyncio.wait({pumping, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (pumping, beating, leaving):
                task.cancel()
            await asyncio.gather(pumping, beating, leaving, return_exceptions=True)
            await events.aclose()
        if not pumping.cancelled():
            pumping.result()
            await write(b"", more=False)


async def gone(receive: Receive) -> None:
    """Returns when the client has closed its connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


@lru_cache(maxsize=32)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def encode(name: str, value: Any) -> bytes:
    """One event; the value's JSON has no line ends of its own."""
    return b"event: " + name.encode("ascii") + b"\ndata: " + to_json(value) + b"\n\n"


def to_json(value: Any) -> bytes:
    """A dataclass of ours as the contract's JSON; what JSON does not know becomes its text."""
    kind: Any = type(value)
    return _adapter(kind).dump_json(value, fallback=str)


def encode_event(event: Event) -> bytes:
    match event:
        case PlanEvent():
            return encode("plan", event)
        case EvidenceEvent():
            return encode("evidence", event)
        case TokenEvent():
            return encode("token", event)
        case AnswerEvent():
            return encode("answer", event.answer)
        case ErrorEvent():
            return encode("error", event)
