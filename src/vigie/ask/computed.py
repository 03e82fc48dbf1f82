"""What becomes of a question that is computed: read with its rows to come, then its rows or a question asked back."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.ask.events import Understood
from vigie.ask.language import Language
from vigie.ask.planner.build import Built
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.planner import Planned
from vigie.types import Choice, Exact, Notice, Route, State


@dataclass(frozen=True)
class Computed:
    """What becomes of a question that the planner took. `others`: readings that it did not choose."""

    route: Route
    state: State
    text: str
    exact: Exact | None = None
    choices: tuple[Choice, ...] = ()
    notices: tuple[Notice, ...] = ()
    open: Planned | None = None  # what a language model may try to read: `question_for_model`, then `settle`


@dataclass(frozen=True)
class Meant:
    """The runs that a question for the documents speaks of, in words; `any` where there are some. `words`: what they
    are called, their state and their error codes."""

    text: str
    any: bool
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ready:
    """A question that is read, its rows still to be computed."""

    planned: Planned
    built: Built
    known: Knowledge
    text: str
    language: Language
    understood: Understood
