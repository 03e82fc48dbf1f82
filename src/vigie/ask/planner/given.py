"""To whom a record was given: "assigned to Network" says of which team, whatever state is called so."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.actors import GIVEN
from vigie.ask.planner.lexicon import ARTICLES
from vigie.ask.planner.marks import Marks, NounMark, ValueMark

_TOWARDS = frozenset("to a au aux".split())


def given_to(marks: Marks) -> Marks:
    """The same where a state of this name stands before to whom: it is but the name of that field."""
    labels = {id(value): noun for value in marks.values if (noun := _label(value, marks)) is not None}
    if not labels:
        return marks
    kept = [value for value in marks.values if id(value) not in labels]
    nouns = sorted([*marks.nouns, *labels.values()], key=lambda noun: noun.first)
    return replace(marks, values=kept, nouns=nouns)


def _label(value: ValueMark, marks: Marks) -> NounMark | None:
    said = marks.tokens[value.first].norm
    towards = marks.tokens[value.last].norm if value.last < len(marks.tokens) else ""
    if value.last > value.first + 1 or not said.startswith(GIVEN) or towards not in _TOWARDS:
        return None
    for other in marks.values:
        gap = marks.tokens[value.last + 1 : other.first]
        if (
            other.first > value.last
            and all(t.norm in ARTICLES for t in gap)
            and not set(other.options) & set(value.options)
        ):
            return NounMark(value.first, value.last, 0.0, tuple((2.0, path) for path in other.options), value.words)
    return None
