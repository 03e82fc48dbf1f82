"""Most lines of an export, read and hashed in one go: JSON whose only type wrappers are `$oid` and `$date` texts.

A wrapper is brought to the form it is hashed in where it stands, the whole is written and hashed, and only then do the
values take the wrappers' places: nothing is written value by value. Of many documents, those at one key are read
together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import chain
from typing import Any

import orjson
from bson import ObjectId
from bson.errors import InvalidId

_HASH = blake2b(digest_size=16)  # copied, which is quicker than made

Body = dict[str, Any]
Later = list[tuple[Any, Any, Any]]  # (object or array, key or place, its value)
Held = dict[str, list[tuple[Body, Any]]]  # by key, the documents that have it with its values


def read(lines: Sequence[bytes], deepest: int) -> list[tuple[Body, bytes] | None]:
    """Each document and its content's hash; None for what `extjson` has to read, and to refuse."""
    bodies = list(map(_parsed, lines))
    objects: Held = {}
    arrays: Held = {}
    for body in bodies:
        if body is not None:
            for key, value in body.items():
                kind = type(value)
                if kind is dict:
                    objects.setdefault(key, []).append((body, value))
                elif kind is list and value:
                    arrays.setdefault(key, []).append((body, value))
    later: Later = []
    refused: set[int] = set()  # by identity
    for key, held in objects.items():
        told = _told([value for _, value in held])
        if told is None:
            refused.update(_refused(key, held, later, deepest - 1))
        else:
            later += [(body, key, value) for (body, _), value in zip(held, told, strict=True)]
    for key, held in arrays.items():
        if not {dict, list}.isdisjoint(map(type, chain.from_iterable(value for _, value in held))):
            refused.update(_refused(key, held, later, deepest - 1))
    understood = [None if id(body) in refused else body for body in bodies]
    contents = [None if body is None else _content(body) for body in understood]
    for holder, key_or_place, value in later:
        holder[key_or_place] = value
    return [
        None if body is None or content is None else (body, content)
        for body, content in zip(understood, contents, strict=True)
    ]


def _parsed(line: bytes) -> Body | None:
    try:
        body = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return body if type(body) is dict else None


def _content(body: Body) -> bytes:
    hashed = _HASH.copy()
    hashed.update(orjson.dumps(body))
    return hashed.digest()


def _refused(key: str, held: Iterable[tuple[Body, Any]], later: Later, deeper: int) -> Iterator[int]:
    for body, value in held:
        if not _unwrap(body, ((key, value),), later, deeper):
            yield id(body)


def _unwrap(holder: Any, items: Iterable[tuple[Any, Any]], later: Later, deeper: int) -> bool:
    """Whether all of it is understood; `deeper`: levels allowed below."""
    for key, value in items:
        kind = type(value)
        if kind is dict:
            told = _told((value,)) if len(value) == 1 else None
            if told is not None:
                later.append((holder, key, told[0]))
            elif any(name[:1] == "$" for name in value) or not _below(value, value.items(), later, deeper):
                return False
        elif kind is list and value and not _below(value, enumerate(value), later, deeper):
            return False
    return True


def _below(holder: Any, items: Iterable[tuple[Any, Any]], later: Later, deeper: int) -> bool:
    return deeper > 0 and _unwrap(holder, items, later, deeper - 1)


def _told(wrappers: Sequence[Any]) -> Sequence[Any] | None:
    """What wrappers of one kind tell, each then as it is hashed; None, and nothing is changed, where they have to be
    read with more care."""
    try:
        [(name,)] = set(map(tuple, wrappers))
        texts = [value[name] for value in wrappers]
        if set(map(type, texts)) != {str}:
            return None
        if name == "$oid":
            return _ids(texts)
        return _moments(wrappers, texts) if name == "$date" else None
    except (ValueError, InvalidId):
        return None


def _ids(texts: list[str]) -> Sequence[ObjectId] | None:
    if set(map(len, texts)) != {24} or list(map(str.lower, texts)) != texts:
        return None
    return list(map(ObjectId, map(bytes.fromhex, texts)))


def _moments(wrappers: Sequence[Any], texts: list[str]) -> Sequence[datetime] | None:
    moments = list(map(datetime.fromisoformat, texts))
    if any(moment.tzinfo is not UTC or moment.microsecond % 1000 for moment in moments):
        return None
    for value, moment in zip(wrappers, moments, strict=True):
        # Exact: a date has less than 2**48 milliseconds, a float 53 bits.
        value["$date"] = {"$numberLong": str(round(moment.timestamp() * 1000))}
    return moments
