"""Bodies of exported records: one immutable Parquet file per collection and generation, written through DuckDB."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import IO
from uuid import uuid4

import duckdb
import orjson

from vigie.errors import StoreCorrupt, StoreError, StoreFull
from vigie.records.collection_names import encode_name
from vigie.types import Record

_GENERATION = re.compile(r"[0-9a-f]{32}\Z")
_LINE = 1 << 24  # bytes of the longest staged line DuckDB is told to expect, unless there is a longer one
# A lookup reads one group; smaller ones compress worse. Measured: 20,000 runs are about 2 MB.
_ROW_GROUP = 20_480


class ParquetRecords:
    """A `RecordStore` in a folder. Safe to read from several threads; one process writes.

    Columns: id VARCHAR, n BIGINT (place in the source, from 0), body VARCHAR (canonical Extended JSON); rows in the
    order of their ids, so that a row group's smallest and largest id tell whether it must be read.
    """

    def __init__(self, folder: Path, *, memory_mb: int = 512, threads: int = 2) -> None:
        self.folder = folder
        self._memory_mb = memory_mb
        self._threads = threads
        self._lock = Lock()
        self._reader: duckdb.DuckDBPyConnection | None = None

    def file(self, collection: str, generation: str) -> Path:
        """Where a generation lies, whether or not it is there."""
        if not _GENERATION.match(generation):
            raise StoreCorrupt(f"{generation!r} names no generation of the records of {collection}: ingest them again")
        return self.folder / encode_name(collection) / f"{generation}.parquet"

    def write(self, collection: str) -> ParquetWriter:
        return ParquetWriter(self, collection)

    def bodies(self, collection: str, generation: str, native_ids: Sequence[str]) -> dict[str, str]:
        """Raises StoreCorrupt when the generation's file is missing or damaged."""
        path = self.file(collection, generation)
        if not native_ids:
            return {}
        if not path.is_file():
            raise StoreCorrupt(f"the bodies of {collection} are gone ({path.name}): ingest its records again")
        marks = ", ".join("?" * len(native_ids))
        try:
            with self._cursor() as cursor:
                rows = cursor.execute(
                    f"SELECT id, body FROM read_parquet(?) WHERE id IN ({marks})", [_glob_safe(path), *native_ids]
                ).fetchall()
        except duckdb.Error as error:
            raise StoreCorrupt(
                f"the bodies of {collection} cannot be read ({error}): ingest its records again"
            ) from error
        return dict(rows)

    def keep_only(self, live: Mapping[str, str]) -> None:
        """Also removes what killed writers left; a file that a writer of any process holds is left alone."""
        keep = {encode_name(collection): f"{generation}.parquet" for collection, generation in live.items()}
        if not self.folder.is_dir():
            return
        try:
            for folder in self.folder.iterdir():
                if not folder.is_dir() or not folder.name.startswith("c-"):
                    continue
                _sweep(folder, keep.get(folder.name))
        except OSError as error:
            raise StoreError(f"old records in {self.folder} cannot be removed: {error.strerror or error}") from error

    def close(self) -> None:
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def connect(self, scratch: Path) -> duckdb.DuckDBPyConnection:
        """An in-memory DuckDB without network, that spills to `scratch` when it needs more than its memory."""
        return duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{self._memory_mb}MB",
                "threads": self._threads,
                "temp_directory": str(scratch),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._lock:
            if self._reader is None:
                self._reader = self.connect(self.folder / "scratch")
            cursor = self._reader.cursor()
        try:
            yield cursor
        finally:
            cursor.close()


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
        self._file: IO[bytes] | None = None
        self._held: IO[bytes] | None = None
        self._count = 0
        self._longest = 0
        self._finished = False

    def __enter__(self) -> ParquetWriter:
        with self._told():
            self._staging.mkdir(parents=True)
            self._held = (self._staging / "lock").open("wb")
            fcntl.flock(self._held, fcntl.LOCK_EX)
            self._file = (self._staging / "rows.ndjson").open("wb", buffering=1 << 20)
        return self

    def add(self, records: Sequence[Record]) -> None:
        assert self._file is not None, "outside of its `with`"
        with self._told():
            lines = [
                orjson.dumps({"id": r.native_id, "n": n, "body": r.source_text}) + b"\n"
                for n, r in enumerate(records, self._count)
            ]
            self._longest = max(self._longest, *map(len, lines), 0)
            self._file.writelines(lines)
        self._count += len(records)

    def finish(self) -> str:
        assert self._file is not None, "outside of its `with`"
        part = self._staging / "rows.parquet"
        with self._told():
            self._file.close()
            self._sort_into(part)
            with part.open("rb") as written:
                os.fsync(written.fileno())
            part.rename(self._final)
            folder = os.open(self._final.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        self._finished = True
        return self._generation

    def __exit__(self, *exception: object) -> None:
        for file in (self._file, self._held):
            if file is not None:
                try:
                    file.close()
                except OSError:  # what a full disk did not take; the folder goes anyway
                    pass
        shutil.rmtree(self._staging, ignore_errors=True)
        if not self._finished:
            self._final.unlink(missing_ok=True)

    def _sort_into(self, part: Path) -> None:
        rows = (
            "read_json(?, format = 'newline_delimited', maximum_object_size = ?,"
            " columns = {id: 'VARCHAR', n: 'BIGINT', body: 'VARCHAR'})"
        )
        if not self._count:
            rows = "(SELECT '' AS id, 0::BIGINT AS n, '' AS body WHERE ? IS NULL AND ? IS NULL)"
        connection = self._store.connect(self._staging / "scratch")
        try:
            connection.execute(
                f"COPY (SELECT id, n, body FROM {rows} ORDER BY id) TO '{_quoted(part)}'"
                f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})",
                [_glob_safe(self._staging / "rows.ndjson"), max(self._longest + 1, _LINE)],
            )
        finally:
            connection.close()

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


def _sweep(folder: Path, keep: str | None) -> None:
    for path in folder.iterdir():
        if path.suffix == ".parquet" and path.name != keep:
            path.unlink(missing_ok=True)
        elif path.suffix == ".part" and not _held(path / "lock"):
            shutil.rmtree(path, ignore_errors=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def _held(lock: Path) -> bool:
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _glob_safe(path: Path) -> str:
    """DuckDB reads `*?[` in a file's name as a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
