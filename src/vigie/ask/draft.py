"""A question on its way to its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from vigie.ask import cite
from vigie.ask.evidence import Evidence
from vigie.ask.language import Language, detect
from vigie.ask.read import Reading
from vigie.types import Answer, Choice, Exact, Notice, Question, Route, State, Turn

COMPOSED = "composed"


@dataclass
class Draft:
    """One question on its way; `stored` once its answer was handed to the session store."""

    question: Question
    answer_id: str
    session_id: str
    now: datetime
    before: list[Turn] = field(default_factory=list)
    reading: Reading | None = None
    route: Route = "none"
    evidence: Sequence[Evidence] = ()
    exact: Exact | None = None
    notices: list[Notice] = field(default_factory=list)
    released: str = ""
    stored: bool = False

    @property
    def language(self) -> Language:
        return self.reading.language if self.reading else detect(self.question.text)

    def note(self, code: str, text: str) -> None:
        self.notices.append(Notice(code, text))

    def finish(self, state: State, text: str, *, model: str = COMPOSED, choices: Sequence[Choice] = ()) -> Answer:
        asked = self.reading.query if self.reading else self.question.text
        return Answer(
            answer_id=self.answer_id,
            session_id=self.session_id,
            question=self.question.text,
            state=state,
            route=self.route,
            answer=text,
            exact=self.exact,
            choices=list(choices),
            citations=cite.citations(cite.used(text, self.evidence), asked),
            contexts=cite.contexts(self.evidence),
            history=[*self.before, Turn("user", self.question.text), Turn("assistant", text)],
            notices=list(self.notices),
            model=model,
            timestamp=self.now.astimezone(UTC),
        )
