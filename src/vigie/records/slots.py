"""What is met at each path of a collection while its records are read: counts, types, classes, forms of times."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import islice
from typing import Literal

from vigie.plan import FieldType, TimeForm
from vigie.records.local_dates import LocalDates

Class = Literal["s", "n", "b", "d", "o", "x"]
TYPE_OF: dict[Class, FieldType] = {"s": "text", "n": "number", "b": "bool", "d": "date", "o": "id", "x": "other"}

INT64 = 2**63
TRIED = 2_000  # values looked at to tell whether they are instants
# Seconds and milliseconds of 2001 to 2040; seconds look like other numbers, so that the name must say time.
_SECONDS = (1_000_000_000, 2_209_000_000)
# Numbers that are all seconds of 2015 to 2035 are instants, whatever their field is called.
_RECENT = (1_420_000_000, 2_051_000_000)
_FEW = 20
_NUMBER_NAMES = frozenset(
    "id num numero number no ref code compte account tel telephone phone siret montant amount total octets bytes size "
    "taille".split()
)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?\Z")
_TIME_NAMES = frozenset(
    "date time heure at ts timestamp start started begin begun debut end ended fin finish finished stop stopped "
    "created closed opened updated le on when horodatage epoch ouvert cree ferme clos resolu resolved last next "
    "occurred planned prevu jour day heuredebut heurefin depot reception maj".split()
)
# Of dates written as 20261114, which other numbers may look like as well.
_DATE_NAMES = _TIME_NAMES | frozenset(
    "dt dte dat journee echeance expiration expiry expires expire expired deadline due valeur value comptable "
    "arrete".split()
)
_SLOTS = tuple(
    "path number names above children dynamic present types classes lists repeated objects each elements floats tried "
    "iso seconds recent millis local texts integers numbers truths dates".split()
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
        self.each = f"c{number}e"
        self.elements = 0  # objects in arrays that lie in no other
        self.floats = False
        self.local = LocalDates()
        self.tried = self.iso = self.seconds = self.recent = self.millis = 0
        self.texts = self.integers = self.numbers = self.truths = self.dates = 0
        self.names: dict[Class, str] = {kind: f"c{number}{kind}" for kind in TYPE_OF}

    def name(self, kind: Class) -> str:
        return self.names[kind]

    def count(self, kind: FieldType, more: int = 1) -> None:
        self.types[kind] = self.types.get(kind, 0) + more

    def counted(self) -> dict[FieldType, int]:
        """Values by type."""
        quick: dict[FieldType, int] = {"text": self.texts, "integer": self.integers, "number": self.numbers}
        quick |= {"bool": self.truths, "date": self.dates}
        return {kind: n for kind, n in {**quick, **self.types}.items() if n}

    def _values(self) -> int:
        return sum(n for kind, n in self.counted().items() if kind not in ("null", "array", "object"))

    def try_texts(self, values: Sequence[str]) -> None:
        """Of the first ones it is counted how many read like instants; of dates in local notation, all."""
        self.local.read(values)
        for value in islice(values, TRIED - self.tried):
            self.tried += 1
            self.iso += bool(_ISO.match(value))

    def try_numbers(self, values: Sequence[float]) -> None:
        self.local.read_numbers(values)
        for value in islice(values, TRIED - self.tried):
            self.tried += 1
            self.seconds += _SECONDS[0] <= value < _SECONDS[1]
            self.recent += _RECENT[0] <= value < _RECENT[1]
            self.millis += 1000 * _SECONDS[0] <= value < 1000 * _SECONDS[1]

    def time(self) -> TimeForm | None:
        """How its values are instants, of what was tried."""
        if self.dates and self.dates >= 0.9 * self._values():
            return "date"
        if not self.tried or len(self.classes - {"x"}) != 1:
            return None
        if self.iso >= 0.9 * self.tried:
            return "iso"
        words = _words(self.path.rpartition(".")[2])
        if self.millis >= 0.98 * self.tried:
            return "epoch_ms"
        if words & _TIME_NAMES and self.seconds >= 0.9 * self.tried:
            return "epoch_s"
        unnamed = self.tried >= _FEW and not words & _NUMBER_NAMES
        if self.recent >= 0.98 * self.tried and unnamed:
            return "epoch_s"
        return self.local.form(unnamed or bool(words & _DATE_NAMES))

    def width(self) -> int:
        """Columns of its values while they are read, at most."""
        return len(self.classes) + len(self.lists) + bool(self.types.get("object"))

    def below_dynamic(self) -> bool:
        above = self.above
        while above is not None:
            if above.dynamic:
                return True
            above = above.above
        return False


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def _words(name: str) -> frozenset[str]:
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return frozenset(word.lower() for word in _WORD.findall(plain))
