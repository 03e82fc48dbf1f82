"""What would be lost on groups: numbers of two things, keys that are data, groups of the very things that are asked."""

from __future__ import annotations

from vigie.ask.planner.elements import said_of
from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.keyed_words import THINGS
from vigie.ask.planner.sides import counted_each


def counted_apart(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "combien de SEPA et de micro-ondes", of two fields: two numbers, and not what is both."""
    apart = ((one, other) for one, other in counted_each(seen) if one.cond.path != other.cond.path)
    return next(((other.first, other.last) for _, other in apart), None)


def lost_keys(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "par file et par jour", "files avec plus de 3 rejets": of keys that are data, one number of each is computed."""
    each = {keyed.each for keyed in seen.known.keyed}
    paths = [*(key.path for key in frame.groups), *(c.path for c in (*frame.conds, *frame.part)), frame.target or ""]
    used = [path for path in paths if any(path == one or path.startswith(f"{one}.") for one in each)]
    alone = len(frame.groups) == 1 and frame.groups[0].path in each and frame.ask == "number"
    plain = not (frame.having or frame.part or frame.columns or frame.sides or frame.trend)
    norms = [token.norm for token in seen.marks.tokens]
    things = next((i for i, norm in enumerate(norms) if norm in THINGS), None)
    if used and things is not None and frame.target not in used:
        return things, things + 1  # "éléments traités par file", of which no number tells
    if not used or (alone and plain and not any(c.path in used for c in frame.conds)):
        return None
    nouns = (n for n in seen.marks.nouns if any(path in used for _, path in n.fields))
    return next(((n.first, n.last) for n in nouns), (0, len(seen.marks.tokens)))


def group_of_another(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "jobs en échec | par chaîne", where no field tells chains: the jobs themselves would be the groups."""
    keys = {key.path for key in frame.groups}
    named = {path for noun in seen.marks.nouns for score, path in noun.fields[:1] if score >= _NAMED}
    weak = (n for n in seen.marks.nouns if n.fields and n.fields[0][0] < 1 and n.fields[0][1] in keys & named)
    by = {cue.last for cue in seen.marks.cues if cue.tag == "by"}
    return next(((n.first, n.last) for n in weak if n.first in by), None)


_NAMED = 2.0  # points of a field that a noun names


def share_of_itself(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "taux de conformité par domaine", where CONFORMITE is a domain: all of one and none of the others."""
    grouped = {key.path for key in frame.groups}
    within = tuple(c for c in frame.part if c.path in grouped and not c.polarity)
    return said_of(seen, within) if frame.aggregate == "share" and within else None
