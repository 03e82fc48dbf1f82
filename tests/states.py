"""The whole stored state as plain data, to compare two runs by."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from vigie.protocols import Ledger, TextIndex, VectorIndex

TABLES = {
    "document": "SELECT s.kind, s.name, d.id, d.native_id, d.title, d.text, d.url, d.language FROM document d "
    "JOIN source s ON s.id = d.source_id",
    "chunk": 'SELECT id, ordinal, text, start, "end", locator, context, symbol, start_line, end_line FROM chunk',
    "vector": "SELECT key, fingerprint, length(data) FROM vector",
    "record": "SELECT s.name, r.native_id, r.hash, g.key, r.time FROM record r JOIN source s ON s.id = r.source_id "
    "JOIN signature g ON g.id = r.signature",
    "signature": "SELECT s.name, g.key, g.count, g.first, g.last, g.latest_ids FROM signature g "
    "JOIN source s ON s.id = g.source_id",
    "work": "SELECT collection, chunk_id FROM index_work",
    "skip": "SELECT s.name, k.native_id, k.reason FROM skip k JOIN source s ON s.id = k.source_id",
    "source": "SELECT kind, name, total FROM source",
}


def ledger_state(path: Path) -> dict[str, Any]:
    """Every row that a user could notice, in an order of its own; internal row ids and clocks left out."""
    with sqlite3.connect(path) as db:
        return {name: sorted(map(repr, db.execute(sql))) for name, sql in TABLES.items()}


def index_state(ledger: Ledger, vectors: VectorIndex, text: TextIndex) -> dict[str, Any]:
    return {
        "vectors": {name: sorted(vectors.ids(name)) for name in vectors.collections() if vectors.count(name)},
        "text": text.count(),
        "live": {ref.collection: ledger.chunk_ids(ref.collection) for ref in ledger.sources()},
    }
