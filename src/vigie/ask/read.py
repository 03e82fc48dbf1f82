"""Reading a question: its language, its limits, and what to search for in the light of the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vigie.ask.followup import standalone
from vigie.ask.language import Language, detect
from vigie.ask.retrieve import TOP_K_MAX
from vigie.ask.scope import read_scope, without_verb
from vigie.errors import InputError
from vigie.text import well_formed
from vigie.types import Question, Scope, Turn

QUESTION_LENGTH = 20_000  # characters
SESSION_ID_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """`query` stands alone; `search_text` is it with its words weighed. `unknown`: a collection that does not exist."""

    language: Language
    scope: Scope
    query: str
    search_text: str
    follow_up: bool
    asked: str  # this turn alone, without the words that limit where to look
    limit_only: bool  # nothing but such words: whatever is there is asked for
    unknown: str | None


def read(question: Question, before: Sequence[Turn], collections: Sequence[str]) -> Reading:
    """`before`: the turns of the conversation so far. `collections`: the record collections' own names."""
    earlier = [turn.content for turn in before if turn.role == "user"]
    language = detect(question.text, detect(earlier[-1]) if earlier else "fr")
    scoped = read_scope(question.text, question.scope, collections)
    follow = standalone(scoped.text, [read_scope(text, Scope(), collections).text for text in earlier])
    # A limit alone ("analyse la collection flow_errors") still says what it is about.
    alone = follow.query.strip() == ""
    return Reading(
        language=language,
        scope=scoped.scope,
        query=question.text if alone else follow.query.strip(),
        search_text=question.text if alone else follow.search_text.strip(),
        follow_up=bool(follow.added),
        asked=scoped.text.strip() or without_verb(question.text),
        limit_only=alone and scoped.text.strip() == "" and scoped.scope != Scope(),
        unknown=scoped.unknown,
    )


def accepted(question: Question) -> Question:
    """The question without what no store can hold: NULs go, lone surrogates become U+FFFD.

    Raises InputError for a blank or oversized question, an oversized session id, and `top_k` out of range.
    """
    text = _storable(question.text).strip()
    if not text:
        raise InputError("the question is empty: write what you want to know")
    if len(text) > QUESTION_LENGTH:
        raise InputError(f"the question has {len(text):,} characters, {QUESTION_LENGTH:,} can be read: shorten it")
    if not 1 <= question.top_k <= TOP_K_MAX:
        raise InputError(f"top_k is {question.top_k}: give a number from 1 to {TOP_K_MAX}")
    session_id = _storable(question.session_id) if question.session_id is not None else None
    if session_id is not None and len(session_id) > SESSION_ID_LENGTH:
        raise InputError(f"the session id has {len(session_id)} characters: {SESSION_ID_LENGTH} at most")
    replaces = _storable(question.replaces) if question.replaces is not None else None
    return replace(question, text=text, session_id=session_id or None, replaces=replaces or None)


def _storable(text: str) -> str:
    return well_formed(text.replace("\0", ""))
