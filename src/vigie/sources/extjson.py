"""MongoDB Extended JSON, read and written: v2 (canonical and relaxed) and v1 as mongoexport wrote it.

Values are plain Python and `bson` types, the ones pymongo gives by default, so that a document read from an
export and the same document read live are alike: ObjectId, Decimal128, Int64, Timestamp, Regex, Code, DBRef,
MinKey, MaxKey; `bytes` for binary subtype 0 and Binary for the others (UUIDs of subtype 3 and 4 too: which byte
order a legacy one has is not known here); dates are aware datetimes in UTC cut to the millisecond, DatetimeMS out of
Python's range. `$symbol` is read as text and `$undefined` as null, as pymongo does.

An object whose keys are exactly those of a type wrapper is that type; other keys in `$`, dotted or empty ones are
ordinary keys. The last of duplicate keys wins. Lone surrogates, which no BSON string can hold, become U+FFFD.

Format: https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from bson import DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.binary import Binary
from bson.code import Code
from bson.datetime_ms import DatetimeMS
from bson.errors import InvalidId

from vigie.sources import _extjson_quick
from vigie.sources._extjson_write import content_hash, dumps, native_id, unnamed_id
from vigie.text import well_formed

__all__ = ["MAX_DEPTH", "content_hash", "dumps", "loads", "loads_hashed", "loads_quickly", "native_id", "unnamed_id"]

MAX_DEPTH = 200  # MongoDB itself refuses more than 100 levels; orjson writes no more than 254

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_INT32 = 2**31
_INT64 = 2**63
_FLAGS = {"i": re.I, "l": re.L, "m": re.M, "s": re.S, "u": re.U, "x": re.X}


# ------------------------------------------------------------------ reading


def loads(line: bytes | str) -> dict[str, Any]:
    """One document. Raises ValueError, with the reason in words, for anything else."""
    return _document(_parse(line), line)


def loads_hashed(line: bytes) -> tuple[dict[str, Any], bytes]:
    """The same with its `content_hash`."""
    quick = loads_quickly((line,))[0]
    if quick is not None:
        return quick
    body = loads(line)
    return body, content_hash(body)


def loads_quickly(lines: Sequence[bytes]) -> list[tuple[dict[str, Any], bytes] | None]:
    """`loads_hashed` of many lines; None for those that it has to read by itself."""
    return _extjson_quick.read(lines, MAX_DEPTH)


def _document(value: Any, line: bytes | str) -> dict[str, Any]:
    if type(value) is not dict:
        raise ValueError(f"not a document but {_SHAPES.get(type(value), 'a number')}")
    # Without "$" a document holds no type wrapper, and in less than two characters a level it is not too deep.
    if _has(line, "$") or _has(line, "\\u0024"):
        return _revive_fields(value, 1)
    if len(line) > 2 * MAX_DEPTH:
        _check_depth(value)
    return value


def _has(line: bytes | str, part: str) -> bool:
    return part in line if isinstance(line, str) else part.encode() in line


_SHAPES = {list: "a list", str: "a text", bool: "a truth value", type(None): "null"}


def _parse(line: bytes | str) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        pass
    # The slow way knows NaN, Infinity and lone surrogates, and says where a line goes wrong.
    try:
        return _clean(json.loads(line.decode() if isinstance(line, bytes) else line))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: byte {error.object[error.start]:#04x} at {error.start}") from error
    except RecursionError as error:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos + 1}") from error


def _clean(value: Any, depth: int = 0) -> Any:
    """What the standard parser lets through and BSON does not: lone surrogates, integers of more than 64 bits."""
    if depth > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, dict):
        return {well_formed(k): _clean(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list):
        return [_clean(v, depth + 1) for v in value]
    if type(value) is int and not -_INT64 <= value < 2 * _INT64:
        return _to_float(value)
    return value


def _to_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            for child in (parent.values() if type(parent) is dict else parent)
            if type(child) in (dict, list)
        ]
        if not level:
            return
    raise ValueError(f"nested deeper than {MAX_DEPTH} levels")


def _revive_fields(body: dict[str, Any], depth: int) -> dict[str, Any]:
    """The same object with its values revived in place; `depth` is its own level."""
    if depth > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    for key, value in body.items():
        kind = type(value)
        if kind is dict:
            body[key] = _revive(value, depth + 1)
        elif kind is list and value:
            body[key] = _revive_list(value, depth + 1)
    return body


def _revive_list(values: list[Any], depth: int) -> list[Any]:
    if depth > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    return [
        _revive(v, depth + 1) if type(v) is dict else _revive_list(v, depth + 1) if type(v) is list else v
        for v in values
    ]


def _revive(value: dict[str, Any], depth: int) -> Any:
    """The value an object stands for; the object itself, its fields revived, when it is no type wrapper."""
    if len(value) == 1:
        [(key, inner)] = value.items()
        read = _WRAPPERS.get(key)
        if read is not None:
            try:
                return read(inner)
            except _NotAWrapper:
                pass
            except (ValueError, TypeError, KeyError, ArithmeticError, InvalidId) as error:
                shown = orjson.dumps(value).decode()
                raise ValueError(f"bad {key}: {shown[:80]}{'…' if len(shown) > 80 else ''}") from error
    elif any(key[:1] == "$" for key in value):
        return _revive_pair(value, depth)
    return _revive_fields(value, depth)


class _NotAWrapper(Exception):
    """The key is a wrapper's, the value's shape is not: an ordinary object (a stored query, say)."""


def _revive_pair(value: dict[str, Any], depth: int) -> Any:
    """Wrappers of more than one key: v1 binary and regex, code with scope, DBRef."""
    keys = value.keys()
    if keys == {"$binary", "$type"} and isinstance(value["$binary"], str):
        try:
            kind = value["$type"]
            # mongoexport 2.4 wrote subtypes above 127 as negative 32-bit numbers
            return _binary(value["$binary"], (kind if isinstance(kind, int) else int(kind, 16)) & 0xFF)
        except (ValueError, TypeError) as error:
            raise ValueError("bad $binary") from error
    if keys == {"$regex", "$options"} and isinstance(value["$regex"], str) and isinstance(value["$options"], str):
        return _regex(value["$regex"], value["$options"])
    _revive_fields(value, depth)
    if keys == {"$code", "$scope"} and isinstance(value["$code"], str) and isinstance(value["$scope"], dict):
        return Code(value["$code"], value["$scope"])
    if isinstance(value.get("$ref"), str) and "$id" in value and isinstance(value.get("$db", ""), str):
        return DBRef(value.pop("$ref"), value.pop("$id"), value.pop("$db", None), **value)
    return value


def _binary(data: str, subtype: int) -> bytes | Binary:
    raw = base64.b64decode(data, validate=True)
    return Binary(raw, subtype) if subtype else raw


def _regex(pattern: str, options: str) -> Regex[str]:
    flags = 0
    for letter in options:
        flags |= _FLAGS.get(letter, 0)
    return Regex(pattern, int(flags))  # as the driver reads them: the text of the value tells the two apart


def _read_oid(value: Any) -> ObjectId:
    if type(value) is not str:
        raise TypeError
    return ObjectId(bytes.fromhex(value))


def _checked(value: Any, right: bool) -> Any:
    if not right:
        raise ValueError
    return value


def _from_millis(millis: int) -> datetime | DatetimeMS:
    try:
        return _EPOCH + timedelta(milliseconds=millis)
    except OverflowError:
        return DatetimeMS(_checked(millis, -_INT64 <= millis < _INT64))


def _read_date(value: Any) -> datetime | DatetimeMS:
    if type(value) is str:
        moment = datetime.fromisoformat(value)
        zone = moment.tzinfo
        if zone is UTC and not moment.microsecond % 1000:
            return moment
        return moment.replace(tzinfo=UTC) if zone is None else _from_millis((moment - _EPOCH) // _MILLISECOND)
    if type(value) is dict:
        value = _read_long(_checked(value, value.keys() == {"$numberLong"})["$numberLong"])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return _from_millis(int(value))


def _read_int(value: Any) -> int:
    number = int(_checked(value, type(value) in (str, int)))
    return int(_checked(number, -_INT32 <= number < _INT32))


def _read_long(value: Any) -> Int64:
    number = int(_checked(value, type(value) in (str, int)))
    return Int64(_checked(number, -_INT64 <= number < _INT64))


def _read_double(value: Any) -> float:
    return float(_checked(value, type(value) in (str, int, float)))


def _read_decimal(value: Any) -> Decimal128:
    return Decimal128(_checked(value, type(value) is str))


def _read_binary(value: Any) -> bytes | Binary:
    _checked(value, type(value) is dict and value.keys() == {"base64", "subType"})
    return _binary(value["base64"], int(value["subType"], 16))


def _read_uuid(value: Any) -> Binary:
    return Binary(UUID(_checked(value, type(value) is str)).bytes, 4)


def _read_timestamp(value: Any) -> Timestamp:
    _checked(value, type(value) is dict and value.keys() == {"t", "i"})
    return Timestamp(_number(value["t"]), _number(value["i"]))


def _number(value: Any) -> int:
    # Tools wrap the parts in canonical mode although the format says plain integers.
    return int(next(iter(value.values())) if type(value) is dict else value)


def _read_regex(value: Any) -> Regex[str]:
    _checked(value, type(value) is dict and value.keys() == {"pattern", "options"})
    return _regex(value["pattern"], value["options"])


def _read_v1_regex(value: Any) -> Regex[str]:
    if type(value) is not str:
        raise _NotAWrapper
    return Regex(value, 0)


def _read_text(value: Any) -> str:
    return str(_checked(value, type(value) is str))


def _read_code(value: Any) -> Code:
    if type(value) is not str:
        raise _NotAWrapper
    return Code(value)


def _read_pointer(value: Any) -> DBRef:
    _checked(value, type(value) is dict and value.keys() == {"$ref", "$id"})
    return DBRef(value["$ref"], _revive(value["$id"], 1))


_WRAPPERS: dict[str, Callable[[Any], Any]] = {
    "$oid": _read_oid,
    "$date": _read_date,
    "$numberInt": _read_int,
    "$numberLong": _read_long,
    "$numberDouble": _read_double,
    "$numberDecimal": _read_decimal,
    "$binary": _read_binary,
    "$uuid": _read_uuid,
    "$timestamp": _read_timestamp,
    "$regularExpression": _read_regex,
    "$regex": _read_v1_regex,
    "$symbol": _read_text,
    "$code": _read_code,
    "$dbPointer": _read_pointer,
    "$minKey": lambda _: MinKey(),
    "$maxKey": lambda _: MaxKey(),
    "$undefined": lambda _: None,
}
