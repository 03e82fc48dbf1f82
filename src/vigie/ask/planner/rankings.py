"""Rankings: the most, the longest, the largest, and groups whose number is bounded."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.absences import counts
from vigie.ask.planner.aggregates import measure_noun
from vigie.ask.planner.concepts import RUNNABLE
from vigie.ask.planner.earned import earned
from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.limits import SHOWN, bounds_of, counts_times, limit_of, places_of
from vigie.ask.planner.marks import NounMark, NumberMark
from vigie.ask.planner.number_nouns import comparison
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.tokens import stem
from vigie.ask.planner.worst import asks_where, is_worst
from vigie.plan import Key


def bounded(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """Groups whose number is bounded: "plus de 3 fois", "taux > 25 %"."""
    bounds = bounds_of(seen)
    group = frame.groups or ((Key(frame.subject),) if frame.subject else _names(seen, frame, noun))
    if not bounds or not group or (any(key.bucket for key in group) and seen.marks.has("by", "trend", "every")):
        return None
    if (apart := _different(seen, group)) is not None and frame.aggregate in ("count", "distinct"):
        frame = replace(frame, aggregate="distinct", target=apart)
    total = next((path for number in seen.rest if (path := number.of or earned(seen, number))), None)
    if total is not None and frame.aggregate == "count":
        frame = replace(frame, aggregate="sum", target=total)
    counted = not frame.groups and counts(seen, noun) and not seen.marks.has("list")
    return replace(frame, ask="number", groups=group, having=bounds, order="desc", counted=counted)


def _names(seen: Interpretation, frame: Frame, noun: NounMark | None) -> tuple[Key, ...]:
    """ "contrôles | en échec au moins deux fois", "dont la durée moyenne ...": what records are of, and none itself."""
    name = seen.known.roles.name
    if name is None or noun is None:
        return ()
    if noun.record < OWN:
        return (Key(name),) if _had_more(seen, noun) else ()
    after = {t.norm for t in seen.marks.tokens[noun.last :]}
    averaged = frame.aggregate in ("avg", "median", "p95") and bool(after & _WHOSE)
    times = frame.aggregate == "count" and any(
        counts_times(seen, number) or _so_many_states(seen, noun, number) for number in seen.rest
    )
    return (Key(name),) if averaged or times else ()


def _so_many_states(seen: Interpretation, noun: NounMark, number: NumberMark) -> bool:
    """ "contrôles | avec plus de 3 | échecs": no record fails so often."""
    states = {placed.first for placed in seen.states}
    return noun.last <= number.first and number.last in states and bool(comparison(number.first, seen.marks)[0])


def _had_more(seen: Interpretation, noun: NounMark) -> bool:
    """ "certificates | with more than 3 failed renewals" of `certRenewals`, named by the certificates."""
    name = seen.known.facets[seen.known.roles.name or ""]
    own = any(map(seen.known.records.own, name.words)) or name.unique(seen.known.profile.total)
    if own or noun.fields or noun.record <= 1 or "run" in noun.concepts:
        return False
    records = [n.first for n in seen.marks.nouns if n.record >= OWN]
    bounds = (n.last for n in seen.rest if n.first >= noun.last and comparison(n.first, seen.marks)[0])
    return any(0 <= first - last <= 1 for first in records for last in bounds)


_WHOSE = frozenset("dont whose ayant having with avec where".split())


def _different(seen: Interpretation, group: tuple[Key, ...]) -> str | None:
    """ "vus sur plus de 7 applications": how many different ones each has."""
    for number in seen.rest:
        noun = next((n for n in seen.marks.nouns if n.first == number.last and n.fields and n.record < OWN), None)
        apart = noun is not None and any(c.tag == "distinct" and c.first == noun.last for c in seen.marks.cues)
        if noun is not None and noun.record >= 1 and not apart:
            continue
        if noun is not None and noun.concepts & RUNNABLE and not apart:
            continue  # "plus de 15 jobs en anomalie": runs, before names
        if noun is not None and "error" in noun.concepts:
            continue  # "au moins 10 erreurs 404" happened, and are no kinds of errors
        path = noun.fields[0][1] if noun is not None else None
        if path is not None and seen.known.facets[path].text and path not in {key.path for key in group}:
            return path
    return None


def ranked(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    marks, known = seen.marks, seen.known
    if frame.aggregate == "share" and frame.subject and marks.has("largest", "smallest") and not frame.groups:
        order = "asc" if marks.has("smallest") else "desc"  # "le taux de réussite le plus bas"
        limit = places_of(seen, noun)
        return replace(frame, ask="number", groups=(Key(frame.subject),), order=order, limit=limit)  # type: ignore[arg-type]
    if marks.has("longest", "shortest", "largest", "smallest") and not frame.groups:
        return _extremes(seen, frame, noun)
    peak = frame.aggregate in ("max", "min") or (
        frame.aggregate in ("sum", "avg", "median", "share") and marks.has("max", "min")
    )
    if peak and frame.subject and not frame.groups and _asked_for(seen, noun):
        order = "asc" if marks.has("min") else "desc"  # "which queue had the highest depth", "the highest total"
        limit = places_of(seen, noun)
        return replace(frame, ask="number", groups=(Key(frame.subject),), order=order, limit=limit)  # type: ignore[arg-type]
    sorted_by = any(a.tag == "by" and b.tag == "count" and b.first == a.last for a in marks.cues for b in marks.cues)
    if sorted_by and frame.subject and not marks.has("top", "most", "least") and not frame.groups:
        return replace(frame, ask="number", groups=(Key(frame.subject),), order="desc", aggregate="count", target=None)
    if not marks.has("top", "most", "least"):
        return None
    order = "asc" if marks.has("least") != _turned(seen, frame) else "desc"
    group = frame.groups or ((Key(frame.subject),) if frame.subject and not asks_where(marks) else ())
    if not group and noun is not None and frame.aggregate == "sum" and (noun.record >= OWN or _is_a_run(noun)):
        limit = places_of(seen, noun)  # "les pods qui ont le plus redémarré"
        shown = replace(frame, ask="records", order_path=frame.target, limit=limit, aggregate="count", target=None)
        return replace(shown, order="asc" if order == "asc" else "desc")
    if not group:
        other = _other_dimension(seen, frame, noun)
        if other is None:
            return None
        group = (Key(other),)
    if frame.aggregate == "distinct":
        frame = replace(frame, aggregate="count", target=None)
    most = {cue.last for cue in marks.cues if cue.tag == "most"}  # of what follows
    bare = any(n.first in most for n in marks.nouns if n.record >= OWN and not n.fields)  # "the most commands"
    if frame.aggregate == "sum" and bare and not marks.has("sum"):
        frame = replace(frame, aggregate="count", target=None)
    measured = frame.target if frame.aggregate != "count" else None
    named = most & ({n.first for n in marks.nouns if n.record >= OWN} | {v.first for v in marks.values})
    bounded = any(c.path == known.roles.duration for c in frame.conds)  # "le plus de jobs longs (> 30 min)"
    counted = bool(named) or bounded or marks.has("failed")
    if measured is None and marks.has("long") and known.roles.duration and not counted:
        frame = replace(frame, aggregate="avg", target=known.roles.duration)
    norms = {t.norm for t in marks.tokens}
    places = None if norms & {"classement", "ranking"} else _PODIUM if "podium" in norms else SHOWN
    return replace(frame, ask="number", groups=group, order=order, limit=limit_of(seen) or places)  # type: ignore[arg-type]


def _is_a_run(noun: NounMark) -> bool:
    """ "quelle exécution a traité le plus de lignes"."""
    return noun.record > 0 and "run" in noun.concepts and not noun.fields


def _turned(seen: Interpretation, frame: Frame) -> bool:
    """ "le meilleur taux de réussite" is the highest, "the worst success rate" the lowest."""
    well = any(cond.polarity == "succeeded" for cond in frame.part)
    best = any(cue.tag == "least" and seen.marks.tokens[cue.first].norm in _BEST for cue in seen.marks.cues)
    return well and frame.aggregate == "share" and (best or is_worst(seen.marks))


_BEST = frozenset("meilleur meilleurs meilleure meilleures best".split())
_PODIUM = 3  # places


def _asked_for(seen: Interpretation, noun: NounMark | None) -> bool:
    """ "quelle file ...": the noun that the question asks for."""
    return noun is not None and any(c.tag == "list" and 0 <= noun.first - c.last <= 1 for c in seen.marks.cues)


def _other_dimension(seen: Interpretation, frame: Frame, noun: NounMark | None) -> str | None:
    """ "les erreurs les plus fréquentes": by their code, else by their name."""
    roles = seen.known.roles
    if asks_where(seen.marks):
        facets = [f for f in seen.known.facets.values() if f.text and f.concepts & {"host", "site", "city"}]
        return facets[0].path if len(facets) == 1 else None
    named = is_worst(seen.marks) or frame.aggregate == "sum"  # no code has the most lines
    named = named or (noun is not None and noun.record >= OWN and "error" not in noun.concepts)
    return roles.name if named and roles.name else roles.code or roles.name


def _extremes(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """The longest runs; with an average, the slowest flows."""
    marks, roles = seen.marks, seen.known.roles
    measure = measure_noun(seen)
    facet = seen.known.facets.get(measure or "")
    path = measure if facet is not None and facet.unit is not None else roles.duration
    if marks.has("largest", "smallest"):
        path = frame.target or measure or _size(seen) or roles.duration
    down = marks.has("longest", "largest")
    if path is not None and _spends(seen, frame):
        frame = replace(frame, aggregate="sum", target=path)
    elif roles.duration is not None and _as_a_habit(seen, frame):
        frame = replace(frame, aggregate="avg", target=roles.duration)
    averaged = frame.aggregate in ("avg", "median", "sum", "p95") and frame.target is not None
    target = seen.known.facets.get(frame.target or "")
    lasting = averaged and marks.has("longest", "shortest") and target is not None and target.unit is None
    if lasting and roles.duration and frame.target != roles.duration:
        frame = replace(frame, target=roles.duration)  # "the longest average load", whatever `rows_loaded` counts
    if averaged and (frame.subject or frame.groups):
        group = frame.groups or (Key(frame.subject),)  # type: ignore[arg-type]
        return replace(
            frame, ask="number", groups=group, order="desc" if down else "asc", limit=limit_of(seen) or SHOWN
        )
    if path is None:
        return None
    limit = places_of(seen, noun)
    return replace(
        frame,
        ask="records",
        order="desc" if down else "asc",
        order_path=path,
        limit=limit,
        aggregate="count",
        target=None,
    )


def _as_a_habit(seen: Interpretation, frame: Frame) -> bool:
    """ "quel site archive le plus vite": on average, where "le plus rapide" may be one record of all."""
    subject, said = seen.known.facets.get(frame.subject or ""), seen.marks.cue("longest", "shortest")
    if subject is None or said is None or frame.aggregate != "count" or subject.unique(seen.known.profile.total):
        return False
    return bool({token.norm for token in seen.marks.tokens[said.first : said.last]} & _ADVERBS)


_ADVERBS = frozenset("vite rapidement lentement quickly slowly".split())


def _spends(seen: Interpretation, frame: Frame) -> bool:
    """ "quel technicien a passé le plus de temps": people spend it on all that they do, where a run takes it once."""
    subject, said = seen.known.facets.get(frame.subject or ""), seen.marks.cue("longest", "shortest")
    if subject is None or said is None or frame.aggregate != "count":
        return False
    time = {token.norm for token in seen.marks.tokens[said.first : said.last]} & {"temps", "time"}
    return bool(time) and bool(subject.concepts & {"user", "team"})


# What adjectives of size are about: the words of fields that tell it.
_OF_A_KIND = {
    ("lourd", "heav", "leger", "legere", "light"): frozenset(map(stem, "weight poids masse mass tonnage kg".split())),
    ("cher", "couteu", "expensive", "costl", "cheap"): frozenset(
        map(stem, "cost cout price prix tarif tariff fee frais".split())
    ),
    ("haut", "tall"): frozenset(map(stem, "height hauteur altitude".split())),
    ("loin", "eloign", "far", "distant"): frozenset(map(stem, "distance km kilometre mileage".split())),
}
_COSTLY = ("cher", "couteu", "expensive", "costl", "cheap")


def _size(seen: Interpretation) -> str | None:
    """What "plus gros" is about where no field is named: a size, a volume, an amount, a number of lines; what "plus
    lourd" is, first of all, where a field tells weights."""
    numbers = [facet for facet in seen.known.facets.values() if facet.numeric and "id" not in facet.concepts]
    cues = [cue for cue in seen.marks.cues if cue.tag in ("largest", "smallest")]
    said = [token.norm for cue in cues for token in seen.marks.tokens[cue.first : cue.last]]
    for starts, words in _OF_A_KIND.items():
        own = [f.path for f in numbers if words & {*f.stems, *f.words}]
        if own and any(norm.startswith(starts) for norm in said):
            return own[0]
    costly = any(t.norm.startswith(_COSTLY) for t in seen.marks.tokens)
    for concept in ("cost", "amount") if costly else ("size", "volume", "amount", "cost", "records"):
        for facet in numbers:
            if concept in facet.concepts:
                return facet.path
    return None
