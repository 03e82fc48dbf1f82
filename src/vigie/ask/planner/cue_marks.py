"""Cues at a place of a question, and what only looks like one: a unit, a count by hours or months."""

from __future__ import annotations

import re

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.grams import SMALL_STATES, Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import COUNTED, CURRENCIES, SCALES
from vigie.ask.planner.numbers import SIZES, is_size
from vigie.ask.planner.polarity import POLARITIES
from vigie.ask.planner.tokens import root
from vigie.ask.planner.values import gram

STATES = frozenset(POLARITIES)
SOFT_STATES = frozenset({"rejected", "open", "opened"})  # states only where no value is called so


def cue_at(grams: Grams, known: Knowledge, i: int) -> tuple[int, tuple[str, ...]]:
    """(the end, the tags) of the longest cue that begins there and is one of this collection."""
    if is_unit(grams, known, i):
        return i, ()  # "500 Ko" is no failure
    end, tags = grams.phrase(i)
    if tags == ("compare",) and grams.norms[i] == "ecart" and grams.norms[max(i - 1, 0)] == "en":
        return i, ()  # "en écart de ..." is a state
    if (
        tags == ("compare",)
        and {"gt", "ge", "lt", "le"} & set(grams.phrase(end)[1])
        and _measures(known, grams.norms[i])
    ):
        return i, ()  # "un écart de | plus de 400 euros" of an `ecart_eur`
    if tags == ("most",) and grams.norms[i] in ("max", "maximum") and _of_a_length(grams, i, end):
        return i + 1, ("max",)  # "temps max de réponse", "maximum du temps de réponse"
    lost = tags in (("failed",), ("skipped",)) and grams.norms[i].startswith(("coupure", "saute"))
    if lost and not known.roles.polarity.get("skipped") and known.values.translated(root(grams.norms[i])):
        return i, ()  # "coupures", "ont sauté" of sessions that were dropped
    if tags == ("compare",) and end == i + 1 and known.values.exact(gram([grams.norms[i]])):
        return i, ()  # "sessions dropped" of a state Dropped
    falls = tags == ("failed",) and grams.norms[i].startswith("tomb")
    if falls and grams.norms[i + 1 : i + 3] == ["le", "plus"] and known.records.raised:
        return end, ("ran",)  # "à quelle heure tombent le plus d'alertes": they occur
    if tags == ("rate",) and "é" in grams.tokens[i].text:
        tags = ("failed",)  # "ratés" is no rate
    if tags == ("succeeded",) and _OF_MACHINES.intersection(grams.norms[i:end]) and any(map(known.records.own, _FILED)):
        return i, ()  # "combien de distributeurs fonctionnent" is told by no incident, closed as it may be
    if "every" in tags and end == i + 1 and not (counts_by(grams, i) or _beside_a_measure(grams, known, i)):
        return i, ()  # "les horaires des flux" are no hourly count
    if end > i + 1 and set(tags) & {"most", "least"}:
        # "la plus | grosse" is "plus grosse".
        further, better = grams.phrase(i + 1)
        if further > end and "cost" in concepts_of(grams.norms[i - 1]) and grams.norms[end] == "cher":
            return further, tags  # "coûte le plus cher" costs the most
        if further > end:
            return further, better
    return end, tags


def _of_a_length(grams: Grams, i: int, end: int) -> bool:
    after = next((norm for norm in grams.norms[end:] if norm not in ("de", "du", "le", "la", "l", "the")), "")
    return bool({grams.norms[i - 1] if i else "", after} & _LENGTHS)


_LENGTHS = frozenset("temps duree delai latence time duration latency delay".split())


def _beside_a_measure(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "recette mensuelle", "weekly mileage" of a number that is called so."""
    return any(_measures(known, grams.norms[j]) for j in (i - 1, i + 1) if 0 <= j < len(grams.norms))


def _measures(known: Knowledge, norm: str) -> bool:
    return any(known.facets[path].numeric for _, path in known.fields.scores([norm])[:1])


_FILED = ("incident", "ticket", "alerte", "demande")
_OF_MACHINES = frozenset(
    "fonctionne fonctionnes fonctionnent fonctionnait fonctionnaient marche marchent marchaient".split()
)


def is_unit(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "500 GB", or "en Ko" of a field in Ko."""
    norm, before = grams.norms[i], grams.norms[i - 1] if i else ""
    own = before in ("en", "in") and any(
        f.numeric and any(SIZES.get(word) == SIZES.get(norm, 0) for word in f.words) for f in known.facets.values()
    )
    own = own and not (grams.tokens[i].shouted and norm in SMALL_STATES)  # "en KO" is a state, "in GB" is not
    sized = before.isdigit() and is_size(known, norm, grams.tokens[i].shouted)
    return (norm in SIZES and own) or sized or (norm in CURRENCIES and (before.isdigit() or _scaled(grams, i)))


def _scaled(grams: Grams, i: int) -> bool:
    """ "1 million d'euros"."""
    before = [norm for norm in grams.norms[max(0, i - 3) : i] if norm not in ("de", "d", "of")]
    return bool(before) and (before[-1] in SCALES or _SCALED.fullmatch(before[-1]) is not None)


_SCALED = re.compile(r"\d+[km]")  # "2M EUR"


_MEASURED = frozenset({"amount", "size", "volume", "duration", "cost"})
_REPORTED = frozenset(
    "bilan point statistique statistiques stats chiffres synthese recap recapitulatif suivi vue rythme cadence "
    "echecs erreurs ko plantages rejets failures errors crashs incidents alertes".split()
)


def counts_by(grams: Grams, i: int) -> bool:
    """ "évolution mensuelle", "monthly number": the adjective of a count, not a value."""
    if i == 0 and (len(grams.norms) > 2 or (len(grams.norms) == 2 and grams.norms[1].endswith("s"))):
        return True  # "hourly failures yesterday", "monthly rollbacks"
    if any("rate" in grams.phrase(j)[1] for j in range(max(0, i - 3), i)):
        return True  # "taux d'échec mensuel"
    if i and grams.norms[i - 1] in _REPORTED:
        return True  # "bilan mensuel", "échecs quotidiens"
    if any(concepts_of(norm) & _MEASURED for norm in grams.norms[max(0, i - 1) : i + 2]):
        return True  # "montant mensuel", "daily volume"
    near = [grams.norms[j] for j in (i - 1, i + 1) if 0 <= j < len(grams.norms)]
    return "volume" in near or any(set(tags_of((word,))) & COUNTED for word in near)
