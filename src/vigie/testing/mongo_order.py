"""MongoDB's total order of values, as keys that Python can compare.

Order and equality: https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bson import DBRef, Decimal128, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.binary import Binary
from bson.code import Code
from bson.datetime_ms import DatetimeMS
from bson.raw_bson import RawBSONDocument

from vigie.testing.mongo_values import MISSING, plain_number

Key = tuple[int, Any]

# The bracket of each type's alias and number: values of one bracket compare with each other, others only by bracket.
BRACKETS: dict[str | int, int] = {
    "minKey": 0, -1: 0,
    "undefined": 1, 6: 1,
    "null": 5, 10: 5,
    "number": 10, "double": 10, 1: 10, "int": 10, 16: 10, "long": 10, 18: 10, "decimal": 10, 19: 10,
    "string": 15, 2: 15, "symbol": 15, 14: 15,
    "object": 20, 3: 20,
    "array": 25, 4: 25,
    "binData": 30, 5: 30,
    "objectId": 35, 7: 35,
    "bool": 40, 8: 40,
    "date": 45, 9: 45,
    "timestamp": 47, 17: 47,
    "regex": 50, 11: 50,
    "dbPointer": 55, 12: 55,
    "javascript": 60, 13: 60,
    "javascriptWithScope": 65, 15: 65,
    "maxKey": 127, 127: 127,
}  # fmt: skip


def sort_key(value: Any) -> Key:
    """(bracket, what compares within it); equal for 1, 1.0 and Decimal128("1"). `MISSING` is below null.

    Raises TypeError for a value no BSON document holds.
    """
    if value is MISSING:
        return 1, 0
    match value:
        case None:
            return 5, 0
        case bool():
            return 40, value
        case int() | float() | Decimal128():
            return 10, _number(value)
        case Code() if value.scope is not None:
            return 65, (str(value), _fields(value.scope))
        case Code():
            return 60, str(value)
        case str():
            return 15, value.encode("utf-8", "surrogatepass")
        case DBRef():
            return 20, _fields(value.as_doc())
        case RawBSONDocument() | Mapping():
            return 20, _fields(value)
        case list() | tuple():
            return 25, tuple(sort_key(item) for item in value)
        case Binary():
            return 30, (len(value), value.subtype, bytes(value))
        case bytes():
            return 30, (len(value), 0, value)
        case UUID():
            return 30, (16, 4, value.bytes)
        case ObjectId():
            return 35, value.binary
        case datetime():
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return 45, int(DatetimeMS(aware))
        case DatetimeMS():
            return 45, int(value)
        case Timestamp():
            return 47, (value.time, value.inc)
        case Regex() | re.Pattern():
            pattern = value.pattern.encode() if isinstance(value.pattern, str) else bytes(value.pattern)
            return 50, (pattern, int(value.flags))
        case MinKey():
            return 0, 0
        case MaxKey():
            return 127, 0
    raise TypeError(f"no place in BSON's order for a {type(value).__name__}")


def _number(value: int | float | Decimal128) -> tuple[int, Any]:
    """NaN is below all numbers, and one with itself."""
    number = plain_number(value)
    return (0, 0) if math.isnan(number) else (1, number)


def _fields(document: Mapping[str, Any]) -> tuple[Any, ...]:
    """Field by field: the type's bracket, the name, the value."""
    keys = ((name, sort_key(value)) for name, value in document.items())
    return tuple((key[0], name.encode("utf-8", "surrogatepass"), key[1]) for name, key in keys)
