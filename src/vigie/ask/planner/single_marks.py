"""Marks that one look tells: a flag of the records, a number, a direction, a priority."""

from __future__ import annotations

import re
from collections.abc import Set

from vigie.ask.planner.acts import is_state, short_states
from vigie.ask.planner.concepts import concepts_of, same_values
from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import (
    AGGREGATES,
    HAPPENED,
    NUMBERS,
    ON_TIME,
    PARTICIPLES,
    RECEIVED,
    SCALES,
    SENT,
    SEVERAL,
)
from vigie.ask.planner.marks import FlagMark, NumberMark, ValueMark
from vigie.ask.planner.tokens import Token, key, stem
from vigie.ask.planner.values import gram

_COINS = {"keur": 1e3, "kusd": 1e3, "meur": 1e6, "musd": 1e6}
_SCALED = re.compile(r"(\d+)(k|m)")
_ARTICLES = frozenset({"un", "une"})
_PARTS = frozenset("tiers quart demi dixieme third quarter half tenth".split())
_OPEN = frozenset(
    stem(w) for w in "open opened ouvert ouverte ouvertes ouverts unresolved pending outstanding restant".split()
)


_OPPOSITES = {
    stem(word): frozenset(map(stem, other.split()))
    for pair in (
        ("manuel manual", "automatique automatic auto"),
        ("interne internal", "externe external"),
        ("synchrone synchronous", "asynchrone asynchronous async"),
    )
    for words, other in (pair, pair[::-1])
    for word in words.split()
}  # "manuelles" of a flag `automatique`


def _may_be_flag(norm: str, known: Knowledge) -> bool:
    """Nearly no word is: what is asked at each word for each collection has to be told from afar."""
    stems, concepts = known.flag_words
    said = stem(norm)
    return (
        said in stems
        or said in _OPEN
        or said in _OPPOSITES
        or norm.startswith(("un", "in", "non", "re"))
        or not concepts.isdisjoint(concepts_of(norm))
    )


def _names_a_field(token: Token, known: Knowledge) -> bool:
    """ "règles" of a field `rule`, beside a flag that "réglés" tells: a noun, unless it is written as a participle."""
    meant = concepts_of(token.norm) - {concept for _, _, own in known.flags for concept in own}
    if meant and "è" in token.text.lower():
        return True
    plain = token.norm == token.text.lower() and not token.text.endswith(PARTICIPLES)
    return plain and any(meant & facet.concepts and facet.text for facet in known.facets.values())


def _rated(grams: Grams, i: int) -> bool:
    """ "taux de | résolution", "resolution | rate": how many were resolved."""
    return any("rate" in grams.phrase(j)[1] for j in (i - 2, i - 1, i + 1) if 0 <= j < len(grams.norms))


def flag_at(grams: Grams, known: Knowledge, i: int) -> FlagMark | None:
    """ "résolues" of a field of truth values, or its opposite, "ouvertes"."""
    norm = grams.norms[i]
    outcome = "succeeded" in tags_of((norm,)) and bool(known.roles.polarity.get("succeeded"))
    for n, found in grams.values(i) if known.flag_phrases else ():
        said = next((k for k in (found.key, *found.same) if k in known.flag_phrases), None)
        if said is not None and not (outcome and known.facets[known.flag_phrases[said]].profile.repeated):
            return FlagMark(i, i + n, known.flag_phrases[said], True, grams.said(i, i + n))
        other = {form for same in found.same if n > 1 for form in _OPPOSITES.get(stem(same), ())}
        if path := next((path for path, stems, _ in known.flags if stems & other), None):
            return FlagMark(i, i + n, path, False, grams.said(i, i + n))  # "à la main" of a flag `auto`
    if norm == "resolution" and _rated(grams, i):
        path = next((path for path, _, concepts in known.flags if "resolved" in concepts), None)
        return FlagMark(i, i + 1, path, True, grams.tokens[i].text) if path is not None else None
    if (both := _two_words(grams, known, i) or _punctual(grams, known, i)) is not None:
        return both
    if not _may_be_flag(norm, known) or _names_a_field(grams.tokens[i], known):
        return None
    for path, stems, concepts in known.flags:
        if _adds_up(grams, known, i, path):
            continue
        if known.facets[path].profile.repeated and (outcome or is_state(known, norm)):
            continue  # "réussi" is said of the load, not of the `ok` of each of its checks; so is "unanswered"
        if stem(norm) in stems or (concepts_of(norm) & concepts and "id" not in concepts) or _again(norm, stems):
            value = True
        elif (
            ("resolved" in concepts and stem(norm) in _OPEN)
            or (norm.startswith(("un", "in")) and (stem(norm[2:]) in stems or concepts_of(norm[2:]) & concepts))
            or (norm.startswith("non") and stem(norm[3:]) in stems)
            or stems & _OPPOSITES.get(stem(norm), frozenset())
        ):
            value = False
        else:
            continue
        return FlagMark(i, i + 1, path, value, grams.tokens[i].text)
    return None


def _adds_up(grams: Grams, known: Knowledge, i: int, path: str) -> bool:
    """ "total de minutes", whatever flag `coupure_totale` says that something was total."""
    before = stem(grams.norms[i - 1]) if i else ""
    facet = known.facets[path]
    beside = before in facet.stems or before in facet.kin
    return (
        len(facet.words) > 1
        and not beside
        and bool(set(AGGREGATES) & set(grams.phrase(i)[1] + tags_of((grams.norms[i],))))
    )


def _again(norm: str, stems: Set[str]) -> bool:
    """ "rechargées" of a flag `reload`: what is done again, in the other language."""
    once = norm.removeprefix("re")
    return once != norm and any(own.startswith("re") and own[2:] in kin_of(once) for own in stems)


_LATE = frozenset("retard retards late overdue delayed tardif tardifs tardive tardives".split())


def _punctual(grams: Grams, known: Knowledge, i: int) -> FlagMark | None:
    """ "à l'heure", "en retard" of a flag `onTime`, `dans_les_delais` or `late`."""
    told = known.punctual
    if told is None:
        return None
    path, on_time = told
    if grams.norms[i] in _LATE:
        return FlagMark(i, i + 1, path, not on_time, grams.said(i, i + 1))
    for said in ON_TIME:
        end = i + said.count(" ") + 1
        if grams.norms[i:end] == said.split() and all(grams.free[i:end]):
            return FlagMark(i, end, path, on_time, grams.said(i, end))
    return None


def _two_words(grams: Grams, known: Knowledge, i: int) -> FlagMark | None:
    """ "corrigés automatiquement" of `auto_fixed`."""
    words = grams.words(i, 2) if known.two_words else None
    for path, stems in known.two_words if words else ():
        told = [{own for own in stems if _means(word, own)} for word in words or ()]
        if all(told) and told[0] | told[1] == stems:
            return FlagMark(i, i + 2, path, True, grams.said(i, i + 2))
    return _decided_by(grams, known, i) if known.two_words else None


_BY = frozenset("par by le la les l du of the a t il elle ont has have had been ete".split())
_GRANTED = frozenset(map(stem, "approuve approved valide validated accepte accepted autorise authorized".split()))
_REFUSED = frozenset(map(stem, "refuse refused rejete rejected decline declined denied".split()))


def _decided_by(grams: Grams, known: Knowledge, i: int) -> FlagMark | None:
    """ "approuvé | par le CAB", "rejected | by the board", "le comité a-t-il | validé" of a `cab_approved`: it is of no
    state, nor is what they refused of one."""
    end = next((j for j in range(i + 1, len(grams.norms)) if grams.norms[j] not in _BY), i)
    if end == i or not grams.free[end]:
        return None
    said = {stem(grams.norms[i]), stem(grams.norms[end])}
    act = next((one for one in said if one in _GRANTED | _REFUSED), None)
    whom = grams.norms[i] if act == stem(grams.norms[end]) else grams.norms[end]
    for path, stems in known.two_words if act is not None else ():
        told = [own for own in stems if own in _GRANTED or kin_of(own) & _GRANTED]
        if len(told) == 1 and any(_means(whom, own) for own in stems - set(told)):
            return FlagMark(i, end + 1, path, act in _GRANTED, grams.said(i, end + 1))
    return None


def _means(word: str, own: str) -> bool:
    same = {stem(word), *kin_of(word), *(stem(said) for said in same_values(key([word])))}
    return own in same


def direction_at(grams: Grams, known: Knowledge, i: int) -> ValueMark | None:
    """ "envoyés", "vers" of a field `sens` of E and R."""
    way = "sent" if grams.norms[i] in SENT else "received" if grams.norms[i] in RECEIVED else ""
    if grams.norms[i] in ("parti", "partis") and grams.norms[i + 1 : i + 2] == ["en"]:
        return None  # "partis en timeout": what became of them
    if grams.norms[i] == "vers" and known.directions and not _about(grams, i):
        way = "sent"  # "fichiers vers Nordbank"
    if not way and HAPPENED.get(grams.norms[i]) == HAPPENED["livre"] and grams.tokens[i].text.endswith(PARTICIPLES):
        way = "delivered"  # of a `sens` LIVRAISON or RECEPTION
    if way not in known.directions or _is_a_state(grams, known, i):
        return None
    path, value = known.directions[way]
    return ValueMark(i, i + 1, {path: (value,)}, "alike", grams.tokens[i].text)


def _about(grams: Grams, i: int) -> bool:
    """ "vers quelle heure", "vers 3h": a time, and nobody that something is sent to."""
    after = next((j for j in range(i + 1, len(grams.norms)) if grams.norms[j] not in _WHICH), i)
    return not grams.free[after] or grams.norms[after] in _MOMENTS


_WHICH = frozenset("quel quelle quels quelles le la les l".split())
_MOMENTS = frozenset("heure heures moment moments jour jours midi minuit date periode".split())


def _is_a_state(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "au statut envoyé", "encore envoyés" of a state SENT, which others follow: no way that records go."""
    near = set(grams.norms[max(0, i - 2) : i])
    said = any(concepts_of(norm) & {"status"} for norm in near) or bool(near & _STILL)
    held = [*known.values.exact(gram([grams.norms[i]])), *known.values.alike(gram([grams.norms[i]]))] if said else []
    return any(ref.path == known.roles.status for ref in held)


_STILL = frozenset("encore toujours still reste restes restent restees remain".split())
_OBJECTS = frozenset("a ni de d un une aucun aucune le leur its their no an any the neither".split())


def came_back(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "n'ont | reçu ni ACK ni NACK": what came back of a message, and not which way it went."""
    after = i + 1
    while after < len(grams.norms) and grams.norms[after] in _OBJECTS:
        after += 1
    received = grams.norms[i] in RECEIVED and i + 1 < after < len(grams.norms)
    return received and bool(short_states(known, grams, after))


def _thousands(grams: Grams, i: int, joint: str) -> tuple[float, int]:
    """(the number whose groups of three digits `joint` parts, where it ends): 1,000,000."""
    digits, end = grams.norms[i], i + 1
    while end < len(grams.tokens) and grams.joint(end) == joint and re.fullmatch(r"\d{3}", grams.norms[end]):
        digits, end = digits + grams.norms[end], end + 1
    return float(digits), end


_TIMES = (["fois"], ["times"], ["reprises"])
_HAVING = frozenset(
    "avec with eu eus eue eues had has have having ayant ont a connu subi essuye cumule sur across apres after".split()
)


def _at_least_two(grams: Grams, i: int) -> bool:
    """ "plusieurs fois", "avec plusieurs échecs", where "plusieurs flux" are some."""
    return grams.norms[i + 1 : i + 2] in _TIMES or grams.norms[max(0, i - 1)] in _HAVING


def number_at(grams: Grams, i: int) -> NumberMark | None:
    """In digits or in words, with its scale: "5,000", "1 million", "12,5 %", "trois"; "plusieurs fois" is twice."""
    token = grams.tokens[i]
    if token.norm in SEVERAL and _at_least_two(grams, i):
        return NumberMark(i, i + 1, 2.0)
    if re.fullmatch(r"[1-5]\d\ds", token.norm):  # "429s"
        return NumberMark(i, i + 1, float(token.norm[:3]))
    if scaled := _SCALED.fullmatch(token.norm):  # "500k"
        return NumberMark(i, i + 1, float(scaled[1]) * SCALES[scaled[2]])
    if token.norm.isdigit() and len(token.norm) < 16:
        end, value = i + 1, float(token.norm)
        joint = grams.joint(end) if end < len(grams.tokens) else ""
        if joint == "," and re.fullmatch(r"\d{3}", grams.norms[end]) and token.norm != "0":
            value, end = _thousands(grams, i, ",")  # 5,000
        elif joint in (".", ",") and grams.norms[end].isdigit():
            value, end = float(f"{token.norm}.{grams.norms[end]}"), end + 1
        elif (
            end < len(grams.tokens)
            and re.fullmatch(r"[\s\u00a0\u202f]", joint)
            and re.fullmatch(r"\d{3}", grams.norms[end])
        ):
            value, end = _thousands(grams, i, joint)
        if end < len(grams.tokens) and grams.norms[end] in SCALES:
            value, end = value * SCALES[grams.norms[end]], end + 1
        elif end < len(grams.tokens) and (scale := _COINS.get(grams.norms[end])) is not None:
            value *= scale  # "1,5 MEUR"
        percent = end < len(grams.tokens) and grams.norms[end] in ("%", "pourcent", "percent")
        if end < len(grams.tokens) and grams.norms[end] == "pour" and grams.norms[end + 1 : end + 2] == ["cent"]:
            percent, end = True, end + 1
        end += percent
    elif token.norm in _ARTICLES and grams.norms[i + 1 : i + 2] and grams.norms[i + 1] in _PARTS:
        return None  # "plus d'un tiers"
    elif token.norm in NUMBERS and (
        token.norm not in _ARTICLES or (i > 1 and {"ge", "gt"} & {*grams.phrase(i - 2)[1]})
    ):  # "au moins une", "plus d'un"
        end, value, percent = i + 1, float(NUMBERS[token.norm]), False
        if grams.norms[end : end + 1] and grams.norms[end] in SCALES and len(grams.norms[end]) > 1:
            value, end = value * SCALES[grams.norms[end]], end + 1  # "plus d'un million"
    else:
        return None
    return NumberMark(i, end, value, percent)
