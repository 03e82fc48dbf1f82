"""Collections of documents as they came, byte for byte, in the order of their `_id`."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import bson
from bson import CodecOptions, ObjectId
from bson.codec_options import DatetimeConversion
from mongomock.filtering import filter_applies

from vigie.testing.mongo_order import BRACKETS, Key, sort_key

# Keeps every type; bytes that are no UTF-8 are replaced, so that a filter can be applied to the rest.
CODEC: CodecOptions[dict[str, Any]] = CodecOptions(
    unicode_decode_error_handler="replace", datetime_conversion=DatetimeConversion.DATETIME_AUTO
)


class Refused(Exception):
    """An error reply: its code and name as MongoDB gives them."""

    def __init__(self, code: int, name: str, message: str) -> None:
        super().__init__(message)
        self.code, self.name, self.message = code, name, message


@dataclass(frozen=True, slots=True)
class Raw:
    """A document given as its bytes, which need not decode."""

    id: Any
    bson: bytes


def broken_text(document: Mapping[str, Any]) -> Raw:
    """The document with one more field, a text that is not UTF-8."""
    whole = bson.encode({**document, "broken": "\x7f\x7f"})
    return Raw(document["_id"], whole.replace(b"\x7f\x7f", b"\xff\xfe"))


def broken_bytes(document: Mapping[str, Any]) -> Raw:
    """The document with one more field, of a type that BSON does not have."""
    whole = bson.encode({**document, "broken": 1})
    return Raw(document["_id"], whole.replace(b"\x10broken\0", b"\x6ebroken\0"))


@dataclass
class Collection:
    """Documents by `_id`. Safe to use from several threads."""

    _keys: list[Key] = field(default_factory=list)
    _raws: list[bytes] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _decoded: list[dict[str, Any]] | None = None

    def __len__(self) -> int:
        return len(self._keys)

    def fill(self, documents: Iterable[Mapping[str, Any] | Raw]) -> None:
        """Put many at once, the last of an `_id` wins."""
        with self._lock:
            held = dict(zip(self._keys, self._raws, strict=True))
            held.update(_keyed(document) for document in documents)
            self._keys = sorted(held)
            self._raws = [held[key] for key in self._keys]
            self._decoded = None

    def insert(self, document: Mapping[str, Any]) -> None:
        """Raises Refused (11000) when the `_id` is there."""
        key, raw = _keyed(document)
        with self._lock:
            at = bisect_left(self._keys, key)
            if self._keys[at : at + 1] == [key]:
                raise Refused(11000, "DuplicateKey", f"E11000 duplicate key error, _id: {document['_id']!r}")
            self._keys.insert(at, key)
            self._raws.insert(at, raw)
            self._decoded = None

    def remove(self, ids: Iterable[Any]) -> int:
        with self._lock:
            keys = {sort_key(id) for id in ids}
            kept = [(key, raw) for key, raw in zip(self._keys, self._raws, strict=True) if key not in keys]
            removed = len(self._keys) - len(kept)
            self._keys, self._raws = [key for key, _ in kept], [raw for _, raw in kept]
            self._decoded = None
            return removed

    def find(self, condition: Mapping[str, Any]) -> list[bytes]:
        """In the order of `_id`. Conditions on `_id` alone are MongoDB's own; others are mongomock's."""
        rest = {name: value for name, value in condition.items() if name != "_id"}
        with self._lock:
            raws = self._by_id(condition["_id"]) if "_id" in condition else list(self._raws)
        return raws if not rest else [raw for raw in raws if matches(rest, decode(raw))]

    def documents(self) -> list[dict[str, Any]]:
        """Those that decode."""
        with self._lock:
            if self._decoded is None:
                self._decoded = [document for raw in self._raws if (document := decode(raw))]
            return list(self._decoded)

    def _by_id(self, wanted: Any) -> list[bytes]:
        if not (isinstance(wanted, Mapping) and any(name.startswith("$") for name in wanted)):
            wanted = {"$in": [wanted]}
        low, high, only, brackets = 0, len(self._keys), None, None
        for name, operand in wanted.items():
            if name in ("$in", "$eq"):
                keys = {sort_key(value) for value in (operand if name == "$in" else [operand])}
                only = keys if only is None else only & keys
            elif name == "$type":
                kinds = operand if isinstance(operand, list) else [operand]
                brackets = {BRACKETS[kind] for kind in kinds}
                low = max(low, bisect_left(self._keys, (min(brackets),)))
                high = min(high, bisect_left(self._keys, (max(brackets) + 1,)))
            else:
                below, above = self._range(name, operand)
                low, high = max(low, below), min(high, above)
        if only is None:
            places = list(range(low, high))
        else:
            found = ((at, key) for key in sorted(only) if low <= (at := bisect_left(self._keys, key)) < high)
            places = [at for at, key in found if self._keys[at] == key]
        return [self._raws[at] for at in places if brackets is None or self._keys[at][0] in brackets]

    def _range(self, name: str, operand: Any) -> tuple[int, int]:
        """The places of a comparison: within the operand's own bracket only, and nothing compares with NaN."""
        key = sort_key(operand)
        first, last = bisect_left(self._keys, (key[0],)), bisect_left(self._keys, (key[0] + 1,))
        if key[0] == 10:
            first = bisect_right(self._keys, sort_key(float("nan")))
            if operand != operand:
                return 0, 0
        match name:
            case "$gt":
                return bisect_right(self._keys, key), last
            case "$gte":
                return bisect_left(self._keys, key), last
            case "$lt":
                return first, bisect_left(self._keys, key)
            case "$lte":
                return first, bisect_right(self._keys, key)
        raise Refused(2, "BadValue", f"unknown operator: {name}")


def matches(condition: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    return bool(filter_applies(condition, document))  # type: ignore[no-untyped-call]


def decode(raw: bytes) -> dict[str, Any]:
    """Empty for bytes that do not decode."""
    try:
        return bson.decode(raw, CODEC)
    except bson.errors.InvalidBSON:
        return {}


def _keyed(document: Mapping[str, Any] | Raw) -> tuple[Key, bytes]:
    if isinstance(document, Raw):
        return sort_key(document.id), document.bson
    whole = document if "_id" in document else {"_id": ObjectId(), **document}
    return sort_key(whole["_id"]), bson.encode(whole)


def changed(document: dict[str, Any], change: Mapping[str, Any] | Sequence[Any]) -> dict[str, Any]:
    """A document after an update: a replacement, or `$set` and `$unset` of top-level fields."""
    if not isinstance(change, Mapping):
        raise Refused(115, "CommandNotSupported", "an update by pipeline")
    if not any(name.startswith("$") for name in change):
        return {"_id": document["_id"], **change}
    unknown = change.keys() - {"$set", "$unset", "$setOnInsert"}
    if unknown or any("." in path for part in change.values() for path in part):
        raise Refused(115, "CommandNotSupported", f"an update of {sorted(unknown) or 'inner fields'}")
    kept = {name: value for name, value in document.items() if name not in change.get("$unset", {})}
    return {**kept, **change.get("$set", {})}
