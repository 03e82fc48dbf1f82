"""Marks to a Frame: what is asked of which records, in one collection."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.aggregates import number_of
from vigie.ask.planner.cues import Cue
from vigie.ask.planner.frame import Cond, Frame
from vigie.ask.planner.groups import groups_of
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.left_nouns import left_over
from vigie.ask.planner.lexicon import PARTICIPLES
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.selection import conditions
from vigie.ask.planner.several import Unclear, columns
from vigie.ask.planner.shape import shape
from vigie.ask.planner.subjects import path_of, person, subject_of
from vigie.ask.planner.things_of_kind import kind_named
from vigie.ask.planner.time_field import time_path
from vigie.ask.planner.told_with_each import told_with_each


def interpret(seen: Interpretation) -> Frame:
    """One Frame; `seen` is left with what the steps have found."""
    return _as_stored(_framed(seen), seen.known)


def _as_stored(frame: Frame, known: Knowledge) -> Frame:
    """What is true of a flag whose values are letters."""
    lettered = {path: facet.letters for path, facet in known.facets.items() if facet.letters}
    if not lettered:
        return frame

    def stored(cond: Cond) -> Cond:
        written = {truth: value for value, truth in lettered.get(cond.path, {}).items()}
        told = tuple(written.get(v, v) if isinstance(v, bool) else v for v in cond.values)
        return replace(cond, values=told)

    columns = tuple(replace(column, where=tuple(map(stored, column.where))) for column in frame.columns)
    return replace(frame, conds=tuple(map(stored, frame.conds)), part=tuple(map(stored, frame.part)), columns=columns)


def _framed(seen: Interpretation) -> Frame:
    marks, known = seen.marks, seen.known
    _maxima(seen)
    conds = conditions(seen)
    base = Frame(known.name, "number", times=marks.times.ranges, time_path=time_path(seen))
    groups = groups_of(seen)
    noun = seen.subject_noun = subject_of(seen, groups)
    subject = kind_named(seen) or person(seen) or path_of(seen, noun)
    frame = replace(base, conds=tuple(conds), groups=tuple(groups), subject=subject)
    try:
        if (several := columns(seen, frame)) is not None:
            return several
    except Unclear as error:
        seen.unclear = error.at
    frame = _by_the_rest(seen, shape(seen, number_of(seen, frame, noun), noun))
    if frame.ask == "values" and (beside := _told_with_each(seen, frame)):
        return replace(frame, ask="records", also=(frame.subject or "", *beside), groups=())
    return replace(frame, also=_shown(seen, frame)) if frame.ask == "records" else frame


def _by_the_rest(seen: Interpretation, frame: Frame) -> Frame:
    """ "lots expédiés par prestataire" of records with a lot each: they are counted by the other."""
    if len(frame.groups) < 2:
        return frame
    facets, total = seen.known.facets, seen.known.profile.total
    rest = tuple(key for key in frame.groups if key.bucket or not facets[key.path].unique(total))
    return replace(frame, groups=rest) if rest and len(rest) < len(frame.groups) else frame


def _shown(seen: Interpretation, frame: Frame) -> tuple[str, ...]:
    """ "les runs KO avec leur code d'erreur": fields that no step took up are shown of each record."""
    left, tokens, facets = left_over(seen, frame), seen.marks.tokens, seen.known.facets
    held = (n for n in left if tokens[n.first].text.endswith(PARTICIPLES) and n.last == n.first + 1)
    if any(facets[noun.fields[0][1]].text for noun in held) or any(tokens[n.first].norm in _WHICH for n in left):
        return ()  # "rejetées alors qu'approuvées": what became of them, and no column
    return tuple(noun.fields[0][1] for noun in left)


_WHICH = frozenset({"prioritaire", "prioritaires"})  # they say which records, and ask for no column


def _told_with_each(seen: Interpretation, frame: Frame) -> tuple[str, ...]:
    """ "les flux KO | et leurs codes erreur", "failed flows with their host": of each record of those."""
    left = left_over(seen, frame)
    return _shown(seen, frame) if left and all(told_with_each(noun, seen.marks) for noun in left) else ()


_RANKS = {"max": "most", "min": "least"}


_PEAKS = frozenset("record pire pires worst".split())


def _measures(seen: Interpretation, i: int, said: str) -> bool:
    """ "record | de lignes", "pire | durée": of a number, the worst of which is the highest where it is a length."""
    paths = [path for noun in seen.marks.nouns if noun.first == i for _, path in noun.fields[:1]]
    facets = [facet for facet in map(seen.known.facets.__getitem__, paths) if facet.numeric and not facet.coded]
    return any(said == "record" or "duration" in facet.concepts for facet in facets)


def _in_all(seen: Interpretation, cue: Cue) -> bool:
    """ "le plus gros | volume d'opérations": of all of them, and of no record alone."""
    norms = [token.norm for token in seen.marks.tokens[cue.last : cue.last + 2]]
    if norms not in (["volume", "d"], ["volume", "de"], ["volume", "of"], ["volumes", "of"]):
        return False
    noun = next((n for n in seen.marks.nouns if n.last > cue.last + 2 and n.first in (cue.last, cue.last + 2)), None)
    return noun is not None and any(seen.known.facets[path].numeric for _, path in noun.fields)


def _bounds_nothing(seen: Interpretation, cue: Cue) -> bool:
    """ "combien de temps ... | au maximum": no number stands beside it."""
    numbers = {i for n in seen.marks.numbers for i in (n.first, n.last)} | seen.marks.timed
    beside = {cue.first - 1, cue.first, cue.last, cue.last + 1}
    return seen.marks.tokens[cue.last - 1].norm in _ENDS and not numbers & beside and seen.marks.has("how_long")


_ENDS = frozenset({"maximum", "minimum", "max", "min"})


def _things_by_a_number(seen: Interpretation, cue: Cue) -> bool:
    """ "biggest | models by rows scored", "plus gros | clients en nombre de virements": things, each by all it has."""
    thing = next((n for n in seen.marks.nouns if n.first == cue.last and n.fields and n.record < OWN), None)
    if thing is None or not seen.known.facets[thing.fields[0][1]].text:
        return False
    by = [i for i, token in enumerate(seen.marks.tokens) if i >= thing.last and token.norm in _BY]
    told = {n.first for n in seen.marks.nouns for _, path in n.fields[:1] if seen.known.facets[path].numeric}
    counts = {c.first for c in seen.marks.cues if c.tag in ("count", "sum")}
    return any(i + 1 in told | counts for i in by)


_BY = frozenset({"by", "par", "en"})
_EXTREMES = {"largest": "most", "smallest": "least"}


def _maxima(seen: Interpretation) -> None:
    """ "temps cpu max de X" is the largest; "le max d'échecs" ranks."""
    for i, cue in enumerate(seen.marks.cues):
        said = seen.marks.tokens[cue.first].norm
        if cue.tag in ("le", "ge") and said in ("au", "at") and _bounds_nothing(seen, cue):
            peak = "max" if cue.tag == "le" else "min"
            seen.marks.cues[i] = Cue(peak, cue.first, cue.last)  # "a duré combien | au maximum"
        if cue.tag == "most" and said in ("max", "maximum"):
            numeric = (n for n in seen.marks.nouns if n.last == cue.first)
            if any(seen.known.facets[path].numeric for n in numeric for _, path in n.fields):
                seen.marks.cues[i] = Cue("max", cue.first, cue.first + 1)
        if cue.tag == "most" and said in _PEAKS and _measures(seen, cue.last, said):
            seen.marks.cues[i] = Cue("max", cue.first, cue.last)
        if cue.tag in _EXTREMES and (_in_all(seen, cue) or _things_by_a_number(seen, cue)):
            seen.marks.cues[i] = Cue(_EXTREMES[cue.tag], cue.first, cue.last)
        if cue.tag in _RANKS and any(c.first == cue.last and c.tag in ("avg", "median") for c in seen.marks.cues):
            seen.marks.cues[i] = Cue(_RANKS[cue.tag], cue.first, cue.last)  # "the highest average"
