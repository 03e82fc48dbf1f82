"""Exported records: per collection and generation their bodies, typed columns and profile; immutable."""

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
from zoneinfo import ZoneInfo

import duckdb
import orjson

from vigie.errors import StoreCorrupt, StoreError, StoreFull
from vigie.records.collection_names import encode_name
from vigie.records.columns import Flattener
from vigie.records.profile import VERSION, Layout, profile_of, write_columns
from vigie.types import Record

_UTC = ZoneInfo("UTC")
_GENERATION = re.compile(r"[0-9a-f]{32}\Z")
_LINE = 1 << 24  # bytes of the longest staged line DuckDB is told to expect, unless there is a longer one
# A lookup reads one group; smaller ones compress worse. Measured: 20,000 runs are about 2 MB.
_ROW_GROUP = 20_480


class ParquetRecords:
    """A `RecordStore` in a folder. Safe to read from several threads; one process writes.

    `<generation>.parquet` holds id VARCHAR, n BIGINT (place in the source, from 0), body VARCHAR (canonical Extended
    JSON); rows in the order of their ids, so that a row group's smallest and largest id tell whether it must be read.
    `<generation>.columns.parquet` and `.profile.json` are what questions are computed from. `zone`: of times written
    without an offset.
    """

    def __init__(self, folder: Path, *, memory_mb: int = 512, threads: int = 2, zone: ZoneInfo = _UTC) -> None:
        self.folder = folder
        self.zone = zone
        self._memory_mb = memory_mb
        self._threads = threads
        self._lock = Lock()
        self._reader: duckdb.DuckDBPyConnection | None = None

    @property
    def version(self) -> str:
        return f"{VERSION}{self.zone.key}"

    def file(self, collection: str, generation: str) -> Path:
        """Where a generation lies, whether or not it is there."""
        if not _GENERATION.match(generation):
            raise StoreCorrupt(f"{generation!r} names no generation of the records of {collection}: ingest them again")
        return self.folder / encode_name(collection) / f"{generation}.parquet"

    def columns_file(self, collection: str, generation: str) -> Path:
        return self.file(collection, generation).with_suffix(".columns.parquet")

    def layout(self, collection: str, generation: str) -> Layout | None:
        """What the columns of a generation are; None for one written before there were any."""
        path = self.file(collection, generation).with_suffix(".profile.json")
        try:
            return Layout.from_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreCorrupt(
                f"the profile of {collection} cannot be read ({error}): ingest its records again"
            ) from error

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
            with self.cursor() as cursor:
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
        keep = {encode_name(collection): generation for collection, generation in live.items()}
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
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
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
        self._flat: IO[bytes] | None = None
        self._read = Flattener()
        self._count = 0
        self._longest = 0
        self._finished = False

    def __enter__(self) -> ParquetWriter:
        with self._told():
            self._staging.mkdir(parents=True)
            self._held = (self._staging / "lock").open("wb")
            fcntl.flock(self._held, fcntl.LOCK_EX)
            self._file = (self._staging / "rows.ndjson").open("wb", buffering=1 << 20)
            self._flat = (self._staging / "flat.ndjson").open("wb", buffering=1 << 20)
        return self

    def add(self, records: Sequence[Record]) -> None:
        assert self._file is not None, "outside of its `with`"
        assert self._flat is not None
        with self._told():
            flat = [orjson.dumps(self._read.row(r.native_id, r.body), default=str) + b"\n" for r in records]
            self._flat.writelines(flat)
            lines = [
                orjson.dumps({"id": r.native_id, "n": n, "body": r.source_text}) + b"\n"
                for n, r in enumerate(records, self._count)
            ]
            self._longest = max(self._longest, *map(len, lines), *map(len, flat), 0)
            self._file.writelines(lines)
        self._count += len(records)

    def finish(self) -> str:
        assert self._file is not None, "outside of its `with`"
        assert self._flat is not None
        part = self._staging / "rows.parquet"
        with self._told():
            self._file.close()
            self._flat.close()
            self._sort_into(part)
            columns, profile = self._profile()
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
        for file in (self._file, self._flat, self._held):
            if file is not None:
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
        connection = self._store.connect(self._staging / "scratch")
        try:
            flat = _glob_safe(self._staging / "flat.ndjson")
            if not self._count:
                (self._staging / "flat.ndjson").write_bytes(b'{"id": null}\n')
            longest = max(self._longest + 1, _LINE)
            made = write_columns(connection, flat, columns, self._read, longest, self._store.zone)
            told = profile_of(connection, _glob_safe(columns), self._read, made, self._collection)
        finally:
            connection.close()
        profile.write_bytes(Layout(told, made, self._read.left_out).to_json())
        return columns, profile

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
        if path.suffix in (".parquet", ".json") and path.name.partition(".")[0] != keep:
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
