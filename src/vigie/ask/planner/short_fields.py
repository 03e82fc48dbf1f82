"""Fields of few letters, which are said as other words are: "par CA", "quelle CA" of a field `ca`."""

from __future__ import annotations

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.field_names import VERY_WORD
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.value_marks import whole_at

_LONGEST = 3  # letters of such a name
_THE = frozenset({"le", "la", "l", "the"})  # before the name and a value of it: "la CA CertEuro"
_ASKING = frozenset("quel quelle quels quelles which what chaque each every".split())


def short_field_at(grams: Grams, known: Knowledge, i: int) -> NounMark | None:
    """The field that a word right after "par", "quelle" is the whole name of, whatever value it begins as well."""
    token = grams.tokens[i]
    if not i or len(token.norm) > _LONGEST or grams.glued(i) > i + 1 or not token.norm.isalpha():
        return None
    if concepts_of(token.norm) or known.records.noun(token.norm):
        return None  # "l'API kyc-check"
    asked = grams.norms[i - 1] in _ASKING or "by" in grams.phrase(i - 1)[1]
    asked = asked or (token.shouted and grams.norms[i - 1] in ("des", "les", "of"))  # "top 5 des | CI"
    if not asked and grams.norms[i - 1] not in _THE:
        return None
    path = next((f.path for f in known.facets.values() if f.words == (token.norm,) and f.text and not f.above), None)
    if not asked and (i + 1 == len(grams.norms) or all(ref.path != path for ref in whole_at(grams, known, i + 1)[1])):
        return None
    return NounMark(i, i + 1, 0.0, ((VERY_WORD, path),), token.text) if path is not None else None
