"""Values of many records that are alike, read a column at a time instead of one by one.

`gather` and `column` give up (None) on what they do not know, before anything is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from math import isfinite
from types import NoneType
from typing import Any, Final, NamedTuple

from bson import Int64, ObjectId

from vigie.records.slots import INT64, Class, Slot

_SPARSE = 4  # paths for each key an object has, from which on looking for every path in it takes longer


class _Absent(tuple[()]):
    """A type that no document holds; its value is false, as null and "" are."""


ABSENT: Final = _Absent()


class Met(NamedTuple):
    """What some records hold at a path, ABSENT where they do not."""

    slot: Slot
    values: list[Any]
    kinds: Counter[type]
    depth: int


def gather(root: Slot, bodies: Sequence[Mapping[str, Any]], deep: int) -> list[Met] | None:
    """Every path of these records down to `deep`. None where one holds a key met for the first time: paths are
    numbered in the order in which records bring them."""
    met: list[Met] = []
    return met if _gather(root, bodies, 0, deep, met) else None


def _gather(slot: Slot, bodies: Sequence[Mapping[str, Any]], depth: int, deep: int, met: list[Met]) -> bool:
    unread = sum(map(len, bodies))
    if len(slot.children) * sum(map(bool, bodies)) > _SPARSE * unread:
        return False
    for key, child in slot.children.items():
        values = [body.get(key, ABSENT) for body in bodies]
        kinds = Counter(map(type, values))
        found = len(values) - kinds.pop(_Absent, 0)
        if not found:
            continue
        unread -= found
        met.append(Met(child, values, kinds, depth))
        if list in kinds and not all(_known(child, value) for value in values if type(value) is list):
            return False
        if dict in kinds and depth < deep:
            inner: list[dict[str, Any]] = [value if type(value) is dict else {} for value in values]
            if not _gather(child, inner, depth + 1, deep, met):
                return False
    return not unread


def _known(slot: Slot, values: Sequence[Any]) -> bool:
    """Whether every key of the objects in an array was met before."""
    for value in values:
        if isinstance(value, dict):
            for key, inner in value.items():
                child = slot.children.get(key)
                if child is None or not _known(child, inner if isinstance(inner, list) else [inner]):
                    return False
    return True


def column(met: Met) -> dict[str, list[Any]] | None:
    """What is written of values of one kind, by the column's name, counted in their slot."""
    slot, values, kinds, _ = met
    of = frozenset(kinds) - {NoneType}
    read = _READERS.get(of)
    out = {} if not of else read(slot, values, kinds) if read else None
    if out is not None and (nulls := kinds[NoneType]):
        slot.count("null", nulls)
    return out


def _written(slot: Slot, kind: Class, values: list[Any], count: int) -> dict[str, list[Any]]:
    slot.present += count
    slot.classes.add(kind)
    return {slot.names[kind]: values}


def _texts(slot: Slot, values: list[Any], kinds: Counter[type]) -> dict[str, list[Any]]:
    found = list(filter(None, values))
    if not found:
        return {}
    slot.texts += len(found)
    slot.try_texts(found)
    return _written(slot, "s", [value or None for value in values], len(found))


def _numbers(slot: Slot, values: list[Any], kinds: Counter[type]) -> dict[str, list[Any]] | None:
    found = [value for value in values if isinstance(value, int | float)]
    integers = kinds[int] + kinds[Int64]
    if integers and not (min(found) >= -INT64 and max(found) < INT64):
        return None
    if kinds[float] and not all(map(isfinite, found)):
        return None
    slot.integers += integers
    slot.numbers += kinds[float]
    slot.floats = slot.floats or kinds[float] > 0
    slot.try_numbers(found)
    return _written(slot, "n", _with_none(values), len(found))


def _truths(slot: Slot, values: list[Any], kinds: Counter[type]) -> dict[str, list[Any]]:
    slot.truths += kinds[bool]
    return _written(slot, "b", _with_none(values), kinds[bool])


def _dates(slot: Slot, values: list[Any], kinds: Counter[type]) -> dict[str, list[Any]]:
    slot.dates += kinds[datetime]
    micros = [round(value.timestamp() * 1000) * 1000 if value else None for value in values]
    return _written(slot, "d", micros, kinds[datetime])


def _ids(slot: Slot, values: list[Any], kinds: Counter[type]) -> dict[str, list[Any]]:
    slot.count("id", kinds[ObjectId])
    return _written(slot, "o", [str(value) if value else None for value in values], kinds[ObjectId])


def _objects(slot: Slot, values: list[Any], kinds: Counter[type]) -> dict[str, list[Any]]:
    slot.count("object", kinds[dict])
    slot.present += kinds[dict]
    return {slot.objects: [True if type(value) is dict else None for value in values]}


def _lists(slot: Slot, values: list[Any], kinds: Counter[type]) -> dict[str, list[Any]] | None:
    """Arrays of texts."""
    if not set(map(type, chain.from_iterable(filter(None, values)))) <= {str}:
        return None
    slot.count("array", kinds[list])
    kept = [list(filter(None, value)) or None if value else None for value in values]
    found = list(filter(None, kept))
    if not found:
        return {}
    texts = list(chain.from_iterable(found))
    slot.texts += len(texts)
    slot.try_texts(texts)
    slot.present += len(found)
    slot.repeated = slot.repeated or len(texts) > len(found)
    slot.classes.add("s")
    slot.lists.add("s")
    return {f"{slot.names['s']}l": kept}


def _with_none(values: list[Any]) -> list[Any]:
    return [None if value is ABSENT else value for value in values]


_Reader = Callable[[Slot, list[Any], Counter[type]], dict[str, list[Any]] | None]
_READERS: dict[frozenset[type], _Reader] = {
    frozenset({str}): _texts,
    frozenset({bool}): _truths,
    frozenset({datetime}): _dates,
    frozenset({ObjectId}): _ids,
    frozenset({dict}): _objects,
    frozenset({list}): _lists,
    **{
        frozenset(kinds): _numbers
        for kinds in ({int}, {Int64}, {float}, {int, float}, {Int64, float}, {int, Int64}, {int, Int64, float})
    },
}
