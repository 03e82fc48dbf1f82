"""How long lists are: "plus de 3 étapes" of records with a list of steps, where no field tells how many there are."""

from __future__ import annotations

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.field_names import NAMED
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import AGGREGATES, COUNTERS, PARTICIPLES, SEVERAL
from vigie.ask.planner.single_marks import number_at
from vigie.ask.planner.tokens import root, stem

_QUANTITIES = frozenset({*AGGREGATES, "most", "least", "count", "gt", "ge", "lt", "le"})
_LINKS = frozenset("de d des of the les le la l".split())
_REACH = 4  # words of what tells a quantity


def length_asked(grams: Grams, known: Knowledge) -> str | None:
    """The path that counts what is in the list that some words speak of: "nombre moyen d'étapes", "le plus de
    reprises", "avec 2 alertes". None where the records or a field of numbers are called so."""
    if not known.lists:
        return None
    for i, norm in enumerate(grams.norms):
        named = [path for path, facet in known.lists.items() if _called(norm, facet)]
        if len(named) != 1 or not grams.free[i] or known.records.noun(norm):
            continue
        happened, alone = _happened(grams, i), len(known.lists[named[0]].words) == 2
        if (alone or not happened) and (happened or _quantity_before(grams, i)):
            numbers = [known.facets[path] for score, path in known.fields.scores([norm]) if score >= NAMED]
            by_name = norm != root(norm) and stem(norm) in known.lists[named[0]].stems
            if by_name:  # "plus de 3 volumes" of a list of them, whatever `totalGb` is the volume of
                numbers = [facet for facet in numbers if stem(norm) in facet.stems]
            return None if any(facet.numeric for facet in numbers) else named[0]
    return None


def _called(norm: str, facet: Facet) -> bool:
    """In either language, by all that the list is called."""
    own = facet.words[1:]
    return stem(norm) in facet.stems | facet.kin or bool(len(own) == 1 and concepts_of(norm) & facet.concepts)


def _happened(grams: Grams, i: int) -> bool:
    """ "repris plus de 2 fois", "relancés": of a list that is called by that alone."""
    return grams.tokens[i].text.endswith((*PARTICIPLES, "is", "ise", "ises"))


def _quantity_before(grams: Grams, i: int) -> bool:
    first = i  # of the links between
    while first > 0 and grams.norms[first - 1] in _LINKS:
        first -= 1
    if first > 0 and grams.norms[first - 1] in SEVERAL | COUNTERS:
        return True
    for n in range(max(0, first - _REACH), first):
        end, tags = grams.phrase(n)
        number = number_at(grams, n)
        if (first <= end <= i and _QUANTITIES & set(tags)) or (number is not None and number.last == first):
            return True
    return False
