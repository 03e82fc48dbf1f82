"""Numbered SQL files, each applied once and in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from vigie.errors import StoreError

FOLDER = Path(__file__).parent / "migrations"


def migrate(connection: sqlite3.Connection, prefix: str) -> None:
    """Apply the files `<prefix>_NNNN.sql` that the database has not seen, by number.

    `PRAGMA user_version` holds the number of the last one applied. Any isolation level of the connection will do.
    Raises StoreError when a newer program wrote the database; what SQLite raises passes through, the failed file
    undone.
    """
    files = {int(path.stem.rpartition("_")[2]): path for path in FOLDER.glob(f"{prefix}_[0-9][0-9][0-9][0-9].sql")}
    seen = _version(connection)
    if seen > max(files, default=0):
        raise StoreError(
            f"the {prefix} database has schema {seen}, this program knows {max(files, default=0)}: "
            "use the version of the program that wrote it, or a newer one"
        )
    for number in sorted(number for number in files if number > seen):
        _apply(connection, number, files[number].read_text(encoding="utf-8"))


def _apply(connection: sqlite3.Connection, number: int, script: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read again under the lock: another process may have applied it meanwhile.
        if _version(connection) < number:
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """Whole statements; `executescript` cannot be used, it commits what is open before it starts."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
