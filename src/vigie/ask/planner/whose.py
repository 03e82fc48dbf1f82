"""Which of several fields of people a name is of: the one whose act the question speaks of."""

from __future__ import annotations

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import PARTICIPLES
from vigie.ask.planner.marks import Marks, ValueMark
from vigie.ask.planner.tokens import Token, alike_start

_AKIN = 6  # letters that "intervention" and `intervenant` share at least


def acted_by(mark: ValueMark, marks: Marks, known: Knowledge) -> str | None:
    """ "interventions de Paul" of an `intervenant`, "lancés par Paul" of a `trigger.by`: the one of several fields that
    hold the value whose name another word of the question is akin to."""
    others = [t for i, t in enumerate(marks.tokens) if not mark.first <= i < mark.last and i not in marks.timed]
    told = [path for path in mark.options if any(_akin(t, known.facets[path]) for t in others)]
    return told[0] if len(told) == 1 else None


def _akin(token: Token, facet: Facet) -> bool:
    named = (*facet.words, *facet.above)
    if any(alike_start(token.norm, word) >= _AKIN for word in named):
        return True
    acts = concepts_of(token.norm) & (facet.concepts | facet.above_concepts) - {"user"}
    return bool(acts) and "user" in facet.concepts and token.text.endswith(PARTICIPLES)
