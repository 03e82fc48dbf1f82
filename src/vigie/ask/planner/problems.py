"""Why a question cannot be computed from a collection as it is said, with what may have been meant."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from vigie.ask.planner.coming import not_yet
from vigie.ask.planner.conditions import polarity_told
from vigie.ask.planner.cues import Cue
from vigie.ask.planner.facets import HTTP
from vigie.ask.planner.fit import Fit, none_rejected
from vigie.ask.planner.frame import Problem
from vigie.ask.planner.kinds_of_records import tells_kinds
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import Marks, NounMark, ValueMark
from vigie.ask.planner.overdue import says_overdue
from vigie.ask.planner.states import (
    STATE_CUES,
    asks_what_was_done,
    every_record_failed,
    said_state,
    says_when,
    still_open,
)
from vigie.ask.planner.tokens import tokens
from vigie.ask.when import Times

_EXTREMES = ("longest", "shortest", "largest", "smallest")
_EVIDENCE = 1.0  # points without which nothing is counted
_NEAR = 3
_FEW_KINDS = 20


def problem_of(best: Fit, times: Times, *, evidence: bool = True) -> Problem | None:
    """Why the question is not computed from this collection; None when it is. `evidence`: must anything be named?"""
    marks = best.marks
    if times.vague:
        return Problem("vague_time", times.vague[0].phrase, at=times.vague[0].at)
    if marks.unknown:
        first, last = marks.unknown[0]
        at = (marks.tokens[first].at[0], marks.tokens[last - 1].at[1])
        words = marks.said(first, last)
        return Problem("unknown_value", words, nearest(words, best.known, _label(first, best)), at)
    if (wrong := _of_another_field(best)) is not None:
        return wrong
    for noun in marks.nouns:
        if not noun.record and not noun.fields:
            at = (marks.tokens[noun.first].at[0], marks.tokens[noun.last - 1].at[1])
            return Problem("unknown_field", noun.words, tuple(best.known.dimensions[:_NEAR]), at)
    for cue in marks.cues:
        if cue.tag in STATE_CUES and not _tellable(cue, best):
            at = (marks.tokens[cue.first].at[0], marks.tokens[cue.last - 1].at[1])
            words = marks.said(cue.first, cue.last)
            return Problem("unknown_value", words, nearest(words, best.known, best.known.roles.status), at)
    if (said := _unsupported(best)) is not None:
        return said
    if names_one(marks, best.known):
        return None
    if evidence and (best.evidence < _EVIDENCE or not _asks(marks, best.known)):
        return Problem("nothing_to_count")
    if says_overdue(times) and (best.known.due is None or still_open(best.known, "") is None):
        return Problem("unsupported", times.ranges[0].phrase, (), times.ranges[0].at)
    if (later := not_yet(times, best.known)) is not None:
        return Problem("unsupported", later.phrase, (), later.at)
    if times.ranges and best.known.roles.start is None and best.known.roles.end is None:
        return Problem("no_time_field", times.ranges[0].phrase)
    return None


def _of_another_field(best: Fit) -> Problem | None:
    """ "l'environnement INTEGRATION", which is but part of a name: no value of the field that is named."""
    marks, known = best.marks, best.known
    for value in marks.values:
        label = next((n for n in marks.nouns if n.last == value.first and n.fields and n.record < 3), None)
        if label is None or value.how not in ("inside", "message", "typo"):
            continue
        facet = known.facets[label.fields[0][1]]
        if (
            facet.text
            and facet.profile.complete
            and label.fields[0][0] >= 2
            and not {p for _, p in label.fields} & set(value.options)
            and not _of_a_kind(value, known)
        ):
            at = (marks.tokens[value.first].at[0], marks.tokens[value.last - 1].at[1])
            return Problem("unknown_value", value.words, nearest(value.words, known, facet.path), at)
    return None


def _of_a_kind(value: ValueMark, known: Knowledge) -> bool:
    """ "serveur AIX" of an `osVersion` AIX 7.3: how few kinds begin."""
    word = value.words.casefold()
    few = [path for path in value.options if known.facets[path].profile.distinct <= _FEW_KINDS]
    return any(str(v).casefold().startswith(f"{word} ") for path in few for v in value.options[path])


def _unsupported(best: Fit) -> Problem | None:
    """What would be answered wrongly: a mean of counts, one state after another, a rate of nothing."""
    marks = best.marks
    counted_mean = marks.cue("avg") if marks.has("count") and marks.has("by", "every") else None
    if counted_mean is not None and not any("duration" in n.concepts or _is_numeric(n, best) for n in marks.nouns):
        return about(counted_mean.first, counted_mean.last, marks)
    states = {c.tag for c in marks.cues if c.tag in STATE_CUES}
    for mark in marks.values:
        told = {polarity_told(path, values, best.known) for path, values in mark.options.items()}
        states |= {pole for pole in told if pole is not None}
    then = marks.cue("then")
    if then is not None and len(states) > 1:
        return about(then.first, then.last, marks)
    if (lost := _rejected_in_part(best)) is not None:
        return lost
    rate = marks.cue("rate")
    bounded = any(d.compare is not None for d in marks.times.durations)
    if rate is not None and not (states or marks.values or marks.flags or marks.compared or bounded):
        return about(rate.first, rate.last, marks)
    return None


def _rejected_in_part(best: Fit) -> Problem | None:
    """ "taux de rejet" of loads that have rows rejected, none of which is rejected itself: a share of the rows."""
    rate, said, known = best.marks.cue("rate"), best.marks.cue("rejected"), best.known
    if rate is None or said is None or not 0 <= max(said.first - rate.last, rate.first - said.last) <= 1:
        return None
    counted = any(f.numeric and "rejected" in f.concepts for f in known.facets.values())
    told = said_state("rejected", known, best.marks.said(said.first, said.last), best.marks)
    return about(said.first, said.last, best.marks) if counted and told is not None and none_rejected(told) else None


def _is_numeric(noun: NounMark, best: Fit) -> bool:
    return any(best.known.facets[path].numeric for _, path in noun.fields)


def about(first: int, last: int, marks: Marks) -> Problem:
    """Words that cannot be computed as they are said."""
    at = (marks.tokens[first].at[0], marks.tokens[last - 1].at[1])
    return Problem("unsupported", marks.said(first, last), (), at)


def _tellable(cue: Cue, best: Fit) -> bool:
    """Can the collection tell which of its records are in that state?"""
    tag = cue.tag
    did = tag == "open" and asks_what_was_done(best.marks.tokens)
    if (
        did
        or (tag == "opened" and says_when(best.marks.times))
        or (tag in ("failed", "rejected") and every_record_failed(best.known))
    ):
        return True
    return said_state(tag, best.known, best.marks.said(cue.first, cue.last), best.marks) is not None


def names_one(marks: Marks, known: Knowledge) -> bool:
    """ "RUN-20261120-0011963", "durée du run RUN-...": is a record named by what no other has?"""
    named = ((path, values) for mark in marks.values if _numbered(mark) for path, values in mark.options.items())
    facets = (known.facets[path] for path, values in named if len(values) == 1)
    return any(facet.text and facet.unique(known.profile.total) for facet in facets)


def _numbered(mark: ValueMark) -> bool:
    return mark.how == "whole" and any(ch.isdigit() for ch in mark.words)


def _asks(marks: Marks, known: Knowledge) -> bool:
    """Is anything to be counted or listed named? "Et pour SEPA ?" names a value alone."""
    leaning = bool(marks.tokens) and marks.tokens[0].norm in ("et", "and", "pareil", "idem")
    if leaning and not marks.has("count", "list", "when"):
        return False
    states = (*STATE_CUES, "ran")
    asked = marks.compared is not None or marks.has(
        "count",
        "list",
        "yes_no",
        "by",
        "top",
        "most",
        "last",
        "first",
        "rate",
        "when",
        "trend",
        "every",
        "more",
        "fewer",
        "compare",
        *(("how_long",) if known.roles.duration else ()),
        *_EXTREMES,
    )
    ranked = marks.values and marks.values[0].first <= 1 and known.roles.severity in marks.values[0].options
    if ranked and not leaning:
        return True  # "P1 de la semaine dernière"
    coded = bool(known.http_codes) and any(n.value in HTTP or n.value in known.http_seen for n in marks.numbers)
    stated = any(known.roles.status in v.options or v.how == "compound" for v in marks.values)
    if marks.values and _kinds_first(marks.values[0], marks, known):
        return True
    # "les pacs.008 non chiffrés de la semaine dernière"
    several = bool(marks.tokens) and marks.tokens[0].norm in _SEVERAL and (marks.flags or marks.times.ranges)
    held = marks.values or marks.flags or coded
    return bool(marks.nouns or stated or marks.has(*states) or (held and (asked or several)))


_SEVERAL = frozenset("les tous toutes all the".split())


def _kinds_first(value: ValueMark, marks: Marks, known: Knowledge) -> bool:
    """ "déploiements en production" of a `kind` deployment."""
    said = marks.tokens[value.first]
    plural = value.first <= 1 and value.last == value.first + 1 and said.norm != said.root
    return plural and any("type" in known.facets[path].concepts or tells_kinds(known, path) for path in value.options)


def _label(first: int, best: Fit) -> str | None:
    """The field that is named right before: "le service Téléphonie"."""
    before = [n for n in best.marks.nouns if n.fields and n.last == first]
    return before[0].fields[0][1] if before else None


def nearest(words: str, known: Knowledge, path: str | None = None) -> tuple[str, ...]:
    """The values that look most like these words, of that field when it is told."""
    if path is not None and (told := known.facets.get(path)) is not None and told.text:
        names_of = [str(v) for v, _ in told.profile.values]
        ranked = process.extract(words, names_of, scorer=fuzz.WRatio, limit=_NEAR)
        return tuple(name for name, _, _ in ranked)
    norm = " ".join(t.norm for t in tokens(words))
    names = {
        k: refs
        for k, refs in known.values.whole.items()
        if not known.facets[refs[0].path].long and not known.facets[refs[0].path].unique(0)
    }
    found = process.extract(norm, list(names), scorer=fuzz.WRatio, limit=_NEAR, score_cutoff=45)
    # Of "automatiques" a short value like AM is but a part.
    return tuple(str(names[k][0].value) for k, _, _ in found if len(k) >= len(norm) / 2)
