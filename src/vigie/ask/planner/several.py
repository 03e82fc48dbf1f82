"""Several numbers of the same records in one question: "moyenne, min et max de la durée par serveur", "nombre
d'exécutions, nombre d'échecs et durée moyenne". Each is a column, all are computed in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from vigie.ask.planner.frame import Column, Cond, Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.lexicon import AGGREGATES
from vigie.ask.planner.limits import bounds_of
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.subjects import path_of
from vigie.plan import Aggregate

_JOINING = frozenset("et and ainsi puis & + plus".split())
_SIGNS = ",/;&+"
_OF = frozenset("de d des du of".split())
# What asks for something else than a row of numbers.
_OTHERWISE = (
    *("top", "least", "rate", "compare", "both", "then", "when", "when_last", "when_first", "longest", "shortest"),
    *("largest", "smallest", "last", "first", "yes_no", "how_long", "distinct"),
)


@dataclass
class _Part:
    """Words from one "et" to the next. `first`: where its number is asked for, after `last` what it is of."""

    asked: list[str]  # count, avg ... as cues tell
    first: int
    last: int
    end: int
    nouns: list[NounMark] = field(default_factory=list)
    conds: list[Placed] = field(default_factory=list)


class Unclear(Exception):
    """Several numbers are asked for, and not what of. `at`: the words."""

    def __init__(self, part: _Part) -> None:
        self.at = part.first, part.last
        super().__init__()


def columns(seen: Interpretation, frame: Frame) -> Frame | None:
    """The frame with its columns; None where one number is asked for. Raises Unclear."""
    marks = seen.marks
    if marks.has(*_OTHERWISE) or bounds_of(seen) or marks.times.durations:
        return None
    parts = _parts(seen)
    if len(parts) < 2:
        return None
    counts = [part for part in parts if _counted(part, seen)]
    own = _own(parts, counts, seen)
    rest = [placed for placed in _placed(seen) if all(placed not in part.conds for part in own)]
    if any(a.cond.path == b.cond.path for part in own for a in part.conds for b in rest):
        raise Unclear(own[-1])
    found = [_column(part, parts, part in own, seen) for part in parts]
    taken = {placed.cond.path for part in own for placed in part.conds}
    conds = tuple(cond for cond in frame.conds if cond.path not in taken)
    first = found[0]
    frame = replace(frame, ask="number", subject=None, conds=conds, aggregate=first.aggregate, target=first.target)
    sided = taken.pop() if len(taken) == 1 and len(own) == len(parts) and not frame.groups else None
    if sided is not None and all(column.aggregate == "count" for column in found):
        return replace(_of_sides(frame, found), side_path=sided)
    trend = next((key.bucket for key in frame.groups if key.bucket), None)
    order: Literal["desc"] | None = "desc" if frame.groups and not trend else None
    return replace(frame, columns=tuple(found), trend=trend, order=order)


def _of_sides(frame: Frame, found: Sequence[Column]) -> Frame:
    """ "combien de KO et de OK": two sides of one field."""
    conds = [cond for column in found for cond in column.where]
    values = tuple(dict.fromkeys(value for cond in conds for value in cond.values))
    because = ", ".join(cond.because for cond in conds)
    return replace(frame, sides="values", conds=(*frame.conds, Cond(conds[0].path, "in", values, because)))


# ------------------------------------------------------------------ what is asked for


def _parts(seen: Interpretation) -> list[_Part]:
    """Up to the grouping and the time; a single one where nothing joins it to another."""
    marks = seen.marks
    asked = [(cue.first, cue.last, tag) for cue in marks.cues if (tag := _asks(cue.tag, marks.tokens[cue.first].norm))]
    if not asked:
        return []
    start = min(first for first, _, _ in asked)  # "par entité : nombre de runs, durée moyenne"
    ends = [cue.first for cue in marks.cues if cue.tag == "by"] + sorted(marks.timed)
    stop = min([end for end in ends if end > start] + [len(marks.tokens)])
    parts: list[_Part] = []
    for begin, end in _pieces(seen, stop):
        inside = [one for one in asked if begin <= one[0] < end]
        nouns = [noun for noun in marks.nouns if begin <= noun.first < end]
        conds = [placed for placed in _placed(seen) if begin <= placed.first < end]
        first = min((one[0] for one in inside), default=begin)
        last = max((one[1] for one in inside), default=end)
        part = _Part([tag for _, _, tag in inside], first, last, end, nouns, conds)
        if inside or _same_count(part, parts, seen):
            parts.append(part)
        elif parts:
            break
    return parts


def _asks(tag: str, norm: str) -> str | None:
    if tag == "most" and norm in ("max", "maximum"):
        return "max"
    return tag if tag == "count" or tag in AGGREGATES else None


def _pieces(seen: Interpretation, stop: int) -> list[tuple[int, int]]:
    tokens, found, begin = seen.marks.tokens, list[tuple[int, int]](), 0
    for i in range(1, stop):
        between = seen.text[tokens[i - 1].at[1] : tokens[i].at[0]]
        if tokens[i].norm in _JOINING or any(sign in between for sign in _SIGNS):
            if begin < i:
                found.append((begin, i))
            begin = i + (tokens[i].norm in _JOINING)
    return [*found, (begin, stop)] if begin < stop else found


def _same_count(part: _Part, before: Sequence[_Part], seen: Interpretation) -> bool:
    """ "combien de KO | de OK": a state of its own, counted as the one before."""
    if not before or before[-1].asked[:1] not in ([], ["count"]) or not part.conds or not before[-1].conds:
        return False
    a, b = before[-1].conds[-1].cond, part.conds[0].cond
    opposed = {a.polarity, b.polarity} == {"failed", "succeeded"} and not before[-1].nouns
    repeated = seen.marks.tokens[part.first].norm in _OF
    if a.path != b.path or a.polarity is None or not (opposed or repeated):
        return False
    part.asked.append("count")
    return True


def _placed(seen: Interpretation) -> list[Placed]:
    return [*seen.value_placed, *seen.state_placed]


# ------------------------------------------------------------------ columns


def _counted(part: _Part, seen: Interpretation) -> bool:
    return set(part.asked) == {"count"} and _measure(part, seen) is None


def _own(parts: Sequence[_Part], counts: Sequence[_Part], seen: Interpretation) -> list[_Part]:
    """The counts that have conditions of their own, said right after their words: of each its state, or of all a
    value of one field. A state beside a mean may be meant of both."""
    with_state = [part for part in counts if any(placed.cond.polarity for placed in part.conds)]
    if with_state and sum(_counting(part, seen).aggregate == "count" for part in counts) < 2:
        raise Unclear(with_state[0])
    if any(placed.negated for part in with_state for placed in part.conds):
        raise Unclear(with_state[0])
    other = [part for part in counts if part.conds and part not in with_state]
    if len(counts) > 1 and other:
        paths = {placed.cond.path for part in counts for placed in part.conds}
        if len(paths) > 1 or len(other) < len(counts):
            raise Unclear(other[0])
        return other
    return with_state


def _column(part: _Part, parts: Sequence[_Part], own: bool, seen: Interpretation) -> Column:
    aggregates = [tag for tag in part.asked if tag != "count"]
    if len(set(aggregates)) > 1:
        raise Unclear(part)
    measure = _measure(part, seen)
    if not aggregates:
        if measure is not None:
            return Column("sum", measure)
        where = tuple(placed.cond for placed in part.conds) if own else ()
        return Column("count", None, where) if where else _counting(part, seen)
    target = measure or _told_beside(part, parts, seen)
    if target is None:
        raise Unclear(part)
    return Column(aggregates[0], target)  # type: ignore[arg-type]


def _measure(part: _Part, seen: Interpretation) -> str | None:
    """The numeric field that one of its nouns names."""
    for noun in part.nouns:
        if noun.record >= 3:
            continue
        for score, path in noun.fields:
            facet = seen.known.facets[path]
            if facet.numeric and not facet.coded and score >= 1.7 and "id" not in facet.concepts:
                return path
        if "duration" in noun.concepts and seen.known.roles.duration:
            return seen.known.roles.duration
    return None


def _told_beside(part: _Part, parts: Sequence[_Part], seen: Interpretation) -> str | None:
    """ "durée moyenne, min et max", "moyenne et max de la durée": the field named with another of them."""
    place = parts.index(part)
    named = [_measure(one, seen) for one in (*reversed(parts[:place]), *parts[place + 1 :])]
    told = [path for path in named if path is not None]
    return told[0] if told else None if any(one.nouns for one in parts) else seen.known.roles.duration


def _counting(part: _Part, seen: Interpretation) -> Column:
    """Records; of things that they only mention, the different ones."""
    noun = next(iter(part.nouns), None)
    path = path_of(seen, noun)
    if noun is None or noun.record or path is None or path == seen.known.roles.name:
        return Column("count")
    return Column("distinct", path)


def name_of(aggregate: Aggregate, target: str | None, where: Sequence[Cond], several: bool) -> str:
    """Of a column: avg, or `avg duration_s` beside columns of other fields, or `count KO`."""
    said = [target] if several and target else [cond.because for cond in where]
    return " ".join((aggregate, *said))
