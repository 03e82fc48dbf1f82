"""Records as typed columns: what is met at each path, and one flat row per record for DuckDB to read.

A path gets one column per class of value, as MongoDB keeps classes apart: s text, n numbers, b truth values,
d dates, o object ids and other identifiers, x anything else: NaN, infinities and dates out of the years 1 to 9999 too.
Values met through an array go to the same column's list. "" and null are no values. Where objects are met, a column p
tells that they are. The objects of an array, if no other array is above it, stand once more in a column e, one by one.

Records whose keys were all met before are read column by column (`_alike.py`), others one by one, here; both give
the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

from bson import Decimal128, ObjectId
from bson.binary import Binary

from vigie.records import _alike
from vigie.records.slots import INT64, Class, Slot

MANY_KEYS = 100  # different keys of one object from which on they are data, not names
MANY_PATHS = 500
MANY_COLUMNS = 1_000  # each a class of values at a path; DuckDB holds thousands of rows of all of them at a time
DEEP = 12
WIDE = 200  # paths from which on whole columns take DuckDB too much memory

Found = dict[Slot, list[tuple[Class | None, Any]]]  # the values met through an array, by path; no class: an object
Columns = dict[str, list[Any]]  # by name; None where a record has no value


@dataclass
class Flattener:
    """Reads records, many at a time or one by one."""

    root: Slot = field(default_factory=lambda: Slot("", -1))
    slots: list[Slot] = field(default_factory=list)
    total: int = 0
    left_out: int = 0  # keys that no path can name, or too many of them

    def columns(self, native_ids: Sequence[str], bodies: Sequence[Mapping[str, Any]]) -> Columns | None:
        """What is written of records that are alike; None, and nothing is counted, where `row` has to read them."""
        alike = _alike.gather(self.root, bodies, DEEP) if len(self.slots) <= WIDE else None
        if alike is None:
            return None
        self.total += len(bodies)
        out: Columns = {"id": list(native_ids)}
        for met in alike:
            column = _alike.column(met)
            if column is None:
                self._one_by_one(met, out)
            else:
                _merge(column, out)
        return out

    def row(self, native_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What is written of one record."""
        self.total += 1
        row: dict[str, Any] = {"id": native_id}
        self._object(self.root, body, row, 0)
        return row

    def kept(self) -> list[Slot]:
        """Paths that can be queried, in order. Where they have too many columns, the most frequent ones: a path above
        another is never less frequent."""
        width, kept = 0, list[Slot]()
        for slot in sorted((s for s in self.slots if not s.below_dynamic()), key=lambda s: (-s.present, s.path)):
            width += slot.width()
            if width > MANY_COLUMNS:
                break
            kept.append(slot)
        return sorted(kept, key=lambda s: s.path)

    def _one_by_one(self, met: _alike.Met, out: Columns) -> None:
        """Values of several kinds. What is in the objects among them has columns of its own."""
        for at, value in enumerate(met.values):
            if value is not _alike.ABSENT:
                row: dict[str, Any] = {}
                self._value(met.slot, value, row, met.depth, whole=False)
                _place(row, at, out)

    def child(self, slot: Slot, key: str) -> Slot | None:
        """The slot of a key below another; None where it gets none, which is counted."""
        if slot.dynamic:
            return None
        if not key or "." in key or key[0] == "$" or key == "*" or "\0" in key:
            self.left_out += 1
            return None
        if len(slot.children) >= MANY_KEYS and slot is not self.root:
            slot.dynamic = True
            return None
        if len(self.slots) >= MANY_PATHS:
            self.left_out += 1
            return None
        child = Slot(f"{slot.path}.{key}" if slot.path else key, len(self.slots), slot)
        slot.children[key] = child
        self.slots.append(child)
        return child

    def _object(self, slot: Slot, body: Mapping[str, Any], out: dict[str, Any], depth: int) -> None:
        children = slot.children
        for key, value in body.items():
            child = children.get(key) or self.child(slot, key)
            if child is not None:
                self._value(child, value, out, depth)

    def _value(self, slot: Slot, value: Any, out: dict[str, Any], depth: int, whole: bool = True) -> None:
        kind = type(value)
        if kind is dict:
            slot.count("object")
            slot.present += 1
            out[slot.objects] = True
            if whole and depth < DEEP:
                self._object(slot, value, out, depth + 1)
        elif kind is list:
            slot.count("array")
            self._array(slot, value, out, depth)
        elif value is None:
            slot.count("null")
        elif kind is not str or value:
            slot.present += 1
            cls, plain = _plain(slot, value)
            out[slot.names[cls]] = plain

    def _array(self, slot: Slot, values: list[Any], out: dict[str, Any], depth: int) -> None:
        """An array that no other is above."""
        found: Found = {}
        each = []
        for value in values:
            own: Found = {}
            self._elements(slot, [value], own, depth)
            for slot_, met in own.items():
                found.setdefault(slot_, []).extend(met)
            if isinstance(value, dict):
                each.append(_element(own))
        for slot_, met in found.items():
            _put_list(slot_, met, out)
        if each:
            slot.elements += len(each)
            out[slot.each] = each

    def _elements(self, slot: Slot, values: list[Any], found: Found, depth: int) -> None:
        for value in values:
            if isinstance(value, dict):
                slot.count("object")
                found.setdefault(slot, []).append((None, True))
                if depth >= DEEP:
                    continue
                for key, inner in value.items():
                    child = slot.children.get(key) or self.child(slot, key)
                    if child is None:
                        continue
                    if isinstance(inner, list):
                        child.count("array")
                    self._elements(child, inner if isinstance(inner, list) else [inner], found, depth + 1)
            elif value is None:
                slot.count("null")
            elif isinstance(value, list):
                slot.count("other")
            elif value != "":
                found.setdefault(slot, []).append(_plain(slot, value))


def _merge(columns: Columns, out: Columns) -> None:
    """A path's list may have values already, of records that have it in an array of objects."""
    for name, values in columns.items():
        before = out.get(name)
        out[name] = values if before is None else [a if b is None else b for a, b in zip(before, values, strict=True)]


def _place(row: Mapping[str, Any], at: int, out: Columns) -> None:
    for name, value in row.items():
        column = out.get(name)
        if column is None:
            column = out[name] = [None] * len(out["id"])
        column[at] = value


def _put_list(slot: Slot, values: list[tuple[Class | None, Any]], out: dict[str, Any]) -> None:
    slot.present += 1
    slot.repeated = slot.repeated or len(values) > 1
    for cls, plain in values:
        if cls is None:
            out[slot.objects] = True
            continue
        slot.lists.add(cls)
        out.setdefault(f"c{slot.number}{cls}l", []).append(plain)


def _element(found: Found) -> dict[str, Any]:
    """One object of an array: lists all, as others may hold one where this has a single value."""
    out: dict[str, Any] = {}
    for slot, values in found.items():
        for cls, plain in values:
            if cls is None:
                out[slot.objects] = True
            else:
                out.setdefault(f"c{slot.number}{cls}l", []).append(plain)
    return out


def _plain(slot: Slot, value: Any) -> tuple[Class, Any]:
    """(class, what JSON can hold of it), counted in the slot."""
    cls, plain = _read(slot, value)
    slot.classes.add(cls)
    return cls, plain


def _read(slot: Slot, value: Any) -> tuple[Class, Any]:
    kind = type(value)
    if kind is str:
        slot.texts += 1
        slot.try_texts((value,))
        return "s", value
    if kind is bool:
        slot.truths += 1
        return "b", value
    if isinstance(value, int):
        slot.integers += 1
        if -INT64 <= value < INT64:
            slot.try_numbers((value,))
            return "n", int(value)
        slot.floats = True
        return "n", float(value)
    if isinstance(value, datetime):
        slot.dates += 1
        return "d", round(value.timestamp() * 1000) * 1000
    if isinstance(value, Decimal128):
        number = value.to_decimal()
        value = float(number) if number.is_finite() else float("nan")
    if isinstance(value, float) and isfinite(value):
        slot.numbers += 1
        slot.floats = True
        slot.try_numbers((value,))
        return "n", value
    if isinstance(value, ObjectId | Binary | bytes):
        slot.count("id")
        return "o", str(value) if isinstance(value, ObjectId) else bytes(value).hex()
    slot.count("other")
    return "x", str(value)[:200]
