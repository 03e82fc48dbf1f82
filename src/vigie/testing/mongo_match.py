"""$match as MongoDB's query language has it: a path reaches through arrays, comparisons keep to one type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isnan
from typing import Any

from bson import Regex

from vigie.testing.mongo_expressions import evaluate
from vigie.testing.mongo_order import sort_key
from vigie.testing.mongo_values import MISSING, failure, is_number, plain_number, truth, type_name


def matches(document: Mapping[str, Any], query: Mapping[str, Any]) -> bool:
    return all(_clause(document, key, wanted) for key, wanted in query.items())


def _clause(document: Mapping[str, Any], key: str, wanted: Any) -> bool:
    match key:
        case "$and":
            return all(matches(document, one) for one in wanted)
        case "$or":
            return any(matches(document, one) for one in wanted)
        case "$nor":
            return not any(matches(document, one) for one in wanted)
        case "$expr":
            return truth(evaluate(wanted, document))
    if key.startswith("$"):
        raise failure(2, f"unknown top level operator: {key}")
    tests = wanted if isinstance(wanted, Mapping) and any(k.startswith("$") for k in wanted) else {"$eq": wanted}
    found = list(_reached(document, key.split(".")))
    return all(_test(found, operator, value) for operator, value in tests.items())


def _test(found: Sequence[Any], operator: str, wanted: Any) -> bool:
    match operator:
        case "$in":
            if any(isinstance(one, Mapping) and any(k.startswith("$") for k in one) for one in wanted):
                raise failure(2, "cannot nest $ under $in")
            return any(_equal(one, value) for one in found for value in wanted)
        case "$nin":
            return not _test(found, "$in", wanted)
        case "$eq":
            return any(_equal(one, wanted) for one in found)
        case "$ne":
            return not any(_equal(one, wanted) for one in found)
        case "$exists":
            return any(one is not MISSING for one in found) == truth(wanted)
        case "$type":
            names = wanted if isinstance(wanted, list) else [wanted]
            return any(one is not MISSING and type_name(one) in names for one in found)
        case "$gt" | "$gte" | "$lt" | "$lte":
            return any(_compares(one, operator, wanted) for one in found)
    raise failure(2, f"unknown operator: {operator}")


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": lambda a, b: a > b,
    "$gte": lambda a, b: a >= b,
    "$lt": lambda a, b: a < b,
    "$lte": lambda a, b: a <= b,
}


def _compares(value: Any, operator: str, wanted: Any) -> bool:
    key, other = sort_key(value), sort_key(wanted)
    if value is MISSING or key[0] != other[0]:
        return False
    if is_number(value) and (isnan(plain_number(value)) or isnan(plain_number(wanted))):
        return operator in ("$gte", "$lte") and isnan(plain_number(value)) and isnan(plain_number(wanted))
    return _COMPARE[operator](key, other)


def _equal(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, Regex):
        if isinstance(value, str):
            return bool(wanted.try_compile().search(value))
        return isinstance(value, Regex) and sort_key(value) == sort_key(wanted)
    if wanted is None:
        return value is None or value is MISSING
    return value is not MISSING and sort_key(value) == sort_key(wanted)


def _reached(value: Any, names: Sequence[str]) -> Iterator[Any]:
    """All that a path reaches: at its end an array's elements and the array itself; on the way the objects of an array,
    or its element at a name that is a number."""
    if not names:
        if isinstance(value, list):
            yield from value
        yield value
        return
    if isinstance(value, Mapping):
        yield from _reached(value.get(names[0], MISSING), names[1:])
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, Mapping):
                yield from _reached(one, names)
        if names[0].isdigit() and int(names[0]) < len(value):
            yield from _reached(value[int(names[0])], names[1:])
    else:
        yield MISSING
