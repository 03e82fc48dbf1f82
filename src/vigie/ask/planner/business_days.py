"""Days that records are booked under: "journée comptable du 12" of a `date_comptable`, which begins and ends when the
books do. No part of the calendar's day."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.tokens import stem

_DAYS = frozenset("journee jour journees jours".split())
_BOOKED = frozenset("comptable comptables exploitation bourse".split())
_OF_BOOKS = _BOOKED | {"accounting", "business"}
_BUSINESS_DAY = {"business", "day"}
_LINKS = frozenset({"d", "de"})
_SCORE = 5.0  # points of a field whose two words are said


def ends_at(norms: Sequence[str], i: int) -> int:
    """Where "journée comptable", "journée d'exploitation", "accounting day" ends; the place itself if none begins."""
    if norms[i] in _DAYS:
        last = i + 2 if norms[i + 1 : i + 2] and norms[i + 1] in _LINKS else i + 1
        return last + 1 if norms[last : last + 1] and norms[last] in _BOOKED else i
    return i + 2 if list(norms[i : i + 2]) == ["accounting", "day"] else i


def is_booked(norms: Sequence[str], i: int) -> bool:
    """Is it the word for a day of such a one, which no grammar of times must see?"""
    return ends_at(norms, i) > i or (norms[i] == "day" and i > 0 and ends_at(norms, i - 1) > i - 1)


def booked_at(grams: Grams, known: Knowledge, i: int) -> NounMark | None:
    """The field of dates that it names: `date_comptable`, `dateExploit`."""
    end = ends_at(grams.norms, i)
    if end == i or not all(grams.free[i:end]):
        return None
    said = grams.norms[i] if grams.norms[i] == "accounting" else grams.norms[end - 1]
    for facet in known.facets.values():
        named = stem(said) in facet.stems | facet.kin or (said in _OF_BOOKS and set(facet.words) == _BUSINESS_DAY)
        if facet.profile.time is not None and named:
            return NounMark(i, end, 0.0, ((_SCORE, facet.path),), grams.said(i, end))
    return None
