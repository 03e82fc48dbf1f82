"""Numbers that are nothing: "n'ont lu aucune ligne", "that read no rows", "aucune ligne lue" of a `rows_read`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.tokens import Token, root, stem

_NONE = frozenset({"aucun", "aucune", "no", "zero"})
_HAVE = frozenset({"a", "ont", "avait", "avaient"})
_HANDLED = ("handl", "process", "treat", "trait")  # whatever number of things a run has
_WITH = {"aucun": "avec", "aucune": "avec"}


def none_counted(found: Sequence[Token], i: int, knowledge: Sequence[Knowledge]) -> tuple[list[Token], int] | None:
    """(the same with a 0, how many words that were), where a field counts it; None elsewhere."""
    norms = [token.norm for token in found[i : i + 5]]
    skip = 2 if norms[:1] in (["n"], ["ne"]) and norms[1:2] and norms[1] in _HAVE else 0
    said = found[i + skip : i + skip + 3]
    if len(said) < _WORDS or (skip and norms[skip] in _NONE):
        return None
    if said[1].norm in _NONE:
        done, none, things = said
        lead = [_as(none, _WITH.get(none.norm, "with"))]
    elif said[0].norm in _NONE and i and found[i - 1].norm in {*_HAVE, "avec", "with"}:
        none, things, done = said
        lead = []
    else:
        return None
    if not any(_counts(known, things.norm, done.norm) for known in knowledge):
        return None
    return [*lead, _as(none, "0"), things, done], skip + _WORDS


def counted_after(found: Sequence[Token], i: int, knowledge: Sequence[Knowledge]) -> tuple[list[Token], int] | None:
    """ "on a | rejeté combien de lignes": combien de lignes rejetées."""
    said = found[i : i + 4]
    norms = [token.norm for token in said]
    if norms[1:2] != ["combien"] or norms[2:3] not in (["de"], ["d"]) or len(said) < _WORDS + 1:
        return None
    done, count, of, things = said
    known = any(_counts(one, things.norm, done.norm) for one in knowledge)
    return ([count, of, things, done], _WORDS + 1) if known else None


_WORDS = 3  # "lu aucune ligne"


def _as(token: Token, word: str) -> Token:
    return replace(token, text=word, norm=word, root=root(word), glued=False)


def _counts(known: Knowledge, things: str, done: str) -> bool:
    """Does one field count these things that this was done to?"""
    named = (facet for facet in known.facets.values() if facet.numeric and len(facet.words) > 1)
    if any(_called(facet, things) and _called(facet, done) for facet in named):
        return True
    alone = (facet for facet in known.facets.values() if facet.numeric and len(facet.words) == 1)
    return done.startswith(_HANDLED) and any(stem(things) in facet.stems for facet in alone)


def _called(facet: Facet, word: str) -> bool:
    words = facet.stems | facet.kin
    return stem(word) in words or bool(kin_of(word) & words) or bool(concepts_of(word) & facet.concepts)
