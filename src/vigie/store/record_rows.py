"""Rows of the ledger's records: generations, counts per signature. Inside a transaction of `ledger.py`."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from heapq import heappush, heapreplace

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
    ids = _signature_ids(db, source_id, {signature for _, _, signature, _ in rows})
    db.executemany(
        "INSERT OR IGNORE INTO record VALUES (?, ?, ?, ?, ?, ?)",
        [(source_id, generation, native_id, content, ids[sign], began) for native_id, content, sign, began in rows],
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
    _count(db, source_id, generation)
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


def _count(db: sqlite3.Connection, source_id: int, generation: int) -> None:
    """Of each signature how many records it has, since when and until when, and the latest. Read one by one: SQLite
    would sort them all in memory, which is 90 bytes a record."""
    counts: Counter[int] = Counter()
    ends: dict[int, tuple[int, int]] = {}
    latest: dict[int, list[tuple[int, str]]] = {}  # heaps
    rows = db.execute(
        "SELECT signature, time, native_id FROM record WHERE source_id = ? AND generation = ?", (source_id, generation)
    )
    for signature, time, native_id in rows:
        counts[signature] += 1
        if time is not None:
            first, last = ends.get(signature, (time, time))
            ends[signature] = min(first, time), max(last, time)
        # Newest first; records without a time after those with one; equal times by id: the order is always the same.
        told = (_BEFORE_ALL if time is None else time, native_id)
        kept = latest.setdefault(signature, [])
        if len(kept) < LATEST:
            heappush(kept, told)
        elif told > kept[0]:
            heapreplace(kept, told)
    db.executemany(
        "UPDATE signature SET count = ?, first = ?, last = ?, latest_ids = ? WHERE id = ?",
        [(n, *ends.get(key, (None, None)), _newest_first(latest[key]), key) for key, n in counts.items()],
    )


_BEFORE_ALL = -(2**63)  # milliseconds


def _newest_first(latest: Sequence[tuple[int, str]]) -> str:
    return json.dumps([native_id for _, native_id in sorted(latest, reverse=True)], ensure_ascii=False)


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
