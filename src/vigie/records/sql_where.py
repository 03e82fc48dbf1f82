"""Conditions of a Plan as DuckDB SQL: values are always bound, names come from the layout alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vigie.plan import Scalar, Span, Where
from vigie.records.profile import Column
from vigie.records.sql_values import ONE, Columns

_COMPARE = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_NO_END = 2**31  # objects in an array: more than a document holds


@dataclass(frozen=True)
class Conditions:
    """Each as (SQL, the values of its `?`)."""

    columns: Columns

    def all(self, where: Sequence[Where], span: Span | None) -> tuple[str, list[object]]:
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
        if where.op == "holds":
            return self._holds(where)
        columns = self.columns.of(where.path)
        present = self.columns.present(where.path)
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

    def _holds(self, where: Where) -> tuple[str, list[object]]:
        sql, values = Conditions(self.columns.each(where.path)).all(where.within, None)
        found = f"coalesce(len(list_filter({self.columns.array(where.path)}, lambda {ONE}: {sql})), 0)"
        least, most = where.number
        return f"{found} BETWEEN {least:d} AND {_NO_END if most is None else most:d}", values

    def _in(self, columns: Sequence[Column], values: Sequence[Scalar]) -> tuple[str, list[object]]:
        parts, bound = [], list[object]()
        for column in columns:
            fit = [bindable(v) for v in values if _kind(v) == column.kind or (column.kind == "o" and _kind(v) == "s")]
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
            return f"len(list_filter({column.name}, lambda e: e {op} ?)) > 0", [bindable(value)]
        return f"{column.name} {op} ?", [bindable(value)]

    def _span(self, span: Span) -> tuple[str, list[object]]:
        column = self.columns.instants(span.path)
        name = "e" if column.listed else column.name
        parts, bound = [f"{name} IS NOT NULL"], list[object]()
        if span.start is not None:
            parts.append(f"{name} >= ?")
            bound.append(bindable(span.start))
        if span.end is not None:
            parts.append(f"{name} < ?")
            bound.append(bindable(span.end))
        sql = " AND ".join(parts)
        return (f"len(list_filter({column.name}, lambda e: {sql})) > 0" if column.listed else f"({sql})"), bound


def _kind(value: Scalar) -> str:
    if isinstance(value, bool):
        return "b"
    if isinstance(value, int | float):
        return "n"
    if isinstance(value, datetime):
        return "d"
    return "s" if isinstance(value, str) else "-"


def bindable(value: Scalar) -> object:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
