"""CSV exports as documents, as `mongoimport --headerline` reads them, with one type per column.

A column is a number when all its values are: integers without leading zeros that fit 64 bits, or decimals with a
point. It is a truth value when all are true or false, an ObjectId when all are as mongoexport writes them
(`ObjectId(...)`). Everything else stays text, dates too. An empty value is an absent field. `a.b` in the header makes
`{"a": {"b": ...}}`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from bson import Int64, ObjectId

from vigie.errors import SourceError
from vigie.sources._export_bytes import MAX_DOCUMENT, Line, Recoded
from vigie.types import Skip

_DELIMITERS = (",", ";", "\t", "|")
_SNIFFED = 50  # physical lines looked at to find the delimiter

_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})\Z", re.A)
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?\Z", re.A)
_TRUTH = re.compile(r"(?:true|false)\Z", re.I)
_OBJECT_ID = re.compile(r"ObjectId\(\"?([0-9a-f]{24})\"?\)\Z")


def _integer(text: str) -> int:
    number = int(text)
    return number if -(2**31) <= number < 2**31 else Int64(number)


_KINDS: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (_INTEGER, _integer),
    (_DECIMAL, float),
    (_TRUTH, lambda text: text.lower() == "true"),
    (_OBJECT_ID, lambda text: ObjectId(text[9:-1].strip('"'))),
)

Row = tuple[int, list[str]]  # (line number, values)


def rows(source: Iterable[Line], recoded: Recoded) -> Iterator[Row | Skip]:
    """The header first, then the rows that fit it. Raises SourceError when the file is cut or not a table."""
    # The limit of the csv module is one for the process; raising it to a document's own changes no result.
    csv.field_size_limit(MAX_DOCUMENT)
    state = _Feed(source, recoded)
    head = list(islice(state.texts(), _SNIFFED))
    if not any(text.strip() for text in head):
        raise SourceError("empty: not even a header line; export it again")
    reader = csv.reader(_chain(head, state), delimiter=_delimiter(head), strict=True)
    width = 0
    while True:
        number = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error) or "unexpected end" in str(error):
                raise SourceError(f"looks cut: line {number} opens a quote that is never closed") from error
            yield Skip(f"line {number}", f"not CSV: {error}")
            continue
        if not values:
            continue
        if not width:
            width = len(values)
        elif len(values) != width:
            if len(values) < width and not state.ended and reader.line_num >= state.number:
                raise SourceError(f"looks cut: its last line holds {len(values)} of {width} values; export it again")
            yield Skip(f"line {number}", f"{len(values)} values for {width} columns")
            continue
        yield number, values


class _Feed:
    """Physical lines as text; knows whether the last one was ended."""

    def __init__(self, source: Iterable[Line], recoded: Recoded) -> None:
        self._source = iter(source)
        self._recoded = recoded
        self.ended = True
        self.number = 0

    def texts(self) -> Iterator[str]:
        for line in self._source:
            if line.raw is None:
                raise SourceError(f"line {line.number} has more than {MAX_DOCUMENT >> 20} MB: is it a CSV file?")
            self.ended, self.number = line.ended, line.number
            yield self._recoded.text(line.raw, line.number)


def _chain(head: Sequence[str], state: _Feed) -> Iterator[str]:
    yield from head
    yield from state.texts()


def _delimiter(head: Sequence[str]) -> str:
    """The one that cuts the most of the first lines into as many values as the header, more than one."""

    def fit(delimiter: str) -> tuple[float, int]:
        try:
            parsed = [row for row in csv.reader(head, delimiter=delimiter) if row]
        except csv.Error:
            return 0.0, 0
        width = len(parsed[0])
        return (sum(len(row) == width for row in parsed) / len(parsed) if width > 1 else 0.0), width

    best = max(_DELIMITERS, key=fit)
    return best if fit(best)[1] > 1 else ","


def paths(header: Sequence[str]) -> list[tuple[str, ...]]:
    """The path of each column. Raises SourceError for names that cannot stand together."""
    names = [name.strip() or f"column_{i}" for i, name in enumerate(header, 1)]
    found: dict[tuple[str, ...], str] = {}
    for name in names:
        path = tuple(name.split("."))
        path = path if all(path) else (name,)
        if path in found:
            raise SourceError(f"two columns are named {name!r}: rename one")
        found[path] = name
    for path, name in found.items():
        for end in range(1, len(path)):
            if path[:end] in found:
                raise SourceError(f"columns {found[path[:end]]!r} and {name!r} contradict each other: rename one")
    return list(found)


def column_types(table: Iterable[Row], width: int) -> list[Callable[[str], Any]]:
    """How to read each column, from all its values (constant memory)."""
    possible = [list(_KINDS) for _ in range(width)]
    seen = [False] * width
    for _, values in table:
        for i, value in enumerate(values):
            if value:
                seen[i] = True
                if possible[i] and not possible[i][0][0].match(value):
                    possible[i] = [kind for kind in possible[i] if kind[0].match(value)]
    return [kinds[0][1] if kinds and used else str for kinds, used in zip(possible, seen, strict=True)]


def document(
    columns: Sequence[tuple[str, ...]], types: Sequence[Callable[[str], Any]], values: Sequence[str]
) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for path, read, value in zip(columns, types, values, strict=True):
        if value:
            parent = body
            for part in path[:-1]:
                parent = parent.setdefault(part, {})
            parent[path[-1]] = read(value)
    return body
