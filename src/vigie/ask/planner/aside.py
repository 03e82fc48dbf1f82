"""Words that ask for nothing themselves: small ones, units, what happened on a date, verbs that only bear a number."""

from __future__ import annotations

from vigie.ask.planner.coming import helps_coming
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.cue_marks import is_unit
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import BEARING, CONSUMED, RECEIVED, SENT
from vigie.ask.planner.marks import Marks
from vigie.ask.planner.noun_marks import LINKS
from vigie.ask.planner.value_fields import sides_of
from vigie.ask.planner.value_marks import SMALL

_LEFT = frozenset({"parti", "partie", "partis", "parties"})  # "parties en timeout"


def asks_nothing(grams: Grams, known: Knowledge, marks: Marks, i: int) -> bool:
    """`marks`: what was read before."""
    token = grams.tokens[i]
    return bool(
        (token.norm in SMALL and not names_things(grams, known, i))
        or is_unit(grams, known, i)
        or known.date_of(token)
        or (grams.times.ahead and helps_coming(token))
        or (len(token.norm) == 1 and not token.text.isdigit())
        or token.norm in "<>=%€"
        or _bears(grams, known, marks, i)
        or _of_the_day(grams, i)
        or (token.norm in SENT | RECEIVED and _has_sides(known))
        or (token.norm in _LEFT and grams.norms[i + 1 : i + 2] in (["en"], ["a"], ["dans"]))
    )


def _has_sides(known: Knowledge) -> bool:
    """ "quelles applis | émettent": which field of two is meant, of who sends and who receives, it tells elsewhere."""
    return None not in sides_of([path for path, facet in known.facets.items() if facet.text], known)


def names_things(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "nombre de | comptes", "quels lots": the thing, not the verb "comptent", nor "lots of"."""
    if grams.norms[i] not in _THINGS:
        return False
    before, after = grams.norms[i - 1] if i else "", grams.norms[i + 1] if i + 1 < len(grams.norms) else ""
    if "user" in concepts_of(after) or (after and known.values.translated(after) and _of_users(known)):
        return False  # "comptes utilisateurs", "comptes verrouillés" of an outcome LOCKED of users
    return before in _BEFORE_THINGS and after != "of"


def _of_users(known: Knowledge) -> bool:
    return any(f.text and "user" in f.concepts for f in known.facets.values())


_THINGS = frozenset({"compte", "comptes", "lot", "lots"})
_BEFORE_THINGS = frozenset("de d du des of par quel quels les mes nos which what".split())


def _bears(grams: Grams, known: Knowledge, marks: Marks, i: int) -> bool:
    """ "reçoit-on | le plus", "had | more than 5"."""
    measured = (known.facets[noun.fields[0][1]].numeric for noun in marks.nouns if noun.fields)
    if grams.norms[i] in CONSUMED and any(measured):
        return True  # "CPU totale | consommée par ..."
    after = next((j for j in range(i + 1, len(grams.norms)) if grams.norms[j] not in ("t", "on", "il", "elle")), i)
    after += grams.norms[after : after + 1] == ["the"]
    compared = {"most", "least", "largest", "smallest", "gt", "ge", "lt", "le"} & set(grams.phrase(after)[1])
    return grams.norms[i] in BEARING and bool(compared)


def _of_the_day(grams: Grams, i: int) -> bool:
    """ "à quelle heure | de la journée"."""
    before = [norm for norm in grams.norms[max(0, i - 4) : i] if norm not in LINKS]
    return grams.norms[i] in ("journee", "day") and before[-1:] in (["heure"], ["heures"], ["hour"], ["hours"])
