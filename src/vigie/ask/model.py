"""What a language model writes of a question: an answer from its passages, or a form that says how it is read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from vigie.ask.draft import Draft
from vigie.ask.events import AnswerEvent, Event, TokenEvent
from vigie.ask.guard import Guard
from vigie.ask.keep import Keeper
from vigie.ask.prompt import build_messages
from vigie.ask.read import Reading
from vigie.ask.sentences import sentence
from vigie.errors import ModelError
from vigie.protocols import ChatModel

log = logging.getLogger(__name__)

LONGEST_FORM = 20_000  # characters of a model's reading of a question
CLOSE_SECONDS = 0.8  # for the model call to end after a cancellation: A6 allows 1 s in all


async def written(
    draft: Draft, reading: Reading, chat: ChatModel, keeper: Keeper, beside: str = ""
) -> AsyncGenerator[Event, None]:
    """Guarded tokens and the answer; nothing final when the model failed: the notice says so.

    `beside`: what Vigie computed itself and puts below the model's text.
    """
    prompt = await asyncio.to_thread(
        build_messages,
        draft.question.text,
        draft.before,
        draft.evidence,
        reading.language,
        chat.context_tokens,
        chat.count_tokens,
    )
    if not prompt.kept:
        # No evidence fits the model's context: without evidence there is no call.
        draft.note("model_context", sentence("model_context", reading.language))
        return
    guard = Guard(prompt.kept, draft.question.text, reading.language)
    try:
        async with _closing(chat.stream(prompt.messages)) as pieces:
            async for piece in pieces:
                if text := guard.feed(piece):
                    draft.released += text
                    yield TokenEvent(text)
    except ModelError as error:
        log.warning("question %s: %s", draft.answer_id, error)
        draft.note("model_down", sentence("model_cut" if draft.released else "model_down", reading.language))
        return
    if text := guard.close():
        draft.released += text
        yield TokenEvent(text)
    if not draft.released.strip():
        draft.note("model_unusable", sentence("model_unusable", reading.language))
        return
    if beside:
        draft.released += f"\n\n{beside}"
        yield TokenEvent(f"\n\n{beside}")
    draft.notices += [*prompt.notices, *guard.report.notices]
    answer = draft.finish("answered", draft.released.strip(), model=chat.name)
    yield AnswerEvent(await keeper.store(draft, answer))


async def filled_form(chat: ChatModel, messages: Sequence[dict[str, str]], schema: Mapping[str, object]) -> str | None:
    """The model's reply; None where it does not come to an end. Raises ModelError."""
    reply = ""
    async with _closing(chat.stream(messages, schema)) as pieces:
        async for piece in pieces:
            reply += piece
            if len(reply) > LONGEST_FORM:
                return None
    return reply


@asynccontextmanager
async def _closing(stream: AsyncIterator[str]) -> AsyncIterator[AsyncIterator[str]]:
    """Ends the request when left, however it is left; a connection that will not close does not hold us."""
    try:
        yield stream
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            try:
                await asyncio.wait_for(close(), CLOSE_SECONDS)
            except TimeoutError:
                log.warning("the model call did not close within %s s: left to end by itself", CLOSE_SECONDS)
