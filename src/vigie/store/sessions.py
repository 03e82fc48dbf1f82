"""Conversations in SQLite: every question once, with its whole answer."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from vigie.errors import NotFound
from vigie.store.database import Database
from vigie.types import Answer, Turn

TITLE_LENGTH = 120  # characters of the first question that stand for a title

MOVED = "the conversations in it are then no longer shown, new ones begin, and what is indexed stays as it is"

_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One line of the list of conversations."""

    session_id: str
    title: str  # as renamed, else the beginning of the first question
    created_at: datetime
    updated_at: datetime
    questions: int
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionDetail:
    """A conversation. The answers' own `history` is left empty: `turns` holds it once."""

    session: SessionSummary
    turns: list[Turn]
    answers: list[Answer]


class SqliteSessions:
    """Implements `protocols.SessionStore`. Safe from several threads. Raises StoreCorrupt, StoreFull, StoreBusy."""

    def __init__(self, path: Path) -> None:
        self._db = Database(path, "sessions", "the file of the conversations", MOVED)

    # ------------------------------------------------------------------ what asking needs

    def history(self, session_id: str) -> list[Turn]:
        return _turns(self._rows("SELECT question, text FROM answer" + LIVE, session_id))

    def save(self, answer: Answer, *, replaces: str | None = None) -> None:
        """Store it once: a second call with the same `answer_id` changes nothing.

        `replaces`: that answer and all later ones of the session leave the history. A question asked in a deleted
        session restores it.
        """
        at = answer.timestamp.astimezone(UTC).isoformat()
        body = answer_json(replace(answer, history=[]))
        with self._db.write() as db:
            if db.execute("SELECT 1 FROM answer WHERE id = ?", (answer.answer_id,)).fetchone():
                return
            db.execute(
                "INSERT INTO session (id, created_at, updated_at) VALUES (?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, deleted_at = NULL",
                (answer.session_id, at, at),
            )
            seq = db.execute(
                "INSERT INTO answer (id, session_id, question, folded, text, body) VALUES (?, ?, ?, ?, ?, ?)",
                (answer.answer_id, answer.session_id, answer.question, fold(answer.question), answer.answer, body),
            ).lastrowid
            if replaces is not None:
                db.execute(DROP, (seq, answer.session_id, seq, replaces, answer.session_id))

    def answer(self, answer_id: str) -> Answer | None:
        """With the history as it stood when it was given: all turns up to its own."""
        with self._db.snapshot():
            rows = self._rows("SELECT seq, session_id, body FROM answer WHERE id = ?", answer_id)
            if not rows:
                return None
            row = rows[0]
            turns = self._rows(THEN, row["session_id"], row["seq"], row["seq"])
        return replace(_ANSWER.validate_json(row["body"]), history=_turns(turns))

    def reset(self, session_id: str) -> None:
        """Forget turns, answers and title; the session's id stays usable. An unknown session is no error."""
        with self._db.write() as db:
            db.execute("DELETE FROM answer WHERE session_id = ?", (session_id,))
            db.execute("UPDATE session SET title = NULL, folded_title = NULL WHERE id = ?", (session_id,))

    # ------------------------------------------------------------------ what the list of conversations needs

    def list(self, q: str | None = None, *, deleted: bool = False) -> list[SessionSummary]:
        """The last used first. `q`: every word of it in the title or in a question, case and accents ignored."""
        words = fold(q or "").split()
        sql = SUMMARY + f" WHERE s.deleted_at IS {'NOT ' if deleted else ''}NULL" + MATCH * len(words) + NEWEST_FIRST
        return [_summary(row) for row in self._rows(sql, *(word for word in words for _ in range(2)))]

    def get(self, session_id: str) -> SessionDetail:
        """Raises NotFound, also for a deleted session."""
        with self._db.snapshot():
            found = self._rows(SUMMARY + " WHERE s.id = ? AND s.deleted_at IS NULL", session_id)
            if not found:
                raise NotFound("there is no such conversation: it may have been deleted; list the conversations again")
            rows = self._rows("SELECT question, text, body FROM answer" + LIVE, session_id)
        answers = [_ANSWER.validate_json(row["body"]) for row in rows]
        return SessionDetail(_summary(found[0]), _turns(rows), answers)

    def rename(self, session_id: str, title: str) -> None:
        """An empty title gives the first question back. Raises NotFound."""
        kept = " ".join(title.split())[:TITLE_LENGTH] or None
        self._update("title = ?, folded_title = ?", session_id, kept, fold(kept) if kept else None)

    def delete(self, session_id: str, at: datetime) -> None:
        """Take it off the list until it is restored. Raises NotFound."""
        self._update("deleted_at = ?", session_id, at.astimezone(UTC).isoformat())

    def restore(self, session_id: str) -> None:
        """Raises NotFound."""
        self._update("deleted_at = NULL", session_id)

    def check(self) -> str | None:
        """SQLite's own integrity check: None when sound."""
        return self._db.check()

    def close(self) -> None:
        self._db.close()

    def _rows(self, sql: str, *values: str | int) -> Sequence[sqlite3.Row]:
        with self._db.mapped():
            return self._db.reader.execute(sql, values).fetchall()

    def _update(self, change: str, session_id: str, *values: str | None) -> None:
        with self._db.write() as db:
            if not db.execute(f"UPDATE session SET {change} WHERE id = ?", (*values, session_id)).rowcount:
                raise NotFound("there is no such conversation: list the conversations again")


LIVE = " WHERE session_id = ? AND dropped_by IS NULL ORDER BY seq"

# What was live when row `seq` was written, and the row itself.
THEN = """
SELECT question, text FROM answer
WHERE session_id = ? AND seq <= ? AND (dropped_by IS NULL OR dropped_by > ?) ORDER BY seq
"""

DROP = """
UPDATE answer SET dropped_by = ? WHERE session_id = ? AND dropped_by IS NULL AND seq < ?
AND seq >= (SELECT seq FROM answer WHERE id = ? AND session_id = ?)
"""

SUMMARY = """
SELECT s.*, (SELECT count(*) FROM answer a WHERE a.session_id = s.id AND a.dropped_by IS NULL) AS questions,
       (SELECT question FROM answer a WHERE a.session_id = s.id AND a.dropped_by IS NULL ORDER BY seq LIMIT 1) AS first
FROM session s
"""

MATCH = """
 AND (instr(coalesce(s.folded_title, ''), ?) > 0 OR EXISTS (
 SELECT 1 FROM answer a WHERE a.session_id = s.id AND a.dropped_by IS NULL AND instr(a.folded, ?) > 0))
"""

# Not by time alone: with a fixed clock all times are equal.
NEWEST_FIRST = """
 ORDER BY s.updated_at DESC, (SELECT max(seq) FROM answer a WHERE a.session_id = s.id) DESC, s.id
"""


def answer_json(answer: Answer) -> str:
    """The contract's JSON; a value that JSON does not know becomes its text."""
    return _ANSWER.dump_json(answer, fallback=str).decode("utf-8")


def fold(text: str) -> str:
    """Lower case without accents: "Échoué" and "echoue" are the same word."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def _turns(rows: Sequence[sqlite3.Row]) -> list[Turn]:
    return [turn for row in rows for turn in (Turn("user", row["question"]), Turn("assistant", row["text"]))]


def _summary(row: sqlite3.Row) -> SessionSummary:
    deleted = row["deleted_at"]
    return SessionSummary(
        session_id=row["id"],
        title=row["title"] or " ".join((row["first"] or "").split())[:TITLE_LENGTH],
        created_at=datetime.fromisoformat(row["created_at"]),
        updated_at=datetime.fromisoformat(row["updated_at"]),
        questions=row["questions"],
        deleted_at=datetime.fromisoformat(deleted) if deleted else None,
    )
