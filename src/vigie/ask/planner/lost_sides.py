"""What would be lost between two fields of who sends and of who receives."""

from __future__ import annotations

import itertools

from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.lexicon import RECEIVED, SENT
from vigie.ask.planner.value_fields import sides_of

_BETWEEN = frozenset({"entre", "between"})


def between_sides(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "échangés | entre A et B": what went either way between them, and not what both of them sent."""
    norms = [token.norm for token in seen.marks.tokens]
    for a, b in itertools.pairwise(sorted(seen.marks.values, key=lambda v: v.first)):
        linked = (
            b.first == a.last + 1 and norms[a.last] in ("et", "and") and _BETWEEN & set(norms[a.first - 1 : a.first])
        )
        both = [path for path in a.options if path in b.options]
        if linked and not seen.marks.has("compare", "most", "least") and None not in sides_of(both, seen.known):
            return a.first - 1, b.last
    return None


def same_windows(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "cette nuit que | la nuit précédente", read as one night: nothing to compare."""
    spans = [(when.start, when.end) for when in frame.times]
    twice = frame.sides is not None or frame.aggregate == "count"
    if len(spans) != 2 or spans[0] != spans[1] or not twice or not seen.marks.has("compare", "more", "fewer"):
        return None
    return seen.marks.places(frame.times[1].at)


def other_side(seen: Interpretation, before: Frame) -> tuple[int, int] | None:
    """ "et | reçus ?" after those that somebody sent: whoever is named before is of one side, and would stay there."""
    sides = sides_of([path for path, facet in seen.known.facets.items() if facet.text], seen.known)
    named = {cond.path for cond in (*before.conds, *before.part)} & set(sides)
    if None in sides or not named or any(set(sides) & set(value.options) for value in seen.marks.values):
        return None
    said = (i for i, token in enumerate(seen.marks.tokens) if token.norm in SENT | RECEIVED)
    return next(((i, i + 1) for i in said), None)
