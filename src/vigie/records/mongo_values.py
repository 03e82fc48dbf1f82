"""The values at a path of a document as MongoDB expressions: always a list, as arrays give any number of them.

What counts as a value, and of which class, is what `columns` makes of a record: null, "" and arrays in arrays are no
values; numbers are finite; a path goes through one level of array at each of its names.
Nothing here needs more than MongoDB 4.2 ($regexMatch, $round).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf, isfinite
from typing import Literal
from zoneinfo import ZoneInfo

from vigie.elements import each_profile
from vigie.errors import QueryRefused
from vigie.plan import Bucket, FieldProfile, FieldType, Profile, counted, operands
from vigie.records.local_dates import LOCAL, expression

Expr = object
# As in `columns`, and t: instants written as text or numbers; m: several classes, each shown as text; i: `_id`.
Kind = Literal["s", "n", "b", "d", "o", "x", "t", "m", "i"]

_KINDS: tuple[tuple[Kind, tuple[FieldType, ...]], ...] = (
    ("d", ("date",)),
    ("s", ("text",)),
    ("n", ("integer", "number")),
    ("b", ("bool",)),
    ("o", ("id",)),
    ("x", ("other",)),
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Milliseconds of the years 1 to 9999, what an instant can be told as.
FIRST, LAST = -62_135_596_800_000, 253_402_300_799_999
EARLIEST, LATEST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
ONE = "one"
_END = r"(?![\s\S])"  # `$` would let a line's end follow
_OFFSET = r":[0-9.:]+(Z|[+-][0-9]{2}:?[0-9]{2})" + _END
_ISO = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?" + _END
)
_NO_SCALAR = ["missing", "null", "undefined", "object", "array"]


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths of one collection as expressions. Raises QueryRefused for those that the profile does not hold.

    `array`: what lies below it is that of one object in it, which stands in the variable ONE.
    """

    profile: Profile
    zone: ZoneInfo
    array: str | None = None

    def each(self, array: str) -> Paths:
        """Those of one object in the arrays at a path."""
        profile = each_profile(self.profile, array)
        if profile is None:
            raise QueryRefused(f"{self.profile.collection} has no list of objects {array[:80]!r} to compute with")
        return Paths(profile, self.zone)

    def field(self, path: str) -> FieldProfile:
        found = self.profile.field(path)
        if found is None:
            raise QueryRefused(f"{self.profile.collection} has no field {path[:80]!r} that can be computed with")
        return found

    def kinds(self, path: str) -> list[Kind]:
        """Classes of values met there; instants first, but for dates that strayed among other values."""
        if path == "_id":
            return ["i"]
        if self.computed(path):
            return ["n"]
        field = self.field(path)
        found: list[Kind] = [kind for kind, types in _KINDS if any(field.types.get(t) for t in types)]
        if "d" in found and not field.dated:
            found.remove("d")
            found.insert(len(found) - ("x" in found), "d")
        return ["t", *found] if field.time not in (None, "date") else found

    def computed(self, path: str) -> bool:
        """Is it no field, but the difference of two, or how many values another holds?"""
        return self.profile.field(path) is None and (counted(path) or operands(path)) is not None

    def listed(self, path: str, kind: Kind) -> bool:
        """Are values of that class shown as lists: was one met in an array, or below one?"""
        if kind in "im" or self.computed(path):
            return False
        held = self.field(path).listed
        return bool(held) if kind == "t" else kind in held

    def arrays(self, path: str) -> bool:
        """Was an array met on the way or at the end, an empty one too?"""
        if self.computed(path):
            return False
        names = path.split(".")
        return any(self._array(".".join(names[: n + 1])) for n in range(len(names)))

    def _array(self, path: str) -> bool:
        field = self.profile.field(path)
        return field is not None and bool(field.types.get("array"))

    def raw(self, path: str) -> Expr:
        """A list of all that is there, nulls, objects and inner arrays included."""
        if path != "_id":
            self.field(path)
        names = path.split(".")
        arrays = [n for n in range(1, len(names)) if self._array(".".join(names[:n]))]
        first = arrays[0] if arrays else len(names)
        found = _as_list(self._start(names[:first]))
        for name in names[first:]:
            # Aggregation paths tell an array met on the way from one at the end only name by name.
            inner = {"$cond": [{"$isArray": ["$$this"]}, [], _as_list(f"$$this.{name}")]}
            gather = {"$concatArrays": ["$$value", inner]}
            found = {"$reduce": {"input": found, "initialValue": [], "in": gather}}
        return found

    def _start(self, names: list[str]) -> str:
        if self.array is not None and ".".join(names).startswith(f"{self.array}."):
            return f"$${ONE}." + ".".join(names[self.array.count(".") + 1 :])
        return "$" + ".".join(names)

    # ------------------------------------------------------------------ values

    def instants_kind(self, path: str) -> Kind:
        found = next((kind for kind in self.kinds(path) if kind in "td"), None)
        if found is None:
            raise QueryRefused(f"{path[:80]!r} of {self.profile.collection} holds no instants")
        return found

    def value_kind(self, path: str) -> Kind:
        """The class that stands for a path as a key or in a row: its instants, else all as text, else its only one.
        What is of no class (NaN, regular expressions) does where there is nothing else."""
        kinds = self.kinds(path)
        if not kinds:
            raise QueryRefused(f"{path[:80]!r} of {self.profile.collection} holds objects: name one of its fields")
        return "m" if len(self._mixed(path)) > 1 else kinds[0]

    def _mixed(self, path: str) -> list[Kind]:
        """The classes that are shown as text, none of which is met in arrays; [] where the first one is shown alone."""
        kinds = self.kinds(path)
        alone = not kinds or kinds[0] in "td" or self.listed(path, kinds[0])
        return [] if alone else [kind for kind in kinds if kind not in "dx" and not self.listed(path, kind)]

    def doubles(self, path: str | None) -> bool:
        """Is some number there no integer? Then all are told as they are where one column holds them: as doubles."""
        field = self.profile.field(path) if path is not None else None
        return field is not None and bool(field.types.get("number"))

    def instants(self, path: str) -> Expr:
        return self.values(path, self.instants_kind(path))

    def values(self, path: str, kind: Kind) -> Expr:
        """A list of the values of one class."""
        if self.computed(path):
            return self._computed(path)
        raw = self.raw(path)
        match kind:
            case "t":
                return self._instants(path, raw)
            case "m":
                return self._texts(path, raw)
            case "n" if self.doubles(path):
                return {"$map": {"input": _filter(raw, is_kind("$$e", kind)), "as": "e", "in": {"$toDouble": "$$e"}}}
            case _:
                return _filter(raw, is_kind("$$e", kind))

    def _texts(self, path: str, raw: Expr) -> Expr:
        """Binary values stay: MongoDB makes no text of them, who reads the rows does."""
        known = {"$or": [is_kind("$$e", kind) for kind in self._mixed(path)]}
        value: Expr = "$$e"
        if self.doubles(path):
            value = {"$cond": [is_kind("$$e", "n"), {"$toDouble": "$$e"}, "$$e"]}
        text = {"$convert": {"input": value, "to": "string", "onError": "$$e", "onNull": None}}
        told = {"$cond": [{"$eq": [{"$type": "$$e"}, "binData"]}, "$$e", text]}
        return {"$map": {"input": _filter(raw, known), "as": "e", "in": told}}

    def _computed(self, path: str) -> Expr:
        if (within := counted(path)) is not None:
            # Of a list of one, written as such, an operator takes the one.
            return {"$concatArrays": [[{"$size": _filter(self.raw(within), is_scalar("$$e"))}]]}
        pair = operands(path)
        assert pair is not None
        return self._difference(*pair)

    def _difference(self, end: str, start: str) -> Expr:
        timed = bool({"t", "d"} & set(self.kinds(end)))
        pair = {name: (path, self._operand_kind(path, timed)) for name, path in (("a", end), ("b", start))}
        if any(self.listed(*one) for one in pair.values()):
            raise QueryRefused(
                f"{self.profile.collection} holds several such values in a record: no difference of them"
            )
        ends = {name: {"$arrayElemAt": [self.values(*one), 0]} for name, one in pair.items()}
        both = {"$and": [{"$gt": ["$$a", None]}, {"$gt": ["$$b", None]}]}
        apart: Expr = {"$subtract": [{"$toDouble": "$$a"}, {"$toDouble": "$$b"}]}
        if timed:
            apart = {"$divide": [{"$subtract": ["$$a", "$$b"]}, 1000]}
        return {"$let": {"vars": ends, "in": {"$cond": [both, [apart], []]}}}

    def _operand_kind(self, path: str, timed: bool) -> Kind:
        if timed:
            return self.instants_kind(path)
        if "n" not in self.kinds(path):
            raise QueryRefused(f"{path[:80]!r} of {self.profile.collection} holds no numbers")
        return "n"

    def _instants(self, path: str, raw: Expr) -> Expr:
        time = self.field(path).time
        if time == "iso":
            return _kept({"$map": {"input": raw, "as": "e", "in": self._read("$$e")}})
        if time in LOCAL:
            return _kept({"$map": {"input": raw, "as": "e", "in": expression(time, "$$e", self.zone)}})
        scale = 1000 if time == "epoch_s" else 1
        low, high = {"$gte": ["$$e", FIRST / scale]}, {"$lte": ["$$e", LAST / scale]}
        ms = {"$toLong": {"$round": [{"$multiply": [{"$toDouble": "$$e"}, scale]}, 0]}}
        return {"$map": {"input": _filter(raw, {"$and": [low, high]}), "as": "e", "in": {"$toDate": ms}}}

    def _read(self, text: str) -> Expr:
        """An instant out of ISO 8601 text, null out of anything else. $dateFromString takes no zone beside an offset,
        and would read much more than ISO 8601."""
        told = {"$dateFromString": {"dateString": text, "onError": None}}
        local = {"$dateFromString": {"dateString": text, "timezone": self.zone.key, "onError": None}}
        offset = {"$regexMatch": {"input": text, "regex": _OFFSET}}
        iso = {"$cond": [{"$regexMatch": {"input": text, "regex": _ISO}}, {"$cond": [offset, told, local]}, None]}
        return {"$cond": [{"$eq": [{"$type": text}, "string"]}, iso, None]}

    def bucket(self, instant: str, bucket: Bucket) -> Expr:
        """Of an instant, as `plan.Bucket`. Starts are built from local parts: $dateTrunc would need MongoDB 5."""
        local = {"date": instant, "timezone": self.zone.key}
        match bucket:
            case "hour_of_day":
                return {"$hour": local}
            case "weekday":
                return {"$isoDayOfWeek": local}
            case "hour":
                # By the instant, so that the hour that comes twice stays two.
                minutes = {"$multiply": [{"$minute": local}, 60_000]}
                seconds = {"$multiply": [{"$second": local}, 1000]}
                return {"$subtract": [instant, {"$add": [minutes, seconds, {"$millisecond": local}]}]}
            case "week":
                parts = {"isoWeekYear": {"$isoWeekYear": local}, "isoWeek": {"$isoWeek": local}, "isoDayOfWeek": 1}
            case "month":
                parts = {"year": {"$year": local}, "month": {"$month": local}, "day": 1}
            case "day":
                parts = {"year": {"$year": local}, "month": {"$month": local}, "day": {"$dayOfMonth": local}}
        return {"$dateFromParts": {**parts, "timezone": self.zone.key}}


def objects_at(array: str) -> Expr:
    """Those in the array at a path, none of what is no array."""
    elements = {"$cond": [{"$isArray": [f"${array}"]}, f"${array}", []]}
    return _filter(elements, {"$eq": [{"$type": "$$e"}, "object"]})


def is_scalar(value: str) -> Expr:
    return {"$and": [{"$not": [{"$in": [{"$type": value}, {"$literal": _NO_SCALAR}]}]}, {"$ne": [value, ""]}]}


def is_present(value: str) -> Expr:
    return {"$or": [is_scalar(value), {"$eq": [{"$type": value}, "object"]}]}


def is_kind(value: str, kind: Kind) -> Expr:
    """Is one element of that class? Numbers are all that lies between the infinities in MongoDB's order."""
    number = {"$and": [{"$gt": [value, -inf]}, {"$lt": [value, inf]}]}
    match kind:
        case "s":
            return {"$and": [{"$eq": [{"$type": value}, "string"]}, {"$ne": [value, ""]}]}
        case "n":
            return number
        case "b":
            return {"$eq": [{"$type": value}, "bool"]}
        case "d":
            return {"$and": [{"$gte": [value, EARLIEST]}, {"$lte": [value, LATEST]}]}
        case "o":
            return {"$in": [{"$type": value}, {"$literal": ["objectId", "binData"]}]}
        case "x":
            known = [*_NO_SCALAR, "string", "bool", "date", "objectId", "binData"]
            return {"$not": [{"$or": [{"$in": [{"$type": value}, {"$literal": known}]}, number]}]}
        case _:
            return is_scalar(value)


def milliseconds(instant: datetime, op: str) -> datetime:
    """The BSON date, of whole milliseconds, that compares by `op` with BSON dates as `instant` does."""
    rest = instant.microsecond % 1000
    whole = (instant - timedelta(microseconds=rest)).astimezone(UTC)
    return whole + timedelta(milliseconds=1) if rest and op in ("ge", "lt") else whole


def epoch(instant: datetime, time: str) -> int | float:
    micros = (instant - _EPOCH) // timedelta(microseconds=1)
    unit = 1_000_000 if time == "epoch_s" else 1000
    return micros // unit if micros % unit == 0 else micros / unit


def number(value: int | float) -> int | float | None:
    """A number that BSON can hold; None for what equals and exceeds nothing."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return float(value) if abs(value) < 2**1023 else inf if value > 0 else -inf
    return value if isfinite(value) or value in (inf, -inf) else None


def _as_list(value: str) -> Expr:
    return {"$cond": [{"$isArray": [value]}, value, [value]]}


def _filter(raw: Expr, condition: Expr) -> Expr:
    return {"$filter": {"input": raw, "as": "e", "cond": condition}}


def _kept(values: Expr) -> Expr:
    return _filter(values, {"$ne": ["$$e", None]})
