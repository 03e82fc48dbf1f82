"""A condition and where its words stand; whether something negates what begins at a place."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.ask.planner.frame import Cond
from vigie.ask.planner.lexicon import ARTICLES, PARTICIPLES
from vigie.ask.planner.marks import Marks, NounMark

NEGATING = ("not", "except", "without")


@dataclass(frozen=True, slots=True)
class Placed:
    """A condition and where its words stand."""

    cond: Cond
    first: int
    last: int
    negated: bool = False


def negated(first: int, marks: Marks) -> bool:
    """Is a negation said of what begins here? Between them only articles, a label, values of the same list."""
    values = {i for m in marks.values for i in range(m.first, m.last)}
    labels = {i for m in marks.nouns if not _happened(m, marks) for i in range(m.first, m.last)}
    flags = {i for flag in marks.flags for i in range(flag.first, flag.last)}
    i = first - 1
    listed = False
    for _ in range(10):
        if i < 0 or i in marks.timed:
            return False
        if any(cue.first <= i < cue.last and cue.tag in NEGATING for cue in marks.cues):
            lacked = next((n for n in marks.nouns if i < n.first <= i + 3), None)
            lacks = any(cue.first <= i < cue.last and cue.tag == "without" for cue in marks.cues)
            if lacks and lacked is not None and _became(first, lacked, marks):
                return False
            if not lacks or lacked is None or lacked.record >= 3:
                return True
            # "without a host in the disk category", "sans valideur | en | prod" say nothing of the disk, of production.
            where = {marks.tokens[first - 1].norm, marks.tokens[first].norm} & _WHERE  # "sans code | en échec"
            return first - lacked.last <= 1 and not where
        norm = marks.tokens[i].norm
        if norm in _CONJUNCTIONS:
            listed = True
        elif i in flags and not listed and first not in flags:
            return False  # "non-urgent requests | rejected"
        elif i in values or marks.tokens[i].glued:
            if not listed and i in values and not _same_value(i, i + 1, marks):
                return False
        elif i not in labels and norm not in _SKIPPED and not _at_whom(i, marks) and not _done_by(i, marks):
            return False
        i -= 1
    return False


_WHERE = frozenset("en dans sur in on a au aux at chez pour for".split())


def _at_whom(i: int, marks: Marks) -> bool:
    """ "sauf | chez STET", "except | for PROD"."""
    return marks.tokens[i].norm in _AT and any(cue.last == i and cue.tag == "except" for cue in marks.cues)


def _done_by(i: int, marks: Marks) -> bool:
    """ "not | done by | Zoé", "pas | faites par | automate"."""
    by = next((j for j in (i, i + 1) if marks.tokens[j : j + 1] and marks.tokens[j].norm in ("by", "par")), 0)
    return by > 0 and (marks.tokens[by - 1].norm in _DID or marks.tokens[by - 1].text.endswith(PARTICIPLES))


_DID = frozenset("done made run fait faits faite faites".split())
_AT = frozenset("chez pour avec par via cote vers for with by from at".split())


def _became(first: int, lacked: NounMark, marks: Marks) -> bool:
    """ "sans motif | rejetées", "sans analyste | ouvertes": what became of the records, beside a field that lacks."""
    if lacked.record or not lacked.fields:
        return False
    if any(cue.first == first and cue.tag in _STILL for cue in marks.cues):
        return lacked.last == first and not lacked.concepts & _TROUBLES
    value = next((m for m in marks.values if m.first == first), None)
    if value is None or not marks.tokens[first].text.endswith(PARTICIPLES):
        return False
    return lacked.fields[0][1] not in value.options


_STILL = frozenset({"open", "opened", "failed", "running", "waiting", "succeeded"})
_TROUBLES = frozenset({"error", "rejected", "incident", "alert", "status", "run", "job", "flow", "process"})


def _happened(noun: NounMark, marks: Marks) -> bool:
    """ "n'ont pas été | déployées | en prod"."""
    return noun.record >= 3 and marks.tokens[noun.last - 1].text.endswith(PARTICIPLES)


_SKIPPED = ARTICLES | frozenset("to encore yet already".split())  # "pas encore signés"
_CONJUNCTIONS = frozenset({"et", "ou", "and", "or", "ni", "nor"})


def _same_value(i: int, j: int, marks: Marks) -> bool:
    return any(m.first <= i < m.last and m.first <= j < m.last for m in marks.values)
