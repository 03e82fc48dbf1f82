"""Numbers over time: which hour, day or month has the most, and how they go from one to the next."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.concepts import RUNNABLE
from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.limits import SHOWN, limit_of
from vigie.ask.planner.marks import Marks, NounMark
from vigie.plan import Bucket, Key

_DAY = frozenset("jour jours day days journee date dates".split())
_HOUR = frozenset("heure heures hour hours time".split())
_WEEKDAYS = frozenset({"weekday", "weekdays"})
_WEEK = frozenset("semaine semaines week weeks".split())
_MONTH = frozenset("mois month months".split())
# What the span is asked for with: "quel jour", "le pire jour".
_ASKING = frozenset(
    "pire worst meilleur best busiest charge chargee quel quelle quels quelles which what jours top les".split()
)

_OPENING = frozenset("quel quelle est etait le la l the what which was is c".split())


def _opens(marks: Marks) -> bool:
    """ "jour d'octobre | avec le plus de rejets", "day with the most failures": asked for by its mere name."""
    return any(t.norm in ("avec", "with") for t in marks.tokens[1:_SOON])


_SOON = 7  # words from the span of time to what it has most of: "day of last week with"


def when_bucket(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "À quelle heure ... le plus", "Quel jour ... le pire"."""
    marks, path = seen.marks, frame.time_path
    ranked = marks.has("most", "least", "longest", "top", "largest")
    if path is None or not (ranked or _as_a_rule(marks)) or frame.groups:
        return None
    for i in range(len(marks.tokens)):
        before = {t.norm for t in marks.tokens[max(0, i - 2) : i]}
        asked = {t.norm for t in marks.tokens[:i]} <= _OPENING  # "le jour avec le plus d'échecs"
        before |= {"quel"} if asked and (i or _opens(marks)) else set()
        if i not in marks.timed and before & _ASKING and (bucket := _bucket(marks, i)):
            order = "asc" if marks.has("least") else "desc"
            limit = limit_of(seen) or SHOWN
            return replace(frame, ask="number", groups=(Key(path, bucket),), order=order, limit=limit, subject=None)  # type: ignore[arg-type]
    return None


def _as_a_rule(marks: Marks) -> bool:
    """ "à quelle heure plantent les transferts ?": at all times, and not when some of them did."""
    hour = any(t.norm in _HOUR and marks.tokens[max(i - 1, 0)].norm == "quelle" for i, t in enumerate(marks.tokens))
    fails = marks.cue("failed")
    return hour and fails is not None and marks.tokens[fails.first].norm.endswith(_FAIL) and not marks.times.ranges


_FAIL = ("ent", "plante", "echoue", "tombe", "casse", "foire")  # as a verb of the present


def _bucket(marks: Marks, i: int) -> Bucket | None:
    """Which span of time a word names."""
    norm = marks.tokens[i].norm
    if norm in _HOUR:
        return "hour_of_day"
    if norm in _DAY:
        after = " ".join(t.norm for t in marks.tokens[i + 1 : i + 4])
        if i + 3 in marks.timed:
            return "day"  # "quel jour de la semaine dernière"
        return "weekday" if after.startswith(("de la semaine", "of the week", "de semaine")) else "day"
    if norm in _WEEKDAYS:
        return "weekday"
    if norm in _WEEK:
        return "week"
    return "month" if norm in _MONTH else None


def trend(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    buckets = [key for key in frame.groups if key.bucket]
    if buckets:
        groups = (*kinds(seen, frame, noun), *frame.groups)
        return replace(frame, ask="number", groups=groups, trend=buckets[0].bucket)
    if not seen.marks.has("trend") or frame.time_path is None:
        return None
    return replace(frame, ask="number", groups=(*frame.groups, Key(frame.time_path, _step(frame))), trend=_step(frame))


def kinds(seen: Interpretation, frame: Frame, noun: NounMark | None) -> tuple[Key, ...]:
    """ "codes d'erreur | par jour": how many of each; "flux par jour" are all of them. "KO vs OK | par jour"."""
    if seen.marks.has("compare"):
        compared = [c.path for c in frame.conds if c.op == "in" and len(c.values) > 1]
        return tuple(Key(path) for path in compared[:1] if path not in {key.path for key in frame.groups})
    path, marks = frame.subject, seen.marks
    if (
        path is None
        or noun is None
        or noun.record
        or not _plural(marks, noun)
        or frame.aggregate != "count"
        or marks.has("count", "distinct")
    ):
        return ()
    facet = seen.known.facets[path]
    kept = facet.text and path != seen.known.roles.name and not noun.concepts & RUNNABLE
    return (Key(path),) if kept and path not in {key.path for key in frame.groups} else ()


def _plural(marks: Marks, noun: NounMark) -> bool:
    """No "robot" of "robot exceptions"."""
    return any(t.norm != t.root for t in marks.tokens[noun.first : noun.last])


def _step(frame: Frame) -> Bucket:
    """Hours up to two days, days up to two months, then weeks up to a year."""
    if not frame.times or frame.times[0].start is None or frame.times[0].end is None:
        return "day" if frame.times else "month"
    days = (frame.times[0].end - frame.times[0].start).total_seconds() / 86_400
    return "hour" if days <= 2 else "day" if days <= 62 else "week" if days <= 370 else "month"
