"""The engine over a live database: Plans as MongoDB aggregations, run by the server over all records of a collection.

Needs MongoDB 4.2 or later, and a user who may read. What differs from the embedded engine, by what each can do:
instants in text or numbers are read to the millisecond, not the microsecond; groups by a path that holds texts and
binary values are ordered with the binary ones last; `_id`s that are neither text nor object ids are ordered by their
value, and hold no text to search; records ordered by an array are by its smallest or largest element; which of the two
readings a local time without an offset has in the hour that comes twice is the server's choice; a shape that is newer
than the profile (arrays or another class of value at a path that had none) is left out until the next sync.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bson import CodecOptions, Decimal128, Int64, ObjectId, json_util
from bson.binary import Binary
from bson.codec_options import DatetimeConversion
from bson.errors import BSONError
from pymongo.database import Database
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from vigie.errors import QueryRefused, QueryTooLong, SourceError, SourceRefused, SourceUnreachable
from vigie.plan import ROWS_MAX, Having, Plan, Profile, Rows
from vigie.records.mongo_values import Paths
from vigie.records.pipeline_check import check_pipeline
from vigie.records.plan_mongo import Compiler, Pipeline, compile_plan
from vigie.types import Access

log = logging.getLogger(__name__)

SECONDS = 10.0  # what one query may take
# https://www.mongodb.com/docs/manual/reference/error-codes/
_TOO_LONG = frozenset({50, 89, 262})
_NOT_ALLOWED = frozenset({13, 18, 8000})
_TOO_MUCH = frozenset({146, 292, 10334, 16819, 16945, 17419})
_READ = CodecOptions[dict[str, Any]](tz_aware=True, tzinfo=UTC, datetime_conversion=DatetimeConversion.DATETIME_AUTO)
# Texts of ids of other types than text and object id are Extended JSON.
_OBJECT_ID = re.compile(r"[0-9a-f]{24}\Z")
_JSON = re.compile(r"[{\[\"]|(?:null|true|false)\Z")


class MongoEngine:
    """A `protocols.RecordEngine`. `database` may raise SourceError. `profile`: of a collection, as the last sync read
    it. `write_id` and `write_body`: the text of an `_id`, and of a document, as sync writes them.
    `allow_disk_use`: may the server sort and group on its disk?
    """

    def __init__(
        self,
        database: Callable[[], Database[dict[str, Any]]],
        profile: Callable[[str], Profile | None],
        zone: ZoneInfo,
        write_id: Callable[[Any], str],
        write_body: Callable[[Mapping[str, Any]], str],
        *,
        seconds: float = SECONDS,
        allow_disk_use: bool = False,
    ) -> None:
        self._database = database
        self._profile = profile
        self._zone = zone
        self._write_id = write_id
        self._write_body = write_body
        self._seconds = seconds
        self._allow_disk_use = allow_disk_use

    def profile(self, collection: str) -> Profile | None:
        return self._profile(collection)

    def run(self, plan: Plan, access: Access) -> Rows:
        if not access.everything:
            raise QueryRefused("records cannot be counted for some readers only yet")
        compiler = self._compile(plan)
        if compiler is None:
            raise QueryRefused(f"{plan.collection} has no records to compute with: ingest it first")
        found = self._aggregate(plan.collection, compiler.rows())
        counted = self._aggregate(plan.collection, compiler.counts())
        counts = counted[0] if counted else {"matched": 0, "ungrouped": 0}
        names = compiler.columns()
        rows = [tuple(self._plain(name, row.get(name), plan) for name in names) for row in found]
        if plan.measures and not plan.keys:
            rows = _whole(plan, rows, compiler.paths)[: compiler.limit()]
        return Rows(rows[:ROWS_MAX], int(counts["matched"]), len(rows) > ROWS_MAX, int(counts["ungrouped"]))

    def pipeline(self, plan: Plan) -> list[dict[str, object]]:
        """The aggregation that gives the rows; [] without a profile."""
        compiler = self._compile(plan)
        return [dict(stage) for stage in compiler.rows()] if compiler else []

    def bodies(self, collection: str, native_ids: Sequence[str]) -> dict[str, str]:
        if not native_ids:
            return {}
        query = {"_id": {"$in": [read_id(text) for text in native_ids]}}
        check_pipeline([{"$match": query}])
        found = self._read("find", collection, filter=query)
        bodies = {self._write_id(body["_id"]): self._write_body(body) for body in found}
        return {text: bodies[text] for text in native_ids if text in bodies}

    # ------------------------------------------------------------------ the server

    def _compile(self, plan: Plan) -> Compiler | None:
        profile = self._profile(plan.collection)
        return compile_plan(plan, profile, self._zone, read_id) if profile else None

    def _aggregate(self, collection: str, pipeline: Pipeline) -> list[dict[str, Any]]:
        check_pipeline(pipeline)
        log.info("aggregation on %s: %s", collection, pipeline)
        return self._read(
            "aggregate",
            collection,
            pipeline=pipeline,
            cursor={"batchSize": ROWS_MAX + 1},
            allowDiskUse=self._allow_disk_use,
            # A collection may have a collation of its own, that holds `KO` and `ko` to be the same.
            collation={"locale": "simple"},
        )

    def _read(self, command: str, collection: str, **options: Any) -> list[dict[str, Any]]:
        """By the command itself: the driver's own methods refuse some names that collections have, such as `a$b`. They
        would also send a read once more when the server's role changes."""
        options["maxTimeMS"] = max(1, round(self._seconds * 1000))
        with self._told(collection):
            database = self._database().with_options(codec_options=_READ)
            try:
                return _sent(database, command, collection, options)
            except (NetworkTimeout, ServerSelectionTimeoutError):
                raise
            except AutoReconnect:
                return _sent(database, command, collection, options)

    @contextmanager
    def _told(self, collection: str) -> Iterator[None]:
        """Foreign errors in our words, without what an address may hold."""
        try:
            yield
        except (ExecutionTimeout, NetworkTimeout) as error:
            raise self._too_long(collection) from error
        except OperationFailure as error:
            if error.code in _TOO_LONG:
                raise self._too_long(collection) from error
            if error.code in _NOT_ALLOWED:
                raise SourceRefused(f"MongoDB does not let its user read {collection}: grant it `read`") from error
            if error.code in _TOO_MUCH:
                raise QueryTooLong(
                    f"the query on {collection} takes more memory than MongoDB allows: a narrower window helps"
                ) from error
            raise QueryRefused(f"the plan cannot be run on {collection}: MongoDB answers {error.code}") from error
        except ConnectionFailure as error:
            raise SourceUnreachable(
                f"MongoDB does not answer for {collection}: see that it runs and that MONGO_URI is right"
            ) from error
        except (BSONError, DocumentTooLarge, OverflowError) as error:
            raise QueryRefused(f"the plan cannot be sent for {collection}: {error}") from error
        except PyMongoError as error:
            raise SourceError(f"MongoDB cannot be read for {collection}: {type(error).__name__}") from error

    def _too_long(self, collection: str) -> QueryTooLong:
        return QueryTooLong(f"the query on {collection} took more than {self._seconds:.0f} s")

    # ------------------------------------------------------------------ rows

    def _plain(self, column: str, value: object, plan: Plan) -> object:
        if value is not None and _path(column, plan) == "_id":
            return self._write_id(value)
        return [_told(v) for v in value] if isinstance(value, list) else _told(value)


def _sent(
    database: Database[dict[str, Any]], command: str, collection: str, options: Mapping[str, Any]
) -> list[dict[str, Any]]:
    preference = database.read_preference
    return list(
        database.cursor_command(command, collection, read_preference=preference, codec_options=_READ, **options)
    )


def read_id(text: str) -> object:
    """The `_id` that this is the text of; a text that is of none stands for itself."""
    if _OBJECT_ID.match(text):
        return ObjectId(text)
    if _JSON.match(text):
        try:
            return json_util.loads(text)
        except (ValueError, TypeError, BSONError):
            return text
    return text


def _path(column: str, plan: Plan) -> str | None:
    """Of a column of records or keys."""
    place = int(column[1:]) if column[1:].isdigit() else 0
    if column[0] == "v":
        return plan.show[place]
    return plan.keys[place].path if column[0] == "k" else None


def _told(value: object) -> object:
    """As `columns` tells a value. Dates come aware, those outside of the years 1 to 9999 as their milliseconds."""
    if isinstance(value, Int64):
        return int(value)
    if isinstance(value, Decimal128):
        return float(value.to_decimal())
    if isinstance(value, ObjectId):
        return str(value)
    if isinstance(value, Binary | bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return value if value is None or isinstance(value, str | int | float) else str(value)[:200]


def _whole(plan: Plan, rows: list[tuple[object, ...]], paths: Paths) -> list[tuple[object, ...]]:
    """The one row of a plan without keys, which MongoDB does not make of no record, if it meets `having`."""
    empty: list[object] = []
    places: list[int] = []
    for measure in plan.measures:
        places.append(len(empty))
        nothing: object = 0 if measure.aggregate in ("count", "distinct", "sum") else None
        if measure.aggregate == "sum" and paths.doubles(measure.path):
            nothing = 0.0
        empty += [None, 0, 0] if measure.aggregate == "share" else [nothing]
    found = rows or [tuple(empty)]
    return [row for row in found if all(_holds(row[places[h.measure]], h) for h in plan.having)]


def _holds(value: object, having: Having) -> bool:
    if not isinstance(value, int | float):
        return False
    compared = {
        "lt": value < having.value,
        "le": value <= having.value,
        "gt": value > having.value,
        "ge": value >= having.value,
        "eq": value == having.value,
    }
    return compared[having.op]
