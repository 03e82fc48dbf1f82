"""The last look at a compiled aggregation: only stages and operators that read, only constants that are scalars.

An allow-list, apart from the compiler, so that a fault there cannot reach `$where`, `$function`, `$accumulator`,
`$lookup`, `$unionWith`, `$out`, `$merge`, another collection or the server's own state.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from bson import Decimal128, Int64, ObjectId
from bson.binary import Binary
from bson.code import Code

from vigie.errors import QueryRefused

STAGES = frozenset("$match $project $addFields $unwind $group $sort $limit".split())
QUERY_OPERATORS = frozenset("$in $gt $gte $lt $lte $eq $type".split())
ACCUMULATORS = frozenset("$sum $min $max $push".split())
OPERATORS = frozenset(
    "$add $and $anyElementTrue $arrayElemAt $ceil $concatArrays $cond $convert $dateFromParts $dateFromString "
    "$dayOfMonth $divide $eq $filter $floor $gt $gte $hour $ifNull $in $isArray $isoDayOfWeek $isoWeek $isoWeekYear "
    "$let $literal $lt $lte $map $max $millisecond $min $minute $month $multiply $ne $not $or $reduce $regexFind "
    "$regexMatch $round $second $setUnion $size $subtract $sum $toDate $toDouble $toInt $toLong $type $year".split()
)
_NAMED = {  # operators whose one argument is an object of named ones
    "$convert": "input to onError onNull",
    "$dateFromParts": "year month day hour minute second millisecond isoWeekYear isoWeek isoDayOfWeek timezone",
    "$dateFromString": "dateString timezone onError",
    "$filter": "input as cond",
    "$let": "vars in",
    "$map": "input as in",
    "$reduce": "input initialValue in",
    **dict.fromkeys(("$regexFind", "$regexMatch"), "input regex options"),
    **dict.fromkeys(
        "$dayOfMonth $hour $isoDayOfWeek $isoWeek $isoWeekYear $millisecond $minute $month $second $year".split(),
        "date timezone",
    ),
}
_PATH = re.compile(r"\$[^$.\0][^.\0]*(\.[^$.\0][^.\0]*)*\Z")
_VARIABLE = re.compile(r"\$\$[a-z]\w*(\.[^$.\0][^.\0]*)*\Z", re.ASCII)
_NAME = re.compile(r"[^$.\0][^.\0]*\Z")
_DEEP = 60
_SCALARS = (str, int, float, bool, datetime, Decimal128, Int64, ObjectId, Binary, bytes, type(None))


def check_pipeline(pipeline: Sequence[Mapping[str, object]]) -> None:
    """Raises QueryRefused unless every stage, operator, name and constant is one that the compiler may use."""
    for stage in pipeline:
        [(name, body)] = _object(stage).items() if len(stage) == 1 else [("", None)]
        if name not in STAGES:
            raise _refused(f"the stage {name!r}")
        match name:
            case "$match":
                _query(body, 0)
            case "$project" | "$addFields":
                for key, value in _object(body).items():
                    _name(key)
                    _expression(value, 0)
            case "$group":
                _group(_object(body))
            case "$unwind":
                _unwound(body)
            case "$sort":
                if not all(_NAME.match(part) for key in _object(body) for part in key.split(".")):
                    raise _refused("a $sort by that")
                if not all(type(value) is int and value in (1, -1) for value in _object(body).values()):
                    raise _refused("a $sort by that")
            case _:
                if type(body) is not int or body <= 0:
                    raise _refused("a $limit of that")


def _unwound(body: object) -> None:
    path, place = (body.get("path"), body.get("includeArrayIndex")) if isinstance(body, Mapping) else (body, "place")
    named = isinstance(body, str) or (isinstance(body, Mapping) and body.keys() == {"path", "includeArrayIndex"})
    if not named or not isinstance(path, str) or not _PATH.match(path):
        raise _refused("an $unwind of that")
    _name(place)


def _group(body: Mapping[str, object]) -> None:
    for key, value in body.items():
        _name(key)
        if key == "_id":
            _expression(value, 0)
            continue
        sums = _object(value)
        if len(sums) != 1 or not sums.keys() <= ACCUMULATORS:
            raise _refused(f"the accumulator {', '.join(sums)!r}")
        for inner in sums.values():
            _expression(inner, 0)


def _query(query: object, depth: int) -> None:
    _bounded(depth)
    for key, value in _object(query).items():
        if key == "$and":
            for inner in _list(value):
                _query(inner, depth + 1)
        elif key == "$expr":
            _expression(value, depth + 1)
        elif key.startswith("$"):
            raise _refused(f"the operator {key!r}")
        else:
            if not all(_NAME.match(part) for part in key.split(".")):
                raise _refused(f"the field {key!r}")
            _comparison(key, value)


def _comparison(path: str, value: object) -> None:
    tests = _object(value)
    if not tests or not tests.keys() <= QUERY_OPERATORS:
        raise _refused(f"the operator {', '.join(tests)!r}")
    for operator, wanted in tests.items():
        if operator == "$in":
            for one in _list(wanted):
                _stored(one, path == "_id")
        else:
            _scalar(wanted)


def _expression(value: object, depth: int) -> None:
    _bounded(depth)
    if isinstance(value, str) and value.startswith("$"):
        if value != "$$REMOVE" and not _PATH.match(value) and not _VARIABLE.match(value):
            raise _refused(f"the expression {value!r}")
    elif isinstance(value, Mapping):
        operators = [key for key in value if str(key).startswith("$")]
        if not operators:
            for key, inner in value.items():
                _name(key)
                _expression(inner, depth + 1)
        elif len(value) != 1 or operators[0] not in OPERATORS:
            raise _refused(f"the operator {', '.join(operators)!r}")
        else:
            _operands(operators[0], value[operators[0]], depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _expression(inner, depth + 1)
    else:
        _scalar(value)


def _operands(operator: str, value: object, depth: int) -> None:
    if operator == "$literal":
        for one in value if isinstance(value, list) else [value]:
            _stored(one, True)
        return
    if operator not in _NAMED:
        _expression(value, depth)
        return
    named = _object(value)
    if not named.keys() <= set(_NAMED[operator].split()):
        raise _refused(f"the argument {', '.join(named)!r} of {operator}")
    for key, inner in named.items():
        if key == "vars":
            for name, one in _object(inner).items():
                _name(name)
                _expression(one, depth + 1)
        else:
            _expression(inner, depth)


def _scalar(value: object) -> None:
    if not isinstance(value, _SCALARS) or isinstance(value, Code):  # a subclass of str
        raise _refused(f"a constant of type {type(value).__name__}")


def _stored(value: object, ids: bool) -> None:
    """A constant to compare with. `ids`: an `_id` may be an object, of plain names and values."""
    if ids and isinstance(value, Mapping):
        for key, inner in value.items():
            _name(key)
            _stored(inner, ids)
    else:
        _scalar(value)


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise _refused(f"a {type(value).__name__} where an object must be")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise _refused(f"a {type(value).__name__} where a list must be")
    return value


def _name(key: object) -> None:
    if not isinstance(key, str) or not _NAME.match(key):
        raise _refused(f"the field {key!r}")


def _bounded(depth: int) -> None:
    if depth > _DEEP:
        raise _refused("so deep an expression")


def _refused(what: str) -> QueryRefused:
    return QueryRefused(f"the aggregation was not sent: {what} is not among what may be run")
