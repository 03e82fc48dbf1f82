"""Every document of a collection once, in the order of `_id`, by ranges of it, as bytes.

A range is a `find` of its own, so that no cursor lives long; when one is lost, or the server steps down, the reading
goes on after the last document that was given. `$gt` compares within one type only: the types are read one by one, in
MongoDB's own order of types, and a collection of one kind of `_id` costs one empty answer for each other kind. A server
that does not know the types by name is read in one cursor.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator, Mapping
from hashlib import blake2b
from typing import Any

import bson
from bson import CodecOptions, Decimal128
from bson.codec_options import DatetimeConversion
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database
from pymongo.errors import ExecutionTimeout, PyMongoError

from vigie.errors import SourceError
from vigie.sources._mongo_errors import mapped_error, misunderstood, passing

# What an export of the same document is read as: aware dates in UTC, out of Python's range DatetimeMS, UUIDs as Binary.
CODEC: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True, datetime_conversion=DatetimeConversion.DATETIME_AUTO, document_class=dict
)
# The types an `_id` can be of (no array, no regular expression, nothing undefined), in the order MongoDB sorts them.
ID_TYPES: tuple[tuple[str, ...], ...] = (
    ("minKey",),
    ("null",),
    ("number",),
    ("string", "symbol"),
    ("object",),
    ("binData",),
    ("objectId",),
    ("bool",),
    ("date",),
    ("timestamp",),
    ("dbPointer",),
    ("javascript",),
    ("javascriptWithScope",),
    ("maxKey",),
)
RANGE = 2_000  # documents of one find; a reply holds 16 MB of them at most
SMALLEST_RANGE = 20  # what a find that ran out of time is cut down to
SECONDS = 60  # the server's own limit for one find
TRIES = 5  # in a row without a document in between
PAUSE = 0.2  # seconds before the second try, doubled for each one after

RawDatabase = Database[RawBSONDocument]
Raw = tuple[Any, bytes]  # (its `_id`, the document), NO_ID where that cannot be read
NO_ID = object()


def scan(database: RawDatabase, name: str, projection: Mapping[str, Any] | None = None) -> Generator[Raw]:
    """Raises SourceError."""
    try:
        for types in ID_TYPES:
            yield from _of_type(database, name, types, projection)
    except _TypesUnknown:
        yield from _in_one(database, name, projection)


class _TypesUnknown(Exception):
    """The server refuses the first range, of documents with an `_id` of the first type."""


def _in_one(database: RawDatabase, name: str, projection: Mapping[str, Any] | None) -> Generator[Raw]:
    """Begun anew where it is lost, without what was given: 8 bytes of each `_id` are held."""
    given: set[bytes] = set()
    failed = 0
    while True:
        try:
            for raw in _find(database, name, sort={"_id": 1}, batchSize=RANGE, **_only(projection)):
                id = id_of(raw)
                key = blake2b(raw if id is NO_ID else repr(id).encode(), digest_size=8).digest()
                if key not in given:
                    given.add(key)
                    failed = 0
                    yield id, raw
            return
        except PyMongoError as error:
            failed += 1
            if failed >= TRIES or not passing(error):
                raise mapped_error(error, f"{database.name}.{name}") from error
            time.sleep(PAUSE * 2 ** (failed - 1))


def _of_type(
    database: RawDatabase, name: str, types: tuple[str, ...], projection: Mapping[str, Any] | None
) -> Generator[Raw]:
    last: Any = NO_ID
    size, failed = RANGE, 0
    while True:
        given, start = 0, last
        try:
            for id, raw in _range(database, name, types, last, projection, size):
                given, failed = given + 1, 0
                last = last if id is NO_ID else id
                yield id, raw
        except PyMongoError as error:
            failed += 1
            if types == ID_TYPES[0] and last is NO_ID and misunderstood(error):
                raise _TypesUnknown from error
            if isinstance(error, ExecutionTimeout) and size > SMALLEST_RANGE:
                size = max(SMALLEST_RANGE, size // 4)
            elif failed >= TRIES or not passing(error):
                raise mapped_error(error, f"{database.name}.{name}") from error
            else:
                time.sleep(PAUSE * 2 ** (failed - 1))
            continue
        if given < size:
            return
        if last is start:
            raise SourceError(f"{size} documents after one another have an _id that cannot be read")


def _range(
    database: RawDatabase,
    name: str,
    types: tuple[str, ...],
    last: Any,
    projection: Mapping[str, Any] | None,
    size: int,
) -> Iterator[Raw]:
    wanted: dict[str, Any] = {"$type": list(types)}
    if last is not NO_ID:
        # NaN is the least of the numbers, and nothing compares with it.
        wanted |= {"$gte": float("-inf")} if _is_nan(last) else {"$gt": last}
    more = _only(projection)
    for raw in _find(database, name, filter={"_id": wanted}, sort={"_id": 1}, limit=size, batchSize=size, **more):
        yield id_of(raw), raw


def _only(projection: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"projection": projection} if projection else {}


def _find(database: RawDatabase, name: str, **options: Any) -> Iterator[bytes]:
    """By the command itself: the driver's own `find` refuses some names that collections have, such as `a$b`."""
    cursor = database.cursor_command(
        "find",
        name,
        read_preference=database.read_preference,
        codec_options=database.codec_options,
        maxTimeMS=SECONDS * 1000,
        **options,
    )
    with cursor:
        for document in cursor:
            yield bytes(document.raw)  # of a large reply it is a view of it


def _is_nan(value: Any) -> bool:
    if isinstance(value, Decimal128):
        return value.to_decimal().is_nan()
    return isinstance(value, float) and math.isnan(value)


def whole(database: RawDatabase, name: str) -> Generator[bytes]:
    """What has no `_id` to go by (a view, a time series), in one cursor. Raises SourceError."""
    try:
        yield from _find(database, name, batchSize=RANGE)
    except PyMongoError as error:
        raise mapped_error(error, f"{database.name}.{name}") from error


# Bytes of a value by its type; for those with a length in front, what stands beside what it counts.
# https://bsonspec.org/spec.html
_FIXED = {0x01: 8, 0x06: 0, 0x07: 12, 0x08: 1, 0x09: 8, 0x0A: 0, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16, 0x7F: 0, 0xFF: 0}
_COUNTED = {0x02: 4, 0x03: 0, 0x04: 0, 0x05: 5, 0x0C: 16, 0x0D: 4, 0x0E: 4, 0x0F: 0}
_NAME = b"_id\0"


def id_of(raw: bytes) -> Any:
    """The `_id`, of which MongoDB makes the first field, without decoding what follows it. NO_ID where it is not."""
    if raw[5:9] != _NAME:
        return NO_ID
    kind, start = raw[4], 9
    if kind in _FIXED:
        end = start + _FIXED[kind]
    elif kind in _COUNTED:
        end = start + int.from_bytes(raw[start : start + 4], "little") + _COUNTED[kind]
    else:
        return NO_ID
    alone = raw[4:end] + b"\0"
    try:
        return bson.decode((len(alone) + 4).to_bytes(4, "little") + alone, CODEC)["_id"]
    except BSONError:
        return NO_ID
