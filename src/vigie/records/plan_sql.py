"""Plans as DuckDB SQL over a generation's columns. Values are always bound; names come from the layout alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from vigie.errors import QueryRefused
from vigie.plan import ROWS_MAX, Bucket, Having, Key, Measure, Order, Plan
from vigie.records.profile import Column, Layout
from vigie.records.sql_values import ONE, Columns, columns_of
from vigie.records.sql_where import Conditions

_COMPARE = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "="}


@dataclass(frozen=True, slots=True)
class Query:
    """`{file}` in the text stands for the columns' Parquet file, always the first of the parameters."""

    sql: str
    parameters: list[object]


@dataclass
class Compiler:
    """One plan over one layout. Raises QueryRefused for paths the layout does not hold."""

    plan: Plan
    layout: Layout
    zone: ZoneInfo

    @cached_property
    def _columns(self) -> Columns:
        whole = columns_of(self.layout)
        return whole.each(self.plan.each) if self.plan.each is not None else whole

    @cached_property
    def _conditions(self) -> Conditions:
        return Conditions(self._columns)

    @property
    def _source(self) -> str:
        """What is computed over: the records, or each object in an array of theirs with its place there."""
        if self.plan.each is None:
            return "read_parquet(?)"
        array = columns_of(self.layout).array(self.plan.each)
        return f"(SELECT *, unnest({array}) AS {ONE}, unnest(range(len({array}))) AS place FROM read_parquet(?))"

    # ------------------------------------------------------------------ queries

    def rows(self) -> Query:
        return self._groups() if self.plan.measures else self._records()

    def counts(self) -> Query:
        """One row: records matched, records without a value at some key."""
        plan = self.plan
        where, parameters = self._conditions.all(plan.where, plan.span)
        matched, extra = "true", []
        if plan.measures and all(m.where or m.span for m in plan.measures):
            own = [self._conditions.all(m.where, m.span) for m in plan.measures]
            matched = "(" + " OR ".join(sql for sql, _ in own) + ")"
            extra = [value for _, values in own for value in values]
        grouped = " AND ".join(self._has(key) for key in plan.keys) or "true"
        sql = f"SELECT count(*) FILTER (WHERE {matched}), count(*) FILTER (WHERE NOT ({grouped})) FROM {self._source}"
        return Query(f"{sql} WHERE {where}", [*extra, *([FILE]), *parameters])

    def _groups(self) -> Query:
        plan = self.plan
        where, parameters = self._conditions.all(plan.where, plan.span)
        inner, keys = self._keyed(f"SELECT * FROM {self._source} WHERE {where}")
        selected, having_parameters = [], []
        for place, measure in enumerate(plan.measures):
            for sql, values in self._measure(measure, place):
                selected.append(sql)
                having_parameters += values
        sql = f"SELECT {', '.join([*keys, *selected])} FROM ({inner})"
        if keys:
            sql += f" WHERE {' AND '.join(f'{k} IS NOT NULL' for k in keys)} GROUP BY {', '.join(keys)}"
        having, bound = self._having(plan.having)
        order = self._order(plan.order, len(keys), keys)
        sql = f"SELECT * FROM ({sql}) WHERE {having} {order} LIMIT {self._limit()}"
        return Query(sql, [*having_parameters, FILE, *parameters, *bound])

    def _records(self) -> Query:
        plan = self.plan
        where, parameters = self._conditions.all(plan.where, plan.span)
        shown = [f"{self._columns.shown(path)} AS v{i}" for i, path in enumerate(plan.show)]
        parts = []
        for one in plan.order:
            names = [f"v{one.column}"]
            if number := next((c for c in self._columns.mixed(plan.show[one.column]) if c.kind == "n"), None):
                names.insert(0, f"n{one.column}")
                shown.append(f"{number.name} AS n{one.column}")
            parts += [f"{name} {'DESC' if one.descending else 'ASC'} NULLS LAST" for name in names]
        ends = ["id"] if plan.each is None else ["id", "place"]
        sql = f"SELECT {', '.join([*shown, *ends])} FROM {self._source} WHERE {where}"
        named = ", ".join(f"v{i}" for i in range(len(plan.show)))
        sql = f"SELECT {named} FROM ({sql}) ORDER BY {', '.join([*parts, *ends])} LIMIT {self._limit()}"
        return Query(sql, [FILE, *parameters])

    def _limit(self) -> int:
        most = ROWS_MAX + 1
        return most if self.plan.limit is None else max(0, min(self.plan.limit, most))

    # ------------------------------------------------------------------ groups

    def _keyed(self, inner: str) -> tuple[str, list[str]]:
        """Records with their keys as columns k0, k1 ...; one row for each value of an array."""
        names = []
        for place, key in enumerate(self.plan.keys):
            column = self._columns.instants(key.path) if key.bucket else self._columns.value(key.path)
            value = column.name
            if key.bucket:
                value = _bucket(value, key.bucket, self.zone) if not column.listed else (
                    f"list_transform({value}, lambda e: {_bucket('e', key.bucket, self.zone)})"
                )  # fmt: skip
            if not key.bucket and not column.listed:
                value = self._columns.shown(key.path)
            wrapped = f"unnest(list_distinct({value}))" if column.listed else value
            inner = f"SELECT *, {wrapped} AS k{place} FROM ({inner})"
            names.append(f"k{place}")
        return inner, names

    def _has(self, key: Key) -> str:
        column = self._columns.instants(key.path) if key.bucket else self._columns.value(key.path)
        if column.listed:
            return f"coalesce(len({column.name}), 0) > 0"
        return f"{column.name if key.bucket else self._columns.shown(key.path)} IS NOT NULL"

    def _measure(self, measure: Measure, place: int) -> list[tuple[str, list[object]]]:
        where, bound = self._conditions.all(measure.where, measure.span)
        only = f"FILTER (WHERE {where})"
        if measure.aggregate == "count":
            return [(f"count(*) {only} AS m{place}", bound)]
        if measure.aggregate == "share":
            part, more = self._conditions.all((*measure.where, *measure.part), measure.span)
            whole, hits = f"count(*) {only}", f"count(*) FILTER (WHERE {part})"
            share = f"CASE WHEN {whole} > 0 THEN {hits} / {whole} END AS m{place}"
            return [(share, [*bound, *more, *bound]), (f"{hits} AS m{place}p", more), (f"{whole} AS m{place}w", bound)]
        return [(f"{self._aggregate(measure, only)} AS m{place}", bound * self._uses(measure))]

    def _uses(self, measure: Measure) -> int:
        return 2 if measure.aggregate == "avg" and self._number(measure).listed else 1

    def _number(self, measure: Measure) -> Column:
        if measure.path is None:
            raise QueryRefused(f"a {measure.aggregate} needs a field")
        if measure.aggregate == "distinct":
            return self._columns.value(measure.path)
        columns = self._columns.of(measure.path)
        kinds = "n"
        if measure.aggregate in ("min", "max"):
            kinds = "tdn" if self._columns.dated(measure.path) else "tnd"
        found = next((c for kind in kinds for c in columns if c.kind == kind), None)
        if found is None:
            raise QueryRefused(
                f"{measure.path!r} of {self.plan.collection} holds no numbers: no {measure.aggregate} of it"
            )
        return found

    def _aggregate(self, measure: Measure, only: str) -> str:
        column = self._number(measure)
        name = column.name
        gathered = f"flatten(list({name}) {only})"
        match measure.aggregate:
            case "distinct":
                value = name if column.listed else self._columns.shown(measure.path or "")
                return (
                    f"coalesce(len(list_distinct({gathered})), 0)"
                    if column.listed
                    else f"count(DISTINCT {value}) {only}"
                )
            case "sum":
                return f"coalesce(sum({f'list_sum({name})' if column.listed else name}) {only}, 0)"
            case "avg":
                return (
                    f"sum(list_sum({name})) {only} / sum(len({name})) {only}"
                    if column.listed
                    else f"avg({name}) {only}"
                )
            case "min" | "max":
                value = f"list_{measure.aggregate}({name})" if column.listed else name
                return f"{measure.aggregate}({value}) {only}"
            case _:
                share = 0.5 if measure.aggregate == "median" else 0.95
                if column.listed:
                    return f"list_aggregate({gathered}, 'quantile_cont', {share})"
                return f"quantile_cont({name}, {share}) {only}"

    # ------------------------------------------------------------------ after grouping

    def _having(self, having: Sequence[Having]) -> tuple[str, list[object]]:
        parts = [f"m{h.measure} {_COMPARE[h.op]} ?" for h in having]
        return " AND ".join(parts) or "true", [h.value for h in having]

    def _order(self, order: Sequence[Order], keys: int, names: Sequence[str]) -> str:
        parts = []
        for one in order:
            name = f"k{one.column}" if one.column < keys else f"m{one.column - keys}"
            parts.append(f"{name} {'DESC' if one.descending else 'ASC'} NULLS LAST")
        parts += [name for name in names if not any(p.startswith(f"{name} ") for p in parts)]
        return f"ORDER BY {', '.join(parts)}" if parts else ""


FILE = object()  # stands for the columns' file among the parameters


def _bucket(value: str, bucket: Bucket, zone: ZoneInfo) -> str:
    """SQL from a UTC timestamp to its bucket; starts of buckets as UTC timestamps."""
    local = f"timezone('{zone.key}', timezone('UTC', {value}))"
    match bucket:
        case "hour_of_day":
            return f"hour({local})"
        case "weekday":
            return f"isodow({local})"
        case "hour":
            # By the instant, so that the hour that comes twice stays two.
            return f"{value} - ({local} - date_trunc('hour', {local}))"
        case _:
            return f"timezone('UTC', timezone('{zone.key}', date_trunc('{bucket}', {local})))"
