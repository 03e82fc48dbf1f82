"""What is ranked by what it did: "a rejeté le plus de lignes" of a `rows_rejected`, "carries the largest amount"."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.cues import Cue
from vigie.ask.planner.field_names import VERY_WORD
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import BEARING, PARTICIPLES
from vigie.ask.planner.marks import Marks, NounMark
from vigie.ask.planner.tokens import stem

_MOST = {"largest": "most", "smallest": "least"}
_BEFORE = frozenset({"the", "le", "la", "les"})


def borne_most(marks: Marks) -> Marks:
    """ "which network | carries the largest amount": the networks are ranked by what they carry, and no one record is
    looked for."""
    asked = next((n for n in marks.nouns if n.fields), None)
    if asked is None or asked.record:
        return marks
    things = {n.first for n in marks.nouns if n.record}  # "sent the biggest file": one of them
    borne = [c for c in marks.cues if c.tag in _MOST and asked.last <= c.first and _verb(c, marks) in BEARING]
    borne = [c for c in borne if c.last not in things]
    cues = [replace(c, tag=_MOST[c.tag]) if c in borne else c for c in marks.cues]
    return replace(marks, cues=cues) if borne else marks


def ranked_things(marks: Marks, known: Knowledge) -> Marks:
    """ "| transactions avec le plus de CPU" of `TRAN`, and of `NBTX`: the things, where another number ranks them."""
    numbers = {n.first for n in marks.nouns for _, path in n.fields[:1] if known.facets[path].numeric}
    most = next((c for c in marks.cues if c.tag in ("most", "least", "top") and c.last in numbers), None)
    if most is None:
        return marks
    nouns = [_as_thing(n, known) if n.last <= most.first else n for n in marks.nouns]
    return replace(marks, nouns=nouns)


def _as_thing(noun: NounMark, known: Knowledge) -> NounMark:
    """As the text that it names as well."""
    if not noun.fields or noun.record or not known.facets[noun.fields[0][1]].numeric:
        return noun
    texts = [(s, p) for s, p in noun.fields if known.facets[p].text and s >= noun.fields[0][0] - _AS_GOOD]
    return replace(noun, fields=tuple(texts)) if texts else noun


_AS_GOOD = 0.6  # points


def _verb(cue: Cue, marks: Marks) -> str:
    said = [token.norm for token in marks.tokens[max(0, cue.first - 2) : cue.first] if token.norm not in _BEFORE]
    return said[-1] if said else ""


def acted_most(marks: Marks, known: Knowledge) -> Marks:
    """The same where the participle before "le plus de" tells which number of the things, and no state of the
    records."""
    for cue in marks.cues:
        noun = _ranked(cue, marks)
        if noun is None or (path := _number_of(cue.first - 1, noun, marks, known)) is None:
            continue
        told = replace(noun, fields=((VERY_WORD, path),))
        at = cue.first - 1
        return replace(
            marks,
            nouns=[told if n is noun else n for n in marks.nouns if n.first != at],
            values=[m for m in marks.values if (m.first, m.last) != (at, at + 1)],
            cues=[c for c in marks.cues if (c.first, c.last) != (at, at + 1)],
        )
    return marks


def _ranked(cue: Cue, marks: Marks) -> NounMark | None:
    """The things right after "le plus de", behind what was done to them."""
    if cue.tag not in ("most", "least") or not cue.first:
        return None
    verb = marks.tokens[cue.first - 1]
    if not verb.text.endswith((*PARTICIPLES, "ette", "ettent", "ejects")):  # "rejette le plus de lignes"
        return None
    return next((n for n in marks.nouns if n.fields and n.first == cue.last), None)


def _number_of(at: int, noun: NounMark, marks: Marks, known: Knowledge) -> str | None:
    done = marks.tokens[at].norm
    done = done.replace("ettent", "ete").replace("ette", "ete")
    said = {stem(done), *kin_of(done)}
    words = [token.norm for token in marks.tokens[noun.first : noun.last]]
    facets = (known.facets[path] for _, path in known.fields.scores([*words, done]))
    return next((f.path for f in facets if f.numeric and said & f.stems), None)
