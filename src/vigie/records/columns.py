"""Records as typed columns: what is met at each path, and one flat row per record for DuckDB to read.

A path gets one column per class of value, as MongoDB keeps classes apart: s text, n numbers, b truth values,
d dates, o object ids and other identifiers, x anything else. Values met through an array go to the same column's
list. "" and null are no values. Where objects are met, a column p tells that they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any, Literal

from bson import Decimal128, ObjectId
from bson.binary import Binary

from vigie.plan import FieldType, TimeForm

Class = Literal["s", "n", "b", "d", "o", "x"]
TYPE_OF: dict[Class, FieldType] = {"s": "text", "n": "number", "b": "bool", "d": "date", "o": "id", "x": "other"}

MANY_KEYS = 100  # different keys of one object from which on they are data, not names
MANY_PATHS = 500
_DEEP = 12
_TRIED = 2_000  # values looked at to tell whether they are instants
_INT64 = 2**63
# Seconds and milliseconds of 2001 to 2040; seconds look like other numbers, so that the name must say time.
_SECONDS = (1_000_000_000, 2_209_000_000)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?\Z")
_TIME_NAMES = frozenset(
    "date time heure at ts timestamp start started begin begun debut end ended fin finish finished stop stopped "
    "created closed opened updated le on when horodatage epoch ouvert cree ferme clos resolu resolved last next "
    "occurred planned prevu jour day heuredebut heurefin depot reception maj".split()
)


_SLOTS = tuple(
    "path number names above children dynamic present types classes lists repeated floats tried iso seconds millis "
    "texts integers numbers truths dates objects".split()
)


class Slot:
    """One path while records are read. A plain class with slots: it is touched for every value."""

    __slots__ = _SLOTS

    def __init__(self, path: str, number: int, above: Slot | None = None) -> None:
        self.path = path
        self.number = number
        self.above = above
        self.children: dict[str, Slot] = {}
        self.dynamic = False  # its keys are data: nothing below it is kept
        self.present = 0
        self.types: dict[FieldType, int] = {}
        self.classes: set[Class] = set()
        self.lists: set[Class] = set()
        self.repeated = False
        self.objects = f"c{number}p"
        self.floats = False
        self.tried = self.iso = self.seconds = self.millis = 0
        self.texts = self.integers = self.numbers = self.truths = self.dates = 0
        self.names: dict[Class, str] = {kind: f"c{number}{kind}" for kind in TYPE_OF}

    def name(self, kind: Class) -> str:
        return self.names[kind]

    def counted(self) -> dict[FieldType, int]:
        """Values by type."""
        quick: dict[FieldType, int] = {"text": self.texts, "integer": self.integers, "number": self.numbers}
        quick |= {"bool": self.truths, "date": self.dates}
        return {kind: n for kind, n in {**quick, **self.types}.items() if n}

    def time(self) -> TimeForm | None:
        """How its values are instants, of what was tried."""
        if self.classes == {"d"}:
            return "date"
        if not self.tried or len(self.classes - {"x"}) != 1:
            return None
        if self.iso >= 0.9 * self.tried:
            return "iso"
        named = bool(_words(self.path.rpartition(".")[2]) & _TIME_NAMES)
        if self.millis >= 0.98 * self.tried:
            return "epoch_ms"
        return "epoch_s" if named and self.seconds >= 0.9 * self.tried else None


Found = dict[Slot, list[tuple[Class | None, Any]]]  # the values met through an array, by path; no class: an object


@dataclass
class Flattener:
    """Reads records one by one; `row` gives what is written of each."""

    root: Slot = field(default_factory=lambda: Slot("", -1))
    slots: list[Slot] = field(default_factory=list)
    total: int = 0
    left_out: int = 0  # keys that no path can name, or too many of them

    def row(self, native_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {"id": native_id}
        self.total += 1
        self._object(self.root, body, out, 0)
        return out

    def kept(self) -> list[Slot]:
        """Paths that can be queried, in order."""
        return sorted((s for s in self.slots if not _below_dynamic(s)), key=lambda s: s.path)

    def _child(self, slot: Slot, key: str) -> Slot | None:
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
            child = children.get(key) or self._child(slot, key)
            if child is None:
                continue
            kind = type(value)
            if kind is str:
                if value:
                    child.present += 1
                    out[child.names["s"]] = _text(child, value)
            elif kind is int and -_INT64 <= value < _INT64:
                child.present += 1
                out[child.names["n"]] = _integer(child, value)
            elif kind is dict:
                child.types["object"] = child.types.get("object", 0) + 1
                child.present += 1
                out[child.objects] = True
                if depth < _DEEP:
                    self._object(child, value, out, depth + 1)
            elif kind is list:
                child.types["array"] = child.types.get("array", 0) + 1
                found: Found = {}
                self._elements(child, value, found, depth)
                for slot_, values in found.items():
                    _put_list(slot_, values, out)
            elif value is None:
                child.types["null"] = child.types.get("null", 0) + 1
            else:
                child.present += 1
                cls, plain = _plain(child, value)
                child.classes.add(cls)
                out[child.names[cls]] = plain

    def _elements(self, slot: Slot, values: list[Any], found: Found, depth: int) -> None:
        for value in values:
            if isinstance(value, dict):
                slot.types["object"] = slot.types.get("object", 0) + 1
                found.setdefault(slot, []).append((None, True))
                if depth >= _DEEP:
                    continue
                for key, inner in value.items():
                    child = slot.children.get(key) or self._child(slot, key)
                    if child is None:
                        continue
                    self._elements(child, inner if isinstance(inner, list) else [inner], found, depth + 1)
            elif value is None:
                slot.types["null"] = slot.types.get("null", 0) + 1
            elif isinstance(value, list):
                slot.types["other"] = slot.types.get("other", 0) + 1
            elif value != "":
                found.setdefault(slot, []).append(_plain(slot, value))


def _put_list(slot: Slot, values: list[tuple[Class | None, Any]], out: dict[str, Any]) -> None:
    slot.present += 1
    slot.repeated = slot.repeated or len(values) > 1
    for cls, plain in values:
        if cls is None:
            out[slot.objects] = True
            continue
        slot.classes.add(cls)
        slot.lists.add(cls)
        out.setdefault(f"c{slot.number}{cls}l", []).append(plain)


def _text(slot: Slot, value: str) -> str:
    slot.texts += 1
    if slot.tried < _TRIED:
        slot.classes.add("s")
        slot.tried += 1
        slot.iso += bool(_ISO.match(value))
    elif slot.texts == 1:
        slot.classes.add("s")
    return value


def _integer(slot: Slot, value: int) -> int:
    slot.integers += 1
    if slot.tried < _TRIED:
        slot.classes.add("n")
        _try_epoch(slot, value)
    elif slot.integers == 1:
        slot.classes.add("n")
    return value


def _plain(slot: Slot, value: Any) -> tuple[Class, Any]:
    """(class, what JSON can hold of it), counted in the slot."""
    kind = type(value)
    if kind is str:
        return "s", _text(slot, value)
    if kind is bool:
        slot.truths += 1
        return "b", value
    if isinstance(value, int):
        if -_INT64 <= value < _INT64:
            return "n", _integer(slot, int(value))
        slot.integers += 1
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
        _try_epoch(slot, value)
        return "n", value
    if isinstance(value, ObjectId | Binary | bytes):
        _count(slot, "id")
        return "o", str(value) if isinstance(value, ObjectId) else bytes(value).hex()
    _count(slot, "other")
    return "x", str(value)[:200]


def _count(slot: Slot, kind: FieldType) -> None:
    slot.types[kind] = slot.types.get(kind, 0) + 1


def _try_epoch(slot: Slot, value: float) -> None:
    if slot.tried < _TRIED:
        slot.tried += 1
        slot.seconds += _SECONDS[0] <= value < _SECONDS[1]
        slot.millis += 1000 * _SECONDS[0] <= value < 1000 * _SECONDS[1]


def _below_dynamic(slot: Slot) -> bool:
    above = slot.above
    while above is not None:
        if above.dynamic:
            return True
        above = above.above
    return False


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def _words(name: str) -> frozenset[str]:
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return frozenset(word.lower() for word in _WORD.findall(plain))
