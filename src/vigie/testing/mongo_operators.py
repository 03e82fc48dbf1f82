"""Operators of MongoDB's aggregation that take the values of their arguments.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bson import Decimal128, Int64
from bson.datetime_ms import DatetimeMS

from vigie.testing.mongo_dates import from_milliseconds
from vigie.testing.mongo_order import sort_key
from vigie.testing.mongo_values import MISSING, failure, is_number, plain_number, truth, type_name


def summed(values: list[Any]) -> Any:
    """Of the numbers among them, the others passed over: decimal if one is, else double if one is."""
    found = [one for one in values if is_number(one)]
    if any(isinstance(one, Decimal128) for one in found):
        return Decimal128(sum((Decimal(plain_number(one)) for one in found), Decimal(0)))
    if any(isinstance(one, float) for one in found):
        return math.fsum(found)
    return _integer(sum(found), found)


def _integer(value: int, made_of: list[Any]) -> int | float:
    if not -(2**63) <= value < 2**63:
        return float(value)
    return Int64(value) if any(isinstance(one, Int64) for one in made_of) else value


def _none(*values: Any) -> bool:
    return any(one is None or one is MISSING for one in values)


def _numbers(operator: str, *values: Any) -> None:
    for one in values:
        if not is_number(one):
            raise failure(16554, f"{operator} only supports numeric or date types, not {type_name(one)}")


def _add(*values: Any) -> Any:
    if _none(*values):
        return None
    dates = [one for one in values if isinstance(one, datetime)]
    if len(dates) > 1:
        raise failure(16612, "only one date allowed in an $add expression")
    rest = [one for one in values if not isinstance(one, datetime)]
    _numbers("$add", *rest)
    return dates[0] + timedelta(milliseconds=round(plain_number(summed(rest)))) if dates else summed(rest)


def _subtract(a: Any, b: Any) -> Any:
    if _none(a, b):
        return None
    if isinstance(a, datetime) and isinstance(b, datetime):
        return Int64((a - b) // timedelta(milliseconds=1))
    if isinstance(a, datetime):
        _numbers("$subtract", b)
        return a - timedelta(milliseconds=round(plain_number(b)))
    _numbers("$subtract", a, b)
    if isinstance(b, Decimal128):
        return summed([a, Decimal128(-b.to_decimal())])
    return summed([a, Int64(-b) if isinstance(b, Int64) else -b])


def _multiply(*values: Any) -> Any:
    if _none(*values):
        return None
    _numbers("$multiply", *values)
    if any(isinstance(one, Decimal128) for one in values):
        return Decimal128(math.prod((Decimal(plain_number(one)) for one in values), start=Decimal(1)))
    found = math.prod(values)
    return found if isinstance(found, float) else _integer(found, list(values))


def _divide(a: Any, b: Any) -> Any:
    if _none(a, b):
        return None
    _numbers("$divide", a, b)
    if plain_number(b) == 0:
        raise failure(2, "can't $divide by zero")
    if isinstance(a, Decimal128) or isinstance(b, Decimal128):
        return Decimal128(Decimal(plain_number(a)) / Decimal(plain_number(b)))
    return a / b


def _rounded(operator: str, way: Callable[[Any], int]) -> Callable[..., Any]:
    def run(value: Any, place: int = 0) -> Any:
        if _none(value):
            return None
        _numbers(operator, value)
        if place:
            raise failure(51083, "only whole numbers here")
        if isinstance(value, int) or not math.isfinite(plain_number(value)):
            return value
        return float(way(value)) if isinstance(value, float) else Decimal128(str(way(value.to_decimal())))

    return run


def _to_long(value: Any) -> Any:
    if _none(value):
        return None
    _numbers("$toLong", *([] if isinstance(value, bool) else [value]))
    number = plain_number(value)
    if not math.isfinite(number) or not -(2**63) <= number < 2**63:
        raise failure(241, "Conversion would overflow target type in $convert")
    return Int64(number)


def _to_int(value: Any) -> Any:
    if _none(value):
        return None
    if isinstance(value, str):
        if not re.fullmatch(r"[+-]?[0-9]+", value):
            raise failure(241, f"Failed to parse number {value!r} in $convert")
        value = int(value)
    number = _to_long(value)
    if not -(2**31) <= number < 2**31:
        raise failure(241, "Conversion would overflow target type in $convert")
    return int(number)


def _to_double(value: Any) -> Any:
    if _none(value):
        return None
    _numbers("$toDouble", *([] if isinstance(value, bool) else [value]))
    return float(plain_number(value))


def _to_date(value: Any) -> Any:
    if _none(value) or isinstance(value, datetime | DatetimeMS):
        return None if _none(value) else value
    if type_name(value) not in ("long", "double", "decimal"):
        raise failure(241, f"Unsupported conversion from {type_name(value)} to date in $convert")
    return from_milliseconds(int(plain_number(value)))


def _array(operator: str, code: int, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise failure(code, f"The argument to {operator} must be an array, but was of type: {type_name(value)}")
    return value


def _element(values: Any, place: Any) -> Any:
    if _none(values, place):
        return None
    found = _array("$arrayElemAt", 28689, values)
    return found[place] if -len(found) <= place < len(found) else MISSING


def _concat(*lists: Any) -> Any:
    return None if _none(*lists) else [one for part in lists for one in _array("$concatArrays", 28664, part)]


def _union(*lists: Any) -> Any:
    if _none(*lists):
        return None
    found = {sort_key(one): one for part in lists for one in _array("$setUnion", 17043, part)}
    return [found[key] for key in sorted(found, reverse=True)]


def _among(values: tuple[Any, ...]) -> list[Any]:
    """Operands of $sum, $min, $max: one that is a list stands for its elements."""
    return values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)


OPERATORS: dict[str, Callable[..., Any]] = {
    "$not": lambda value: not truth(value),
    "$eq": lambda a, b: sort_key(a) == sort_key(b),
    "$ne": lambda a, b: sort_key(a) != sort_key(b),
    "$gt": lambda a, b: sort_key(a) > sort_key(b),
    "$gte": lambda a, b: sort_key(a) >= sort_key(b),
    "$lt": lambda a, b: sort_key(a) < sort_key(b),
    "$lte": lambda a, b: sort_key(a) <= sort_key(b),
    "$in": lambda value, values: sort_key(value) in [sort_key(one) for one in _array("$in", 40081, values)],
    "$type": type_name,
    "$isArray": lambda value: isinstance(value, list),
    "$size": lambda value: len(_array("$size", 17124, value)),
    "$arrayElemAt": _element,
    "$concatArrays": _concat,
    "$setUnion": _union,
    "$anyElementTrue": lambda values: any(map(truth, _array("$anyElementTrue", 17041, values))),
    "$sum": lambda *values: summed(_among(values)),
    "$min": lambda *values: min((v for v in _among(values) if not _none(v)), key=sort_key, default=None),
    "$max": lambda *values: max((v for v in _among(values) if not _none(v)), key=sort_key, default=None),
    "$add": _add,
    "$subtract": _subtract,
    "$multiply": _multiply,
    "$divide": _divide,
    "$floor": _rounded("$floor", math.floor),
    "$ceil": _rounded("$ceil", math.ceil),
    "$round": _rounded("$round", round),
    "$toInt": _to_int,
    "$toLong": _to_long,
    "$toDouble": _to_double,
    "$toDate": _to_date,
}
