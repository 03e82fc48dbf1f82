"""Errors that are counted, and those that a field of messages tells."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
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
