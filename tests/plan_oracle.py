"""Plans run by plain Python over document bodies: slow, simple, written apart from every engine. The measure of all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from bson import Decimal128, ObjectId

from vigie.elements import each_profile
from vigie.plan import Key, Measure, Plan, Profile, Span, Where, counted, operands

_CLASSES = {"text": "s", "integer": "n", "number": "n", "bool": "b", "date": "d", "id": "o", "other": "x"}
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %Hh%M")
_WRITTEN = {
    "dmy": [f"%d/%m/%Y{clock}" for clock in _CLOCKS],
    "dmy_assumed": [f"%d/%m/%Y{clock}" for clock in _CLOCKS],
    "mdy": [f"%m/%d/%Y{clock}" for clock in _CLOCKS],
    "ymd": [f"%Y/%m/%d{clock}" for clock in _CLOCKS],
    "digits": [f"%Y%m%d{clock}" for clock in ("", "%H%M", "%H%M%S", " %H%M", " %H%M%S")],
}
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?\Z")


class Oracle:
    """Documents of one collection. `profile` tells only which paths hold instants, and in what form."""

    def __init__(self, documents: Sequence[tuple[str, Mapping[str, Any]]], profile: Profile, zone: ZoneInfo) -> None:
        self.documents = documents
        self.profile = profile
        self.zone = zone

    # ------------------------------------------------------------------ values

    def values(self, body: Mapping[str, Any], path: str) -> list[Any]:
        """All values at a path, through arrays, without null, "" and objects."""
        found: list[Any] = [body]
        for key in path.split("."):
            ahead: list[Any] = []
            for one in found:
                for inner in one if isinstance(one, list) else [one]:
                    if isinstance(inner, dict) and key in inner:
                        ahead.append(inner[key])
            found = ahead
        flat = [_float(v) for one in found for v in (one if isinstance(one, list) else [one])]
        return [v for v in flat if v is not None and v != "" and not isinstance(v, list)]

    def scalars(self, body: Mapping[str, Any], path: str) -> list[Any]:
        if (within := counted(path)) is not None:
            return [len(self.scalars(body, within))]
        if (pair := operands(path)) is not None:
            if self.form(pair[0]) is not None:
                ends, starts = (self.instants(body, one) for one in pair)
                return [(ends[0] - starts[0]).total_seconds()] if ends and starts else []
            high, low = ([v for v in self.scalars(body, one) if _number(v)] for one in pair)
            return [float(high[0]) - float(low[0])] if high and low else []
        return [v for v in self.values(body, path) if not isinstance(v, dict)]

    def form(self, path: str) -> str | None:
        field = self.profile.field(path)
        return field.time if field else None

    def instants(self, body: Mapping[str, Any], path: str) -> list[datetime]:
        return [t for v in self.scalars(body, path) if (t := self.instant(v, self.form(path))) is not None]

    def instant(self, value: Any, form: str | None) -> datetime | None:
        if form == "date" and isinstance(value, datetime):
            return value
        if form == "iso" and isinstance(value, str) and _ISO.match(value):
            try:
                read = datetime.fromisoformat(value)
            except ValueError:
                return None
            return (read if read.tzinfo else read.replace(tzinfo=self.zone)).astimezone(UTC)
        if form in ("epoch_s", "epoch_ms") and _number(value):
            return datetime.fromtimestamp(value / (1000 if form == "epoch_ms" else 1), UTC)
        return self.written(str(int(value)) if _number(value) else value, form) if form in _WRITTEN else None

    def written(self, value: Any, form: str) -> datetime | None:
        """By the first notation that reads it."""
        parts = re.fullmatch(r"([\d/.-]+)(.*)", value) if isinstance(value, str) else None
        if parts is None:
            return None
        day, clock = re.sub(r"[.-]", "/", parts[1]), parts[2].lstrip(" ,àT").replace(",", ".")
        alike = f"{day} {clock}".strip()
        for notation in _WRITTEN[form]:
            try:
                return datetime.strptime(alike, notation).replace(tzinfo=self.zone).astimezone(UTC)
            except ValueError:
                continue
        return None

    # ------------------------------------------------------------------ conditions

    def meets(self, body: Mapping[str, Any], where: Where) -> bool:
        if where.op == "holds":
            inner = self.each(where.path)
            met = sum(all(inner.meets(one, w) for w in where.within) for one in self.elements(body, where.path))
            least, most = where.number
            return least <= met and (most is None or met <= most)
        found = self.scalars(body, where.path)
        there = bool(found) if counted(where.path) or operands(where.path) else bool(self.values(body, where.path))
        match where.op:
            case "present":
                return there
            case "missing":
                return not there
            case "in":
                return any(_equal(v, w) for v in found for w in where.values)
            case "not_in":
                return there and not any(_equal(v, w) for v in found for w in where.values)
            case "lacks":
                return not any(_equal(v, w) for v in found for w in where.values)
            case "contains":
                return any(isinstance(v, str) and str(where.values[0]).lower() in v.lower() for v in found)
            case "starts":
                return any(isinstance(v, str) and v.lower().startswith(str(where.values[0]).lower()) for v in found)
        wanted = where.values[0]
        if isinstance(wanted, datetime):
            found = list(self.instants(body, where.path))
        else:
            found = [v for v in found if _number(v)]
        compare = {
            "lt": lambda v: v < wanted,
            "le": lambda v: v <= wanted,
            "gt": lambda v: v > wanted,
            "ge": lambda v: v >= wanted,
        }
        return any(compare[where.op](v) for v in found)

    def within(self, body: Mapping[str, Any], span: Span | None) -> bool:
        if span is None:
            return True
        return any(
            (span.start is None or t >= span.start) and (span.end is None or t < span.end)
            for t in self.instants(body, span.path)
        )

    def all(self, body: Mapping[str, Any], where: Sequence[Where], span: Span | None) -> bool:
        return all(self.meets(body, w) for w in where) and self.within(body, span)

    # ------------------------------------------------------------------ groups

    def keys(self, body: Mapping[str, Any], key: Key) -> list[Any]:
        if key.bucket is None and self.form(key.path) is None:
            return list(dict.fromkeys(self.shown(v, key.path) for v in self.told(body, key.path)))
        found = self.instants(body, key.path)
        return list(dict.fromkeys(self.bucket(t, key.bucket) for t in found))

    def shown(self, value: Any, path: str) -> Any:
        """As text, where a path holds several classes of values; numbers then as MongoDB writes them."""
        field = self.profile.field(path)
        if not self.mixed(path):
            return _shown(value)
        if _number(value) and field is not None and field.types.get("number"):
            return f"{value:.16g}"
        return str(value).lower() if isinstance(value, bool) else str(_shown(value))

    def classes(self, path: str) -> set[str]:
        """What is of no class counts where there is nothing else."""
        field = self.profile.field(path)
        found = {c for kind in field.types if (c := _CLASSES.get(kind))} if field else set()
        return found - {"x"} or found

    def mixed(self, path: str) -> bool:
        field = self.profile.field(path)
        return len(self.classes(path)) > 1 and not (field and field.types.get("array"))

    def told(self, body: Mapping[str, Any], path: str) -> list[Any]:
        """The values that are shown and grouped by."""
        found, classes = self.scalars(body, path), self.classes(path)
        return [v for v in found if not classes or "x" in classes or _class(v) != "x"]

    def bucket(self, instant: datetime, bucket: str | None) -> Any:
        local = instant.astimezone(self.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        match bucket:
            case None:
                return instant
            case "hour_of_day":
                return local.hour
            case "weekday":
                return local.isoweekday()
            case "hour":
                return instant - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
            case "day":
                start = midnight
            case "week":
                start = midnight - timedelta(days=midnight.weekday())
            case _:
                start = midnight.replace(day=1)
        return start.astimezone(UTC)

    def measure(self, bodies: Sequence[Mapping[str, Any]], measure: Measure) -> tuple[Any, ...]:
        own = [b for b in bodies if self.all(b, measure.where, measure.span)]
        if measure.aggregate == "count":
            return (len(own),)
        if measure.aggregate == "share":
            part = sum(all(self.meets(b, w) for w in measure.part) for b in own)
            return (part / len(own) if own else None, part, len(own))
        path = measure.path or ""
        if measure.aggregate == "distinct":
            timed = self.form(path) is not None
            found = [self.instants(b, path) if timed else self.told(b, path) for b in own]
            return (len({v if timed else self.shown(v, path) for values in found for v in values}),)
        if measure.aggregate in ("min", "max") and self.form(path) is not None:
            instants = [t for b in own for t in self.instants(b, path)]
            return ((min if measure.aggregate == "min" else max)(instants, default=None),)
        numbers = sorted(v for b in own for v in self.scalars(b, path) if _number(v))
        if measure.aggregate == "sum":
            return (sum(numbers),)
        if not numbers:
            return (None,)
        match measure.aggregate:
            case "avg":
                return (sum(numbers) / len(numbers),)
            case "min":
                return (numbers[0],)
            case "max":
                return (numbers[-1],)
        place = (0.5 if measure.aggregate == "median" else 0.95) * (len(numbers) - 1)
        low = int(place)
        high = min(low + 1, len(numbers) - 1)
        return (numbers[low] + (place - low) * (numbers[high] - numbers[low]),)

    # ------------------------------------------------------------------ elements

    def each(self, array: str) -> Oracle:
        """Of a record for each object in the arrays there, under the id of its own record."""
        profile = each_profile(self.profile, array)
        assert profile is not None
        found = [(i, one) for i, body in self.documents for one in self.elements(body, array)]
        return Oracle(found, profile, self.zone)

    def elements(self, body: Mapping[str, Any], array: str) -> list[dict[str, Any]]:
        name, _, below = array.partition(".")
        inner = body.get(name)
        if below:
            return [{**body, name: one} for one in self.elements(inner, below)] if isinstance(inner, dict) else []
        return [{**body, name: one} for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []

    # ------------------------------------------------------------------ plans

    def run(self, plan: Plan) -> tuple[list[tuple[Any, ...]], int, int]:
        """(rows, matched, ungrouped)."""
        if plan.each is not None:
            return self.each(plan.each).run(replace(plan, each=None))
        base = [(i, b) for i, b in self.documents if self.all(b, plan.where, plan.span)]
        own = bool(plan.measures) and all(m.where or m.span for m in plan.measures)
        matched = len(base)
        if own:
            matched = sum(any(self.all(b, m.where, m.span) for m in plan.measures) for _, b in base)
        if not plan.measures:
            return self._records(base, plan), matched, 0
        groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {} if plan.keys else {(): [b for _, b in base]}
        ungrouped = 0
        for _, body in base if plan.keys else ():
            combined: list[tuple[Any, ...]] = [()]
            for key in plan.keys:
                combined = [(*c, k) for c in combined for k in self.keys(body, key)]
            ungrouped += not combined
            for one in combined:
                groups.setdefault(one, []).append(body)
        rows = []
        for one, bodies in groups.items():
            measured = [self.measure(bodies, m) for m in plan.measures]
            if all(_holds(measured[h.measure][0], h.op, h.value) for h in plan.having):
                rows.append((one, measured))
        rows.sort(key=lambda row: tuple(map(_sortable, row[0])))
        n = len(plan.keys)
        for order in reversed(plan.order):
            rows = _ordered(rows, _column(order.column, n), order.descending)
        flat = [(*one, *(v for m in measured for v in m)) for one, measured in rows]
        return flat[: plan.limit], matched, ungrouped

    def _records(self, base: Sequence[tuple[str, Mapping[str, Any]]], plan: Plan) -> list[tuple[Any, ...]]:
        rows = [(b, tuple(self._show(i, b, path) for path in plan.show)) for i, b in sorted(base, key=lambda d: d[0])]
        for order in reversed(plan.order):
            rows = _ordered(rows, lambda row, c=order.column: row[1][c], order.descending)
            if self.mixed(path := plan.show[order.column]):  # numbers first, by their size
                rows = _ordered(rows, lambda row, path=path: self._number(row[0], path), order.descending)
        return [row for _, row in rows][: plan.limit]

    def _number(self, body: Mapping[str, Any], path: str) -> Any:
        return next((v for v in self.scalars(body, path) if _number(v)), None)

    def _show(self, native_id: str, body: Mapping[str, Any], path: str) -> Any:
        if path == "_id":
            return native_id
        if self.form(path):
            return next(iter(self.instants(body, path)), None)
        return next((self.shown(v, path) for v in self.told(body, path)), None)


def _ordered(rows: list[Any], value: Any, descending: bool) -> list[Any]:
    some = sorted((r for r in rows if value(r) is not None), key=lambda r: _sortable(value(r)), reverse=descending)
    if descending:  # a stable sort in reverse keeps equals in their order
        some = sorted((r for r in rows if value(r) is not None), key=lambda r: _Down(_sortable(value(r))))
    return some + [r for r in rows if value(r) is None]


def _column(place: int, keys: int) -> Callable[[Any], Any]:
    return (lambda row: row[0][place]) if place < keys else (lambda row: row[1][place - keys][0])


class _Down:
    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Down) -> bool:
        return bool(other.value < self.value)


def _sortable(value: Any) -> Any:
    return value


def _holds(value: Any, op: str, wanted: float) -> bool:
    if value is None:
        return False
    return bool(
        {
            "lt": value < wanted,
            "le": value <= wanted,
            "gt": value > wanted,
            "ge": value >= wanted,
            "eq": value == wanted,
        }[op]
    )


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _class(value: Any) -> str:
    if isinstance(value, bool | str | datetime | ObjectId | bytes):
        return "known"
    return "known" if _number(value) else "x"


def _float(value: Any) -> Any:
    return float(value.to_decimal()) if isinstance(value, Decimal128) else value


def _equal(value: Any, wanted: Any) -> bool:
    if isinstance(value, ObjectId):
        return str(value) == wanted
    if isinstance(value, float) and not isfinite(value):
        return False
    return isinstance(value, bool) == isinstance(wanted, bool) and value == wanted


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, ObjectId) else value.hex() if isinstance(value, bytes) else value
