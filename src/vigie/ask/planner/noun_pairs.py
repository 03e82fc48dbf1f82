"""Two nouns side by side, of which one only says of what the other is: "robot runs", "processus robot"."""

from __future__ import annotations

from vigie.ask.planner.field_names import SAME_SENSE, VERY_WORD
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.lexicon import PARTICIPLES
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.tokens import stem

_NEARLY_ALL = 0.95  # of the records have one: "robot runs" leaves out none
_OBJECTS = frozenset("the our us a an most more least fewer".split())
_FRENCH = frozenset("par selon chaque".split())


def beside(seen: Interpretation, noun: NounMark) -> NounMark | None:
    """The noun right after it, with nothing between them."""
    after = next((n for n in seen.marks.nouns if n.first == noun.last and (n.fields or n.record)), None)
    if after is None:
        return None
    tokens = seen.marks.tokens
    return None if seen.text[tokens[noun.last - 1].at[1] : tokens[noun.last].at[0]].strip() else after


def says_of_which(seen: Interpretation, noun: NounMark) -> bool:
    """ "how many | robot | runs", "robot | processes": English puts the thing last. Where some of the records have none
    of what the first word names, it is not clear which ones are meant."""
    after, said = beside(seen, noun), seen.marks.tokens[noun.first]
    if after is None or noun.last > noun.first + 1 or not noun.fields:
        return False
    if noun.record and not noun.record < OWN <= after.record:
        return False  # "database | jobs" of `DbJobs` are all of its jobs
    if after.record >= OWN and seen.known.records.in_its_name(said.norm):
        return False  # "support | requests" of `support_calls`, whichever team is so called
    following = seen.marks.tokens[after.last].norm if after.last < len(seen.marks.tokens) else ""
    if following in _OBJECTS:
        return False  # "which department | contacts | the desk": a verb
    head, facet = seen.marks.tokens[after.last - 1], seen.known.facets[noun.fields[0][1]]
    if not (facet.text and said.norm == said.root and head.norm != head.root):
        return False
    told = _very_word(noun, seen) and _very_word(after, seen) and after.fields[0][1] != facet.path
    if not (after.record >= OWN or "run" in after.concepts or told):
        return False
    if facet.profile.present < _NEARLY_ALL * seen.known.profile.total:
        seen.unclear = (noun.first, after.last)
    return True


def made_of(seen: Interpretation, noun: NounMark) -> NounMark | None:
    """ "campagnes de | tests", of a `tests_total`, a `tests_failed` and a `tests_passed`: what they are made of."""
    after = next((n for n in seen.marks.nouns if n.first == noun.last + 1 and n.fields and not n.record), None)
    if after is None or noun.record < OWN or seen.marks.tokens[noun.last].norm not in ("de", "d", "of"):
        return None
    said = {stem(token.norm) for token in seen.marks.tokens[after.first : after.last]}
    alike = [f for f in seen.known.facets.values() if f.numeric and said <= f.stems]
    return after if len(alike) >= _MANY else None


_MANY = 3  # fields called by the same word: none of them is meant


def says_whose(seen: Interpretation, noun: NounMark) -> NounMark | None:
    """ "appels | fournisseurs": the second noun only says with whom they are. Where some of the records have none, it
    is not clear which ones are meant."""
    after = beside(seen, noun)
    if after is None or noun.record < OWN or after.record or not after.fields or after.fields[0][0] < SAME_SENSE:
        return None
    head, said = seen.marks.tokens[noun.last - 1], seen.marks.tokens[after.last - 1]
    facet = seen.known.facets[after.fields[0][1]]
    if not facet.text or head.norm == head.root or said.norm == said.root or said.text.endswith(PARTICIPLES):
        return None  # "alertes | acquittées" of an `acked_by`: what was done to them
    if facet.profile.present < _NEARLY_ALL * seen.known.profile.total:
        seen.unclear = (after.first, after.last)
    return after


def _very_word(noun: NounMark, seen: Interpretation) -> bool:
    score, path = noun.fields[0] if noun.fields else (0.0, "")
    return score >= VERY_WORD and seen.known.facets[path].text


def first_is_head(seen: Interpretation, noun: NounMark) -> bool:
    """ "par | processus | robot": French puts the thing first."""
    before = seen.marks.tokens[noun.first - 1].norm if noun.first else ""
    return before in _FRENCH
