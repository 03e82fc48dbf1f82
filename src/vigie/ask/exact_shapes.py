"""Rows and their plan in the shapes of an answer: columns, types, units, windows, conditions."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from vigie.ask.events import Understood
from vigie.ask.planner.explain import condition_words
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.result import Result
from vigie.plan import Measure, Plan, Span, Where
from vigie.types import Condition, Exact, Window

_FIELD_TYPES = {bool: "boolean", int: "integer", float: "number", str: "text", datetime: "datetime"}


def exact_of(result: Result, pipeline: list[dict[str, object]]) -> Exact:
    """The rows as an answer gives them, with what they were computed from."""
    plan, rows = result.plan, result.rows
    columns, units, table = _table(result)
    understood = understood_of(plan, result.zone)
    own = [m.span for m in plan.measures if m.span is not None]
    used = {c.path for c in understood.conditions} | {k.path for k in plan.keys}
    used |= {s.path for s in (plan.span, *own) if s}
    known = result.known
    fields = {p: f.profile.present for p in sorted(used) if known.counts(p) and (f := known.facets.get(p)) is not None}
    return Exact(
        collection=plan.collection,
        columns=columns,
        types=[_type(row[i] for row in table) for i in range(len(columns))],
        units=units,
        rows=table,
        matched=rows.matched,
        total=result.known.profile.total,
        truncated=rows.truncated,
        window=understood.window,
        windows=understood.windows,
        conditions=understood.conditions,
        presence=fields,
        reading=" ".join(result.notes) or _reading(plan, result.known),
        plan=asdict(plan),
        pipeline=pipeline,
    )


def understood_of(plan: Plan, zone: ZoneInfo) -> Understood:
    """What its rows are computed from."""
    own = [m.span for m in plan.measures if m.span is not None]
    where = [*plan.where, *(w for m in plan.measures for w in (*m.where, *m.part))]
    where = [inner for w in where for inner in _told(w)]
    return Understood(
        plan.collection,
        _window(plan.span or (own[0] if len(set(own)) == 1 else None), zone),
        [w for span in (own if len(set(own)) > 1 else []) if (w := _window(span, zone)) is not None],
        [Condition(w.path, w.op, list(w.values), w.because) for w in dict.fromkeys(where)],
    )


def _told(where: Where) -> list[Where]:
    """Of one object of a list, what is told of it; of so many or none, how many (at least, at most) and of which."""
    if where.number != (1, None):
        told = tuple(condition_words(replace(inner, because=""), "en") for inner in where.within)
        return [replace(where, values=(*where.number, *told), within=())]
    return [replace(inner, because=where.because) for inner in where.within] or [where]


def _window(span: Span | None, zone: ZoneInfo) -> Window | None:
    return Window(span.path, span.start, span.end, zone.key, span.phrase) if span else None


def _table(result: Result) -> tuple[list[str], list[str | None], list[list[object]]]:
    """(columns, units, rows) as the contract has them for each form."""
    plan, rows = result.plan, result.rows.rows
    if plan.form in ("yes_no", "none_of"):
        count = rows[0][0]
        verdict = bool(count) if plan.form == "yes_no" else not count
        return ["answer", "count"], [None, None], [[verdict, count]]
    if plan.form == "groups":
        return ["count"], [None], [[len(rows)]]
    if plan.form == "sides":
        width = plan.measures[0].width
        table = [[label, *rows[0][i * width : (i + 1) * width]] for i, label in enumerate(result.labels)]
        return (
            ["side", *_names(replace(plan.measures[0], name=plan.measures[0].aggregate))],
            [None, *_units(plan.measures[0], result)],
            table,
        )
    columns = [k.path for k in plan.keys] + [name for m in plan.measures for name in _names(m)]
    units: list[str | None] = [*(None for _ in plan.keys), *(unit for m in plan.measures for unit in _units(m, result))]
    if not plan.measures:
        columns = list(plan.show)
        units = [_unit(path, result) for path in plan.show]
    return columns, units, [list(row) for row in rows]


def _names(measure: Measure) -> list[str]:
    return ["share", "part", "whole"] if measure.aggregate == "share" else [measure.name]


def _units(measure: Measure, result: Result) -> list[str | None]:
    if measure.aggregate in ("count", "distinct", "share"):
        return [None] * measure.width
    return [_unit(measure.path, result)]


def _unit(path: str | None, result: Result) -> str | None:
    roles = result.known.roles
    return roles.duration_unit[1] if path == roles.duration and roles.duration_unit and path else None


def _type(values: object) -> str:
    kinds = {_FIELD_TYPES.get(type(v), "other") for v in values if v is not None}  # type: ignore[attr-defined]
    if kinds == {"integer", "number"}:
        return "number"
    return kinds.pop() if len(kinds) == 1 else "text" if not kinds else "other"


def _reading(plan: Plan, known: Knowledge) -> str:
    what = "runs" if known.runs else "records"
    if plan.each is not None:
        what = f"elements of {plan.each}"
    by = ""
    spans = [s for s in (plan.span, *(m.span for m in plan.measures)) if s is not None]
    if spans:
        by = ", by end" if spans[0].path == known.roles.end else ", by start"
    return f"{what}{by}"
