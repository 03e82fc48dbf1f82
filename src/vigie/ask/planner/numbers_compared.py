"""Two numbers of one record, one held against the other: "plus de lignes rejetées que de lignes chargées"."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner.comparing import AMOUNTS, APART, DUE, PLANNED, REACH, SKIPPED, Compared, comparing_at, is_due
from vigie.ask.planner.field_names import NAMED
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import AGGREGATES
from vigie.ask.planner.tokens import stem
from vigie.ask.words import STOP
from vigie.plan import MINUS, Op

_AUXILIARIES = SKIPPED | frozenset("not have has had do does".split())
_THAN = (["que"], ["than"], ["qu"])
_OF_SOME = frozenset("avec with ont un a any des have has".split())


def over_another(grams: Grams, known: Knowledge) -> Compared | None:
    """ "lignes rejetées supérieures aux lignes chargées", "plus longtemps que prévu"."""
    for i in range(len(grams.norms)):
        end, op = comparing_at(grams, i)
        right, last = _number_after(grams, known, end) if op is not None else (None, end)
        if op is None or right is None:
            continue
        left, first = _number_before(grams, known, i)
        if left in (None, right):
            left, first = _measured(right, known), i
        return _difference(grams, known, left, right, op, (first, last))
    return None


def more_of_one(grams: Grams, known: Knowledge) -> Compared | None:
    """ "plus de lignes rejetées que de lignes chargées", "fewer rows written than read"."""
    for i, norm in enumerate(grams.norms):
        op = AMOUNTS.get(norm) if grams.free[i] else None
        left, end = _number_after(grams, known, i + 1) if op is not None else (None, i)
        if op is None or left is None or grams.norms[end : end + 1] not in _THAN:
            continue
        right, last = _number_after(grams, known, end + 1)
        if right is not None:
            return _difference(grams, known, left, right, op, (i, last))
    return None


def both(grams: Grams, known: Knowledge) -> Compared | None:
    """ "lignes lues et écrites différentes", "un écart entre lignes lues et lignes écrites"."""
    for i, norm in enumerate(grams.norms):
        if norm not in ("et", "and") or not grams.free[i]:
            continue
        left, first = _number_before(grams, known, i)
        right, last = _number_after(grams, known, i + 1)
        if left is None or right is None:
            continue
        if first >= 2 and grams.norms[first - 1] in ("entre", "between") and grams.norms[first - 2] in APART:
            some = _of_some(grams, first - 2)
            return _difference(grams, known, left, right, "not_in", (first - 2, last)) if some else None
        end, op = _told_of_both(grams, last)
        if op is not None:
            return _difference(grams, known, left, right, op, (first, end))
    return None


def _told_of_both(grams: Grams, i: int) -> tuple[int, Op | None]:
    while i < len(grams.norms) and grams.norms[i] in _AUXILIARIES and grams.norms[i] != "not":
        i += 1
    said = grams.norms[i] if i < len(grams.norms) else ""
    if said in APART:
        return i + 1, "not_in"
    if said.startswith(("egal", "egaux", "identique", "equal")):
        return i + 1, "in"
    end, op = comparing_at(grams, i) if said else (i, None)
    return end, op if op == "not_in" else None


def _of_some(grams: Grams, i: int) -> bool:
    """Is it of records that have a difference, and not how large that is?"""
    asked = {tag for n in range(i) for tag in grams.phrase(n)[1]}
    return bool(_OF_SOME.intersection(grams.norms[max(0, i - 2) : i])) and asked.isdisjoint(AGGREGATES)


def past_its_limit(grams: Grams, known: Knowledge) -> Compared | None:
    """ "a dépassé son quota" of a `quota.used` and a `quota.limit`."""
    for i in range(len(grams.norms)):
        end, op = comparing_at(grams, i)
        while op is not None and end < len(grams.norms) and grams.norms[end] in SKIPPED:
            end += 1
        if op not in ("gt", "lt") or end >= len(grams.norms) or not grams.free[end]:
            continue
        said = stem(grams.norms[end])
        own = [f for f in known.facets.values() if f.numeric and not f.coded and said in f.stems | f.above_stems]
        limits = [f.path for f in own if set(f.words) & _LIMITS]
        used = [f.path for f in own if set(f.words) & _USED]
        if len(limits) == len(used) == 1:
            went = i > 0 and grams.norms[i - 1] in _WENT
            return _difference(grams, known, used[0], limits[0], op, (i - went, end + 1))
    return None


_LIMITS = frozenset("limit limite max maximum seuil threshold plafond cap allowed autorise quota total".split())
_USED = frozenset("used utilise utilisee consomme consommee consumed current courant actual reel atteint".split())
_WENT = frozenset("went go goes gone going passe passes".split())


def _difference(
    grams: Grams, known: Knowledge, left: str | None, right: str, op: Op, said: tuple[int, int]
) -> Compared | None:
    one, other = known.facets.get(left or ""), known.facets[right]
    if one is None or one is other or MINUS in one.path or one.profile.repeated or other.profile.repeated:
        return None
    if (one.unit or (1.0,))[0] != (other.unit or (1.0,))[0]:
        return None  # milliseconds and minutes: their difference says nothing
    path = f"{left}{MINUS}{right}"
    return Compared(path, (Cond(path, op, (0,), grams.said(*said)),), frozenset(range(*said)))


def _number_after(grams: Grams, known: Knowledge, i: int) -> tuple[str | None, int]:
    """(the number that the words from there on name, where they end), the longest name."""
    while i < len(grams.norms) and grams.free[i] and grams.norms[i] in SKIPPED:
        i += 1
    for end in range(min(i + REACH, len(grams.norms)), i, -1):
        if all(grams.free[i:end]) and (path := _number(grams.norms[i:end], known)) is not None:
            return path, end
    if i < len(grams.norms) and grams.free[i] and stem(grams.norms[i]) in PLANNED:
        planned = [f.path for f in known.facets.values() if f.numeric and is_due(f)]
        return (planned[0] if len(planned) == 1 else None), i + 1
    return None, i


def _number_before(grams: Grams, known: Knowledge, i: int) -> tuple[str | None, int]:
    while i > 0 and grams.free[i - 1] and grams.norms[i - 1] in _AUXILIARIES:
        i -= 1
    for first in range(max(0, i - REACH), i):
        if all(grams.free[first:i]) and (path := _number(grams.norms[first:i], known)) is not None:
            return path, first
    return None, i


def _number(words: Sequence[str], known: Knowledge) -> str | None:
    """The one number that these words name: each says something of it, none at an end is a small one."""
    if not words or words[0] in STOP or words[-1] in STOP:
        return None
    fields = known.fields.scores([word for word in words if word not in STOP])
    if not fields or fields[0][0] < NAMED:
        return None
    facet = known.facets[fields[0][1]]
    ties = len(fields) > 1 and fields[1][0] == fields[0][0]
    return facet.path if facet.numeric and not facet.coded and not ties else None


def _measured(right: str, known: Knowledge) -> str | None:
    """What is measured of each record up to what was expected: what is called alike, else how long it took."""
    if not is_due(known.facets[right]):
        return None
    own = known.facets[right].stems - DUE
    alike = [f.path for f in known.facets.values() if f.numeric and not is_due(f) and own & f.stems]
    timed = known.facets[right].unit is not None
    return alike[0] if len(alike) == 1 else known.roles.duration if timed else None
