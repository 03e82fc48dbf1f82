"""The steps of a question that rows may answer: what fails of them is told, and the documents are searched instead."""

from __future__ import annotations

import asyncio
import logging

from vigie.ask import smalltalk
from vigie.ask.computed import Computed, Meant, Ready
from vigie.ask.draft import Draft
from vigie.ask.events import PlanEvent, Understood
from vigie.ask.exact import ExactAnswers
from vigie.ask.model import filled_form
from vigie.ask.read import Reading
from vigie.ask.scope import own_name
from vigie.ask.sentences import sentence
from vigie.errors import ModelError, QueryError, SourceError, StoreError, VigieError
from vigie.protocols import ChatModel
from vigie.types import EVERYTHING, Route

log = logging.getLogger(__name__)


def understand(exact: ExactAnswers | None, draft: Draft, reading: Reading) -> Ready | Computed | None:
    """Rows to compute, or the question asked back; None where the documents are to be searched."""
    if (talk := smalltalk.reply(draft.question.text)) is not None:
        return Computed("none", "answered", talk)
    scope = reading.scope
    if exact is None or (scope.kinds is not None and "records" not in scope.kinds):
        return None
    turns = [turn.content for turn in draft.before if turn.role == "user"]
    name = own_name(scope.collection, exact.names()) if scope.collection else None
    if scope.collection and name is None:
        return None
    try:
        return exact.read([*turns, reading.asked], name, draft.now, reading.language)
    except (StoreError, SourceError) as error:
        _not_computed(draft, error)
        return None


def plan_of(draft: Draft, reading: Reading, found: Ready | Computed | None) -> PlanEvent:
    """What is going to be done."""
    return PlanEvent(
        draft.answer_id,
        draft.session_id,
        "clarify" if reading.unknown else _route(found),
        reading.query,
        reading.scope,
        reading.language,
        _followed(reading, found),
        _understood(found),
    )


def compute(exact: ExactAnswers, draft: Draft, ready: Ready) -> Computed | None:
    """None where it failed: then the documents are searched."""
    try:
        return exact.compute(ready, EVERYTHING)
    except (StoreError, SourceError, QueryError) as error:
        _not_computed(draft, error)
        return None


async def settled(
    exact: ExactAnswers, chat: ChatModel, draft: Draft, reading: Reading, asked_back: Computed
) -> Computed:
    """By the language model's reading of what the planner left open, where it holds."""
    messages, schema = exact.question_for_model(asked_back, reading.asked)
    try:
        reply = await filled_form(chat, messages, schema)
        if reply is None:
            return asked_back
        return await asyncio.to_thread(exact.settle, asked_back, reply, reading.asked, reading.language, EVERYTHING)
    except (ModelError, StoreError, SourceError, QueryError) as error:
        log.warning("question %s: its words could not be read by the model: %s", draft.answer_id, error)
        return asked_back


def meant(exact: ExactAnswers | None, draft: Draft, reading: Reading) -> Meant | None:
    """Beside the documents: how many runs the question speaks of."""
    scope = reading.scope
    if exact is None or scope.kinds is not None or scope.collection is not None:
        return None
    turns = [turn.content for turn in draft.before if turn.role == "user"]
    try:
        return exact.meant([*turns, reading.asked], None, draft.now, reading.language, EVERYTHING)
    except (StoreError, SourceError, QueryError) as error:
        log.error("the runs of question %s could not be counted: %s", draft.answer_id, error)
        return None


def _not_computed(draft: Draft, error: VigieError) -> None:
    log.error("question %s could not be computed: %s", draft.answer_id, error)
    said = "not_computed_database" if isinstance(error, SourceError) else "not_computed"
    draft.note("not_computed", sentence(said, draft.language))


def _route(found: Ready | Computed | None) -> Route:
    return "passages" if found is None else "exact" if isinstance(found, Ready) else found.route


def _followed(reading: Reading, found: Ready | Computed | None) -> bool:
    """Of a computed question the planner knows; what it took from the turns before is in what was understood."""
    return found.planned.followed if isinstance(found, Ready) else reading.follow_up


def _understood(found: Ready | Computed | None) -> Understood | None:
    if isinstance(found, Ready):
        return found.understood
    exact = found.exact if found is not None else None
    return Understood(exact.collection, exact.window, exact.windows, exact.conditions) if exact is not None else None
