"""A Frame to a Plan."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from datetime import timedelta

from vigie.ask.planner.frame import Cond, Frame
from vigie.ask.planner.keyed_sides import Ranked, sides_by_key
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.several import name_of
from vigie.ask.when import When
from vigie.ask.words import fold
from vigie.plan import Form, Having, Key, Measure, Order, Plan, Span, Where

COLUMNS_SHOWN = 9  # of a record


@dataclass(frozen=True, slots=True)
class Built:
    """The plan, and where its answer's columns need words: `labels` of the sides of a comparison."""

    plan: Plan
    labels: tuple[str, ...] = ()
    ranked: Ranked | None = None  # how they are put in order once they are known


def build(frame: Frame, known: Knowledge) -> Built | None:
    """What the frame asks, to be run; None where its windows are not one: with a gap between them, or one over another.

    Sides and sets are measures with conditions of their own.
    """
    if not _one_window(frame):
        return None
    built = _built(frame, known)
    return built if known.each is None else replace(built, plan=replace(built.plan, each=known.each))


def _built(frame: Frame, known: Knowledge) -> Built:
    frame = replace(frame, conds=_of_lists(frame.conds, known), part=_of_lists(frame.part, known))
    if frame.but_not and not frame.side_path:
        return _in_two_windows(frame, again=False)
    if frame.sides == "times":
        return _time_sides(frame)
    if frame.sides == "values":
        return _value_sides(frame)
    if frame.both:
        return _both(frame) if frame.side_path else _in_two_windows(frame, again=True)
    if frame.absent:
        return _absent(frame)
    if frame.ask in ("records", "when"):
        return Built(_records(frame, known))
    if frame.ask in ("yes_no", "none_of"):
        form: Form = "yes_no" if frame.ask == "yes_no" else "none_of"
        return Built(Plan(frame.collection, wheres(frame.conds), span(frame), (), (Measure("count"),), form=form))
    if frame.ask == "values":
        key = Key(frame.subject or "_id")
        return Built(_grouped(frame, (key,), (Measure("count"),), order=(Order(0, descending=False),)))
    first = frame.groups[0].path if frame.groups else ""
    if (keyed := next((one for one in known.keyed if one.each == first), None)) is not None:
        return Built(*sides_by_key(frame, keyed, wheres(frame.conds), span(frame)))
    measures = _measures(frame)
    if not frame.groups:
        form = "value" if len(measures) == 1 else "table"
        return Built(Plan(frame.collection, wheres(frame.conds), span(frame), (), measures, form=form))
    return Built(_grouped(frame, frame.groups, measures, order=_order(frame)))


def _of_lists(conds: tuple[Cond, ...], known: Knowledge) -> tuple[Cond, ...]:
    """ "non chiffrés" of a list of flags: a record without any flag is not encrypted either."""
    told = ((path, facet.profile) for path, facet in known.facets.items())
    lists = {path for path, profile in told if profile.repeated or profile.types.get("array")}
    return tuple(replace(c, op="lacks") if c.op == "not_in" and c.path in lists else c for c in conds)


def wheres(conds: tuple[Cond, ...]) -> tuple[Where, ...]:
    return tuple(Where(c.path, c.op, c.values, c.because, wheres(c.within), c.number) for c in conds)


def _one_window(frame: Frame) -> bool:
    """Whether its times make one window where one is needed: they follow each other, or bound it on both sides."""
    apart = frame.sides == "times" or ((frame.but_not or frame.both) and not frame.side_path)
    if apart or len(frame.times) < 2 or _bounds(frame):
        return True
    ordered = sorted(frame.times, key=lambda t: (t.start is not None, t.start or t.end))
    return all(a.end == b.start and a.end is not None for a, b in itertools.pairwise(ordered))


def _bounds(frame: Frame) -> bool:
    """ "depuis lundi mais avant mercredi"."""
    return sorted(t.kind for t in frame.times) == ["before", "since"]


def span(frame: Frame) -> Span | None:
    """The frame's window; two that follow each other are one."""
    if not frame.times or frame.time_path is None:
        return None
    if _bounds(frame):
        since, before = sorted(frame.times, key=lambda t: t.kind, reverse=True)
        return Span(frame.time_path, since.start, before.end, f"{frame.times[0].phrase} + {frame.times[1].phrase}")
    first, *others = frame.times
    start, end, phrase = first.start, first.end, first.phrase
    for other in others:
        start = None if start is None or other.start is None else min(start, other.start)
        end = None if end is None or other.end is None else max(end, other.end)
        phrase = f"{phrase} + {other.phrase}"
    return Span(frame.time_path, start, end, phrase)


def _measures(frame: Frame) -> tuple[Measure, ...]:
    if frame.aggregate == "share":
        return (Measure("share", "share", part=wheres(frame.part)),)
    if not frame.columns:
        return (Measure(frame.aggregate, frame.aggregate, frame.target),)
    several = len({column.target for column in frame.columns if column.target}) > 1
    return tuple(
        Measure(name_of(c.aggregate, c.target, c.where, several), c.aggregate, c.target, wheres(c.where))
        for c in frame.columns
    )


def _grouped(frame: Frame, keys: tuple[Key, ...], measures: tuple[Measure, ...], order: tuple[Order, ...]) -> Plan:
    return Plan(
        frame.collection,
        wheres(frame.conds),
        span(frame),
        keys,
        measures,
        tuple(Having(0, limit.op, limit.value) for limit in frame.having),
        order=order,
        limit=frame.limit,
        form="trend" if frame.trend else "groups" if frame.counted else "table",
    )


def _order(frame: Frame) -> tuple[Order, ...]:
    """Trends by time; tables by their number, the largest first; keys settle the rest."""
    number = len(frame.groups)
    if frame.order and not frame.trend:
        return (Order(number, descending=frame.order == "desc"),)
    bucket = next((i for i, key in enumerate(frame.groups) if key.bucket), 0)
    return (Order(bucket, descending=False),)


def _records(frame: Frame, known: Knowledge) -> Plan:
    roles = known.roles
    several = (c for c in frame.conds if c.op in ("missing", "not_in", "lacks") or len(c.values) != 1)
    conditioned = [c.path for c in several if not c.within]
    asked = [frame.subject, *frame.also, frame.order_path, *conditioned]
    first = [roles.name, roles.status, roles.start, roles.end, roles.ident, *asked]
    more = [roles.duration, roles.code, roles.severity, roles.host, roles.message]
    kept = list(dict.fromkeys(path for path in [*first, *more] if path and path != "_id"))[: COLUMNS_SHOWN - 1]
    # As it is read: what it is, how it went, when and how long; what only names it comes last.
    telling = [frame.subject, roles.name, roles.status, *frame.also, roles.start, roles.end, roles.duration]
    places = [*telling, roles.code, roles.severity, *conditioned, frame.order_path, roles.host, roles.message]
    ends = {"_id", roles.ident}
    show = tuple(dict.fromkeys(path for path in places if path in kept and path not in ends))
    show += tuple(path for path in (roles.ident, "_id") if path == "_id" or path in kept)
    if frame.ask == "when" and frame.time_path:
        show = (frame.time_path, *(path for path in show if path != frame.time_path))
    order: tuple[Order, ...] = ()
    if frame.order_path in show:
        order = (Order(show.index(frame.order_path), descending=frame.order != "asc"),)
    # The last of something is one that has a time: those without come after all.
    return Plan(
        frame.collection, wheres(frame.conds), span(frame), show=show, order=order, limit=frame.limit, form="records"
    )


# ------------------------------------------------------------------ sides and sets


def _span_of(frame: Frame, when: When) -> Span | None:
    return Span(frame.time_path, when.start, when.end, when.phrase) if frame.time_path else None


def _time_sides(frame: Frame) -> Built:
    """A number for each window; of each group, where the question groups."""
    measures = tuple(
        Measure(_named(when), frame.aggregate, frame.target, span=_span_of(frame, when), part=wheres(frame.part))
        for when in frame.times
    )
    if frame.groups:
        order = (Order(len(frame.groups)), *(Order(n, descending=False) for n in range(len(frame.groups))))
        return Built(
            Plan(frame.collection, wheres(frame.conds), None, frame.groups, measures, order=order, form="table")
        )
    plan = Plan(frame.collection, wheres(frame.conds), None, (), measures, form="sides")
    return Built(plan, tuple(_named(when) for when in frame.times))


def _named(when: When) -> str:
    """A side of a comparison; with its date where it is only said by another: "2026-11-18 (la veille)"."""
    bare = _the_one_before(when) or _bare(when.phrase)
    if when.start is None or not _BESIDE_A_DAY.search(fold(bare)):
        return bare
    return f"{when.start + _NOON:%Y-%m-%d} ({bare})"


def _the_one_before(when: When) -> str | None:
    """ "que la précédente": the week before, by how long it is."""
    if fold(when.phrase) not in _BEFORE_IT or when.start is None or when.end is None:
        return None
    days = round((when.end - when.start) / timedelta(days=1))
    french = fold(when.phrase) not in ("the previous one", "the one before")
    told = {7: ("semaine précédente", "previous week"), 30: ("mois précédent", "previous month")}
    return told[7 if days == _WEEK else 30][not french] if days >= _WEEK else None


_BEFORE_IT = frozenset({"la precedente", "le precedent", "celle d avant", "celui d avant", "the previous one"})
_WEEK = 7  # days
_NOON = timedelta(hours=12)  # of the same day, whatever the zone
_BESIDE_A_DAY = re.compile(
    r"\b(?:day before|previous day|prior day|next day|day after|veille|lendemain|jour (?:d avant|precedent))\b"
)


def _bare(phrase: str) -> str:
    """ "octobre" of "en octobre": the sides of a comparison are named, with the accents that were left out."""
    bare = re.sub(
        r"^(?:(?:en|in|on|sur|pendant|durant|during|dans|over|du|de|the)\s+|d['’])", "", phrase, flags=re.IGNORECASE
    )
    told = re.sub(r"\w+", lambda word: _ACCENTED.get(word[0], word[0]), bare)
    for usual, others in _USUAL:
        told = others.sub(usual, told)
    return told


# One name for one window: "la semaine passée" is shown as what most call it.
_USUAL = (
    (r"\1 dernière", re.compile(r"\b(semaine|nuit|année) (?:passée|précédente|d['’]avant)", re.IGNORECASE)),
    (r"\1 dernier", re.compile(r"\b(mois|week-end|trimestre|semestre) (?:passé|précédent|d['’]avant)", re.IGNORECASE)),
    ("semaine dernière", re.compile(r"^S ?-1$", re.IGNORECASE)),
    (r"last \1", re.compile(r"\b(?:previous|prior) (week|month|quarter|year|night|weekend)", re.IGNORECASE)),
)
_ACCENTED = {
    fold(word): word
    for word in "dernière dernières précédente précédentes précédent précédents passée passées année années février "
    "août décembre début matinée soirée journée après".split()
}


def _value_sides(frame: Frame) -> Built:
    sided = next(c for c in frame.conds if c.path == frame.side_path)
    rest = tuple(c for c in frame.conds if c is not sided)
    measures = tuple(
        Measure(
            str(value),
            frame.aggregate,
            frame.target,
            where=(Where(sided.path, "in", (value,), sided.because),),
            part=wheres(frame.part),
        )
        for value in sided.values
    )
    plan = Plan(frame.collection, wheres(rest), span(frame), (), measures, form="sides")
    return Built(plan, tuple(str(value) for value in sided.values))


def _both(frame: Frame) -> Built:
    sided = next(c for c in frame.conds if c.path == frame.side_path)
    rest = tuple(c for c in frame.conds if c is not sided)
    measures = tuple(
        Measure(str(value), where=(Where(sided.path, "in", (value,), sided.because),)) for value in sided.values
    )
    having = tuple(Having(i, "eq" if i and frame.but_not else "gt", 0) for i in range(len(measures)))
    key = Key(frame.subject or "_id")
    form: Form = "groups" if frame.counted else "table"
    order = (Order(0, descending=False),)
    plan = Plan(frame.collection, wheres(rest), span(frame), (key,), measures, having, order=order, form=form)
    return Built(plan, tuple(str(value) for value in sided.values))


def _absent(frame: Frame) -> Built:
    """What has failed never: among those that ran in the window. What has not run: among all that ever did."""
    key = Key(frame.subject or "_id")
    window = span(frame)
    if frame.part and not frame.part_whenever:
        measure = Measure("count", where=wheres(frame.part))
        plan = Plan(frame.collection, wheres(frame.conds), window, (key,), (measure,))
    else:
        measure = Measure("count", where=wheres(frame.part), span=window)
        plan = Plan(frame.collection, wheres(frame.conds), None, (key,), (measure,))
    form: Form = "groups" if frame.counted else "table"
    full = Plan(
        plan.collection,
        plan.where,
        plan.span,
        plan.keys,
        plan.measures,
        (Having(0, "eq", 0),),
        order=(Order(0, descending=False),),
        form=form,
    )
    return Built(full)


def _in_two_windows(frame: Frame, *, again: bool) -> Built:
    """ "ran yesterday but not today"; `again`: "ran both yesterday and today"."""
    first, second = (Measure(w.phrase, span=_span_of(frame, w)) for w in frame.times[:2])
    key = Key(frame.subject or "_id")
    having = (Having(0, "gt", 0), Having(1, "gt" if again else "eq", 0))
    form: Form = "groups" if frame.counted else "table"
    order = (Order(0, descending=False),)
    plan = Plan(frame.collection, wheres(frame.conds), None, (key,), (first, second), having, order=order, form=form)
    return Built(plan)
