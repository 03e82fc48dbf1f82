"""Most lines of an export, read and hashed in one go: JSON whose only type wrappers are `$oid` and `$date` texts.

A wrapper is brought to the form it is hashed in where it stands, the whole is written and hashed, and only then do the
values take the wrappers' places: nothing is written value by value.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import orjson
from bson import ObjectId
from bson.errors import InvalidId

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

Later = list[tuple[Any, Any, Any]]  # (object or array, key or place, its value)


def read(line: bytes, deepest: int) -> tuple[dict[str, Any], bytes] | None:
    """The document and its content's hash; None for what `extjson` has to read, and to refuse."""
    try:
        body = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    later: Later = []
    if type(body) is not dict or not _unwrap(body, body.items(), later, deepest - 1):
        return None
    content = blake2b(orjson.dumps(body), digest_size=16).digest()
    for holder, key, value in later:
        holder[key] = value
    return body, content


def _unwrap(holder: Any, items: Iterable[tuple[Any, Any]], later: Later, deeper: int) -> bool:
    """Whether all of it is understood; `deeper`: levels allowed below."""
    for key, value in items:
        kind = type(value)
        if kind is dict:
            told = _told(value) if len(value) == 1 else None
            if told is not None:
                later.append((holder, key, told))
            elif any(name[:1] == "$" for name in value) or not _below(value, value.items(), later, deeper):
                return False
        elif kind is list and value and not _below(value, enumerate(value), later, deeper):
            return False
    return True


def _below(holder: Any, items: Iterable[tuple[Any, Any]], later: Later, deeper: int) -> bool:
    return deeper > 0 and _unwrap(holder, items, later, deeper - 1)


def _told(value: dict[str, Any]) -> ObjectId | datetime | None:
    """What a wrapper tells, the wrapper then as it is hashed; None where it has to be read with more care."""
    [(name, text)] = value.items()
    if type(text) is not str:
        return None
    try:
        if name == "$oid":
            return ObjectId(bytes.fromhex(text)) if len(text) == 24 and text == text.lower() else None
        if name == "$date":
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is UTC and not moment.microsecond % 1000:
                value[name] = {"$numberLong": str((moment - _EPOCH) // _MILLISECOND)}
                return moment
    except (ValueError, InvalidId):
        pass
    return None
