"""Rows of the ledger's records: generations, counts per signature. Inside a transaction of `ledger.py`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from vigie.store.document_rows import EPOCH
from vigie.types import RecordDiff, RecordRow, RecordState, SourceRef

LATEST = 5  # ids shown per signature
DROP_BATCH = 100_000  # rows deleted per transaction: keeps the write-ahead log small


def state(db: sqlite3.Connection, ref: SourceRef) -> RecordState:
    row = db.execute(
        "SELECT state, fields, bodies, generation, total FROM source WHERE kind = ? AND name = ?", (ref.kind, ref.name)
    ).fetchone()
    return RecordState(None, None, None) if row is None else RecordState(**dict(row))


def begin(db: sqlite3.Connection, source_id: int) -> int:
    """A generation above all others, so that rows of a killed run never mix with it."""
    row = db.execute(
        "SELECT max(coalesce((SELECT max(generation) FROM record WHERE source_id = source.id), 0), "
        "coalesce(generation, 0)) + 1 FROM source WHERE id = ?",
        (source_id,),
    ).fetchone()
    return int(row[0])


def add(db: sqlite3.Connection, source_id: int, generation: int, rows: Sequence[RecordRow]) -> None:
    ids = _signature_ids(db, source_id, {row.signature for row in rows})
    db.executemany(
        "INSERT OR IGNORE INTO record VALUES (?, ?, ?, ?, ?, ?)",
        [(source_id, generation, r.native_id, r.content_hash, ids[r.signature], to_millis(r.time)) for r in rows],
    )


def _signature_ids(db: sqlite3.Connection, source_id: int, keys: set[str]) -> dict[str, int]:
    wanted = sorted(keys)
    db.executemany("INSERT OR IGNORE INTO signature (source_id, key) VALUES (?, ?)", [(source_id, k) for k in wanted])
    found = db.execute(
        "SELECT key, id FROM signature WHERE source_id = ? AND key IN (SELECT value FROM json_each(?))",
        (source_id, json.dumps(wanted)),
    )
    return {row["key"]: row["id"] for row in found}


def finish(db: sqlite3.Connection, source_id: int, generation: int, new: RecordState) -> tuple[RecordDiff, list[str]]:
    """Flip to `generation`; returns the difference and the chunk ids that become live by it."""
    old = db.execute("SELECT generation FROM source WHERE id = ?", (source_id,)).fetchone()["generation"]
    diff = _diff(db, source_id, old, generation)
    db.execute("CREATE TEMP TABLE IF NOT EXISTS dormant (id INTEGER PRIMARY KEY)")
    db.execute("DELETE FROM dormant")
    db.execute("INSERT INTO dormant SELECT id FROM signature WHERE source_id = ? AND count = 0", (source_id,))
    db.execute(
        "UPDATE signature SET count = 0, first = NULL, last = NULL, latest_ids = '[]' WHERE source_id = ?", (source_id,)
    )
    db.execute(STATS_SQL, {"s": source_id, "g": generation})
    _set_latest(db, source_id, generation)
    db.execute(
        "UPDATE source SET generation = ?, state = ?, fields = ?, bodies = ?, total = ? WHERE id = ?",
        (generation, new.state, new.fields, new.bodies, diff.written + diff.unchanged, source_id),
    )
    return diff, [row["id"] for row in db.execute(FRESH_SQL, (source_id,))]


FRESH_SQL = """
SELECT c.id FROM chunk c JOIN document d ON d.id = c.document_id
JOIN signature g ON g.source_id = d.source_id AND g.key = d.native_id
WHERE d.source_id = ? AND g.count > 0 AND g.id IN (SELECT id FROM dormant) ORDER BY c.id
"""


def without_records(db: sqlite3.Connection, source_id: int) -> list[str]:
    """Native ids of signature documents that no record has any more; their counts are dropped here."""
    db.execute("DELETE FROM signature WHERE source_id = ? AND count = 0", (source_id,))
    found = db.execute(
        "SELECT native_id FROM document d WHERE source_id = ? AND NOT EXISTS "
        "(SELECT 1 FROM signature g WHERE g.source_id = d.source_id AND g.key = d.native_id)",
        (source_id,),
    )
    return [row["native_id"] for row in found]


STATS_SQL = """
UPDATE signature SET count = n.count, first = n.first, last = n.last
FROM (SELECT signature, count(*) AS count, min(time) AS first, max(time) AS last
      FROM record WHERE source_id = :s AND generation = :g GROUP BY signature) AS n
WHERE signature.id = n.signature
"""

# Newest first; records without a time after those with one; equal times by id: the order is always the same.
LATEST_SQL = """
SELECT signature, native_id FROM (
    SELECT signature, native_id, row_number() OVER (
        PARTITION BY signature ORDER BY time DESC NULLS LAST, native_id DESC) AS place
    FROM record WHERE source_id = ? AND generation = ?)
WHERE place <= ? ORDER BY signature, place
"""


def _set_latest(db: sqlite3.Connection, source_id: int, generation: int) -> None:
    latest: dict[int, list[str]] = {}
    for row in db.execute(LATEST_SQL, (source_id, generation, LATEST)):
        latest.setdefault(row["signature"], []).append(row["native_id"])
    db.executemany(
        "UPDATE signature SET latest_ids = ? WHERE id = ?",
        [(json.dumps(ids, ensure_ascii=False), signature) for signature, ids in latest.items()],
    )


def _diff(db: sqlite3.Connection, source_id: int, old: int | None, new: int) -> RecordDiff:
    def count(sql: str) -> int:
        return int(db.execute(sql, {"s": source_id, "o": old, "n": new}).fetchone()[0])

    total = count("SELECT count(*) FROM record WHERE source_id = :s AND generation = :n")
    if old is None:
        return RecordDiff(written=total, unchanged=0, deleted=0)
    same_id = (
        "SELECT count(*) FROM record n JOIN record o ON o.source_id = :s AND o.generation = :o "
        "AND o.native_id = n.native_id WHERE n.source_id = :s AND n.generation = :n"
    )
    kept = count(same_id)
    unchanged = count(same_id + " AND o.hash = n.hash AND o.time IS n.time AND o.signature = n.signature")
    before = count("SELECT count(*) FROM record WHERE source_id = :s AND generation = :o")
    return RecordDiff(written=total - unchanged, unchanged=unchanged, deleted=before - kept)


def drop_some(db: sqlite3.Connection, source_id: int) -> bool:
    """Delete a batch of rows that are not of the live generation; False when none are left."""
    live = db.execute("SELECT generation FROM source WHERE id = ?", (source_id,)).fetchone()["generation"]
    other = db.execute(
        "SELECT min(generation) FROM record WHERE source_id = ? AND generation IS NOT ?", (source_id, live)
    ).fetchone()[0]
    if other is None:
        return False
    db.execute(
        "DELETE FROM record WHERE (source_id, generation, native_id) IN "
        "(SELECT source_id, generation, native_id FROM record WHERE source_id = ? AND generation = ? LIMIT ?)",
        (source_id, other, DROP_BATCH),
    )
    return True


def remove(db: sqlite3.Connection, source_id: int) -> None:
    db.execute("DELETE FROM record WHERE source_id = ?", (source_id,))
    db.execute("DELETE FROM signature WHERE source_id = ?", (source_id,))


def to_millis(moment: datetime | None) -> int | None:
    """Epoch milliseconds, rounded down."""
    if moment is None:
        return None
    delta = moment - EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000
