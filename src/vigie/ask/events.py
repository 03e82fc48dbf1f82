"""What happens while a question is answered, in order: a plan, evidence, tokens, then one answer or one error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigie.types import Answer, Citation, Exact, Route, Scope


@dataclass(frozen=True, slots=True)
class PlanEvent:
    """What is going to be done. `query` is the question as it is searched, completed from the conversation."""

    answer_id: str
    session_id: str
    route: Route
    query: str
    scope: Scope
    language: str
    follow_up: bool


@dataclass(frozen=True, slots=True)
class EvidenceEvent:
    """The passages found, by number (the answer cites some of them), or the rows computed."""

    citations: Sequence[Citation]
    exact: Exact | None = None


@dataclass(frozen=True, slots=True)
class TokenEvent:
    """Checked text of the answer, to be appended."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """The end: `answer.answer` replaces the tokens shown so far."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """The end. `answer` is what was stored; None when the question could not be taken at all."""

    error: str  # a stable code
    detail: str  # one sentence, without internals
    answer: Answer | None = None


Event = PlanEvent | EvidenceEvent | TokenEvent | AnswerEvent | ErrorEvent
