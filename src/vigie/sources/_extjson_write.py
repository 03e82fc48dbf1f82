"""The writing half of `extjson`: canonical text, the hash of a document's content, the text of an `_id`."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from math import isfinite
from typing import Any
from uuid import UUID

import orjson
from bson import DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.binary import Binary
from bson.code import Code
from bson.datetime_ms import DatetimeMS

from vigie.text import well_formed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_INT32 = 2**31
_INT64 = 2**63
_FLAGS = ((re.I, "i"), (re.L, "l"), (re.M, "m"), (re.S, "s"), (re.U, "u"), (re.X, "x"))  # in alphabetical order

Encode = Callable[[Any], Any]


def dumps(body: Mapping[str, Any]) -> str:
    """Canonical Extended JSON on one line, keys in the document's order: `loads(dumps(x)) == x`.

    Naive datetimes are UTC, as pymongo gives them. Raises TypeError for a value no BSON document holds.
    """
    return _json(_canonical_fields(body)).decode()


def content_hash(body: Mapping[str, Any]) -> bytes:
    """16 bytes that depend on the content alone: the same for a document read live, from a canonical and from a
    relaxed export (which does not tell 32-bit from 64-bit integers). The order of keys counts, as in MongoDB."""
    return blake2b(_plain_json(body), digest_size=16).digest()


def _plain_json(body: Mapping[str, Any]) -> bytes:
    """Canonical but for numbers, which stand bare. orjson walks the document where it can; it writes NaN as null
    and refuses integers of more than 64 bits, so that such documents, and those with a null, are walked here."""
    try:
        text = orjson.dumps(body, _plain, orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATETIME)
    except orjson.JSONEncodeError:
        return _json(_plain_fields(body))
    return _json(_plain_fields(body)) if b"null" in text and _has_odd_float(body) else text


def _has_odd_float(value: Any) -> bool:
    """NaN or an infinity somewhere: what orjson writes as null."""
    kind = type(value)
    if kind is float:
        return not isfinite(value)
    if kind is dict:
        return any(map(_has_odd_float, value.values()))
    return kind is list and any(map(_has_odd_float, value))


def native_id(value: Any) -> str:
    """The text of an `_id`, different for all that MongoDB holds different, and equal for numbers it holds equal.

    ObjectId as 24 hexadecimal digits; text as it is, quoted where it could be mistaken for something else; canonical
    Extended JSON for all others.
    """
    kind = type(value)
    if kind is ObjectId:
        return str(value)
    if kind is str:
        return value if not _MISTAKABLE.match(value) else _json(value).decode()
    if kind is float and value.is_integer() and -_INT64 <= value < _INT64:
        value = int(value)
    if kind is Int64:
        value = int(value)
    return _json(_canonical(value)).decode()


# Texts that read like the form of another type, or like `unnamed_id`.
_MISTAKABLE = re.compile(r"[0-9a-f]{24}\Z|[{\[\"]|(?:null|true|false)\Z|#[0-9a-f]{32}(?:-\d+)?\Z|\s*\Z")


def unnamed_id(content: bytes, occurrence: int) -> str:
    """The native id of a record without `_id`: its content, and its number among equal ones from the second on."""
    return f"#{content.hex()}-{occurrence}" if occurrence > 1 else f"#{content.hex()}"


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return orjson.dumps(_clean(value))


def _clean(value: Any) -> Any:
    """Lone surrogates have no UTF-8; U+FFFD stands for them, as when reading."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, dict):
        return {_clean(k): _clean(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_clean(v) for v in value]
    return value


def _encoders(writers: Mapping[type, Encode], bare: frozenset[type]) -> tuple[Encode, Encode]:
    """(of a value, of a document) for one form: `bare` types stand as they are in JSON, `writers` wrap the others."""

    def fields(body: Mapping[str, Any]) -> dict[str, Any]:
        return {k: (v if type(v) in bare else value(v)) for k, v in body.items()}

    def items(values: Any) -> list[Any]:
        return [v if type(v) in bare else value(v) for v in values]

    def dbref(ref: DBRef) -> dict[str, Any]:
        return fields(ref.as_doc())

    def code(v: Code) -> dict[str, Any]:
        return {"$code": str(v)} if v.scope is None else {"$code": str(v), "$scope": fields(v.scope)}

    table: dict[type, Encode] = {dict: fields, list: items, tuple: items, DBRef: dbref, Code: code, **writers}

    def value(v: Any) -> Any:
        kind = type(v)
        if kind in bare:
            return v
        write = table.get(kind)
        if write is None:  # a subclass (SON, an enumeration's text, a mapping of pymongo's)
            write = next((table[base] for base in kind.__mro__ if base in table), None)
            if write is None and isinstance(v, Mapping):
                write = fields
            if write is None:
                plain = next((base for base in kind.__mro__ if base in bare), None)
                if plain is None:
                    raise TypeError(f"no Extended JSON for a value of type {kind.__name__}")
                return plain(v)
        return write(v)

    return value, fields


def _int(value: int) -> dict[str, str]:
    if -_INT32 <= value < _INT32:
        return {"$numberInt": str(value)}
    return {"$numberLong": str(value)} if -_INT64 <= value < _INT64 else _float(float(value))


def _float(value: float) -> dict[str, str]:
    if isfinite(value):
        return {"$numberDouble": repr(value)}
    return {"$numberDouble": "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"}


def _date(value: datetime) -> dict[str, dict[str, str]]:
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return {"$date": {"$numberLong": str((value - _EPOCH) // _MILLISECOND)}}


def _binary(value: bytes) -> dict[str, dict[str, str]]:
    subtype = value.subtype if isinstance(value, Binary) else 0
    return {"$binary": {"base64": base64.b64encode(value).decode(), "subType": f"{subtype:02x}"}}


def _regex(value: Any) -> dict[str, dict[str, str]]:
    pattern = value.pattern.decode("utf-8", "replace") if isinstance(value.pattern, bytes) else value.pattern
    return {
        "$regularExpression": {"pattern": pattern, "options": "".join(c for flag, c in _FLAGS if value.flags & flag)}
    }


_COMMON: dict[type, Encode] = {
    ObjectId: lambda v: {"$oid": str(v)},
    datetime: _date,
    DatetimeMS: lambda v: {"$date": {"$numberLong": str(int(v))}},
    Decimal128: lambda v: {"$numberDecimal": str(v)},
    bytes: _binary,
    Binary: _binary,
    UUID: lambda v: _binary(Binary(v.bytes, 4)),
    Timestamp: lambda v: {"$timestamp": {"t": v.time, "i": v.inc}},
    Regex: _regex,
    re.Pattern: _regex,
    MinKey: lambda _: {"$minKey": 1},
    MaxKey: lambda _: {"$maxKey": 1},
}
_BARE: frozenset[type] = frozenset({str, bool, type(None)})

_canonical, _canonical_fields = _encoders(
    {**_COMMON, int: _int, float: _float, Int64: lambda v: {"$numberLong": str(int(v))}}, _BARE
)
_plain, _plain_fields = _encoders(
    {
        **_COMMON,
        Int64: int,
        int: lambda v: v if -_INT64 <= v < _INT64 else _plain_float(float(v)),
        float: lambda v: _plain_float(v),
    },
    _BARE,
)


def _plain_float(value: float) -> Any:
    return value if isfinite(value) else _float(value)
