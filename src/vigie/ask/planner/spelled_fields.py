"""Names of fields said in full: "jours restants" of `joursRestants`, "délai de reprise" of `time_to_resume`."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.cue_marks import cue_at
from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.field_names import VERY_WORD
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import AGGREGATES
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.noun_marks import COUNTING, LINKS, fields_named
from vigie.ask.planner.tokens import stem
from vigie.ask.planner.value_marks import whole_at
from vigie.ask.planner.values import gram

_BY = frozenset({"par", "by"})
_LONGEST_NAME = 3  # words of a field's name that are looked for side by side


def spelled_at(grams: Grams, known: Knowledge, i: int) -> NounMark | None:
    """ "jours restants" of `joursRestants`: the whole name of a field, whatever its single words mean."""
    if stem(grams.norms[i]) not in known.fields.spelled_words:
        return None  # as nearly always: asked at each word for each collection
    words: list[str] = []
    for end in range(i, min(i + 2 * _LONGEST_NAME, len(grams.norms))):
        if not grams.free[end] or grams.in_a_path(end):
            break
        if words and grams.identifier(end) > end + 1:
            break  # "by | triggered_by"
        if words and grams.norms[end] in LINKS:
            continue
        if grams.norms[end : end + 2] in (["at", "least"], ["at", "most"]):
            break  # "opened at least 100" of an `opened_at`
        if words and grams.norms[end] in _BY and grams.norms[end + 1 : end + 2]:
            break  # "acquittement | par criticité" of an `acquittement.par`
        words.append(grams.norms[end])
        path = known.fields.spelled.get(frozenset(map(stem, words))) if len(words) > 1 else None
        own = known.facets[path].words if path is not None else ()
        counts = any(set(tags_of((word,))) & COUNTING and word not in own for word in words)
        if path is not None and not counts:  # "cvss max" of `cvss_max`
            if _rate_of_records(grams, known, i, end):
                break
            aggregated = known.facets[path].numeric and _aggregated(grams, i, end + 1)  # "disk usage moyen"
            if whole_at(grams, known, i)[0] > end + aggregated or cue_at(grams, known, i)[0] > end + 1:
                break
            fields = [(score, named) for score, named in known.fields.scores(words) if named != path]
            best = 2.5 * len(words)
            concepts = frozenset(c for w in words for c in concepts_of(w))
            said = grams.said(i, end + 1)
            return NounMark(i, end + 1, 0.0, ((best, path), *fields), said, concepts)
        if len(words) == _LONGEST_NAME:
            break
    return None


def written_at(grams: Grams, known: Knowledge, i: int) -> NounMark | None:
    """ "duration_ms", "error.code": a field as it is written, where its words mean nothing apart."""
    if (end := grams.identifier(i)) == i + 1:
        return None
    said = grams.said(i, end).casefold()
    path = next((path for path in known.facets if path.casefold() == said), None)
    if path is None or whole_at(grams, known, i)[0] >= end:
        return None
    concepts = frozenset(c for word in known.facets[path].words for c in concepts_of(word))
    return NounMark(i, end, 0.0, ((2 * VERY_WORD, path),), grams.said(i, end), concepts)


def _aggregated(grams: Grams, first: int, last: int) -> bool:
    """Does a word right before or after ask for their mean, their largest?"""
    near = [n for n in (first - 1, last) if 0 <= n < len(grams.norms)]
    return any(set(AGGREGATES) & set(tags_of((grams.norms[n],))) for n in near)


def _rate_of_records(grams: Grams, known: Knowledge, i: int, end: int) -> bool:
    """ "taux de rejet des déclarations": of the records themselves, whatever field tells a rate in each."""
    after = next((j for j in range(end + 1, len(grams.norms)) if grams.norms[j] not in LINKS), end)
    return "rate" in tags_of((grams.norms[i],)) and after > end + 1 and known.records.own(grams.norms[after])


def time_of(grams: Grams, known: Knowledge, label: NounMark | None, i: int) -> NounMark | None:
    """ "temps moyen | d'acquittement" of `time_to_ack_s`, whatever state is called so as well. `label`: the noun
    before."""
    between = grams.norms[label.last : i] if label is not None else []
    if label is None or label.last - label.first > 1 or grams.norms[i - 1] not in ("d", "de", "to", "of"):
        return None
    if "duration" not in label.concepts or not all(n in LINKS or n == "to" or tags_of((n,)) for n in between):
        return None
    if known.values.exact(gram([grams.norms[i]])):
        return None  # "durée moyenne des | complètes" of a kind COMPLETE
    fields = fields_named(known, [grams.norms[label.first], grams.norms[i]])
    if not fields or not known.facets[fields[0][1]].numeric:
        return None
    return replace(label, last=i + 1, words=grams.said(label.first, i + 1), fields=tuple(fields))
