"""What is taken in: "stores that took more than 90,000", "magasins qui ont encaissé plus de 5 000"."""

from __future__ import annotations

from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.marks import NumberMark
from vigie.ask.planner.number_nouns import comparison
from vigie.ask.planner.tokens import stem

_TAKES = frozenset(
    "took taken take takes earned earn earns grossed made make makes brought banked "
    "encaisse encaisses encaissent realise realisent rapporte rapportent fait font".split()
)
_TAKINGS = frozenset(map(stem, "recette revenue takings turnover sales vente ca encaissement earning gain".split()))
_BESIDE = frozenset("in en dans on au during over pendant last this le la les ce cette".split())


def earned(seen: Interpretation, number: NumberMark) -> str | None:
    """The one field of what is taken in, where a bare number bounds it."""
    if not is_taken(seen, number):
        return None
    numbers = (f for f in seen.known.facets.values() if f.numeric and "id" not in f.concepts)
    found = [facet.path for facet in numbers if facet.stems & _TAKINGS]
    return found[0] if len(found) == 1 else None


def is_taken(seen: Interpretation, number: NumberMark) -> bool:
    """Does a verb of taking stand before a number that nothing is counted by?"""
    tokens, (op, first) = seen.marks.tokens, comparison(number.first, seen.marks)
    if op is None or first == 0 or tokens[first - 1].norm not in _TAKES:
        return False
    after = number.last
    return after == len(tokens) or after in seen.marks.timed or tokens[after].norm in _BESIDE
