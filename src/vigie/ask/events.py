"""What happens while a question is answered, in order: a plan, evidence, tokens, then one answer or one error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigie.types import Answer, Citation, Condition, Exact, Route, Scope, Window


@dataclass(frozen=True, slots=True)
class Understood:
    """What rows are going to be computed from; the fields are those of the answer's `exact`."""

    collection: str
    window: Window | None
    windows: list[Window]
    conditions: list[Condition]


@dataclass(frozen=True, slots=True)
class PlanEvent:
    """What is going to be done. `query` is the question as it is searched, completed from the conversation.

    `understood`: of a question that is computed; None for others.
    """

    answer_id: str
    session_id: str
    route: Route
    query: str
    scope: Scope
    language: str
    follow_up: bool
    understood: Understood | None = None


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
