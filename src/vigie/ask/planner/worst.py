"""Words that say of records what other questions say with a state: the worst are those that failed, and how often
something fails is a share."""

from __future__ import annotations

from vigie.ask.planner.cues import Cue
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import AGGREGATES
from vigie.ask.planner.marks import Marks
from vigie.ask.planner.states import STATE_CUES

_BAD = ("pire", "worst", "problem", "touche", "impact", "affect", "instab", "unstab", "souffr", "suffer", "mauvais")
_BAD_TOO = frozenset({"offender", "offenders", "noirs", "hit"})
_OFTEN = frozenset({"often", "frequence"})
_BY = frozenset({"par", "by"})  # "les plus touchés | par les timeouts"


def is_worst(marks: Marks) -> bool:
    return any(cue.tag == "most" and _bad(cue, marks) for cue in marks.cues)


def asks_where(marks: Marks) -> bool:
    """ "Où ça plante le plus ?"."""
    return bool(marks.tokens) and (marks.tokens[0].text.lower() == "où" or marks.tokens[0].norm == "where")


def worst(marks: Marks, known: Knowledge) -> Marks:
    """ "les pires flux", "les plus touchés", where runs have a state; "how often do they fail"."""
    if not known.roles.polarity.get("failed"):
        return marks
    _shares(marks, known)
    said = next((cue for cue in marks.cues if cue.tag == "most" and _bad(cue, marks)), None)
    if said is not None and not _told_otherwise(said, marks, known):
        marks.cues.append(Cue("failed", said.first, said.last))
    return marks


def _shares(marks: Marks, known: Knowledge) -> None:
    """ "how often do they fail", "un run | sur combien | échoue": shares, and no counts."""
    if not marks.has("failed", "succeeded", "rejected") and not _valued(marks, known):
        return
    norms = [token.norm for token in marks.tokens]
    plain = not marks.has("rate", "by", "most", "least")
    for n, cue in enumerate(marks.cues):
        often = plain and bool(_OFTEN & set(norms[cue.first : cue.last]))
        often = often and norms[cue.last : cue.last + 1] not in (["has"], ["have"], ["did"])  # how many times
        if cue.tag == "count" and (often or (norms[0] in ("un", "une") and norms[cue.first - 1] == "sur")):
            marks.cues[n] = Cue("rate", cue.first, cue.last)


def _valued(marks: Marks, known: Knowledge) -> bool:
    return any(known.roles.status in value.options for value in marks.values)


def _bad(cue: Cue, marks: Marks) -> bool:
    norms = [token.norm for token in marks.tokens[cue.first : cue.last]]
    return any(norm.startswith(_BAD) or norm in _BAD_TOO for norm in norms)


def _told_otherwise(said: Cue, marks: Marks, known: Knowledge) -> bool:
    """Is it said in which respect they are the worst?"""
    if marks.has(*STATE_CUES, *AGGREGATES, "rate", "longest", "shortest", "long"):
        return True
    if _valued(marks, known) or marks.flags:
        return True
    if any(cue.tag == "count" and cue.first >= said.last for cue in marks.cues):
        return True  # "le pire | en nombre d'anomalies"
    if any(token.norm in _BY for token in marks.tokens[said.last : said.last + 1]):
        return True
    numbers = (known.facets[path] for noun in marks.nouns if not noun.record for _, path in noun.fields[:1])
    return any(facet.numeric and not facet.coded for facet in numbers)
