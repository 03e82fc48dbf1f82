"""Numbered SQL files are applied once each, whole or not at all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from vigie.errors import StoreError
from vigie.store import migrate as module
from vigie.store.migrate import migrate

FIRST = """-- a comment; with a semicolon
CREATE TABLE a (b);
CREATE TRIGGER t AFTER INSERT ON a BEGIN
    SELECT 1;
    SELECT 2;
END;
"""


@pytest.fixture(params=[None, "", "IMMEDIATE"])
def db(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    (tmp_path / "x_0001.sql").write_text(FIRST)
    (tmp_path / "y_0009.sql").write_text("CREATE TABLE other (b);")
    connection = sqlite3.connect(":memory:", isolation_level=request.param)
    yield connection
    connection.close()


def names(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT name FROM sqlite_master ORDER BY name")]


def test_each_file_is_applied_once_and_others_files_never(db: sqlite3.Connection, tmp_path: Path) -> None:
    migrate(db, "x")
    migrate(db, "x")
    assert names(db) == ["a", "t"]
    (tmp_path / "x_0002.sql").write_text("ALTER TABLE a ADD COLUMN c;\nINSERT INTO a VALUES (1, 2)")
    migrate(db, "x")
    assert db.execute("SELECT b, c FROM a").fetchall() == [(1, 2)]
    assert db.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_file_that_fails_is_undone_whole(db: sqlite3.Connection, tmp_path: Path) -> None:
    (tmp_path / "x_0002.sql").write_text("CREATE TABLE z (b);\nCREATE TABLE a (b);")
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, "x")
    assert names(db) == ["a", "t"]
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert not db.in_transaction


def test_a_database_of_a_newer_program_is_refused(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA user_version = 7")
    with pytest.raises(StoreError, match="schema 7"):
        migrate(db, "x")
