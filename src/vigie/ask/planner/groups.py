"""By what an answer is put into groups: fields, and parts of time."""

from __future__ import annotations

import itertools

from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.lexicon import BUCKETS
from vigie.ask.planner.limits import bounds_of
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.noun_pairs import beside, first_is_head
from vigie.ask.planner.subjects import path_of
from vigie.ask.planner.time_field import time_path
from vigie.plan import Key

_KINDS = 100  # different numbers at most that are groups
_THE = frozenset({"le", "la", "les", "l", "the", "un", "une"})
_AFTER = frozenset({"selon", "fonction"})  # "selon la priorité"
_OF_THE = _THE | {"de", "du", "des", "d"}
_WEEKDAY = frozenset(("jour de la semaine", "day of the week", "jour de semaine", "weekday"))


def groups_of(seen: Interpretation) -> list[Key]:
    """ "par serveur", "per day": the fields and parts of time after such a word; "repartition par A et B"."""
    marks, known, found = seen.marks, seen.known, []
    for by in _places_by(seen):
        i = by
        genitive = marks.tokens[by - 1].norm in _AFTER or marks.tokens[by - 2].norm == "suivant"
        if genitive:
            i = next((j for j in range(i, len(marks.tokens)) if marks.tokens[j].norm not in _THE | {"de", "du"}), i)
        if i < len(marks.tokens) and marks.tokens[i].norm in _THE:
            continue  # "traités par les jobs": who does it
        while i < len(marks.tokens):
            if (dated := _date_at(seen, i)) is not None:
                seen.used.add(i)
                found.append(Key(dated.fields[0][1], "day"))
                i = dated.last
            elif (bucket := _bucket_at(seen, i)) is not None:
                seen.used |= {
                    noun.first for noun in marks.nouns if noun.first == i
                }  # "par jour" where a field is so called
                key, i = bucket
                found.append(key)
            else:
                noun = next((n for n in marks.nouns if n.first == i and n.first not in seen.used), None)
                noun = _compound(seen, noun)
                if noun is None or not (noun.fields or noun.record >= 3):
                    break
                path = path_of(seen, noun)
                measured = path is not None and known.facets[path].numeric and not known.facets[path].coded
                if path is None or (measured and marks.has("top", "most", "least")):
                    break  # "top 5 jobs by rows rejected": what they are ranked by
                if known.facets[path].profile.time is not None:
                    break  # "pages per batch" of a `traiteLe`: a moment is no group
                if measured and known.facets[path].profile.distinct > _KINDS:
                    break  # "montant moyen par opération" of a `nbOperations`: a share of it, and no group
                seen.used.add(noun.first)
                found.append(Key(path))
                i = _after_its_things(seen, path, noun.last)
            if i < len(marks.tokens) and marks.tokens[i].norm in ("et", "and"):
                i += 1
                if i < len(marks.tokens) and marks.tokens[i].norm in ("par", "per", "by"):
                    i += 1
                while genitive and i < len(marks.tokens) and marks.tokens[i].norm in _OF_THE:
                    i += 1  # "en fonction du type et | de l'environnement"
                continue
            break
    if not any(key.bucket for key in found):
        found += _adjective(seen) or _said_twice(seen)  # "nombre mensuel d'alertes par site"
    return list(dict.fromkeys(found)) or _days_that(seen)


def _places_by(seen: Interpretation) -> list[int]:
    """What follows "par"; "tous les | jours", "échecs / | jour"."""
    marks, found = seen.marks, [cue.last for cue in seen.marks.cues if cue.tag == "by"]
    each = set() if marks.has("list", "yes_no") else {cue.last for cue in marks.cues if cue.tag == "all"}
    found += [i for i in each if i < len(marks.tokens) and marks.tokens[i].norm in BUCKETS and i not in marks.timed]
    if marks.has("spread"):  # "comment se répartissent les échecs | entre les salles"
        said = (i + 1 for i, t in enumerate(marks.tokens) if t.norm in _BETWEEN)
        starts = (next((j for j in range(i, len(marks.tokens)) if marks.tokens[j].norm not in _THE), i) for i in said)
        found += [i for i in starts if any(n.first == i and n.fields for n in marks.nouns)]
    if "/" in seen.text:
        between = (seen.text[a.at[1] : b.at[0]] for a, b in itertools.pairwise(marks.tokens))
        counted = {n.first for n in marks.nouns if n.fields and seen.known.facets[n.fields[0][1]].numeric}
        slashes = [i for i, sign in enumerate(between, start=1) if sign == " / " and i not in counted]
        crossed = {cue.last for cue in marks.cues if cue.tag == "spread"}  # "croisement équipe / gravité"
        heads = {n.last: n.first for n in marks.nouns if n.first in crossed}
        found += slashes + [heads[i] for i in slashes if i in heads]
    return sorted(found)


_BETWEEN = frozenset({"entre", "between", "across", "among"})
_AGAIN = frozenset("apres after over on upon to by par".split())


def _said_twice(seen: Interpretation) -> list[Key]:
    """ "semaine après semaine", "week over week", "d'un mois à l'autre"."""
    norms, path = [token.norm for token in seen.marks.tokens], time_path(seen)
    for i, norm in enumerate(norms):
        if norm in BUCKETS and path is not None and i not in seen.marks.timed:
            again = norms[i + 1 : i + 2] and norms[i + 1] in _AGAIN and norms[i + 2 : i + 3] == [norm]
            again = again or (norms[i - 2 : i] == ["over", "the"] and norm.endswith("s"))
            if again or norms[i + 1 : i + 4] == ["a", "l", "autre"]:
                return [Key(path, BUCKETS[norm])]
    return []


def _compound(seen: Interpretation, noun: NounMark | None) -> NounMark | None:
    """ "by server location": the location, where both are fields."""
    if noun is None or noun.record >= 3 or (noun.fields and seen.known.facets[noun.fields[0][1]].numeric):
        return noun
    tokens = seen.marks.tokens
    if noun.last < len(tokens) and "/" in seen.text[tokens[noun.last - 1].at[1] : tokens[noun.last].at[0]]:
        return noun  # "salle / étage": two of them
    after = beside(seen, noun)
    if after is None or not after.fields:
        return noun
    kind = seen.marks.tokens[after.first].root in ("type", "kind", "name") and noun.fields[0][0] >= 2.5
    if kind or not seen.known.facets[after.fields[0][1]].text or first_is_head(seen, noun):
        seen.used.add(after.first)  # "per risk level" is by the risk, "per event type" of a field `event` by that
        return noun
    seen.used.add(noun.first)
    return after


def _after_its_things(seen: Interpretation, path: str, end: int) -> int:
    """Where "par famille | d'appareil" ends: of what the kinds are, which names a field as well."""
    linked = end < len(seen.marks.tokens) and seen.marks.tokens[end].norm in ("d", "de", "of")
    other = next((n for n in seen.marks.nouns if n.first == end + 1 and n.fields), None) if linked else None
    if other is None or "type" not in seen.known.facets[path].concepts:
        return end
    seen.used.add(other.first)
    return other.last


def _date_at(seen: Interpretation, i: int) -> NounMark | None:
    """ "par date comptable": a field of dates by its name."""
    named = (n for n in seen.marks.nouns if n.first == i and n.fields and n.last > i + 1)
    return next((n for n in named if seen.known.facets[n.fields[0][1]].profile.time is not None), None)


def _days_that(seen: Interpretation) -> list[Key]:
    """ "jours d'octobre avec plus de 8 abandons": a part of time that opens, and is bounded."""
    path, tokens = time_path(seen), seen.marks.tokens
    if path is None or not bounds_of(seen):
        return []
    first = next((i for i, t in enumerate(tokens[:3]) if t.norm in BUCKETS and i not in seen.marks.timed), None)
    return [] if first is None else [Key(path, BUCKETS[tokens[first].norm])]


def _bucket_at(seen: Interpretation, i: int) -> tuple[Key, int] | None:
    marks, path = seen.marks, time_path(seen)
    if path is None or i >= len(marks.tokens):
        return None
    norm = marks.tokens[i].norm
    ahead = " ".join(t.norm for t in marks.tokens[i : i + 4])
    said = next((w for w in _WEEKDAY if ahead.startswith(w)), None)
    if said is not None and i + len(said.split()) - 1 not in marks.timed:  # "chaque jour de | la semaine dernière"
        return Key(path, "weekday"), i + len(said.split())
    if ahead.startswith(("heure de la journee", "hour of the day", "heure du jour")):
        return Key(path, "hour_of_day"), i + 4
    return (Key(path, BUCKETS[norm]), i + 1) if norm in BUCKETS else None


def _adjective(seen: Interpretation) -> list[Key]:
    """ "évolution mensuelle", "monthly number", "nombre quotidien", "volume mensuel"."""
    path = time_path(seen)
    if path is None:
        return []
    read = {i for m in seen.marks.values for i in range(m.first, m.last)}
    said = (cue.last - 1 for cue in seen.marks.cues if cue.tag == "every")
    return next(([Key(path, BUCKETS[seen.marks.tokens[i].norm])] for i in said if i not in read), [])
