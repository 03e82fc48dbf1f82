"""Expressions of MongoDB's aggregation, those that Vigie sends, after MongoDB's documentation.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bson import Decimal128, ObjectId

from vigie.testing.mongo_dates import DATES, from_string
from vigie.testing.mongo_operators import OPERATORS
from vigie.testing.mongo_values import MISSING, at_path, failure, truth, type_name

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
    if operator in OPERATORS:
        values = [get(one) for one in argument] if isinstance(argument, list) else [get(argument)]
        return OPERATORS[operator](*values)
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


def _searched(operator: str, argument: Any, get: Callable[..., Any]) -> re.Match[str] | None:
    text, pattern = get(argument["input"]), get(argument["regex"])
    if text is None or text is MISSING or pattern is None or pattern is MISSING:
        return None
    if not isinstance(text, str):
        raise failure(51104, f"{operator} needs 'input' to be of type string")
    if "\0" in pattern:
        raise failure(51109, f"{operator}: regular expression cannot contain an embedded null byte")
    return re.search(pattern, text, re.I if "i" in argument.get("options", "") else 0)


def _regex_find(argument: Any, get: Callable[..., Any], _: Variables) -> Any:
    found = _searched("$regexFind", argument, get)
    return found and {"match": found[0], "idx": found.start(), "captures": list(found.groups())}


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
    "$regexFind": _regex_find,
    "$regexMatch": lambda argument, get, known: _searched("$regexMatch", argument, get) is not None,
}
