"""Values of many records that are alike, read a column at a time instead of one by one.

`gather` and `column` give up (None) on what they do not know, before anything is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
_NOTHING: dict[str, Any] = {}


class Met(NamedTuple):
    """What some records hold at a path, ABSENT where they do not."""

    slot: Slot
    values: list[Any]
    kinds: set[type]
    depth: int


def gather(root: Slot, bodies: Sequence[Mapping[str, Any]], deep: int) -> list[Met] | None:
    """Every path of these records down to `deep`. None where one holds a key met for the first time: paths are
    numbered in the order in which records bring them."""
    met: list[Met] = []
    return met if _gather(root, bodies, 0, deep, met) else None


def _gather(slot: Slot, bodies: Sequence[Mapping[str, Any]], depth: int, deep: int, met: list[Met]) -> bool:
    paths, keys = slot.children, sum(map(len, bodies))
    if len(paths) * sum(map(bool, bodies)) > _SPARSE * keys:
        return False
    nothing = dict.fromkeys(paths, ABSENT)
    whole = [{**nothing, **body} for body in bodies]  # all with the same keys in the same order
    if max(map(len, whole)) > len(paths):
        return False
    for child, values in zip(paths.values(), map(list, zip(*map(dict.values, whole), strict=True)), strict=True):
        kinds = set(map(type, values))
        if kinds == {_Absent}:
            continue
        met.append(Met(child, values, kinds, depth))
        if list in kinds and not _known(child, chain.from_iterable(v for v in values if type(v) is list)):
            return False
        if dict in kinds and depth < deep:
            inner: list[dict[str, Any]] = [value if type(value) is dict else _NOTHING for value in values]
            if not _gather(child, inner, depth + 1, deep, met):
                return False
    return True


def _known(slot: Slot, values: Iterable[Any]) -> bool:
    """Whether every key of the objects in arrays was met before."""
    for value in values:
        if isinstance(value, dict):
            for key, inner in value.items():
                child = slot.children.get(key)
                if child is None or not _known(child, inner if isinstance(inner, list) else [inner]):
                    return False
    return True


def column(met: Met) -> dict[str, list[Any]] | None:
    """What is written of values of one kind, by the column's name, counted in their slot."""
    of = met.kinds - {NoneType, _Absent}
    read = _READERS.get(frozenset(of))
    found = met.values if met.kinds == of else [v for v in met.values if v is not None and v is not ABSENT]
    out = {} if not of else read(met.slot, met.values, found) if read else None
    if out is not None and NoneType in met.kinds:
        met.slot.count("null", met.values.count(None))
    return out


def _written(slot: Slot, kind: Class, values: list[Any], count: int) -> dict[str, list[Any]]:
    slot.present += count
    slot.classes.add(kind)
    return {slot.names[kind]: values}


def _texts(slot: Slot, values: list[Any], found: list[Any]) -> dict[str, list[Any]]:
    texts = list(filter(None, found))
    if not texts:
        return {}
    slot.texts += len(texts)
    slot.try_texts(texts)
    return _written(slot, "s", values if len(texts) == len(values) else [v or None for v in values], len(texts))


def _numbers(slot: Slot, values: list[Any], found: list[Any]) -> dict[str, list[Any]] | None:
    floats = sum(type(value) is float for value in found)
    if floats < len(found) and not (min(found) >= -INT64 and max(found) < INT64):
        return None
    if floats and not all(map(isfinite, found)):
        return None
    slot.integers += len(found) - floats
    slot.numbers += floats
    slot.floats = slot.floats or floats > 0
    slot.try_numbers(found)
    return _written(slot, "n", _with_none(values, found), len(found))


def _truths(slot: Slot, values: list[Any], found: list[Any]) -> dict[str, list[Any]]:
    slot.truths += len(found)
    return _written(slot, "b", _with_none(values, found), len(found))


def _dates(slot: Slot, values: list[Any], found: list[Any]) -> dict[str, list[Any]]:
    slot.dates += len(found)
    micros = [round(value.timestamp() * 1000) * 1000 if value else None for value in values]
    return _written(slot, "d", micros, len(found))


def _ids(slot: Slot, values: list[Any], found: list[Any]) -> dict[str, list[Any]]:
    slot.count("id", len(found))
    return _written(slot, "o", [str(value) if value else None for value in values], len(found))


def _objects(slot: Slot, values: list[Any], found: list[Any]) -> dict[str, list[Any]]:
    slot.count("object", len(found))
    slot.present += len(found)
    return {slot.objects: [True if type(value) is dict else None for value in values]}


def _lists(slot: Slot, values: list[Any], found: list[Any]) -> dict[str, list[Any]] | None:
    """Arrays of texts."""
    if not set(map(type, chain.from_iterable(found))) <= {str}:
        return None
    slot.count("array", len(found))
    kept = [list(filter(None, value)) or None if value else None for value in values]
    several = list(filter(None, kept))
    if not several:
        return {}
    texts = list(chain.from_iterable(several))
    slot.texts += len(texts)
    slot.try_texts(texts)
    slot.present += len(several)
    slot.repeated = slot.repeated or len(texts) > len(several)
    slot.classes.add("s")
    slot.lists.add("s")
    return {f"{slot.names['s']}l": kept}


def _with_none(values: list[Any], found: list[Any]) -> list[Any]:
    return values if len(found) == len(values) else [None if value is ABSENT else value for value in values]


_Reader = Callable[[Slot, list[Any], list[Any]], dict[str, list[Any]] | None]  # of all values, of those found
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
