"""What records have that others lack: "fichiers avec un montant mais sans devise", "changes with an approver"."""

from __future__ import annotations

from vigie.ask.planner.facets import Facet
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import Marks, NounMark
from vigie.ask.planner.noun_marks import LINKED
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.tokens import stem

_WITH = frozenset("avec ayant with having".split())
_ONE = frozenset("un une a an".split())
_ENDS = frozenset("mais et but and sans without".split())  # what may follow: no word that says which one
_BY_NAME = 1.7  # points of a field that is called so


def with_one(marks: Marks, known: Knowledge) -> list[Placed]:
    """Conditions that a field is there, where some records have none of it and none is empty all the same."""
    found = []
    for noun in marks.nouns:
        said = [token.norm for token in marks.tokens[max(0, noun.first - 2) : noun.first]]
        score, path = noun.fields[0] if noun.fields else (0.0, "")
        if said[-1:] and said[-1] in _WITH and path and not noun.record and _in_some(noun, known.facets[path], known):
            found.append(
                Placed(Cond(path, "present", (), marks.said(noun.first - 1, noun.last)), noun.first - 1, noun.last)
            )
            continue
        if len(said) < 2 or said[0] not in _WITH or said[1] not in _ONE or noun.record or not _alone(noun, marks):
            continue
        if score < _BY_NAME or not _tells_one(known.facets[path], known):
            continue
        first = noun.first - 2
        found.append(Placed(Cond(path, "present", (), marks.said(first, noun.last)), first, noun.last))
    return found


def _in_some(noun: NounMark, facet: Facet, known: Knowledge) -> bool:
    """ "avec retry" of a list `retries` that some have: its name, and no field of its elements."""
    named = noun.last == noun.first + 1 and stem(noun.words.lower()) in facet.above_stems - facet.stems
    return named and facet.profile.repeated and facet.profile.present > 0


def _alone(noun: NounMark, marks: Marks) -> bool:
    """Does nothing after it say which one, or how much?"""
    at = noun.last
    at += at < len(marks.tokens) and marks.tokens[at].norm in LINKED  # "un échange | rattaché"
    return at == len(marks.tokens) or at in marks.timed or marks.tokens[at].norm in _ENDS


def _tells_one(facet: Facet, known: Knowledge) -> bool:
    """Do only some records have it, and no zero that says there was none?"""
    some = 0 < facet.profile.present < known.profile.total and facet.profile.time is None
    return some and not facet.flag and (not facet.numeric or facet.above_zero)
