"""Collections of records from a folder of exports: NDJSON, JSON (arrays, printed documents) and CSV."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from vigie.errors import SourceError
from vigie.sources import _csv_rows
from vigie.sources._export_bytes import MAX_DOCUMENT, Line, Lines, Recoded, blocks, lax, lines, lines_together, stamp
from vigie.sources._json_values import Cutter
from vigie.sources.extjson import content_hash, dumps, loads, loads_hashed, loads_quickly, native_id, unnamed_id
from vigie.text import shows
from vigie.types import Record, Skip, SourceRef

SUFFIXES = (".ndjson", ".jsonl", ".json", ".csv")  # where two files want one name, the first of these has it
_LOOKED_AT = 50  # lines read to tell one document a line from printed documents
_TOLD = 1000  # rows of skipped lines that are told one by one

# (where it stands, document, its content's hash, its text where that can be kept)
Body = tuple[str, dict[str, Any], bytes, str | None]


@dataclass(frozen=True, slots=True)
class FileCollection:
    name: str
    path: Path


def list_collections(folder: Path) -> tuple[list[FileCollection], list[Skip]]:
    """One collection per export file directly in `folder`, by name, and the files that cannot be one.

    The name is the file's stem in Unicode's composed form. Names that differ by case alone are one name: questions are
    typed in any case. Hidden files are passed over. Raises SourceError when the folder cannot be read.
    """
    try:
        files = [p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES or p.name.lower() in SUFFIXES]
    except OSError as error:
        raise SourceError(f"the folder of records {folder} cannot be read: {error.strerror or error}") from error
    files.sort(key=lambda p: (SUFFIXES.index(p.suffix.lower() or p.name.lower()), p.name))
    taken: dict[str, FileCollection] = {}
    skips: list[Skip] = []
    for path in files:
        if path.name.startswith(".") and path.name.lower() not in SUFFIXES:
            continue
        name = unicodedata.normalize("NFC", path.stem if path.suffix else "")
        problem = _problem(path, name)
        if problem is not None:
            skips.append(problem)
        elif (first := taken.get(name.casefold())) is not None:
            skips.append(Skip(path.name, f"the name {name!r} is already taken by {first.path.name}: rename one"))
        else:
            taken[name.casefold()] = FileCollection(name, path)
    return sorted(taken.values(), key=lambda c: c.name), skips


def _problem(path: Path, name: str) -> Skip | None:
    shown = path.name.encode("utf-8", "replace").decode()
    if not name.strip():
        return Skip(shown, "the file has no name before its suffix: rename it")
    if not shows(name):  # control characters, and bytes that are no UTF-8
        return Skip(shown, "the file's name holds characters that cannot be shown: rename it")
    try:
        if not path.is_file():
            return Skip(shown, "not a file") if path.exists() else Skip(shown, "a link to nothing")
        with path.open("rb"):
            return None
    except OSError as error:
        return Skip(shown, f"cannot be read: {error.strerror or error}", transient=True)


@dataclass(frozen=True, slots=True)
class RecordFile:
    """The records of one export file (a `RecordSource`).

    A line that is no document is a Skip named by its place, and the rest goes on; so is a later record with an `_id`
    already read. A file that looks cut, changes while it is read, or holds nothing readable raises SourceError.
    """

    ref: SourceRef
    path: Path

    def state(self) -> str:
        try:
            return stamp(self.path.stat())
        except OSError as error:
            raise self._error(error.strerror or str(error)) from error

    def scan(self) -> Iterator[Record | Skip]:
        try:
            before = self.state()
            yield from capped(identified(self._bodies()))
            if self.state() != before:
                raise SourceError("it changed while it was read; it is read again at the next sync")
        except OSError as error:
            raise self._error(error.strerror or str(error)) from error
        except SourceError as error:
            raise self._error(str(error)) from error

    def export(self) -> Path | None:
        return self.path if self.path.suffix.lower() != ".csv" else None

    def _error(self, reason: str) -> SourceError:
        prefix = f"{self.path.name}: "
        return SourceError(reason if reason.startswith(prefix) else prefix + reason)

    def _bodies(self) -> Iterator[Body | Skip]:
        recoded = Recoded()
        if self.path.suffix.lower() == ".csv":
            yield from self._csv(recoded)
        else:
            with self.path.open("rb") as file:
                yield from _json(file, recoded)
        yield from recoded.skips()

    def _csv(self, recoded: Recoded) -> Iterator[Body | Skip]:
        """Read twice: a column's type needs all its values."""
        with self.path.open("rb") as file:
            table = (row for row in _csv_rows.rows(lines(blocks(file)), Recoded()) if not isinstance(row, Skip))
            header = next(table, None)
            if header is None:
                raise SourceError("its header line cannot be read")
            columns = _csv_rows.paths(header[1])
            types = _csv_rows.column_types(table, len(columns))
        with self.path.open("rb") as file:
            for row in _csv_rows.rows(lines(blocks(file)), recoded):
                if isinstance(row, Skip):
                    yield row
                elif row[0] != header[0]:
                    if len(row[1]) != len(columns):
                        raise SourceError("it changed while it was read; it is read again at the next sync")
                    body = _csv_rows.document(columns, types, row[1])
                    yield f"line {row[0]}", body, content_hash(body), None


def _json(file: BinaryIO, recoded: Recoded) -> Iterator[Body | Skip]:
    if _one_a_line(file):
        return _ndjson(lines_together(blocks(file)), recoded)
    return _values(blocks(file), recoded)


def _one_a_line(file: BinaryIO) -> bool:
    """Whether one of the first lines is a document by itself, or the file does not begin like JSON at all."""
    first = next((text for block in blocks(file) if (text := block.lstrip(b" \t\r\n\0"))), b"")[:1]
    file.seek(0)
    found = first not in (b"{", b"[") or (
        first == b"{" and any(_is_document(line) for line in islice(lines(blocks(file)), _LOOKED_AT))
    )
    file.seek(0)
    return found


def _is_document(line: Line) -> bool:
    text = (line.raw or b"").strip(b"\0").rstrip()
    if not (text.startswith(b"{") and text.endswith(b"}")):
        return False  # also one that is indented: part of a printed document
    try:
        loads(text.decode("utf-8", "replace"))
    except ValueError:
        return False
    return True


def _ndjson(source: Iterator[Lines], recoded: Recoded) -> Iterator[Body | Skip]:
    for some in source:
        stripped = [(raw or b"").strip(b" \t\r\n\0") for raw in some.raw]
        quickly = loads_quickly(stripped)
        for number, (raw, quick) in enumerate(zip(stripped, quickly, strict=True), some.first):
            if quick is not None:
                yield f"line {number}", *quick, _as_written(raw, some.lax)
            elif (found := _slowly(some, number, raw, recoded)) is not None:
                yield found


def _slowly(some: Lines, number: int, stripped: bytes, recoded: Recoded) -> Body | Skip | None:
    place, raw = f"line {number}", some.raw[number - some.first]
    if raw is None:
        if not some.ended:
            raise SourceError(f"looks cut: {place}, its last, has more than {MAX_DOCUMENT >> 20} MB and no end")
        return Skip(place, f"longer than {MAX_DOCUMENT >> 20} MB, the size of a MongoDB document")
    if not stripped:
        return Skip(place, "zero bytes only") if raw.strip() else None
    try:
        return place, *_load(stripped, number, recoded), _as_written(stripped, some.lax)
    except ValueError as error:
        if not some.ended and str(error).startswith("not JSON"):
            raise SourceError(f"looks cut: {place}, its last, is {error}; export it again") from error
        return Skip(place, str(error))


def _as_written(raw: bytes, may_be_lax: bool) -> str | None:
    """The line itself, where it is strict JSON: what the slow reader alone takes is written anew."""
    if may_be_lax and lax(raw):
        return None
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _load(raw: bytes, number: int, recoded: Recoded) -> tuple[dict[str, Any], bytes]:
    try:
        return loads_hashed(raw)
    except ValueError as error:
        if not str(error).startswith("not UTF-8"):
            raise
        return loads_hashed(recoded.text(raw, number).encode())


def _values(source: Iterator[bytes], recoded: Recoded) -> Iterator[Body | Skip]:
    cutter = Cutter()
    number = 0

    def read(pieces: Iterator[tuple[str, bytes]]) -> Iterator[Body | Skip]:
        nonlocal number
        for kind, raw in pieces:
            number += 1
            place = f"document {number}"
            if kind == "long":
                yield Skip(place, f"longer than {MAX_DOCUMENT >> 20} MB, the size of a MongoDB document")
            elif kind == "stray":
                yield Skip(place, f"not a document: {raw[:60].decode('utf-8', 'replace')}")
            else:
                try:
                    yield place, *_load(raw, number, recoded), None
                except ValueError as error:
                    yield Skip(place, str(error))

    for block in source:
        yield from read(cutter.feed(block))
    yield from read(cutter.close())


def capped(items: Iterable[Record | Skip]) -> Iterator[Record | Skip]:
    """The same with only the first skips told one by one. Raises SourceError where nothing but skips was found."""
    found = skipped = 0
    first: Skip | None = None
    for item in items:
        if isinstance(item, Record):
            found += 1
        else:
            first = first or item
            skipped += 1
            if skipped > _TOLD:
                continue
        yield item
    if skipped > _TOLD:
        yield Skip(f"{skipped - _TOLD} more", f"as the {_TOLD} before: not read one by one here")
    if first and not found:
        raise SourceError(f"no record in it could be read ({first.native_id}: {first.reason})")


def identified(bodies: Iterable[Body | Skip]) -> Iterator[Record | Skip]:
    """With their native ids, each once. Holds the 64-bit hash of each `_id`: two of ten million meet by chance with a
    probability of 3 in a million."""
    seen: set[int] = set()
    unnamed: Counter[bytes] = Counter()
    for item in bodies:
        if isinstance(item, Skip):
            yield item
            continue
        place, body, content, written = item
        if "_id" not in body:
            unnamed[content] += 1
            yield Record(unnamed_id(content, unnamed[content]), body, written or dumps(body), content)
            continue
        native = native_id(body["_id"])
        short = hash(native)
        if short in seen:
            yield Skip(place, f"its _id {native[:80]} was already read above: the first one is kept")
            continue
        seen.add(short)
        yield Record(native, body, written or dumps(body), content)
