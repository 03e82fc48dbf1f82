"""Plans as DuckDB SQL over a generation's columns. Values are always bound; names come from the layout alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from vigie.errors import QueryRefused
from vigie.plan import ROWS_MAX, Bucket, Having, Key, Measure, Order, Plan, Scalar, Span, Where, counted, operands
from vigie.records.profile import Column, Layout

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

    # ------------------------------------------------------------------ queries

    def rows(self) -> Query:
        return self._groups() if self.plan.measures else self._records()

    def counts(self) -> Query:
        """One row: records matched, records without a value at some key."""
        plan = self.plan
        where, parameters = self._all(plan.where, plan.span)
        matched, extra = "true", []
        if plan.measures and all(m.where or m.span for m in plan.measures):
            own = [self._all(m.where, m.span) for m in plan.measures]
            matched = "(" + " OR ".join(sql for sql, _ in own) + ")"
            extra = [value for _, values in own for value in values]
        grouped = " AND ".join(self._has(key) for key in plan.keys) or "true"
        sql = f"SELECT count(*) FILTER (WHERE {matched}), count(*) FILTER (WHERE NOT ({grouped})) FROM read_parquet(?)"
        return Query(f"{sql} WHERE {where}", [*extra, *([FILE]), *parameters])

    def _groups(self) -> Query:
        plan = self.plan
        where, parameters = self._all(plan.where, plan.span)
        inner, keys = self._keyed(f"SELECT * FROM read_parquet(?) WHERE {where}")
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
        where, parameters = self._all(plan.where, plan.span)
        shown = [f"{self._shown(path)} AS v{i}" for i, path in enumerate(plan.show)]
        parts = []
        for one in plan.order:
            names = [f"v{one.column}"]
            if number := next((c for c in self._mixed(plan.show[one.column]) if c.kind == "n"), None):
                names.insert(0, f"n{one.column}")
                shown.append(f"{number.name} AS n{one.column}")
            parts += [f"{name} {'DESC' if one.descending else 'ASC'} NULLS LAST" for name in names]
        sql = f"SELECT {', '.join([*shown, 'id'])} FROM read_parquet(?) WHERE {where}"
        named = ", ".join(f"v{i}" for i in range(len(plan.show)))
        sql = f"SELECT {named} FROM ({sql}) ORDER BY {', '.join([*parts, 'id'])} LIMIT {self._limit()}"
        return Query(sql, [FILE, *parameters])

    def _limit(self) -> int:
        most = ROWS_MAX + 1
        return most if self.plan.limit is None else max(0, min(self.plan.limit, most))

    # ------------------------------------------------------------------ conditions

    def _all(self, where: Sequence[Where], span: Span | None) -> tuple[str, list[object]]:
        parts, parameters = ["true"], list[object]()
        for one in where:
            sql, values = self._where(one)
            parts.append(f"coalesce({sql}, false)")
            parameters += values
        if span is not None:
            sql, values = self._span(span)
            parts.append(f"coalesce({sql}, false)")
            parameters += values
        return " AND ".join(parts), parameters

    def _where(self, where: Where) -> tuple[str, list[object]]:
        columns = self._columns(where.path)
        present = self._present(where.path)
        match where.op:
            case "present":
                return present, []
            case "missing":
                return f"NOT ({present})", []
            case "in":
                return self._in(columns, where.values)
            case "not_in":
                sql, values = self._in(columns, where.values)
                return f"({present}) AND NOT coalesce({sql}, false)", values
            case "lacks":
                sql, values = self._in(columns, where.values)
                return f"NOT coalesce({sql}, false)", values
            case "contains" | "starts":
                return self._text(columns, where)
            case _:
                return self._compare(columns, where)

    def _in(self, columns: Sequence[Column], values: Sequence[Scalar]) -> tuple[str, list[object]]:
        parts, bound = [], list[object]()
        for column in columns:
            fit = [_bindable(v) for v in values if _kind(v) == column.kind or (column.kind == "o" and _kind(v) == "s")]
            if not fit:
                continue
            marks = ", ".join("?" * len(fit))
            name = column.name
            parts.append(f"list_has_any({name}, [{marks}])" if column.listed else f"{name} IN ({marks})")
            bound += fit
        return ("(" + " OR ".join(f"coalesce({p}, false)" for p in parts) + ")" if parts else "false"), bound

    def _text(self, columns: Sequence[Column], where: Where) -> tuple[str, list[object]]:
        function = "contains" if where.op == "contains" else "starts_with"
        column = next((c for c in columns if c.kind == "s"), None)
        if column is None or not isinstance(where.values[0], str):
            return "false", []
        if column.listed:
            return f"len(list_filter({column.name}, lambda e: {function}(lower(e), lower(?)))) > 0", [where.values[0]]
        return f"{function}(lower({column.name}), lower(?))", [where.values[0]]

    def _compare(self, columns: Sequence[Column], where: Where) -> tuple[str, list[object]]:
        value = where.values[0]
        kinds = ("t", "d") if isinstance(value, datetime) else ("n",) if _kind(value) == "n" else ()
        column = next((c for kind in kinds for c in columns if c.kind == kind), None)
        if column is None:
            return "false", []
        op = _COMPARE[where.op]
        if column.listed:
            return f"len(list_filter({column.name}, lambda e: e {op} ?)) > 0", [_bindable(value)]
        return f"{column.name} {op} ?", [_bindable(value)]

    def _span(self, span: Span) -> tuple[str, list[object]]:
        column = self._instants(span.path)
        name = "e" if column.listed else column.name
        parts, bound = [f"{name} IS NOT NULL"], list[object]()
        if span.start is not None:
            parts.append(f"{name} >= ?")
            bound.append(_bindable(span.start))
        if span.end is not None:
            parts.append(f"{name} < ?")
            bound.append(_bindable(span.end))
        sql = " AND ".join(parts)
        return (f"len(list_filter({column.name}, lambda e: {sql})) > 0" if column.listed else f"({sql})"), bound

    # ------------------------------------------------------------------ columns

    def _columns(self, path: str) -> list[Column]:
        if path == "_id":
            return [Column("_id", "s", "id", False)]
        profile = self.layout.profile
        if profile.field(path) is None:
            if (within := counted(path)) is not None and profile.field(within) is not None:
                return [_number_of(path, self.layout.of(within))]
            if (pair := operands(path)) is not None:
                return [self._difference(path, *pair)]
            raise QueryRefused(f"{self.plan.collection} has no field {path[:80]!r} that can be computed with")
        return self.layout.of(path)

    def _difference(self, path: str, end: str, start: str) -> Column:
        kinds = "td" if any(c.kind in "td" for c in self._columns(end)) else "n"
        high, low = self._instants(end, kinds), self._instants(start, kinds)
        if high.listed or low.listed:
            raise QueryRefused(f"{self.plan.collection} holds several such values in a record: no difference of them")
        if kinds == "n":  # integers of 64 bits could overflow
            return Column(path, "n", f"(CAST({high.name} AS DOUBLE) - CAST({low.name} AS DOUBLE))", False)
        return Column(path, "n", f"((epoch_us({high.name}) - epoch_us({low.name})) / 1e6)", False)

    def _present(self, path: str) -> str:
        return " OR ".join(f"{c.name} IS NOT NULL" for c in self._columns(path) if c.kind != "t") or "false"

    def _instants(self, path: str, kinds: str = "td") -> Column:
        columns = self._columns(path)
        found = next((c for kind in kinds for c in columns if c.kind == kind), None)
        if found is None:
            what = "numbers" if kinds == "n" else "instants"
            raise QueryRefused(f"{path[:80]!r} of {self.plan.collection} holds no {what}")
        return found

    def _value(self, path: str) -> Column:
        """The column that stands for a path as a key or in a list: its instants, else its first other class."""
        columns = self._columns(path)
        for kind in "tdsnbox" if self._dated(path) else "tsnbodx":
            found = next((c for c in columns if c.kind == kind), None)
            if found is not None:
                return found
        raise QueryRefused(f"{path[:80]!r} of {self.plan.collection} holds objects: name one of its fields")

    def _dated(self, path: str) -> bool:
        field = self.layout.profile.field(path)
        return field is not None and field.dated

    def _shown(self, path: str) -> str:
        mixed = self._mixed(path)
        return f"coalesce({', '.join(map(_as_text, mixed))})" if mixed else self._value(path).name

    def _mixed(self, path: str) -> list[Column]:
        """The columns of a path that holds several classes of values, each shown as text; [] of others. Instants and
        arrays are shown alone, what is of no class (NaN, regular expressions) only where there is nothing else."""
        value = self._value(path)
        others = [c for c in self._columns(path) if c.kind not in "tdpx" and c.name != value.name and not c.listed]
        return [value, *others] if others and value.kind not in "td" and not value.listed else []

    # ------------------------------------------------------------------ groups

    def _keyed(self, inner: str) -> tuple[str, list[str]]:
        """Records with their keys as columns k0, k1 ...; one row for each value of an array."""
        names = []
        for place, key in enumerate(self.plan.keys):
            column = self._instants(key.path) if key.bucket else self._value(key.path)
            value = column.name
            if key.bucket:
                value = _bucket(value, key.bucket, self.zone) if not column.listed else (
                    f"list_transform({value}, lambda e: {_bucket('e', key.bucket, self.zone)})"
                )  # fmt: skip
            if not key.bucket and not column.listed:
                value = self._shown(key.path)
            wrapped = f"unnest(list_distinct({value}))" if column.listed else value
            inner = f"SELECT *, {wrapped} AS k{place} FROM ({inner})"
            names.append(f"k{place}")
        return inner, names

    def _has(self, key: Key) -> str:
        column = self._instants(key.path) if key.bucket else self._value(key.path)
        if column.listed:
            return f"coalesce(len({column.name}), 0) > 0"
        return f"{column.name if key.bucket else self._shown(key.path)} IS NOT NULL"

    def _measure(self, measure: Measure, place: int) -> list[tuple[str, list[object]]]:
        where, bound = self._all(measure.where, measure.span)
        only = f"FILTER (WHERE {where})"
        if measure.aggregate == "count":
            return [(f"count(*) {only} AS m{place}", bound)]
        if measure.aggregate == "share":
            part, more = self._all((*measure.where, *measure.part), measure.span)
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
            return self._value(measure.path)
        columns = self._columns(measure.path)
        kinds = "n"
        if measure.aggregate in ("min", "max"):
            kinds = "tdn" if self._dated(measure.path) else "tnd"
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
                value = name if column.listed else self._shown(measure.path or "")
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


def _as_text(column: Column) -> str:
    """Numbers as MongoDB writes them: 2.0 is `2`."""
    name, text = column.name, f"CAST({column.name} AS VARCHAR)"
    if column.kind != "n":
        return text
    return f"CASE typeof({name}) WHEN 'DOUBLE' THEN printf('%.16g', CAST({name} AS DOUBLE)) ELSE {text} END"


def _number_of(path: str, columns: Sequence[Column]) -> Column:
    """How many values they hold."""
    each = [
        f"coalesce(len({c.name}), 0)" if c.listed else f"CAST({c.name} IS NOT NULL AS BIGINT)"
        for c in columns
        if c.kind not in "tp"
    ]
    return Column(path, "n", f"({' + '.join(each) or 'CAST(0 AS BIGINT)'})", False)


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


def _kind(value: Scalar) -> str:
    if isinstance(value, bool):
        return "b"
    if isinstance(value, int | float):
        return "n"
    if isinstance(value, datetime):
        return "d"
    return "s" if isinstance(value, str) else "-"


def _bindable(value: Scalar) -> object:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
