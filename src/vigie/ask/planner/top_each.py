"""The first ones of each group, which are not computed: "top 3 des motifs par partenaire"."""

from __future__ import annotations

from vigie.ask.planner.concepts import RUNNABLE
from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.worst import is_worst

_EXTREMES = ("longest", "shortest", "largest", "smallest")


def top_of_each(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "top 3 des motifs par partenaire", "which jobs failed the most, by server"; the groups alone would be ranked."""
    noun, keys = seen.subject_noun, {key.path for key in frame.groups}
    ranked = seen.marks.has("top", "most", "least", *_EXTREMES) or frame.having
    if noun is None or not keys or not ranked:
        return None
    most = any(cue.tag in ("most", "least") and cue.last == noun.first for cue in seen.marks.cues)
    if most and all(key.bucket for key in frame.groups):
        return None  # "quel jour avec le plus de | jobs": they are counted
    if _of_runs(seen, noun, keys) or (frame.having and _with_so_many(seen, noun, keys)):
        return noun.first, noun.last
    if noun.record >= 1 or not noun.fields or frame.having or not seen.marks.has("top", "most", "least"):
        return None
    path = noun.fields[0][1]
    facet = seen.known.facets[path]
    # "le pire jour en fichiers rejetés", of records with a file each
    asked = path not in keys and path != frame.target and facet.text and not facet.unique(seen.known.profile.total)
    return (noun.first, noun.last) if asked and path != seen.known.roles.name else None


def _with_so_many(seen: Interpretation, noun: NounMark, keys: set[str]) -> bool:
    """ "chaînes avec plus de 3 anomalies, par milieu": of the chains, which no group is of."""
    after = [token.norm for token in seen.marks.tokens[noun.last : noun.last + 2]]
    named = {path for score, path in noun.fields if score >= _NAMED}
    opens = noun.first == 0 or any(cue.tag == "list" and cue.last == noun.first for cue in seen.marks.cues)
    return opens and seen.marks.has("by") and bool(named) and not named & keys and after[:1] in _WITH


_WITH = (["avec"], ["with"], ["having"], ["ayant"])
_NAMED = 1.7  # points of a field that a noun names


def _of_runs(seen: Interpretation, noun: NounMark, keys: set[str]) -> bool:
    """The names of runs: "KO des flux par serveur" ranks the servers, "le pire flux par serveur" does not."""
    name = seen.known.roles.name
    if name is None or name in keys or not seen.marks.has("by") or not noun.record:
        return False
    if noun.fields and noun.fields[0][1] in keys:
        return False  # "top 3 programs by CPU time" ranks the programs themselves
    if not noun.concepts & RUNNABLE and all(path != name for _, path in noun.fields):
        return False
    said = seen.marks.tokens[noun.first]
    for cue in seen.marks.cues:
        if cue.tag == "list" and cue.last == noun.first:
            return True  # "which jobs"
        if (cue.tag == "top" or (cue.tag == "most" and is_worst(seen.marks))) and 0 <= noun.first - cue.last <= 2:
            return True  # "top 3 | flows per entity"
        after = cue.tag in ("most", "least", *_EXTREMES) and said.norm == said.root
        if after and -4 <= noun.first - cue.last <= 1:
            return True  # "le flux | le plus lent de chaque entité", "the most failing | flow"
    return False
