"""The shape of an answer: one number, a list, a ranking, a trend, two sides, yes or no."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.absences import absent, but_not, counts, universal
from vigie.ask.planner.aggregates import measure_noun
from vigie.ask.planner.frame import Cond, Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.limits import bounds_of, limit_of
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.states import STATE_CUES
from vigie.plan import Bucket, Key

SHOWN = 5  # places of a ranking when no number is said
LISTED = 50  # records listed when no number is said
_DAY = frozenset("jour jours day days journee date dates".split())
_HOUR = frozenset("heure heures hour hours time".split())
_WEEK = frozenset("semaine semaines week weeks".split())
_MONTH = frozenset("mois month months".split())


def shape(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame:
    """The first that fits, from the most particular to the plainest."""
    for step in (
        but_not,
        _sides,
        _both,
        absent,
        universal,
        _when_bucket,
        _bounded,
        _ranked,
        _trend,
        _grouped,
        _recent,
        _number,
        _yes_no,
    ):
        found = step(seen, frame, noun)
        if found is not None:
            return found
    return _listed(seen, frame, noun)


# ------------------------------------------------------------------ comparisons and sets


def _sides(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """Two windows or two values of one field against each other."""
    marks = seen.marks
    compares = marks.has("compare", "slower", "faster") or (
        marks.has("than") and marks.has("more", "fewer", "longest", "shortest", "most")
    )
    which = any(t.norm in ("ou", "or") for t in marks.tokens) and marks.has(
        "most", "least", "longest", "shortest", "more", "fewer"
    )
    apart = _apart(seen, frame) or (len(frame.times) == 2 and marks.has("longest", "shortest", "more", "fewer"))
    if frame.groups or not (compares or which or apart):
        return None
    if apart and not (compares or which) and frame.subject and marks.has("list") and not marks.has("count"):
        return None  # "quels flux en mars et en mai": in both, or in either? The planner asks.
    if (
        marks.has("slower", "faster", "longest", "shortest", "long")
        and seen.known.roles.duration
        and frame.aggregate == "count"
    ):
        frame = replace(frame, aggregate="avg", target=seen.known.roles.duration)
    if len(frame.times) >= 2:
        if seen.marks.has("yes_no") and not (compares or which or seen.marks.has("longest", "shortest")):
            return None
        return replace(frame, ask="number", sides="times", subject=None)
    sided = _two_values(seen, frame)
    if sided is None:
        return None
    return replace(frame, ask="number", sides="values", side_path=sided.path, subject=None)


def _apart(seen: Interpretation, frame: Frame) -> bool:
    """Two windows with "et" between them that do not follow each other, nor bound one."""
    if len(frame.times) != 2 or sorted(t.kind for t in frame.times) == ["before", "since"]:
        return False
    a, b = frame.times
    if (a.end == b.start or b.end == a.start) and None not in (a.end, b.start):
        return False
    return any(t.norm in _JOINING for t in seen.marks.tokens if a.at[1] <= t.at[0] < b.at[0]) or (
        "," in seen.text[a.at[1] : b.at[0]]
    )


_JOINING = frozenset("et and ou or puis then versus vs contre & +".split())


def _two_values(seen: Interpretation, frame: Frame) -> Cond | None:
    return next((x for x in frame.conds if x.op == "in" and len(x.values) > 1 and x.because.count(",") + 1 >= 2), None)


def _both(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    if not seen.marks.has("both") or not frame.subject or (sided := _two_values(seen, frame)) is None:
        return None
    return replace(frame, ask="values", both=True, side_path=sided.path)


# ------------------------------------------------------------------ rankings, bounds, trends


def _when_bucket(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "À quelle heure ... le plus", "Quel jour ... le pire"."""
    marks, path = seen.marks, frame.time_path
    ranked = marks.has("most", "least", "longest", "top", "largest")
    if path is None or not ranked or frame.groups:
        return None
    for i, token in enumerate(marks.tokens):
        before = {t.norm for t in marks.tokens[max(0, i - 2) : i]}
        if (
            not before
            & {
                "pire",
                "worst",
                "meilleur",
                "best",
                "quel",
                "quelle",
                "quels",
                "quelles",
                "which",
                "what",
                "jours",
                "top",
                "les",
            }
            or i in marks.timed
        ):
            continue
        bucket: Bucket | None = None
        if token.norm in _HOUR:
            bucket = "hour_of_day"
        elif token.norm in _DAY:
            after = " ".join(t.norm for t in marks.tokens[i + 1 : i + 4])
            bucket = "weekday" if after.startswith(("de la semaine", "of the week", "de semaine")) else "day"
        elif token.norm in _WEEK:
            bucket = "week"
        elif token.norm in _MONTH:
            bucket = "month"
        if bucket:
            order = "asc" if marks.has("least") else "desc"
            return replace(frame, groups=(Key(path, bucket),), order=order, limit=limit_of(seen) or SHOWN, subject=None)  # type: ignore[arg-type]
    return None


def _bounded(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """Groups whose number is bounded: "plus de 3 fois", "taux > 25 %"."""
    bounds = bounds_of(seen)
    group = frame.groups or ((Key(frame.subject),) if frame.subject else ())
    if not bounds or not group or (any(key.bucket for key in group) and seen.marks.has("by", "trend", "every")):
        return None
    counted = not frame.groups and counts(seen, noun) and not seen.marks.has("list")
    return replace(frame, ask="number", groups=group, having=bounds, order="desc", counted=counted)


def _ranked(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    marks, known = seen.marks, seen.known
    if marks.has("longest", "shortest", "largest", "smallest") and not frame.groups:
        return _extremes(seen, frame, noun)
    if frame.aggregate in ("max", "min") and frame.subject and not frame.groups and _asked_for(seen, noun):
        order = "desc" if frame.aggregate == "max" else "asc"  # "which queue had the highest depth"
        limit = limit_of(seen) or (1 if _singular(noun, seen) else SHOWN)
        return replace(frame, ask="number", groups=(Key(frame.subject),), order=order, limit=limit)  # type: ignore[arg-type]
    sorted_by = any(a.tag == "by" and b.tag == "count" and b.first == a.last for a in marks.cues for b in marks.cues)
    if sorted_by and frame.subject and not marks.has("top", "most", "least") and not frame.groups:
        return replace(frame, ask="number", groups=(Key(frame.subject),), order="desc", aggregate="count", target=None)
    if not marks.has("top", "most", "least"):
        return None
    order = "asc" if marks.has("least") else "desc"
    group = frame.groups or ((Key(frame.subject),) if frame.subject else ())
    if not group:
        other = _other_dimension(seen, frame)
        if other is None:
            return None
        group = (Key(other),)
    if frame.aggregate == "distinct":
        frame = replace(frame, aggregate="count", target=None)
    measured = frame.target if frame.aggregate != "count" else None
    if measured is None and marks.has("long") and known.roles.duration and not marks.has("failed"):
        frame = replace(frame, aggregate="avg", target=known.roles.duration)
    return replace(frame, ask="number", groups=group, order=order, limit=limit_of(seen) or SHOWN)  # type: ignore[arg-type]


def _asked_for(seen: Interpretation, noun: NounMark | None) -> bool:
    """ "quelle file ...": the noun that the question asks for."""
    return noun is not None and any(c.tag == "list" and 0 <= noun.first - c.last <= 1 for c in seen.marks.cues)


def _other_dimension(seen: Interpretation, frame: Frame) -> str | None:
    """ "les erreurs les plus fréquentes": by their code, else by their name."""
    roles = seen.known.roles
    return roles.code or roles.name


def _extremes(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """The longest runs; with an average, the slowest flows."""
    marks, roles = seen.marks, seen.known.roles
    measure = measure_noun(seen)
    facet = seen.known.facets.get(measure or "")
    path = measure if facet is not None and facet.unit is not None else roles.duration
    if marks.has("largest", "smallest"):
        path = frame.target or measure or _size(seen) or roles.duration
    down = marks.has("longest", "largest")
    averaged = frame.aggregate in ("avg", "median", "sum", "p95") and frame.target is not None
    if averaged and (frame.subject or frame.groups):
        group = frame.groups or (Key(frame.subject),)  # type: ignore[arg-type]
        return replace(
            frame, ask="number", groups=group, order="desc" if down else "asc", limit=limit_of(seen) or SHOWN
        )
    if path is None:
        return None
    limit = limit_of(seen) or (1 if _singular(noun, seen) else SHOWN)
    return replace(
        frame,
        ask="records",
        order="desc" if down else "asc",
        order_path=path,
        limit=limit,
        aggregate="count",
        target=None,
    )


def _size(seen: Interpretation) -> str | None:
    """What "plus gros" is about where no field is named: a size, a volume, an amount, a number of lines."""
    for concept in ("size", "volume", "amount", "records"):
        for facet in seen.known.facets.values():
            if facet.numeric and concept in facet.concepts and "id" not in facet.concepts:
                return facet.path
    return None


def _singular(noun: NounMark | None, seen: Interpretation) -> bool:
    if noun is None:
        return True
    token = seen.marks.tokens[noun.first]
    return not token.norm.endswith(("s", "x"))


def _trend(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    buckets = [key for key in frame.groups if key.bucket]
    if buckets:
        return replace(frame, ask="number", trend=buckets[0].bucket)
    if not seen.marks.has("trend") or frame.time_path is None:
        return None
    return replace(frame, ask="number", groups=(*frame.groups, Key(frame.time_path, _step(frame))), trend=_step(frame))


def _step(frame: Frame) -> Bucket:
    """Hours up to two days, days up to two months, then weeks up to a year."""
    if not frame.times or frame.times[0].start is None or frame.times[0].end is None:
        return "day" if frame.times else "month"
    days = (frame.times[0].end - frame.times[0].start).total_seconds() / 86_400
    return "hour" if days <= 2 else "day" if days <= 62 else "week" if days <= 370 else "month"


def _grouped(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    if frame.groups:
        return replace(frame, ask="number", order="desc")
    if not seen.marks.has("spread"):
        return None
    path = frame.subject or seen.known.roles.status
    return replace(frame, ask="number", groups=(Key(path),), order="desc") if path else None


# ------------------------------------------------------------------ records, numbers, lists


def _recent(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """The last or first records; when something last happened."""
    marks = seen.marks
    when = marks.has("when", "when_last", "when_first")
    if not (marks.has("last", "first") or when) or frame.time_path is None:
        return None
    if marks.has("count") and not when:
        return None
    first = marks.has("first", "when_first") and not marks.has("last", "when_last")
    limit = limit_of(seen) or (1 if when or _singular(noun, seen) else SHOWN)
    ask = "when" if when else "records"
    return replace(frame, ask=ask, order="asc" if first else "desc", order_path=frame.time_path, limit=limit)  # type: ignore[arg-type]


def _number(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """Count, sum, mean ... of all; of things that are not the records, the different ones are counted."""
    if frame.aggregate not in ("count",):
        if seen.marks.has("list") and frame.aggregate == "distinct":
            return replace(frame, ask="values", aggregate="count", target=None)
        return replace(frame, ask="number")
    if not seen.marks.has("count"):
        return None
    other = frame.subject and frame.subject != seen.known.roles.name
    if other and noun is not None and noun.record < 3 and not _fixed(frame):
        return replace(frame, ask="number", aggregate="distinct", target=frame.subject)
    happened = seen.marks.has("ran", *STATE_CUES) or frame.times
    if frame.subject and seen.marks.has("exists") and not happened and not frame.conds:
        return replace(frame, ask="number", aggregate="distinct", target=frame.subject)
    notes = ("runs_not_names",) if frame.subject and frame.subject == seen.known.roles.name else ()
    return replace(frame, ask="number", notes=(*frame.notes, *notes))


def _yes_no(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    if not seen.marks.has("yes_no"):
        return None
    lists = [x for x in seen.marks.cues if x.tag == "list"]
    asks = [x for x in seen.marks.cues if x.tag == "yes_no"]
    # "Which flows did fail?" is a list; "Est-ce que ..." and "Did any ..." are not.
    if lists and min(x.first for x in lists) < min(x.first for x in asks):
        return None
    return replace(frame, ask="yes_no")


def _fixed(frame: Frame) -> bool:
    """Does a condition leave one value of what is asked for?"""
    return any(c.path == frame.subject and c.op == "in" and len(c.values) == 1 for c in frame.conds)


def _listed(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame:
    fixed = _fixed(frame)
    if frame.subject is not None and not fixed:
        return replace(frame, ask="values")
    if fixed:  # "quels reportings EMIR": the names of what is named would say nothing
        return replace(frame, ask="records", subject=None, order="desc", order_path=frame.time_path, limit=None)
    if (
        noun is not None
        and noun.concepts & {"error", "rejected"}
        and seen.known.roles.code
        and not seen.marks.has("not", "without")
    ):
        return replace(frame, ask="values", subject=seen.known.roles.code, notes=(*frame.notes, "by_code"))
    return replace(frame, ask="records", order="desc", order_path=frame.time_path, limit=None)
