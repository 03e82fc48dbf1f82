"""Asking: whole answers, streamed answers, plain search."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from vigie.api.errors import public_sentence
from vigie.api.schemas import NAME_LENGTH, QueryBody, SearchHit
from vigie.api.state import ReadyState, State
from vigie.api.stream import EventStream, encode, encode_event, gone
from vigie.ask.events import ErrorEvent, EvidenceEvent, PlanEvent, TokenEvent
from vigie.ask.read import QUESTION_LENGTH
from vigie.ask.retrieve import TOP_K_MAX
from vigie.errors import VigieError
from vigie.store.sessions import answer_json
from vigie.types import EVERYTHING, Answer, Kind, Question, Scope

log = logging.getLogger(__name__)
router = APIRouter(tags=["ask"])

StreamEvent = PlanEvent | EvidenceEvent | TokenEvent | Answer | ErrorEvent


@router.post("/query", operation_id="query", response_model=Answer)
async def query(body: QueryBody, request: Request, state: ReadyState) -> Response:
    """The answer, whatever its state. A client that goes away cancels the question."""
    asking = asyncio.create_task(state.services.engine.answer(body.question()))
    leaving = asyncio.create_task(gone(request.receive))
    try:
        await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        if not asking.done():
            asking.cancel()
            await asyncio.wait({asking})
    if asking.cancelled():
        return Response(status_code=400)  # nobody is there to read it
    return Response(answer_json(asking.result()), media_type="application/json")


@router.post("/query/stream", operation_id="query_stream", response_class=EventStream, response_model=StreamEvent)
async def query_stream(body: QueryBody, state: ReadyState) -> Response:
    """Server-sent events `plan`, `evidence`, `token`, then exactly one of `answer`, `error`."""
    question = body.question()
    await state.services.engine.check(question)
    return EventStream(_events(state, question))


async def _events(state: State, question: Question) -> AsyncGenerator[bytes, None]:
    ended = False
    try:
        async with aclosing(state.services.engine.ask(question)) as events:
            async for event in events:
                data = encode_event(event)
                ended = isinstance(event, ErrorEvent) or data.startswith(b"event: answer\n")
                yield data
    except VigieError as error:
        log.error("a streamed question failed: %s", error)
        if not ended:
            yield encode("error", ErrorEvent(error.code, public_sentence(error)))
    except Exception:  # the stream's boundary: logged, told without internals
        log.exception("a streamed question failed")
        if not ended:
            yield encode("error", ErrorEvent("internal", "something went wrong inside: ask again"))


@router.get("/search", operation_id="search")
def search(
    state: ReadyState,
    query: Annotated[str, Query(min_length=1, max_length=QUESTION_LENGTH)],
    source: Annotated[list[Kind] | None, Query(max_length=10)] = None,
    collection: Annotated[str | None, Query(max_length=NAME_LENGTH)] = None,
    top_k: Annotated[int, Query(ge=1, le=TOP_K_MAX)] = 5,
) -> list[SearchHit]:
    """Passages by their words and their meaning, best first, no answer made of them."""
    scope = Scope(frozenset(source) if source else None, collection or None)
    hits = state.services.retriever.search(query.replace("\0", ""), scope, top_k, EVERYTHING)
    return [SearchHit.of(hit) for hit in hits]
