"""Things that numbers of a record count, such as the tests of a build, beside what became of them or what they make."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.field_names import VERY_WORD
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import AGGREGATES, COUNTERS, PARTICIPLES
from vigie.ask.planner.marks import Marks, NounMark
from vigie.ask.planner.polarity import POLARITIES, polarity_of
from vigie.ask.planner.record_names import HEAD, OWN
from vigie.ask.planner.states import STATE_CUES
from vigie.ask.planner.tokens import root, stem
from vigie.ask.words import STOP

_OF = frozenset("de d des du of".split())
_IN = frozenset({"en", "in"})
_NONE = frozenset("sans aucun aucune without no any".split())  # "sans test en échec"
_FOIS = frozenset("fois times reprises".split())
_UP_TO = 5  # words from "relancées" to "fois"


def counted_at(grams: Grams, known: Knowledge, i: int) -> NounMark | None:
    """The field that the words from there on name together, where one of them is a thing that numbers count."""
    if grams.norms[i] in STOP or not grams.free[i]:
        return None
    return _became(grams, known, i) or _made_of(grams, known, i) or _so_often(grams, known, i)


def as_records(marks: Marks, known: Knowledge) -> Marks:
    """ "combien de VL", "VL rejetées" of `calculs_vl` with a number `vl`: the records, where nothing is worked out."""
    measured = [n for n in marks.nouns if _measured(n, known)]
    if not measured or marks.has(*AGGREGATES, "largest", "smallest"):
        return marks
    beside = {place for m in marks.values if known.roles.status in m.options for place in (m.first, m.last)}
    beside |= {place for c in marks.cues if c.tag in ("count", *STATE_CUES) for place in (c.first, c.last)}
    told = [n for n in measured if {n.first, n.last} & beside]
    return replace(marks, nouns=[replace(n, record=OWN, fields=()) if n in told else n for n in marks.nouns])


def _measured(noun: NounMark, known: Knowledge) -> bool:
    """Is it the whole name of a number, and part of what the collection is called?"""
    if not 0 < noun.record < OWN or noun.last > noun.first + 1 or not noun.fields:
        return False
    facet = known.facets[noun.fields[0][1]]
    return facet.numeric and len(facet.words) == 1 and not facet.above and known.records.in_its_name(facet.words[0])


def _became(grams: Grams, known: Knowledge, i: int) -> NounMark | None:
    """ "tests en échec" of `tests.failed`, beside `tests.total`: of the tests, and of no state of the record."""
    norms, at = grams.norms, i + 1
    alone = norms[i] == root(norms[i]) and not (i and norms[i - 1] in _NONE)
    if i > 1 and norms[i - 1] in ("de", "d") and known.records.own(norms[i - 2]):
        return None  # "campagnes de | tests en échec": what became of the campaigns
    if alone or known.records.called(norms[i]) >= HEAD or stem(norms[i]) not in known.fields.stems:
        return None
    at += norms[at : at + 1] != [] and norms[at] in _IN
    if at >= len(norms) or not grams.free[at]:
        return None
    end, tags = grams.phrase(i + 1)
    end, tags = (end, tags) if end > at else grams.phrase(at)
    pole = next((tag for tag in tags if tag in POLARITIES), None)
    if pole is None:
        return None
    said, found = stem(norms[i]), []
    for facet in known.facets.values():
        names = [name for name in (*facet.above, *facet.words) if name not in COUNTERS]
        left = [name for name in names if stem(name) != said]
        if facet.numeric and len(left) == 1 == len(names) - 1 and polarity_of(left[0]) == pole:
            found.append(facet.path)
    return NounMark(i, end, 0.0, ((VERY_WORD, found[0]),), grams.said(i, end)) if len(found) == 1 else None


def _made_of(grams: Grams, known: Knowledge, i: int) -> NounMark | None:
    """ "test suites", "suites de tests" of a `suite` beside a `tests.total`: what they are made of is not asked."""
    norms, at = grams.norms, i + 1
    at += norms[at : at + 1] != [] and norms[at] in _OF
    if at >= len(norms) or not (grams.free[i] and grams.free[at]):
        return None
    thing, head = (norms[at], i) if at > i + 1 else (norms[i], at)
    if at == i + 1 and (thing != root(thing) or grams.joint(at).strip()):
        return None
    counted = known.fields.scores([thing]) if not known.records.own(thing) else ()
    if not counted or any(
        stem(thing) not in known.facets[p].above_stems or not known.facets[p].numeric for _, p in counted
    ):
        return None
    named = [(score, path) for score, path in known.fields.scores([norms[head]]) if score >= VERY_WORD]
    if not named or not known.facets[named[0][1]].text or tags_of((norms[head],)):
        return None
    record = known.records.noun(norms[head])
    return NounMark(i, at + 1, record, tuple(named), grams.said(i, at + 1))


def _so_often(grams: Grams, known: Knowledge, i: int) -> NounMark | None:
    """ "relancées | plus de 2 fois" of a `relances`: how often, and no state RELANCEE."""
    norms, end = grams.norms, min(i + 1 + _UP_TO, len(grams.norms))
    fois = next((j for j in range(i + 2, end) if norms[j] in _FOIS), None)
    if fois is None or not grams.tokens[i].text.endswith(PARTICIPLES) or not norms[fois - 1].isdigit():
        return None
    said = stem(norms[i])
    paths = [f.path for f in known.facets.values() if f.numeric and said in f.stems and "retry" in f.concepts]
    return NounMark(i, i + 1, 0.0, ((VERY_WORD, paths[0]),), grams.tokens[i].text) if len(paths) == 1 else None
