"""Whether a record refers to another: "sans ticket" of a `ticketRef`, "not linked to any run" of a `runId`."""

from __future__ import annotations

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import ARTICLES
from vigie.ask.planner.marks import Marks, ReferenceMark
from vigie.ask.planner.noun_marks import LINKED, fields_named
from vigie.ask.planner.same_names import means

_NOT = frozenset("not non pas jamais never".split())
_NONE = frozenset("aucun aucune any no sans".split())
_TOWARDS = ARTICLES | frozenset("to with a au aux avec un une d quelconque".split())
_WITHOUT = (
    ("sans",), ("without",), ("aucun",), ("aucune",), ("sans", "aucun"), ("sans", "aucune"), ("without", "any"),
    ("with", "no"), ("have", "no"), ("has", "no"), ("had", "no"), ("pas", "de"), ("pas", "d"),
)  # fmt: skip
_WITH = tuple(
    (verb, article) for verb in ("avec", "ont", "a", "avait", "avaient", "ayant") for article in ("un", "une")
) + tuple((verb, article) for verb in ("with", "have", "has", "had") for article in ("a", "an"))
# (whether they say that it is lacking, the words), the longest first, by their first word
_HAD: dict[str, list[tuple[bool, tuple[str, ...]]]] = {}
for _lacks, _phrases in ((True, _WITHOUT), (False, _WITH)):
    for _words in sorted(_phrases, key=len, reverse=True):
        _HAD.setdefault(_words[0], []).append((_lacks, _words))
_FIRST = _NOT | _NONE | LINKED | {words[0] for words in (*_WITHOUT, *_WITH)}


def reference_at(grams: Grams, known: Knowledge, i: int) -> ReferenceMark | None:
    """What begins there and tells that records have, or lack, the field of their reference to something."""
    if grams.norms[i] not in _FIRST:
        return None
    return _linked(grams, known, i) or _had(grams, known, i)


def reference_conditions(marks: Marks) -> list[Cond]:
    """One for each such mark."""
    return [Cond(r.path, "missing" if r.lacks else "present", (), r.words) for r in marks.references]


def _references(known: Knowledge) -> list[Facet]:
    """Fields of the numbers of other things, which some of the records have."""
    return [
        f
        for f in known.facets.values()
        if f.text and f.path != known.roles.ident and not f.profile.repeated and f.profile.present < known.profile.total
        and "id" in f.concepts and _things(f)
    ]  # fmt: skip


def _things(facet: Facet) -> list[str]:
    return [word for word in facet.words if concepts_of(word) != {"id"}]


def _linked(grams: Grams, known: Knowledge, i: int) -> ReferenceMark | None:
    """ "not linked to any run", "liées à un ticket", "rattachée à aucun ticket"."""
    lacks = grams.norms[i] in _NOT
    verb = i + lacks
    if grams.norms[verb : verb + 1] in (["ete"], ["been"]):
        verb += 1
    if verb >= len(grams.norms) or grams.norms[verb] not in LINKED:
        return None
    place = verb + 1
    while place < len(grams.norms) and grams.norms[place] in _TOWARDS | _NONE:
        lacks |= grams.norms[place] in _NONE and grams.norms[place] != "any"
        place += 1
    if place == verb + 1:
        return None
    return _mark(grams, known, i, place, lacks)


def _had(grams: Grams, known: Knowledge, i: int) -> ReferenceMark | None:
    """ "sans ticket", "have a ticket", where no field says more of it than its number."""
    for lacks, words in _HAD.get(grams.norms[i], ()):
        place = i + len(words)
        if tuple(grams.norms[i:place]) != words or place >= len(grams.norms):
            continue
        norm = grams.norms[place]
        if not fields_named(known, [norm]) and not known.records.noun(norm):
            return _mark(grams, known, i, place, lacks)
    return None


def _mark(grams: Grams, known: Knowledge, i: int, place: int, lacks: bool) -> ReferenceMark | None:
    """The field that the word at `place` names, where one does; what that word is followed by must not narrow it."""
    if place >= len(grams.norms) or not all(grams.free[i : place + 1]) or grams.glued(place) > place + 1:
        return None
    told = [f for f in _references(known) if all(means(grams.norms[place], thing) for thing in _things(f))]
    if len(told) != 1 or _narrowed(grams, known, place + 1):
        return None
    end = place + 1
    while end < len(grams.norms) and grams.free[end] and grams.norms[end] in LINKED:
        end += 1
    return ReferenceMark(i, end, told[0].path, lacks, grams.said(i, end))


def _narrowed(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "sans ticket INC0012": of one of them."""
    return i < len(grams.norms) and any(known.values.exact(found) for _, found in grams.values(i))
