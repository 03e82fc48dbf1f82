"""Fields that their names tell: flags, when a record is due, whether it came on time, which way it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.polarity import polarity_of
from vigie.ask.planner.tokens import root, stem
from vigie.ask.words import STOP
from vigie.plan import Scalar

_WAYS = frozenset({"sens", "direction", "dir"})
_DUE = frozenset(map(stem, "due deadline echeance limite".split()))

IS = frozenset({"is", "has", "was", "ind", "flag", "est", "top"})  # `isRollback`, `ind_mfa`
_QUALITIES = frozenset({"blocking"})  # "bloquantes" of a `release_blocker`
_PARTICLES = frozenset("back up down out in on off over time".split())


def flags(
    facets: Mapping[str, Facet], names_records: Callable[[str], float]
) -> list[tuple[str, frozenset[str], frozenset[str]]]:
    """(path, stems, concepts) of each, by the words that do not name the records themselves."""
    found = []
    for f in facets.values():
        if not f.flag:
            continue
        own = [w for w in f.words if w not in IS and not names_records(w)] or list(f.words)
        if any(len(w) < 2 for w in own) or "hors" in own:
            own = []  # `aJour`, `horsDelai` are told whole
        own = [w for w in own if w not in STOP]  # `sur_site`
        if len(f.words) > 1:
            own = [w for w in own if w not in _PARTICLES]  # "backed up" is no `rolledBack`, "time" no `onTime`
        # One word of several means something else: "sorti" is of no `retourArriere`.
        concepts = frozenset(c for w in own for c in concepts_of(w))
        concepts = concepts if len(own) == 1 else concepts & _QUALITIES
        concepts -= {"duration"}  # "délai" is no `onTime`
        same = kin_of(own[0]) | frozenset(map(stem, spelled(tuple(own)))) if len(own) == 1 else frozenset()
        found.append((f.path, frozenset(stem(w) for w in own) | f.extra | same, concepts))
    return found


def due(facets: Mapping[str, Facet]) -> str | None:
    """The field of dates by which records have to be dealt with."""
    dates = (f for f in facets.values() if f.profile.time is not None and not f.profile.repeated)
    named = [f.path for f in dates if f.stems & _DUE]
    return named[0] if len(named) == 1 else None


def punctual(facets: Mapping[str, Facet]) -> tuple[str, bool] | None:
    """(field, what it says of what came on time), where a field of truth values tells that."""
    for f in facets.values():
        said = set(f.words)
        if f.flag and (said >= {"on", "time"} or said >= {"dans", "delais"} or said & {"ponctuel", "punctual"}):
            return f.path, True
        if f.flag and (said & {"late", "retard", "overdue", "delayed"} or said >= {"hors", "delai"}):
            return f.path, False
    return None


def tells_way(facet: Facet) -> bool:
    """Is the field called by the way that records go?"""
    return bool(_WAYS & set(facet.words))


def directions(facets: Mapping[str, Facet]) -> Mapping[str, tuple[str, Scalar]]:
    """sent, received -> (field, value), where a direction is told by a letter, E and R, E and S, I and O, or by such
    words; delivered where what is not received is that."""
    for f in filter(tells_way, facets.values()):
        values = {v: str(v).upper() for v, _ in f.profile.values}
        if f.profile.distinct != 2:
            continue
        for sent, received in _PAIRS:
            if set(values.values()) == {sent, received}:
                told = {said: value for value, said in values.items()}
                ways = {"sent": (f.path, told[sent]), "received": (f.path, told[received])}
                return ways | {"delivered": ways["sent"]} if sent in _DELIVERED else ways
    return {}


_DELIVERED = frozenset("LIVRAISON DELIVERY DELIVER".split())
_PAIRS = (
    ("E", "R"),
    ("S", "E"),
    ("S", "R"),
    ("O", "I"),
    ("OUT", "IN"),
    ("ISSUED", "RECEIVED"),
    ("SENT", "RECEIVED"),
    ("EMIS", "RECU"),
    ("SORTANT", "ENTRANT"),
    ("SORTANTE", "ENTRANTE"),
    ("SORTIE", "ENTREE"),
    ("OUTBOUND", "INBOUND"),
    ("OUTGOING", "INCOMING"),
    ("OUTPUT", "INPUT"),
    ("ENVOYE", "RECU"),
    ("ENVOI", "RECEPTION"),
    ("EMISSION", "RECEPTION"),
    ("EMI", "REC"),
    ("ENV", "REC"),
    ("SND", "RCV"),
    ("UPLOAD", "DOWNLOAD"),
    ("SEND", "RECEIVE"),
    ("LIVRAISON", "RECEPTION"),
    ("DELIVERY", "RECEIPT"),
    ("DELIVER", "RECEIVE"),
)


def names_a_field(noun: str, facets: Mapping[str, Facet]) -> bool:
    """A noun that is the whole name of a field of kinds, or what is measured: "écart" of `ecart_eur`, whatever else is
    ÉCARTÉ."""
    if noun.endswith(("ment", "ments")):
        return any(f.text and f.words == (root(noun),) and not f.above for f in facets.values())
    return polarity_of(noun) is None and any(f.numeric and f.words[:1] == (root(noun),) for f in facets.values())
