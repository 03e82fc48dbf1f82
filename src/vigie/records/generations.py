"""Exported records: per collection and generation their bodies, typed columns and profile; immutable."""

from __future__ import annotations

import fcntl
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

import duckdb

from vigie.errors import StoreCorrupt, StoreError
from vigie.records.collection_names import encode_name
from vigie.records.profile import VERSION, Layout
from vigie.records.writer import ParquetWriter, glob_safe

_UTC = ZoneInfo("UTC")
_GENERATION = re.compile(r"[0-9a-f]{32}\Z")


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
                    f"SELECT id, body FROM read_parquet(?) WHERE id IN ({marks})", [glob_safe(path), *native_ids]
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
