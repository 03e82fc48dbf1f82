"""The part of MongoDB's aggregation that Vigie sends, over documents in memory, after MongoDB's documentation.

Where that leaves the outcome open (the order of groups and of sets, ties of a sort) it is made unlike the one that
most code hopes for. Not here: memory limits, collations other than `simple`, indexes.

https://www.mongodb.com/docs/manual/reference/operator/aggregation-pipeline/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from time import monotonic
from typing import Any

from bson import CodecOptions, Int64, decode, encode
from bson.codec_options import DEFAULT_CODEC_OPTIONS, DatetimeConversion
from pymongo import ReadPreference

from vigie.testing.mongo_expressions import evaluate
from vigie.testing.mongo_match import matches
from vigie.testing.mongo_operators import summed
from vigie.testing.mongo_order import sort_key
from vigie.testing.mongo_values import MISSING, at_path, failure

Document = dict[str, Any]
_EACH = 64  # documents between two looks at the clock


def aggregate(
    documents: Iterable[Document],
    pipeline: Sequence[Mapping[str, Any]],
    others: Callable[[str], Sequence[Document]] | None = None,
    *,
    until: float = 0,
) -> list[Document]:
    """What `pipeline` gives over `documents`; dates come aware, in UTC.

    `others` would give another collection's documents; no stage asks for them. `until`: the `time.monotonic` at which
    to give up, 0 for never. Raises OperationFailure with MongoDB's codes.
    """
    del others
    return _run((encode(one) for one in documents), pipeline, until)


def _run(documents: Iterable[bytes], pipeline: Sequence[Mapping[str, Any]], until: float = 0) -> list[Document]:
    rows = _timed((decode(one, _AWARE) for one in documents), until)
    for stage in decode(encode({"pipeline": list(pipeline)}), _AWARE)["pipeline"]:
        if len(stage) != 1:
            raise failure(40323, "A pipeline stage specification object must contain exactly one field.")
        [(name, body)] = stage.items()
        run = _STAGES.get(name)
        if run is None:
            raise failure(40324, f"Unrecognized pipeline stage name: '{name}'")
        rows = _timed(run(rows, body), until)
    return list(rows)


def _timed(rows: Iterable[Document], until: float) -> Iterator[Document]:
    for place, row in enumerate(rows):
        if until and place % _EACH == 0 and monotonic() > until:
            raise failure(50, "operation exceeded time limit")
        yield row


# ------------------------------------------------------------------ stages


def _match(rows: Iterable[Document], query: Any) -> Iterator[Document]:
    return (row for row in rows if matches(row, query))


def _project(rows: Iterable[Document], body: Any) -> Iterator[Document]:
    flags = {k: v for k, v in body.items() if isinstance(v, bool | int | float)}
    if any(not v for k, v in flags.items() if k != "_id"):
        raise failure(31254, "Cannot do exclusion in inclusion projection")
    for row in rows:
        made = {"_id": row["_id"]} if "_id" in row and flags.get("_id", True) else {}
        for key, value in body.items():
            if key == "_id" and key in flags:
                continue
            found = row.get(key, MISSING) if key in flags else evaluate(value, row)
            if found is not MISSING:
                made[key] = found
        yield made


def _add_fields(rows: Iterable[Document], body: Any) -> Iterator[Document]:
    for row in rows:
        found = {key: evaluate(value, row) for key, value in body.items()}
        yield {**row, **{key: value for key, value in found.items() if value is not MISSING}}


def _unwind(rows: Iterable[Document], body: Any) -> Iterator[Document]:
    path = body["path"] if isinstance(body, dict) else body
    place = body.get("includeArrayIndex") if isinstance(body, dict) else None
    names = path.removeprefix("$").split(".")
    for row in rows:
        value: Any = row
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        several = isinstance(value, list)
        for at, one in enumerate(value if several else [] if value is None else [value]):
            told = {} if place is None else {place: Int64(at) if several else None}
            yield {**_with(row, names, one), **told}


def _with(row: Document, names: Sequence[str], value: Any) -> Document:
    name, *below = names
    return {**row, name: _with(row[name], below, value) if below else value}


def _group(rows: Iterable[Document], body: Any) -> Iterator[Document]:
    sums = {key: next(iter(value.items())) for key, value in body.items() if key != "_id"}
    for operator, _ in sums.values():
        if operator not in _ACCUMULATORS:
            raise failure(15952, f"unknown group operator '{operator}'")
    groups: dict[Any, tuple[Any, dict[str, list[Any]]]] = {}
    for row in rows:
        key = evaluate(body["_id"], row)
        key = None if key is MISSING else key
        _, gathered = groups.setdefault(sort_key(key), (key, {name: [] for name in sums}))
        for name, (_, expression) in sums.items():
            gathered[name].append(evaluate(expression, row))
    for key, gathered in reversed(groups.values()):
        yield {"_id": key, **{name: _ACCUMULATORS[sums[name][0]](values) for name, values in gathered.items()}}


def _least(values: list[Any]) -> Any:
    return min((v for v in values if v is not None and v is not MISSING), key=sort_key, default=None)


def _greatest(values: list[Any]) -> Any:
    return max((v for v in values if v is not None and v is not MISSING), key=sort_key, default=None)


_ACCUMULATORS: dict[str, Callable[[list[Any]], Any]] = {
    "$sum": summed,
    "$min": _least,
    "$max": _greatest,
    "$push": lambda values: [v for v in values if v is not MISSING],
}


def _sort(rows: Iterable[Document], body: Any) -> list[Document]:
    found = list(rows)[::-1]
    for path, direction in reversed(body.items()):
        found.sort(key=lambda row: _row_key(row, path.split("."), direction), reverse=direction < 0)
    return found


def _row_key(row: Document, names: Sequence[str], direction: int) -> Any:
    """Null for what is missing; of an array its least or greatest element."""
    value = at_path(row, names)
    if isinstance(value, list):
        keys = [sort_key(one) for one in value]
        return (min(keys) if direction > 0 else max(keys)) if keys else sort_key(MISSING)
    return sort_key(None if value is MISSING else value)


def _limit(rows: Iterable[Document], body: Any) -> list[Document]:
    if body <= 0:
        raise failure(15958, "the limit must be positive")
    return list(rows)[:body]


_STAGES: dict[str, Callable[[Iterable[Document], Any], Iterable[Document]]] = {
    "$match": _match,
    "$project": _project,
    "$addFields": _add_fields,
    "$unwind": _unwind,
    "$group": _group,
    "$sort": _sort,
    "$limit": _limit,
}


# ------------------------------------------------------------------ a database


class MemoryDatabase:
    """Stands in for a `pymongo.database.Database`, to be read by commands: what passes does so as BSON, as on the wire.

    Raises OperationFailure past `maxTimeMS`.
    """

    def __init__(
        self,
        collections: Mapping[str, Iterable[Mapping[str, Any] | bytes]],
        codec_options: CodecOptions[Any] = DEFAULT_CODEC_OPTIONS,
        read_preference: Any = ReadPreference.PRIMARY,
    ) -> None:
        self._collections = {
            name: [one if isinstance(one, bytes) else encode(one) for one in documents]
            for name, documents in collections.items()
        }
        self._options = codec_options
        self.read_preference = read_preference

    def with_options(self, codec_options: CodecOptions[Any]) -> MemoryDatabase:
        return MemoryDatabase(self._collections, codec_options, self.read_preference)

    def cursor_command(self, command: str, value: str, **options: Any) -> Iterator[Document]:
        pipeline = options["pipeline"] if command == "aggregate" else [{"$match": options["filter"]}]
        until = monotonic() + options["maxTimeMS"] / 1000 if "maxTimeMS" in options else 0
        found = _run(self._collections.get(value, []), pipeline, until)
        return (decode(encode(one), self._options) for one in found)


_AWARE: CodecOptions[Any] = CodecOptions(tz_aware=True, datetime_conversion=DatetimeConversion.DATETIME_AUTO)
