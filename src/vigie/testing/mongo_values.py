"""BSON values as MongoDB's aggregation holds them: their types, what is missing.

Types: https://www.mongodb.com/docs/manual/reference/bson-types/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from bson import DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.binary import Binary
from bson.code import Code
from bson.datetime_ms import DatetimeMS
from pymongo.errors import OperationFailure


class _Missing:
    """A field that is not there: less than null, and not null."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


def failure(code: int, message: str) -> OperationFailure:
    return OperationFailure(message, code)


def type_name(value: Any) -> str:
    """As $type tells it."""
    if value is MISSING:
        return "missing"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, Int64):
        return "long"
    if isinstance(value, int):
        return "int" if -(2**31) <= value < 2**31 else "long"
    if isinstance(value, Code):
        return "javascript"
    for kind, name in _NAMES:
        if isinstance(value, kind):
            return name
    raise TypeError(f"no BSON value: {type(value).__name__}")


_NAMES: tuple[tuple[Any, str], ...] = (
    (float, "double"),
    (str, "string"),
    ((Mapping, DBRef), "object"),
    (list, "array"),
    ((Binary, bytes), "binData"),
    (ObjectId, "objectId"),
    ((datetime, DatetimeMS), "date"),
    (Decimal128, "decimal"),
    (Timestamp, "timestamp"),
    ((Regex, re.Pattern), "regex"),
    (MinKey, "minKey"),
    (MaxKey, "maxKey"),
)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal128) and not isinstance(value, bool)


def plain_number(value: Any) -> int | float | Decimal:
    return value.to_decimal() if isinstance(value, Decimal128) else value


def truth(value: Any) -> bool:
    if value is MISSING or value is None or value is False:
        return False
    return not is_number(value) or plain_number(value) != 0


def at_path(value: Any, names: Sequence[str]) -> Any:
    """What an aggregation's `$a.b` is: through arrays a list of what their objects hold, arrays in arrays left out."""
    for place, name in enumerate(names):
        if isinstance(value, list):
            found = [at_path(one, names[place:]) for one in value if isinstance(one, Mapping)]
            return [one for one in found if one is not MISSING]
        if not isinstance(value, Mapping) or name not in value:
            return MISSING
        value = value[name]
    return value


def kept(document: Mapping[str, Any], paths: Sequence[Sequence[str]]) -> dict[str, Any]:
    """What a projection of these paths leaves: of an object on the way its part, of a list those of its objects."""
    found: dict[str, Any] = {}
    for name, value in document.items():
        below = [path[1:] for path in paths if path[0] == name]
        if not all(below):
            found[name] = value
        elif below and isinstance(value, Mapping):
            found[name] = kept(value, below)
        elif below and isinstance(value, list):
            found[name] = [kept(item, below) for item in value if isinstance(item, Mapping)]
    return found
