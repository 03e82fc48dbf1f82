"""Rows of the ledger's documents and chunks: what `ledger.py` does inside a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from vigie.types import Chunk, Document, Passage, SignatureStats, SourceRef

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

DOCUMENT_SQL = "SELECT d.*, s.kind, s.name FROM document d JOIN source s ON s.id = d.source_id"

CHUNKS_SQL = """
FROM chunk c
JOIN document d ON d.id = c.document_id
JOIN source s ON s.id = d.source_id
LEFT JOIN signature g ON g.source_id = s.id AND g.key = d.native_id AND s.kind = 'records'
"""
# A signature is live from the moment its generation of records is.
LIVE_SQL = CHUNKS_SQL + "WHERE (s.kind <> 'records' OR g.count > 0)"

CHUNK_FIELDS = (  # in the order of `Chunk`
    'c.document_id, c.text, c.start, c."end", c.locator, c.context, c.symbol, c.start_line, c.end_line, c.occurrence'
)
# A question reads some 150 of them, by place: by name they take half as long again.
_PASSAGE = (
    f"SELECT c.id, d.native_id, d.title, d.url, d.language, d.updated_at, s.kind, s.name, s.total, "
    f"g.count, g.first, g.last, g.latest_ids, {CHUNK_FIELDS}"
)
PASSAGE_SQL = _PASSAGE + LIVE_SQL
WAITING_SQL = (  # signatures read, of records that are not live yet
    _PASSAGE + ", v.data" + CHUNKS_SQL + "JOIN vector v ON v.key = c.vector_key AND v.fingerprint = ? "
    "WHERE s.kind = 'records' AND g.count = 0 AND s.id = ? AND c.id > ? ORDER BY c.id LIMIT ?"
)

STATUS_SQL = """
SELECT s.*,
       iif(s.kind = 'records', (SELECT count(*) FROM signature g WHERE g.source_id = s.id AND g.count > 0),
           (SELECT count(*) FROM document d WHERE d.source_id = s.id)) AS documents,
       (SELECT count(*) FROM chunk c JOIN document d ON d.id = c.document_id WHERE d.source_id = s.id) AS chunks
FROM source s ORDER BY kind, name
"""


def source_row(db: sqlite3.Connection, ref: SourceRef) -> int:
    """The source's row id, made when it is new."""
    row = db.execute("SELECT id FROM source WHERE kind = ? AND name = ?", (ref.kind, ref.name)).fetchone()
    if row is not None:
        return int(row[0])
    made = db.execute("INSERT INTO source (kind, name) VALUES (?, ?)", (ref.kind, ref.name)).lastrowid
    assert made is not None
    return made


def put_vectors(db: sqlite3.Connection, vectors: Mapping[str, bytes], fingerprint: str) -> None:
    db.executemany(
        "INSERT OR IGNORE INTO vector VALUES (?, ?, ?)", [(key, fingerprint, data) for key, data in vectors.items()]
    )


def announce(
    db: sqlite3.Connection, document: Document, chunks: Sequence[Chunk], fingerprint: str
) -> list[tuple[Passage, bytes]]:
    """Queue those chunks that are not there yet; they and their vectors of this model."""
    there = {row["id"] for row in db.execute("SELECT id FROM chunk WHERE document_id = ?", (document.id,))}
    fresh = [chunk for chunk in chunks if chunk.id not in there]
    queue(db, document.ref.collection, [chunk.id for chunk in fresh])
    found = []
    for chunk in fresh:
        vector = db.execute(
            "SELECT data FROM vector WHERE key = ? AND fingerprint = ?", (chunk.vector_key, fingerprint)
        ).fetchone()
        of = (document.ref, document.native_id, document.title, document.url, document.language, document.updated_at)
        found.append((Passage(chunk.id, chunk, *of, None), vector["data"]))
    return found


def put_document(db: sqlite3.Connection, document: Document, chunks: Sequence[Chunk]) -> bool:
    """Replace one document and queue what changed of it for the indexes; True when its content changed."""
    source_id = source_row(db, document.ref)
    new = (document.title, document.text, document.url, document.language)
    old = db.execute("SELECT title, text, url, language FROM document WHERE id = ?", (document.id,)).fetchone()
    before: dict[str, tuple[object, ...]] = {
        row["id"]: tuple(row) for row in db.execute(CHUNK_SQL + " WHERE document_id = ?", (document.id,)).fetchall()
    }
    after = {chunk.id: _chunk_row(chunk, n) for n, chunk in enumerate(chunks)}
    db.execute(
        "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET version = excluded.version, title = excluded.title, text = excluded.text, "
        "url = excluded.url, language = excluded.language, updated_at = excluded.updated_at",
        (document.id, source_id, document.native_id, document.version, *new, _iso(document.updated_at)),
    )
    if old is not None and tuple(old) == new and before == after:
        return False
    db.execute("DELETE FROM chunk WHERE document_id = ?", (document.id,))
    db.executemany(f"INSERT INTO chunk VALUES ({','.join('?' * 13)})", after.values())
    retitled = old is not None and old["title"] != document.title
    touched = [i for i in before.keys() | after.keys() if retitled or _indexed(before.get(i)) != _indexed(after.get(i))]
    queue(db, document.ref.collection, touched)
    return True


def _indexed(row: tuple[object, ...] | None) -> tuple[object, ...] | None:
    """What of a chunk's row the indexes hold: its text, its context, its symbol and its vector."""
    return None if row is None else (row[3], row[7], row[8], row[12])


def delete_document(db: sqlite3.Connection, ref: SourceRef, source_id: int, native_id: str) -> bool:
    row = db.execute("SELECT id FROM document WHERE source_id = ? AND native_id = ?", (source_id, native_id)).fetchone()
    if row is None:
        return False
    chunks = db.execute("SELECT id FROM chunk WHERE document_id = ?", (row["id"],)).fetchall()
    queue(db, ref.collection, sorted(c["id"] for c in chunks))
    db.execute("DELETE FROM chunk WHERE document_id = ?", (row["id"],))
    db.execute("DELETE FROM document WHERE id = ?", (row["id"],))
    return True


def queue(db: sqlite3.Connection, collection: str, chunk_ids: Iterable[str]) -> None:
    db.executemany("INSERT INTO index_work (collection, chunk_id) VALUES (?, ?)", [(collection, i) for i in chunk_ids])


CHUNK_SQL = (
    'SELECT id, document_id, ordinal, text, start, "end", locator, context, symbol, start_line, end_line, '
    "occurrence, vector_key FROM chunk"
)


def _chunk_row(chunk: Chunk, ordinal: int) -> tuple[object, ...]:
    return (
        chunk.id,
        chunk.document_id,
        ordinal,
        chunk.text,
        chunk.start,
        chunk.end,
        chunk.locator,
        chunk.context,
        chunk.symbol,
        chunk.start_line,
        chunk.end_line,
        chunk.occurrence,
        chunk.vector_key,
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def from_millis(millis: int | None) -> datetime | None:
    """Epoch milliseconds, any that Python can say; else None."""
    if millis is None:
        return None
    try:
        return EPOCH + timedelta(milliseconds=millis)
    except OverflowError:
        return None


def document(row: sqlite3.Row) -> Document:
    return Document(
        ref=SourceRef(row["kind"], row["name"]),
        native_id=row["native_id"],
        version=row["version"],
        title=row["title"],
        text=row["text"],
        url=row["url"],
        language=row["language"],
        updated_at=time(row["updated_at"]),
    )


def chunk(row: sqlite3.Row) -> Chunk:
    """Of a row of CHUNK_FIELDS."""
    return Chunk(*row)


def passage(row: sqlite3.Row) -> Passage:
    """Of a row of PASSAGE_SQL."""
    chunk_id, native_id, title, url, language, updated, kind, name, total, count, first, last, latest, *rest = row
    stats = None
    if count is not None:
        stats = SignatureStats(count, total, from_millis(first), from_millis(last), tuple(json.loads(latest)))
    ref = SourceRef(kind, name)
    return Passage(chunk_id, Chunk(*rest), ref, native_id, title, url, language, time(updated), stats)
