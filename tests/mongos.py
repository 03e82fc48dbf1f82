"""A MongoDB for a test: the small one, or the real one of VIGIE_TEST_MONGO_URI in a database of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from bson import DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.binary import Binary, UuidRepresentation
from bson.code import Code
from bson.datetime_ms import DatetimeMS
from pymongo import MongoClient
from pymongo.database import Database

from vigie.testing.mongo import FakeMongo

Documents = list[dict[str, Any]]

LEGACY = Binary.from_uuid(UUID("00112233-4455-6677-8899-aabbccddeeff"), UuidRepresentation.JAVA_LEGACY)

# One `_id` of each kind a document may have, in MongoDB's order.
IDS: list[Any] = [
    MinKey(),
    None,
    float("nan"),
    -3,
    Int64(2**40),
    Decimal128("2000000000000.5"),
    float("inf"),
    "",
    "a",
    "Été",
    {"a": 1},
    {"a": 1, "b": 2},
    {"a": "1"},
    b"\0\1",
    LEGACY,
    Binary.from_uuid(UUID(int=7)),
    ObjectId("64b7f0000000000000000001"),
    False,
    True,
    DatetimeMS(-(2**62)),
    datetime(2026, 11, 20, 3, 4, 5, 678000, tzinfo=UTC),
    DatetimeMS(2**62),
    Timestamp(5, 6),
    MaxKey(),
]
IDS.sort(key=lambda value: isinstance(value, MaxKey))

# One value of each kind a field may have.
VALUES: dict[str, Any] = {
    "oid": ObjectId("64b7f0000000000000000002"),
    "text": "KO é \u2028",
    "long": Int64(5),
    "int": 5,
    "double": 5.0,
    "nan": float("nan"),
    "infinity": float("-inf"),
    "decimal": Decimal128("1.50"),
    "uuid": Binary.from_uuid(UUID(int=9)),
    "legacy": LEGACY,
    "bytes": b"\0\xff",
    "binary": Binary(b"x", 128),
    "date": datetime(2026, 11, 20, 3, 4, 5, 678000, tzinfo=UTC),
    "far": DatetimeMS(2**60),
    "before": DatetimeMS(-(2**60)),
    "regex": Regex("^KO$", "im"),
    "timestamp": Timestamp(7, 8),
    "code": Code("f()"),
    "scoped": Code("f(x)", {"x": 1}),
    "ref": DBRef("runs", ObjectId("64b7f0000000000000000003"), "flowdb"),
    "min": MinKey(),
    "max": MaxKey(),
    "null": None,
    "true": True,
    "list": [1, [Int64(2)], {"a.b": None}, []],
    "nested": {"a": {"b": {"$odd": 1, "": "empty"}}},
}


@contextmanager
def seeded(collections: dict[str, Documents] | None = None) -> Iterator[Database[dict[str, Any]]]:
    """A database that holds these, over the real driver."""
    address = os.environ.get("VIGIE_TEST_MONGO_URI")
    if address is None:
        with FakeMongo(collections) as server, client_of(server.uri) as client:
            yield client[server.database]
        return
    with client_of(address) as client:
        name = f"vigie_test_{uuid4().hex[:12]}"
        try:
            for collection, documents in (collections or {}).items():
                client[name][collection].insert_many(documents)
            yield client[name]
        finally:
            client.drop_database(name)


def client_of(uri: str) -> MongoClient[dict[str, Any]]:
    return MongoClient(uri, tz_aware=True, datetime_conversion="DATETIME_AUTO", serverSelectionTimeoutMS=5000)
