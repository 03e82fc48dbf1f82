"""Plans as MongoDB aggregations, for MongoDB 4.2 and later: the same rows as `plan_sql` over the same records.

Records are never sent: groups are made, filtered, ordered and cut by the server. Keys stand as k0, k1 ..., measures
as m0, m1 ... (of a share also its part m0p and whole m0w), columns of records as v0, v1 ...

Different values and percentiles are taken from counts per value: each record is repeated once for what the other
measures need (`t.m` -1) and once for each of its values (`t.m` the measure's place), grouped by keys and value, and
those groups by their keys. A group with some 400,000 different numbers is more than a percentile's document can hold;
the server then refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from vigie.errors import QueryRefused
from vigie.plan import ROWS_MAX, Key, Measure, Plan, Profile
from vigie.records.mongo_values import Expr, Kind, Paths
from vigie.records.mongo_where import Conditions

Stage = dict[str, Any]
Pipeline = list[Stage]

_COMPARE = {"lt": "$lt", "le": "$lte", "gt": "$gt", "ge": "$gte", "eq": "$eq"}
_BY_VALUE = ("distinct", "median", "p95")
_PLACE = "vigie_place"  # of an object in its array
_SHARES = {"median": 0.5, "p95": 0.95}


@dataclass(frozen=True, slots=True)
class Compiler:
    """One plan over one profile. Raises QueryRefused for what the profile does not allow."""

    plan: Plan
    conditions: Conditions

    @property
    def paths(self) -> Paths:
        return self.conditions.paths

    # ------------------------------------------------------------------ pipelines

    def rows(self) -> Pipeline:
        """Documents with `columns()`; none when there are no keys and no record matches."""
        return self._groups() if self.plan.measures else self._records()

    def counts(self) -> Pipeline:
        """At most one document: `base` records meet the plan's conditions, `matched` and `ungrouped` as in Rows."""
        plan = self.plan
        matched: Expr = True
        if plan.measures and all(m.where or m.span for m in plan.measures):
            matched = {"$or": [self.conditions.all(m.where, m.span) for m in plan.measures]}
        without = [{"$eq": [{"$size": self._key(key)}, 0]} for key in plan.keys]
        ungrouped: Expr = {"$or": without} if without else False
        sums = {"base": {"$sum": 1}, "matched": _count("$matched"), "ungrouped": _count("$ungrouped")}
        return [
            *self._match(),
            {"$project": {"_id": 0, "matched": _told(matched), "ungrouped": _told(ungrouped)}},
            {"$group": {"_id": None, **sums}},
        ]

    def columns(self) -> list[str]:
        """Names of a row's values in the documents of `rows`."""
        plan = self.plan
        if not plan.measures:
            return [f"v{i}" for i in range(len(plan.show))]
        names = [f"k{i}" for i in range(len(plan.keys))]
        for i, measure in enumerate(plan.measures):
            names += [f"m{i}", f"m{i}p", f"m{i}w"] if measure.aggregate == "share" else [f"m{i}"]
        return names

    def limit(self) -> int:
        most = ROWS_MAX + 1
        return most if self.plan.limit is None else max(0, min(self.plan.limit, most))

    def _match(self) -> Pipeline:
        """The records that meet the conditions; or the objects in an array of theirs, each in a record of its own."""
        query = self.conditions.match(self.plan.where, self.plan.span)
        met = [{"$match": query}] if query else []
        if self.plan.each is None:
            return met
        array = f"${self.plan.each}"
        outer = [w for w in self.plan.where if not f"{w.path}.".startswith(f"{self.plan.each}.")]
        first = self.conditions.match(outer, None)
        return [
            *([{"$match": first}] if first else []),
            {"$match": {"$expr": {"$isArray": [array]}}},
            {"$unwind": {"path": array, "includeArrayIndex": _PLACE}},
            {"$match": {"$expr": {"$eq": [{"$type": array}, "object"]}}},
            *met,
        ]

    # ------------------------------------------------------------------ records

    def _records(self) -> Pipeline:
        plan = self.plan
        shown = {f"v{i}": self._shown(path, self.paths.value_kind(path)) for i, path in enumerate(plan.show)}
        order: list[tuple[str, bool]] = []
        for one in plan.order:
            path = plan.show[one.column]
            numbers = "n" in self.paths.kinds(path) and not self.paths.listed(path, "n")
            if numbers and self.paths.value_kind(path) == "m":
                shown[f"n{one.column}"] = self._shown(path, "n")
                order.append((f"n{one.column}", one.descending))
            order.append((f"v{one.column}", one.descending))
        return [
            *self._match(),
            {"$project": {"_id": 1, **({} if plan.each is None else {_PLACE: 1}), **shown}},
            *_sorted(order, ["_id"] if plan.each is None else ["_id", _PLACE]),
            *self._cut(),
        ]

    def _shown(self, path: str, kind: Kind) -> Expr:
        """One value, or the list of them where an array was met; null for none."""
        values = self.paths.values(path, kind)
        if not self.paths.listed(path, kind):
            return {"$ifNull": [{"$arrayElemAt": [values, 0]}, None]}
        return {"$let": {"vars": {"l": values}, "in": {"$cond": [{"$eq": ["$$l", []]}, None, "$$l"]}}}

    # ------------------------------------------------------------------ groups

    def _groups(self) -> Pipeline:
        plan = self.plan
        names = [f"k{i}" for i in range(len(plan.keys))]
        keys = {name: self._key(key) for name, key in zip(names, plan.keys, strict=True)}
        parts = {n: e for i, m in enumerate(plan.measures) for n, (_, e) in self._parts(m, f"m{i}").items()}
        values = {f"d{i}": self._numbers(m) for i, m in enumerate(plan.measures) if m.aggregate in _BY_VALUE}
        return [
            *self._match(),
            {"$project": {"_id": 0, **keys, **parts, **values}},
            *({"$unwind": f"${name}"} for name in names),
            *(self._by_value(names) if values else [{"$group": {"_id": _same(names, "$"), **self._sums("$")}}]),
            {"$project": {"_id": 0, **{n: f"$_id.{n}" for n in names}, **self._finals()}},
            *self._having(),
            *self._ordered(names),
            *self._cut(),
        ]

    def _key(self, key: Key) -> Expr:
        """The different values of a record at a key, as a list."""
        if key.bucket is None:
            found = self.paths.values(key.path, self.paths.value_kind(key.path))
        else:
            instants = self.paths.instants(key.path)
            found = {"$map": {"input": instants, "as": "i", "in": self.paths.bucket("$$i", key.bucket)}}
        return {"$setUnion": [found, []]}

    def _by_value(self, names: list[str]) -> Pipeline:
        """From records with lists d0, d1 ... to groups with `m0` ...: how many, or [{v, n}] in order of v."""
        places = [i for i, m in enumerate(self.plan.measures) if m.aggregate in _BY_VALUE]
        parts = {
            f"m{i}{n}": f"$m{i}{n}" for i, m in enumerate(self.plan.measures) for n in _SUFFIXES.get(m.aggregate, "")
        }
        lists: list[Expr] = [[{"m": -1, **parts}]]
        for i in places:
            lists.append({"$map": {"input": f"$d{i}", "as": "v", "in": {"m": {"$literal": i}, "v": "$$v"}}})
        gathered: Stage = {"n": {"$sum": 1}, **self._sums("$t.")}
        finer = {**_same(names, "$"), "m": "$t.m", "v": "$t.v"} if names else {"m": "$t.m", "v": "$t.v"}
        heavy: Stage = {}
        for i in places:
            own: Expr = {"$eq": ["$_id.m", i]}
            if self.plan.measures[i].aggregate == "distinct":
                heavy[f"m{i}"] = _count(own)
            else:
                heavy[f"m{i}"] = {"$push": {"$cond": [own, {"v": "$_id.v", "n": "$n"}, "$$REMOVE"]}}
        return [
            {"$project": {**dict.fromkeys(names, 1), "t": {"$concatArrays": lists}}},
            {"$unwind": "$t"},
            {"$group": {"_id": finer, **gathered}},
            {"$sort": {"_id.v": 1}},
            {"$group": {"_id": _same(names, "$_id."), **self._sums("$"), **heavy}},
        ]

    # ------------------------------------------------------------------ measures

    def _numbers(self, measure: Measure) -> Expr:
        """What a measure is taken of: a list for each record, empty where the measure's conditions are not met."""
        if measure.path is None:
            raise QueryRefused(f"a {measure.aggregate} needs a field")
        if measure.aggregate == "distinct":
            kind = self.paths.value_kind(measure.path)
        else:
            allowed = "tdn" if measure.aggregate in ("min", "max") else "n"
            found = next((kind for kind in self.paths.kinds(measure.path) if kind in allowed), None)
            if found is None:
                raise QueryRefused(
                    f"{measure.path!r} of {self.plan.collection} holds no numbers: no {measure.aggregate} of it"
                )
            kind = found
        values = self.paths.values(measure.path, kind)
        if not measure.where and measure.span is None:
            return values
        return {"$cond": [self.conditions.all(measure.where, measure.span), values, []]}

    def _parts(self, measure: Measure, name: str) -> dict[str, tuple[str, Expr]]:
        """name -> (accumulator, what it adds up of one record): parts that can be added up in two goes."""
        match measure.aggregate:
            case "count":
                met = self.conditions.all(measure.where, measure.span)
                return {f"{name}c": ("$sum", _one(met))}
            case "share":
                met = self.conditions.all(measure.where, measure.span)
                part = self.conditions.all((*measure.where, *measure.part), measure.span)
                return {f"{name}p": ("$sum", _one(part)), f"{name}w": ("$sum", _one(met))}
            case "sum":
                return {f"{name}s": ("$sum", {"$sum": self._numbers(measure)})}
            case "avg":
                values = self._numbers(measure)
                return {f"{name}s": ("$sum", {"$sum": values}), f"{name}n": ("$sum", {"$size": values})}
            case "min":
                return {f"{name}x": ("$min", {"$min": self._numbers(measure)})}
            case "max":
                return {f"{name}x": ("$max", {"$max": self._numbers(measure)})}
            case _:
                return {}

    def _sums(self, prefix: str) -> Stage:
        return {
            name: {accumulator: f"{prefix}{name}"}
            for i, m in enumerate(self.plan.measures)
            for name, (accumulator, _) in self._parts(m, f"m{i}").items()
        }

    def _finals(self) -> Stage:
        found: Stage = {}
        for i, measure in enumerate(self.plan.measures):
            name = f"m{i}"
            match measure.aggregate:
                case "count":
                    found[name] = f"${name}c"
                case "share":
                    found |= {name: _ratio(f"${name}p", f"${name}w"), f"{name}p": 1, f"{name}w": 1}
                case "sum":
                    # Of no number too, what other groups give.
                    found[name] = {"$toDouble": f"${name}s"} if self.paths.doubles(measure.path) else f"${name}s"
                case "avg":
                    found[name] = _ratio(f"${name}s", f"${name}n")
                case "min" | "max":
                    found[name] = {"$ifNull": [f"${name}x", None]}
                case "distinct":
                    found[name] = 1
                case quantile:
                    found[name] = _quantile(f"${name}", _SHARES[quantile])
        return found

    # ------------------------------------------------------------------ after grouping

    def _having(self) -> Pipeline:
        """Of groups by keys; the one row without keys is there even of no record, and is looked at by the engine."""
        tests = [{f"m{h.measure}": {_COMPARE[h.op]: h.value}} for h in self.plan.having]
        return [{"$match": {"$and": tests}}] if tests and self.plan.keys else []

    def _ordered(self, names: list[str]) -> Pipeline:
        keys = len(names)
        order = [(f"k{o.column}" if o.column < keys else f"m{o.column - keys}", o.descending) for o in self.plan.order]
        return _sorted(order, names) if names else []

    def _cut(self) -> Pipeline:
        return [{"$limit": self.limit()}] if self.limit() else [{"$match": {"$expr": False}}]


# Of the names of a measure's parts.
_SUFFIXES = {"count": "c", "share": "pw", "sum": "s", "avg": "sn", "min": "x", "max": "x"}


def compile_plan(plan: Plan, profile: Profile, zone: ZoneInfo, read_id: Callable[[str], object]) -> Compiler:
    """`read_id`: the text of an `_id`, as rows show it, to the value that it stands for."""
    paths = Paths(profile, zone)
    return Compiler(plan, Conditions(paths if plan.each is None else paths.each(plan.each), read_id))


def _same(names: list[str], prefix: str) -> Any:
    return {name: f"{prefix}{name}" for name in names} if names else None


def _one(met: Expr) -> Expr:
    return {"$literal": 1} if met is True else {"$cond": [met, 1, 0]}


def _count(met: Expr) -> Expr:
    return {"$sum": {"$cond": [met, 1, 0]}}


def _told(value: Expr) -> Expr:
    """A truth value as a new field; a bare one would say whether to keep a field of that name."""
    return {"$literal": value} if isinstance(value, bool) else value


def _ratio(part: str, whole: str) -> Expr:
    return {"$cond": [{"$gt": [whole, 0]}, {"$divide": [part, whole]}, None]}


def _quantile(counted: str, share: float) -> Expr:
    """Of [{v, n}] in order of v, linear between the two nearest: rank 1 + q·(n-1)."""
    low: Expr = {"$floor": "$$place"}
    high: Expr = {"$ceil": "$$place"}
    step: Expr = {"$multiply": [{"$subtract": ["$$place", low]}, {"$subtract": ["$$high", "$$low"]}]}
    between: Expr = {
        "$let": {"vars": {"low": _at(counted, low), "high": _at(counted, high)}, "in": {"$add": ["$$low", step]}}
    }
    place: Expr = {"$multiply": [share, {"$subtract": [{"$sum": f"{counted}.n"}, 1]}]}
    found: Expr = {"$let": {"vars": {"place": place}, "in": between}}
    return {"$cond": [{"$eq": [counted, []]}, None, found]}


def _at(counted: str, place: Expr) -> Expr:
    """The value at a place from 0 among repeated ones."""
    ahead: Expr = {"$add": ["$$value.n", "$$this.n"]}
    hit: Expr = {"$and": [{"$lte": ["$$value.n", place]}, {"$gt": [ahead, place]}]}
    step: Expr = {"n": ahead, "v": {"$cond": [hit, "$$this.v", "$$value.v"]}}
    run: Expr = {"$reduce": {"input": counted, "initialValue": {"n": 0, "v": None}, "in": step}}
    return {"$let": {"vars": {"r": run}, "in": "$$r.v"}}


def _sorted(order: list[tuple[str, bool]], ties: list[str]) -> Pipeline:
    """None last either way: MongoDB holds null to be less than all else."""
    nulls: Stage = {}
    by: dict[str, int] = {}
    for i, (name, descending) in enumerate(order):
        if name in by:
            continue
        if not descending:
            nulls[f"z{i}"] = {"$cond": [{"$eq": [f"${name}", None]}, 1, 0]}
            by[f"z{i}"] = 1
        by[name] = -1 if descending else 1
    by |= {name: 1 for name in ties if name not in by}
    return [*([{"$addFields": nulls}] if nulls else []), {"$sort": by}]
