"""The engines over the same documents, for tests that compare them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from plan_oracle import Oracle
from pymongo import MongoClient

from vigie.plan import Profile
from vigie.protocols import RecordEngine
from vigie.records.embedded import EmbeddedEngine
from vigie.records.generations import ParquetRecords
from vigie.records.mongo import MongoEngine
from vigie.sources.extjson import dumps, native_id
from vigie.testing.mongo_aggregate import MemoryDatabase
from vigie.types import Record

PARIS = ZoneInfo("Europe/Paris")
REAL = os.environ.get("VIGIE_TEST_MONGO_URI")
KINDS = ["embedded", "mongo", *(["real"] if REAL else [])]
every_engine = pytest.mark.parametrize("kind", KINDS)


def engine(folder: Path, bodies: Sequence[Mapping[str, Any]], **options: Any) -> EmbeddedEngine:
    store = ParquetRecords(folder, zone=PARIS)
    with store.write("runs") as writer:
        ids = [native_id(named["_id"]) for named in _named(bodies)]
        writer.add([Record(one, body, dumps(body), b"") for one, body in zip(ids, bodies, strict=True)])
        generation = writer.finish()
    return EmbeddedEngine(store, lambda: {"runs": generation}, PARIS, **options)


def _named(bodies: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [body if "_id" in body else {"_id": f"id{i:03d}", **body} for i, body in enumerate(bodies)]


@contextmanager
def engine_of(
    kind: str, folder: Path, bodies: Sequence[Mapping[str, Any]], *, seconds: float = 10.0
) -> Iterator[RecordEngine]:
    embedded = engine(folder, bodies, seconds=seconds)
    if kind == "embedded":
        yield embedded
    elif kind == "mongo":
        memory: Any = MemoryDatabase({"runs": _named(bodies)})
        yield MongoEngine(lambda: memory, embedded.profile, PARIS, native_id, dumps, seconds=seconds)
    else:
        with MongoClient[dict[str, Any]](REAL) as client:
            client["vigie_test"]["runs"].drop()
            client["vigie_test"]["runs"].insert_many([dict(body) for body in _named(bodies)])
            yield MongoEngine(lambda: client["vigie_test"], embedded.profile, PARIS, native_id, dumps, seconds=seconds)


def oracle(bodies: Sequence[Mapping[str, Any]], profile: Profile) -> Oracle:
    return Oracle([(f"id{i:03d}", {**body, "_id": f"id{i:03d}"}) for i, body in enumerate(bodies)], profile, PARIS)


def alike(a: Any, b: Any) -> bool:
    if isinstance(a, float) or isinstance(b, float):
        return a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return bool(a == b)
