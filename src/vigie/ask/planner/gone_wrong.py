"""How many of the things that records count went wrong: "lignes en anomalie" of an `NB_ANO` beside an `NB_LIG`."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.facets import Facet
from vigie.ask.planner.field_names import VERY_WORD
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import Marks, NounMark
from vigie.ask.words import STOP

_WRONG = frozenset({"error", "rejected"})


def gone_wrong(marks: Marks, known: Knowledge) -> Marks:
    """The number of what went wrong, and no state of the records: those that went well have some, too."""
    numbers = [f for f in known.facets.values() if _counts_errors(f)]
    if len(numbers) != 1:
        return marks
    for noun in marks.nouns:
        if not noun.fields or noun.record >= noun.fields[0][0] or noun.fields[0][1] == numbers[0].path:
            continue
        facet = known.facets[noun.fields[0][1]]
        place = _state_beside(noun, marks, known)
        if place is None or not facet.numeric or "volume" not in facet.concepts:
            continue
        told = replace(noun, fields=((VERY_WORD, numbers[0].path),))
        return replace(
            marks,
            nouns=[told if n is noun else n for n in marks.nouns],
            values=[m for m in marks.values if (m.first, m.last) != place],
            cues=[c for c in marks.cues if (c.first, c.last) != place],
        )
    return marks


def _counts_errors(facet: Facet) -> bool:
    return facet.numeric and bool(facet.concepts & _WRONG) and facet.unit is None and "code" not in facet.concepts


def _state_beside(noun: NounMark, marks: Marks, known: Knowledge) -> tuple[int, int] | None:
    """Where a state of what failed stands right before the noun or, small words between, right after it."""
    failed = set(known.roles.polarity.get("failed", ()))
    values = [m for m in marks.values if set(m.options.get(known.roles.status or "", ())) & failed]
    places = [(m.first, m.last) for m in values] + [(c.first, c.last) for c in marks.cues if c.tag == "failed"]
    for first, last in places:
        between = marks.tokens[last : noun.first] if first < noun.first else marks.tokens[noun.last : first]
        if all(token.norm in STOP for token in between) and len(between) <= (first >= noun.last):
            return first, last
    return None
