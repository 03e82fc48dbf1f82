"""One SQLite file: a single writer, a reader per thread, foreign errors mapped."""

from __future__ import annotations

import errno
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vigie.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull
from vigie.store.migrate import migrate

CACHE_KIB = 65_536  # page cache of the writer: keeps the random inserts of a million records in memory


class Database:
    """Opens (and migrates) `path`; `what` names it in messages. Raises StoreCorrupt, StoreFull, StoreError.

    `moved`: what becomes of things when a damaged file is moved away.
    """

    def __init__(self, path: Path, migrations: str, what: str, moved: str) -> None:
        self.path = path
        self._what = what
        self._moved = moved
        self._lock = threading.RLock()
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        with self.mapped():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect()
            self._writer.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            migrate(self._writer, migrations)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA temp_store = MEMORY")
        with self._lock:
            self._open.append(connection)
        return connection

    @contextmanager
    def mapped(self) -> Iterator[None]:
        """Turn what SQLite and the file system raise into the errors of `vigie.errors`."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._error(error) from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StoreFull(f"no space left for {self._what} at {self.path}: free some and try again") from error
            raise StoreError(f"{self._what} at {self.path} cannot be used: {error.strerror}") from error

    def _error(self, error: sqlite3.Error) -> StoreError:
        code = getattr(error, "sqlite_errorcode", None)
        primary = code & 0xFF if code is not None else None
        if primary == sqlite3.SQLITE_FULL:
            return StoreFull(f"no space left for {self._what} at {self.path}: free some and try again")
        if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StoreBusy(f"{self._what} at {self.path} is in use by another process: try again when it is done")
        if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return StoreCorrupt(
                f"{self._what} at {self.path} is damaged ({error}): nothing was deleted; restore it from a copy, or "
                f"move it away with the files beginning with its name: {self._moved}"
            )
        return StoreError(f"{self._what} at {self.path} failed: {error}")

    @property
    def reader(self) -> sqlite3.Connection:
        """This thread's own connection; sees the last commit, never waits for the writer."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
        return connection

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """This thread's own connection, for several reads of one and the same state."""
        with self.mapped():
            reader = self.reader
            if reader.in_transaction:  # of an outer snapshot
                yield reader
                return
            reader.execute("BEGIN")
            try:
                yield reader
            finally:
                if reader.in_transaction:
                    reader.execute("COMMIT")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed on leaving, rolled back on an exception."""
        with self._lock, self.mapped():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def check(self) -> str | None:
        """SQLite's own integrity check: None when sound, else its first finding."""
        with self.mapped():
            found = self.reader.execute("PRAGMA quick_check(1)").fetchone()[0]
        return None if found == "ok" else str(found)

    def close(self) -> None:
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()
