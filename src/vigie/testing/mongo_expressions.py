"""Expressions of MongoDB's aggregation, those that Vigie sends, after MongoDB's documentation.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bson import Decimal128, Int64, ObjectId
from bson.datetime_ms import DatetimeMS

from vigie.testing.mongo_dates import DATES, from_milliseconds, from_string
from vigie.testing.mongo_values import MISSING, at_path, failure, is_number, order, plain_number, truth, type_name

Variables = Mapping[str, Any]


def evaluate(expression: Any, document: Any, variables: Variables | None = None) -> Any:
    """Its value, MISSING for none. Raises OperationFailure with MongoDB's code where it has one."""
    known = variables or {}
    if isinstance(expression, str) and expression.startswith("$$"):
        name, *rest = expression[2:].split(".")
        if name == "REMOVE":
            return MISSING
        if name not in known:
            raise failure(17276, f"Use of undefined variable: {name}")
        return at_path(known[name], rest)
    if isinstance(expression, str) and expression.startswith("$"):
        return at_path(document, expression[1:].split("."))
    if isinstance(expression, list):
        found = [evaluate(one, document, known) for one in expression]
        return [None if one is MISSING else one for one in found]
    if not isinstance(expression, Mapping):
        return expression
    operators = [key for key in expression if key.startswith("$")]
    if not operators:
        values = {key: evaluate(value, document, known) for key, value in expression.items()}
        return {key: value for key, value in values.items() if value is not MISSING}
    if len(expression) != 1:
        raise failure(15983, "an object representing an expression must have exactly one field")
    [(operator, argument)] = expression.items()
    return _operate(operator, argument, lambda one, more=known: evaluate(one, document, more), known)


def _operate(operator: str, argument: Any, get: Callable[..., Any], known: Variables) -> Any:
    if operator in _LAZY:
        return _LAZY[operator](argument, get, known)
    if operator in DATES:
        return DATES[operator]({name: get(value) for name, value in argument.items()})
    if operator in _EAGER:
        values = [get(one) for one in argument] if isinstance(argument, list) else [get(argument)]
        return _EAGER[operator](*values)
    raise failure(168, f"Unrecognized expression '{operator}'")


# ------------------------------------------------------------------ what looks before it evaluates


def _and(argument: Any, get: Callable[..., Any], _: Variables) -> bool:
    met = [truth(get(one)) for one in argument]  # all of them: MongoDB does not promise to stop at the first
    return all(met)


def _or(argument: Any, get: Callable[..., Any], _: Variables) -> bool:
    met = [truth(get(one)) for one in argument]
    return any(met)


def _cond(argument: Any, get: Callable[..., Any], _: Variables) -> Any:
    met, then, otherwise = argument if isinstance(argument, list) else (argument[k] for k in ("if", "then", "else"))
    return get(then) if truth(get(met)) else get(otherwise)


def _if_null(argument: Any, get: Callable[..., Any], _: Variables) -> Any:
    found = MISSING
    for one in argument:
        found = get(one)
        if found is not None and found is not MISSING:
            return found
    return found


def _let(argument: Any, get: Callable[..., Any], known: Variables) -> Any:
    return get(argument["in"], {**known, **{name: get(value) for name, value in argument["vars"].items()}})


def _input(operator: str, argument: Any, get: Callable[..., Any]) -> list[Any] | None:
    found = get(argument["input"])
    if found is None or found is MISSING:
        return None
    if not isinstance(found, list):
        raise failure(16883, f"input to {operator} must be an array not {type_name(found)}")
    return found


def _map(argument: Any, get: Callable[..., Any], known: Variables) -> Any:
    values, name = _input("$map", argument, get), argument.get("as", "this")
    if values is None:
        return None
    found = [get(argument["in"], {**known, name: one}) for one in values]
    return [None if one is MISSING else one for one in found]


def _filter(argument: Any, get: Callable[..., Any], known: Variables) -> Any:
    values, name = _input("$filter", argument, get), argument.get("as", "this")
    return values and [one for one in values if truth(get(argument["cond"], {**known, name: one}))]


def _reduce(argument: Any, get: Callable[..., Any], known: Variables) -> Any:
    values = _input("$reduce", argument, get)
    if values is None:
        return None
    found = get(argument["initialValue"])
    for one in values:
        found = get(argument["in"], {**known, "this": one, "value": found})
    return found


def _convert(argument: Any, get: Callable[..., Any], _: Variables) -> Any:
    value = get(argument["input"])
    if value is None or value is MISSING:
        return get(argument["onNull"]) if "onNull" in argument else None
    if argument["to"] != "string":
        raise failure(2, "only to string here")
    found = _text(value)
    if found is not None:
        return found
    if "onError" not in argument:
        raise failure(241, f"Unsupported conversion from {type_name(value)} to string in $convert")
    return get(argument["onError"])


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isfinite(value):
            return f"{value:.16g}"
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
    return str(value) if isinstance(value, int | Decimal128 | ObjectId) else None


def _date_from_string(argument: Any, get: Callable[..., Any], _: Variables) -> Any:
    text = get(argument["dateString"])
    if text is None or text is MISSING:
        return get(argument["onNull"]) if "onNull" in argument else None
    found = from_string(text, get(argument["timezone"]) if "timezone" in argument else None)
    if found is not None:
        return found
    if "onError" not in argument:
        raise failure(241, f"Error parsing date string {text!r}")
    return get(argument["onError"])


def _regex_match(argument: Any, get: Callable[..., Any], _: Variables) -> bool:
    text, pattern = get(argument["input"]), get(argument["regex"])
    if text is None or text is MISSING or pattern is None or pattern is MISSING:
        return False
    if not isinstance(text, str):
        raise failure(51104, "$regexMatch needs 'input' to be of type string")
    if "\0" in pattern:
        raise failure(51109, "$regexMatch: regular expression cannot contain an embedded null byte")
    return bool(re.search(pattern, text, re.I if "i" in argument.get("options", "") else 0))


_LAZY: dict[str, Callable[[Any, Callable[..., Any], Variables], Any]] = {
    "$literal": lambda argument, get, known: argument,
    "$and": _and,
    "$or": _or,
    "$cond": _cond,
    "$ifNull": _if_null,
    "$let": _let,
    "$map": _map,
    "$filter": _filter,
    "$reduce": _reduce,
    "$convert": _convert,
    "$dateFromString": _date_from_string,
    "$regexMatch": _regex_match,
}


# ------------------------------------------------------------------ what takes values


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
    found = {order(one): one for part in lists for one in _array("$setUnion", 17043, part)}
    return [found[key] for key in sorted(found, reverse=True)]


def _among(values: tuple[Any, ...]) -> list[Any]:
    """Operands of $sum, $min, $max: one that is a list stands for its elements."""
    return values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)


_EAGER: dict[str, Callable[..., Any]] = {
    "$not": lambda value: not truth(value),
    "$eq": lambda a, b: order(a) == order(b),
    "$ne": lambda a, b: order(a) != order(b),
    "$gt": lambda a, b: order(a) > order(b),
    "$gte": lambda a, b: order(a) >= order(b),
    "$lt": lambda a, b: order(a) < order(b),
    "$lte": lambda a, b: order(a) <= order(b),
    "$in": lambda value, values: order(value) in [order(one) for one in _array("$in", 40081, values)],
    "$type": type_name,
    "$isArray": lambda value: isinstance(value, list),
    "$size": lambda value: len(_array("$size", 17124, value)),
    "$arrayElemAt": _element,
    "$concatArrays": _concat,
    "$setUnion": _union,
    "$anyElementTrue": lambda values: any(map(truth, _array("$anyElementTrue", 17041, values))),
    "$sum": lambda *values: summed(_among(values)),
    "$min": lambda *values: min((v for v in _among(values) if not _none(v)), key=order, default=None),
    "$max": lambda *values: max((v for v in _among(values) if not _none(v)), key=order, default=None),
    "$add": _add,
    "$subtract": _subtract,
    "$multiply": _multiply,
    "$divide": _divide,
    "$floor": _rounded("$floor", math.floor),
    "$ceil": _rounded("$ceil", math.ceil),
    "$round": _rounded("$round", round),
    "$toLong": _to_long,
    "$toDouble": _to_double,
    "$toDate": _to_date,
}
