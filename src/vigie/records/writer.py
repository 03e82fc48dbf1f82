"""A generation of exported records in the making: staged as they come, then sorted and profiled by DuckDB."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4

import duckdb
import orjson

from vigie.errors import StoreError, StoreFull
from vigie.records.bulk import Loaded, bodies, load
from vigie.records.bulk_fields import Irregular
from vigie.records.columns import Flattener
from vigie.records.profile import Layout, Staged, profile_of, write_columns
from vigie.types import Record

if TYPE_CHECKING:
    from vigie.records.generations import ParquetRecords

_LINE = 1 << 20  # bytes of the longest staged line DuckDB is told to expect, unless there is a longer one
_BULK = 1 << 20  # bytes of an export from which on many at a time are quicker
_PIECE = 1_000  # records staged as one line, or
_LONG = 1 << 22  # characters of them
# A lookup reads one group; smaller ones compress worse. Measured: 20,000 runs are about 2 MB.
_ROW_GROUP = 20_480


class ParquetWriter:
    """One generation in the making: rows go to a staging file, `finish` sorts them into Parquet.

    What is finished stays, however the `with` is left: only `keep_only` removes it.
    The staging folder is locked while the writer lives, so that `keep_only` tells it from a dead writer's.
    """

    def __init__(self, store: ParquetRecords, collection: str) -> None:
        self._store = store
        self._collection = collection
        self._generation = uuid4().hex
        self._final = store.file(collection, self._generation)
        self._staging = self._final.with_suffix(".part")
        self._files: dict[str, IO[bytes]] = {}
        self._read = Flattener()
        self._count = 0
        self._longest = 0
        self._loaded: Loaded | None = None
        self._finished = False

    def __enter__(self) -> ParquetWriter:
        with self._told():
            self._staging.mkdir(parents=True)
            for name in ("lock", "bodies", "columns", "rows"):
                self._files[name] = (self._staging / name).open("wb", buffering=1 << 20)
            fcntl.flock(self._files["lock"], fcntl.LOCK_EX)
        return self

    def load(self, export: Path) -> int | None:
        assert self._files, "outside of its `with`"
        with self._told():
            if export.stat().st_size < _BULK:
                return None
            connection = self._store.connect(self._staging / "scratch-bulk")
            try:
                self._loaded = load(connection, glob_safe(export), self._staging / "bulk.parquet")
            except Irregular:
                return None
            finally:
                connection.close()
        return self._loaded.read.total

    def add(self, records: Sequence[Record]) -> None:
        assert self._files, "outside of its `with`"
        self._loaded = None
        with self._told():
            for some in _pieces(records):
                ids = [record.native_id for record in some]
                columns = self._read.columns(ids, [record.body for record in some])
                if columns is None:
                    self._write("rows", [self._read.row(record.native_id, record.body) for record in some])
                else:
                    self._write("columns", [columns])
                self._write("bodies", [{"n": self._count, "id": ids, "body": [r.source_text for r in some]}])
                self._count += len(some)

    def _write(self, name: str, items: Sequence[Mapping[str, Any]]) -> None:
        lines = [orjson.dumps(item, default=str) + b"\n" for item in items]
        self._longest = max(self._longest, *map(len, lines))
        self._files[name].writelines(lines)

    def finish(self) -> str:
        assert self._files, "outside of its `with`"
        part = self._staging / "rows.parquet"
        with self._told():
            for name in ("bodies", "columns", "rows"):
                self._files[name].close()
            with ThreadPoolExecutor(1) as beside:
                sorting = beside.submit(self._sort_into, part)
                columns, profile = self._profile()
                sorting.result()
            for written, final in ((columns, ".columns.parquet"), (profile, ".profile.json"), (part, ".parquet")):
                with written.open("rb") as file:
                    os.fsync(file.fileno())
                written.rename(self._final.with_suffix(final))
            folder = os.open(self._final.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        self._finished = True
        return self._generation

    def __exit__(self, *exception: object) -> None:
        for file in self._files.values():
            try:
                file.close()
            except OSError:  # what a full disk did not take; the folder goes anyway
                pass
        shutil.rmtree(self._staging, ignore_errors=True)
        if not self._finished:
            for suffix in (".parquet", ".columns.parquet", ".profile.json"):
                self._final.with_suffix(suffix).unlink(missing_ok=True)

    def _profile(self) -> tuple[Path, Path]:
        """The columns and what is in them, in the staging folder."""
        columns, profile = self._staging / "columns.parquet", self._staging / "profile.json"
        connection = self._store.connect(self._staging / "scratch-columns")
        try:
            read = self._loaded.read if self._loaded else self._read
            connection.execute("SET parquet_metadata_cache = true")  # some queries for each column of one file
            made = write_columns(connection, self._rows(), columns, read, self._store.zone)
            told = profile_of(connection, glob_safe(columns), read, made, self._collection)
        finally:
            connection.close()
        profile.write_bytes(Layout(told, made, read.left_out).to_json())
        return columns, profile

    def _rows(self) -> Staged | str:
        if self._loaded:
            return self._loaded.rows
        if not self._count:
            (self._staging / "rows").write_bytes(b'{"id": null}\n')
        return Staged(self._staged("rows"), self._staged("columns"), max(self._longest + 1, _LINE))

    def _staged(self, name: str) -> str:
        return glob_safe(self._staging / name)

    def _sort_into(self, part: Path) -> None:
        rows, parameters = self._bodies()
        connection = self._store.connect(self._staging / "scratch-rows")
        try:
            if self._loaded:
                connection.execute("SET preserve_insertion_order = true")  # which numbers them
            connection.execute(
                f"COPY (SELECT id, n, body FROM ({rows}) ORDER BY id) TO '{_quoted(part)}'"
                f" (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {_ROW_GROUP})",
                parameters,
            )
        finally:
            connection.close()

    def _bodies(self) -> tuple[str, list[object]]:
        """SQL of the records' ids, places and bodies, and its parameters."""
        if self._loaded:
            return bodies(self._loaded), [self._loaded.file]
        if not self._count:
            return "SELECT '' AS id, 0::BIGINT AS n, '' AS body WHERE false", []
        rows = (
            "SELECT unnest(id) AS id, n + unnest(range(len(id))) AS n, unnest(body) AS body FROM"
            " read_json(?, format = 'newline_delimited', maximum_object_size = ?,"
            " columns = {n: 'BIGINT', id: 'VARCHAR[]', body: 'VARCHAR[]'})"
        )
        return rows, [self._staged("bodies"), max(self._longest + 1, _LINE)]

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Foreign errors in our words."""
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise self._full() from error
            raise StoreError(
                f"the records of {self._collection} cannot be written: {error.strerror or error}"
            ) from error
        except duckdb.Error as error:
            if "No space left" in str(error) or "Disk quota" in str(error) or "max_temp_directory_size" in str(error):
                raise self._full() from error
            raise StoreError(f"the records of {self._collection} cannot be written: {error}") from error

    def _full(self) -> StoreFull:
        return StoreFull(
            f"no space left for the records of {self._collection} in {self._store.folder}: "
            "free some and sync again; the last good state still answers"
        )


def _pieces(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Some at a time: few enough to stay in the processor's cache, or not to be one very long line."""
    for at in range(0, len(records), _PIECE):
        some = records[at : at + _PIECE]
        if sum([len(record.source_text) for record in some]) <= _LONG:
            yield some
        else:
            yield from _shorter(some)


def _shorter(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    some: list[Record] = []
    size = 0
    for record in records:
        if some and size + len(record.source_text) > _LONG:
            yield some
            some, size = [], 0
        some.append(record)
        size += len(record.source_text)
    yield some


def glob_safe(path: Path) -> str:
    """DuckDB reads `*?[` in a file's name as a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
