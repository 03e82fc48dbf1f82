"""Conditions of a Plan for MongoDB: as expressions, and as queries that can use an index where these say the same.

Values stand under $literal in expressions, or are bare scalars in queries; texts to be found are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import inf, isfinite
from typing import Any

from bson import Decimal128, ObjectId
from bson.binary import Binary

from vigie.plan import Scalar, Span, Where
from vigie.records.local_dates import LOCAL
from vigie.records.mongo_values import (
    EARLIEST,
    FIRST,
    LAST,
    LATEST,
    ONE,
    Expr,
    Paths,
    epoch,
    is_kind,
    is_present,
    is_scalar,
    milliseconds,
    number,
    objects_at,
)
from vigie.text import well_formed

Query = dict[str, Any]
_HEX = re.compile(r"(?:[0-9a-f]{2})+\Z")
_SUBTYPES = (0, 2, 3, 4, 5)  # of binary values that stand for identifiers


@dataclass(frozen=True, slots=True)
class Conditions:
    """`read_id`: the text of an `_id` to the values that it stands for."""

    paths: Paths
    read_id: Callable[[str], object]

    # ------------------------------------------------------------------ as queries

    def match(self, where: Sequence[Where], span: Span | None) -> Query:
        """All of them, for $match."""
        parts = [self._query(one) for one in where]
        if span is not None:
            parts += self._window(span)
        if not parts:
            return {}
        return parts[0] if len(parts) == 1 else {"$and": parts}

    def _query(self, where: Where) -> Query:
        exact = {"$expr": self.meets(where)}
        if where.op == "holds":
            return exact
        # In a query a number among the names is also a place in an array.
        if any(name.isdigit() for name in where.path.split(".")) or self.paths.computed(where.path):
            return exact
        if where.op == "in":
            return {where.path: {"$in": self._candidates(where.path, where.values)}}
        if where.op in ("lt", "le", "gt", "ge") and not self.paths.arrays(where.path):
            bounds = self._bounds(where)
            return {where.path: bounds} if bounds else exact
        return exact

    def _bounds(self, where: Where) -> Query | None:
        """The condition as a range of stored values."""
        value, kinds, op = where.values[0], self.paths.kinds(where.path), where.op
        if isinstance(value, datetime):
            kind = next((k for k in kinds if k in "td"), None)
            return self._instant_range(where.path, [(op, value)]) if kind else None
        wanted = _finite(value)
        if wanted is None or "n" not in kinds:
            return None
        return {f"${_query_op(op)}": wanted, "$lt" if op[0] == "g" else "$gt": inf if op[0] == "g" else -inf}

    def _window(self, span: Span) -> list[Query]:
        exact: Query = {"$expr": self.within(span)}
        kind = self.paths.instants_kind(span.path)
        if any(name.isdigit() for name in span.path.split(".")):
            return [exact]
        if kind == "t" and self.paths.field(span.path).time == "iso":
            near = _near(span)
            return [{span.path: near}, exact] if near else [exact]
        if self.paths.arrays(span.path):
            return [exact]
        ends = [(op, t) for op, t in (("ge", span.start), ("lt", span.end)) if t is not None]
        found = self._instant_range(span.path, ends)
        return [{span.path: found}] if found else [exact]

    def _instant_range(self, path: str, ends: Sequence[tuple[str, datetime]]) -> Query | None:
        time = self.paths.field(path).time
        if time == "iso" or time in LOCAL:
            return None
        found: Query = {"$gte": EARLIEST, "$lte": LATEST}
        if time in ("epoch_s", "epoch_ms"):
            scale = 1000 if time == "epoch_s" else 1
            found = {"$gte": FIRST / scale, "$lte": LAST / scale}
        for op, instant in ends:
            found.pop({"ge": "$gte", "gt": "$gte", "le": "$lte", "lt": "$lte"}[op], None)
            dated = time not in ("epoch_s", "epoch_ms")
            found[f"${_query_op(op)}"] = milliseconds(instant, op) if dated else epoch(instant, str(time))
        return found

    # ------------------------------------------------------------------ as expressions

    def all(self, where: Sequence[Where], span: Span | None) -> Expr:
        parts = [self.meets(one) for one in where]
        if span is not None:
            parts.append(self.within(span))
        if not parts:
            return True
        return parts[0] if len(parts) == 1 else {"$and": parts}

    def meets(self, where: Where) -> Expr:
        match where.op:
            case "present":
                return self._some(where.path, is_present("$$e"))
            case "missing":
                return {"$not": [self._some(where.path, is_present("$$e"))]}
            case "in":
                return self._in(where)
            case "not_in":
                return {"$and": [self._some(where.path, is_present("$$e")), {"$not": [self._in(where)]}]}
            case "lacks":
                return {"$not": [self._in(where)]}
            case "contains" | "starts":
                return self._text(where)
            case "holds":
                return self._holds(where)
            case _:
                return self._compare(where)

    def _holds(self, where: Where) -> Expr:
        paths = replace(self.paths.each(where.path), array=where.path)
        inner = replace(self, paths=paths).all(where.within, None)
        if where.number == (1, None):
            return {"$anyElementTrue": [{"$map": {"input": objects_at(where.path), "as": ONE, "in": inner}}]}
        least, most = where.number
        found = {"$size": {"$filter": {"input": objects_at(where.path), "as": ONE, "cond": inner}}}
        bounds: list[Expr] = [{"$gte": [found, {"$literal": least}]}]
        return {"$and": bounds if most is None else [*bounds, {"$lte": [found, {"$literal": most}]}]}

    def within(self, span: Span) -> Expr:
        tests: list[Expr] = []
        if span.start is not None:
            tests.append({"$gte": ["$$t", milliseconds(span.start, "ge")]})
        if span.end is not None:
            tests.append({"$lt": ["$$t", milliseconds(span.end, "lt")]})
        return _any(self.paths.instants(span.path), {"$and": tests} if tests else True, "t")

    def _some(self, path: str, test: Expr) -> Expr:
        computed = self.paths.computed(path)
        return _any(self.paths.values(path, "n") if computed else self.paths.raw(path), test, "e")

    def _in(self, where: Where) -> Expr:
        candidates = self._candidates(where.path, where.values)
        return self._some(where.path, {"$in": ["$$e", {"$literal": candidates}]}) if candidates else False

    def _text(self, where: Where) -> Expr:
        """Regular expressions fold the case of all letters, $toLower only that of ASCII."""
        wanted = where.values[0]
        kinds = self.paths.kinds(where.path)
        if not isinstance(wanted, str) or not {"s", "i"} & set(kinds):
            return False
        pattern = re.escape(well_formed(wanted)).replace("\0", r"\x00")
        if where.op == "starts":
            pattern = f"^{pattern}"
        text: Expr = "$$e"
        if "i" in kinds:
            text = {"$convert": {"input": "$$e", "to": "string", "onError": "", "onNull": ""}}
        found = {"$regexMatch": {"input": text, "regex": {"$literal": pattern}, "options": "i"}}
        return self._some(
            where.path, {"$cond": [is_scalar("$$e") if "i" in kinds else is_kind("$$e", "s"), found, False]}
        )

    def _compare(self, where: Where) -> Expr:
        value, kinds, op = where.values[0], self.paths.kinds(where.path), where.op
        compare = {"lt": "$lt", "le": "$lte", "gt": "$gt", "ge": "$gte"}[op]
        if isinstance(value, datetime):
            if not {"t", "d"} & set(kinds):
                return False
            return _any(self.paths.instants(where.path), {compare: ["$$t", milliseconds(value, op)]}, "t")
        wanted = _finite(value)
        if wanted is None or "n" not in kinds:
            return False
        return _any(self.paths.values(where.path, "n"), {compare: ["$$t", {"$literal": wanted}]}, "t")

    def _candidates(self, path: str, values: Sequence[Scalar]) -> list[object]:
        """What is stored when one of these values is: an id by its text, a decimal that reads as a float."""
        if path == "_id":
            return [self.read_id(well_formed(value)) for value in values if isinstance(value, str)]
        kinds = self.paths.kinds(path)
        found: list[object] = []
        for value in values:
            if isinstance(value, datetime):
                if value.microsecond % 1000 == 0:
                    found.append(value.astimezone(UTC))
            elif isinstance(value, bool):
                found.append(value)
            elif isinstance(value, str):
                found += [] if value == "" else [well_formed(value), *(_ids(value) if "o" in kinds else ())]
            elif (wanted := _finite(value)) is not None and isfinite(wanted):
                found += [wanted, Decimal128(Decimal(repr(wanted)))] if isinstance(wanted, float) else [wanted]
        return found


def _any(values: Expr, test: Expr, name: str) -> Expr:
    return {"$anyElementTrue": [{"$map": {"input": values, "as": name, "in": test}}]}


def _finite(value: Scalar) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return number(value)


def _query_op(op: str) -> str:
    return {"lt": "lt", "le": "lte", "gt": "gt", "ge": "gte"}[op]


def _ids(text: str) -> list[object]:
    """Identifiers that are told as this text: object ids and binary values by their hexadecimal digits."""
    if not _HEX.match(text):
        return []
    raw = bytes.fromhex(text)
    found: list[object] = [Binary(raw, subtype) for subtype in _SUBTYPES]
    return [ObjectId(raw), *found] if len(raw) == 12 else found


def _near(span: Span) -> Query:
    """Bounds of ISO 8601 texts as texts: a day and more on either side, as offsets are less than that."""
    found: Query = {}
    slack = timedelta(days=2)
    if span.start is not None and span.start.year > 1:
        found["$gte"] = (span.start - slack).strftime("%Y-%m-%d").rjust(10, "0")
    if span.end is not None and span.end.year < 9999:
        found["$lt"] = (span.end + slack).strftime("%Y-%m-%d").rjust(10, "0")
    return found
