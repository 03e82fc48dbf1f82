"""Errors that are counted, and those that a field of messages tells."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.field_names import VERY_WORD
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import NUMBERS
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.rivals import of_a_rate
from vigie.ask.words import STOP

_ERRORS = frozenset("error errors erreur erreurs".split())
_ASKING = frozenset("quel quelle quels quelles which what top type types sans without aucun aucune no".split())
_OFTEN = ("frequent", "courant", "common", "recurrent")


def errors_happened(grams: Grams, known: Knowledge, i: int, fields: Sequence[tuple[float, str]]) -> bool:
    """ "error rate", "errors per service" of calls that fail and have an `errorMessage` each: how many failed, and not
    how many have which message. "quelles erreurs", "sans erreur" are of the messages."""
    named = [known.facets[path] for _, path in fields]
    told = known.roles.polarity.get("failed") and known.roles.status
    if grams.norms[i] not in _ERRORS or not told or any(facet.numeric for facet in named):
        return False
    if of_a_rate(grams, i):
        return True
    before = [norm for norm in grams.norms[:i] if norm in _ASKING or not (norm in STOP or norm.isdigit())]
    kinds = before[-1:] and before[-1] in _ASKING
    often = any(norm.startswith(_OFTEN) for norm in grams.norms)
    return bool(named) and (named[0].long or "message" in named[0].concepts) and not (kinds or often)


def kinds_of_errors(grams: Grams, known: Knowledge, i: int) -> NounMark | None:
    """ "the most frequent | errors", "top 3 des | erreurs": their codes, whatever state is called an error; not what
    has the most of them: "les clients aux erreurs les plus fréquentes"."""
    code = known.facets.get(known.roles.code or "")
    if grams.norms[i] not in _ERRORS or code is None or not code.text or known.records.own(grams.norms[i]):
        return None
    before = [norm for norm, free in zip(grams.norms[:i], grams.free[:i], strict=True) if free]
    ranked = any(norm in _RANKED or norm.startswith(_OFTEN) for norm in before)
    often = any(norm.startswith(_OFTEN) for norm in grams.norms[i + 1 : i + 5])
    alone = all(norm in _SMALL or norm.isdigit() or _ranks(norm) for norm in before)
    after = grams.norms[i + 1 : i + 3]
    told = after[:1] in (["par"], ["by"], ["per"]) or (after[:1] == ["de"] and after[1:] == ["type"])
    if not alone or told or not (often or ranked):
        return None
    return NounMark(i, i + 1, 0.0, ((VERY_WORD, code.path),), grams.said(i, i + 1))


def _ranks(norm: str) -> bool:
    return norm in _RANKED or norm.startswith(_OFTEN) or bool(set(tags_of((norm,))) & _LISTS)


_SMALL = STOP | NUMBERS.keys()
_RANKED = frozenset("top principale principales main major".split())
_LISTS = frozenset({"list", "top", "most"})
