"""How many of the things that records count went wrong, or well: "lignes en anomalie" of an `NB_ANO` beside an
`NB_LIG`, "lignes chargées" of a `rows_written`."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.facets import Facet
from vigie.ask.planner.field_names import VERY_WORD
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import Marks, NounMark
from vigie.ask.planner.polarity import Polarity
from vigie.ask.words import STOP

_TOLD: dict[Polarity, frozenset[str]] = {
    "failed": frozenset({"error", "rejected"}),
    "succeeded": frozenset({"written"}),
}


def gone_wrong(marks: Marks, known: Knowledge) -> Marks:
    """The number of what went so, and no state of the records: those that went well have some errors, too."""
    for pole in _TOLD:
        marks = _gone(pole, marks, known)
    return marks


def _gone(pole: Polarity, marks: Marks, known: Knowledge) -> Marks:
    numbers = [f for f in known.facets.values() if _counts(f, _TOLD[pole])]
    if len(numbers) != 1:
        return marks
    for noun in marks.nouns:
        if not noun.fields or noun.record >= noun.fields[0][0] or noun.fields[0][1] == numbers[0].path:
            continue
        facet = known.facets[noun.fields[0][1]]
        place = _state_beside(pole, noun, marks, known)
        if place is None or not facet.numeric or not facet.concepts & {"volume", "records"}:
            continue
        first, last = min(noun.first, place[0]), max(noun.last, place[1])
        told = replace(noun, first=first, last=last, fields=((VERY_WORD, numbers[0].path),))
        return replace(
            marks,
            nouns=[told if n is noun else n for n in marks.nouns],
            values=[m for m in marks.values if (m.first, m.last) != place],
            cues=[c for c in marks.cues if (c.first, c.last) != place],
        )
    return marks


def _counts(facet: Facet, told: frozenset[str]) -> bool:
    return facet.numeric and bool(facet.concepts & told) and facet.unit is None and "code" not in facet.concepts


def _state_beside(pole: Polarity, noun: NounMark, marks: Marks, known: Knowledge) -> tuple[int, int] | None:
    """Where a state of what went so stands right before the noun or, small words between, right after it."""
    values = set(known.roles.polarity.get(pole, ()))
    stated = [m for m in marks.values if set(m.options.get(known.roles.status or "", ())) & values]
    places = [(m.first, m.last) for m in stated] + [(c.first, c.last) for c in marks.cues if c.tag == pole]
    for first, last in places:
        between = marks.tokens[last : noun.first] if first < noun.first else marks.tokens[noun.last : first]
        if all(token.norm in STOP for token in between) and len(between) <= (first >= noun.last):
            return first, last
    return None
