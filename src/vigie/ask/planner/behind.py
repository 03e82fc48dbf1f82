"""The records behind a row of an exact answer, as a plan of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from pydantic import TypeAdapter, ValidationError

from vigie.errors import NotFound
from vigie.plan import ROWS_MAX, Key, Order, Plan, Where
from vigie.types import Exact

_LONGEST = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


@lru_cache
def _stored_plan() -> TypeAdapter[Plan]:
    """Made when first needed: it takes a quarter of a second."""
    return TypeAdapter(Plan)


def plan_behind(exact: Exact, row: int | None, time_path: str | None) -> Plan:
    """Native ids, the latest first; of all rows without a `row` (from 0). Raises NotFound for an absent row."""
    try:
        plan = _stored_plan().validate_python(exact.plan)
    except ValidationError as error:
        raise NotFound("this answer was given by another version: ask the question anew") from error
    show = ("_id",) if time_path is None else ("_id", time_path)
    order = () if time_path is None else (Order(1),)
    behind = replace(plan, keys=(), measures=(), having=(), show=show, order=order, limit=ROWS_MAX, form="records")
    if row is None:
        return _of_records(behind)
    if row >= len(exact.rows):
        raise NotFound("the answer has no such row")
    if plan.form == "records":
        only = Where("_id", "in", (str(exact.rows[row][plan.show.index("_id")]),))
        return replace(behind, where=(only,), span=None, each=None)
    measure = plan.measures[min(row, len(plan.measures) - 1) if plan.form == "sides" else 0]
    several = plan.form in ("table", "trend") and len(plan.measures) > 1 and not plan.having
    where = behind.where if several else (*behind.where, *measure.where, *measure.part)
    for place, key in enumerate(plan.keys):
        where += _of_key(key, exact.rows[row][place])
    return _of_records(replace(behind, where=where, span=measure.span or behind.span))


def _of_records(plan: Plan) -> Plan:
    """Of objects in lists: the records that hold such a one."""
    if plan.each is None:
        return plan
    below = f"{plan.each}."
    where, span = plan.where, plan.span
    if span is not None and span.path.startswith(below):
        ends = (("ge", span.start), ("lt", span.end))
        where += tuple(Where(span.path, op, (t,)) for op, t in ends if t is not None)  # type: ignore[arg-type]
        span = None
    inner = tuple(one for one in where if one.path.startswith(below))
    holds = Where(plan.each, "holds", within=inner) if inner else Where(plan.each, "present")
    outer = tuple(one for one in where if not one.path.startswith(below))
    return replace(plan, where=(*outer, holds), span=span, each=None)


def _of_key(key: Key, value: object) -> tuple[Where, ...]:
    if key.bucket is None:
        return (Where(key.path, "in", (value,)),)  # type: ignore[arg-type]
    if key.bucket in ("hour_of_day", "weekday"):
        return ()  # the hours of many days: all of the answer's records
    start = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return (Where(key.path, "ge", (start,)), Where(key.path, "lt", (_next(start, key.bucket),)))


def _next(start: datetime, bucket: str) -> datetime:
    if bucket != "month":
        return start + _LONGEST[bucket]
    ahead = start + timedelta(days=15)  # local midnight of the 1st is within a day of the UTC one
    return start + timedelta(days=_days_in(ahead))


def _days_in(moment: datetime) -> int:
    first = moment.replace(day=1)
    return ((first + timedelta(days=32)).replace(day=1) - first).days
