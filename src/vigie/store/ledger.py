"""The ledger in SQLite: documents, chunks, vectors and index work, each item visible or gone in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from vigie.store import document_rows as rows
from vigie.store import record_rows
from vigie.store.database import Database
from vigie.types import (
    Access,
    Chunk,
    Document,
    IndexWork,
    Passage,
    RecordDiff,
    RecordRow,
    RecordState,
    Skip,
    SourceRef,
    SourceReport,
    SourceStatus,
)

BATCH = 500  # parameters in one IN list; SQLite's own limit is far above


class SqliteLedger:
    """Implements `protocols.Ledger`. Safe from several threads; one process writes."""

    def __init__(self, path: Path) -> None:
        self._db = Database(path, "ledger", "the ledger", "ingest everything again then")

    # ------------------------------------------------------------------ reading

    def passages(self, chunk_ids: Sequence[str], access: Access) -> dict[str, Passage]:
        with self._db.snapshot():
            found = self._select_in(rows.PASSAGE_SQL + " AND c.id IN ({})", chunk_ids)
            return {made.chunk_id: made for made in map(rows.passage, found)}

    def document(self, document_id: str, access: Access) -> tuple[Document, list[Chunk]] | None:
        with self._db.snapshot() as db:
            row = db.execute(rows.DOCUMENT_SQL + " WHERE d.id = ?", (document_id,)).fetchone()
            if row is None:
                return None
            chunks = db.execute(
                f"SELECT {rows.CHUNK_FIELDS} FROM chunk c WHERE document_id = ? ORDER BY ordinal", (document_id,)
            ).fetchall()
        return rows.document(row), [rows.chunk(c) for c in chunks]

    def version(self) -> int:
        with self._db.mapped():
            # Of this thread's connection, which never writes: https://www.sqlite.org/pragma.html#pragma_data_version
            return int(self._db.reader.execute("PRAGMA data_version").fetchone()[0])

    def sources(self) -> list[SourceRef]:
        with self._db.mapped():
            found = self._db.reader.execute("SELECT kind, name FROM source ORDER BY kind, name").fetchall()
        return [SourceRef(row["kind"], row["name"]) for row in found]

    def status(self) -> list[SourceStatus]:
        with self._db.snapshot() as db:
            return [self._status(row) for row in db.execute(rows.STATUS_SQL).fetchall()]

    def count_chunks(self, ref: SourceRef) -> int:
        with self._db.mapped():
            found = self._db.reader.execute(
                "SELECT count(*)" + rows.LIVE_SQL + " AND s.kind = ? AND s.name = ?", (ref.kind, ref.name)
            ).fetchone()
        return int(found[0])

    def skips(self, ref: SourceRef) -> list[Skip]:
        with self._db.mapped():
            found = self._db.reader.execute(
                "SELECT native_id, reason, transient FROM skip JOIN source s ON s.id = source_id "
                "WHERE kind = ? AND name = ? ORDER BY native_id",
                (ref.kind, ref.name),
            ).fetchall()
        return [Skip(s["native_id"], s["reason"], bool(s["transient"])) for s in found]

    def _status(self, row: sqlite3.Row) -> SourceStatus:
        report = None
        if row["report"]:
            report = SourceReport(**json.loads(row["report"]))
        ref = SourceRef(row["kind"], row["name"])
        return SourceStatus(
            ref=ref,
            documents=row["documents"],
            chunks=row["chunks"],
            records=row["total"],
            synced_at=rows.time(row["synced_at"]),
            whole_at=rows.time(row["whole_at"]),
            report=report,
            skipped=tuple(self.skips(ref)),
        )

    # ------------------------------------------------------------------ documents

    def versions(self, ref: SourceRef) -> dict[str, str]:
        with self._db.mapped():
            found = self._db.reader.execute(
                "SELECT native_id, version FROM document JOIN source s ON s.id = source_id WHERE kind = ? AND name = ?",
                (ref.kind, ref.name),
            ).fetchall()
        return {row["native_id"]: row["version"] for row in found}

    def missing_vectors(self, keys: Iterable[str], fingerprint: str) -> set[str]:
        wanted = list(dict.fromkeys(keys))
        found = self._select_in("SELECT key FROM vector WHERE fingerprint = ? AND key IN ({})", wanted, fingerprint)
        return set(wanted) - {row["key"] for row in found}

    def put_vectors(self, vectors: Mapping[str, bytes], fingerprint: str) -> None:
        with self._db.write() as db:
            rows.put_vectors(db, vectors, fingerprint)

    def announce(
        self, documents: Sequence[tuple[Document, Sequence[Chunk]]], vectors: Mapping[str, bytes], fingerprint: str
    ) -> list[tuple[Passage, bytes]]:
        with self._db.write() as db:
            rows.put_vectors(db, vectors, fingerprint)
            return [
                found for document, chunks in documents for found in rows.announce(db, document, chunks, fingerprint)
            ]

    def announce_records(self, ref: SourceRef, fingerprint: str) -> Iterator[list[tuple[Passage, bytes]]]:
        last = ""
        while True:
            with self._db.write() as db:
                source_id = rows.source_row(db, ref)
                found = db.execute(rows.WAITING_SQL, (fingerprint, source_id, last, BATCH)).fetchall()
                rows.queue(db, ref.collection, [row["id"] for row in found])
            if not found:
                return
            last = found[-1]["id"]
            yield [(rows.passage(row[:-1]), row["data"]) for row in found]

    def put_documents(
        self, documents: Sequence[tuple[Document, Sequence[Chunk]]], vectors: Mapping[str, bytes], fingerprint: str
    ) -> int:
        with self._db.write() as db:
            rows.put_vectors(db, vectors, fingerprint)
            return sum([rows.put_document(db, document, chunks) for document, chunks in documents])

    def delete_documents(self, ref: SourceRef, native_ids: Sequence[str]) -> int:
        with self._db.write() as db:
            source_id = rows.source_row(db, ref)
            return sum([rows.delete_document(db, ref, source_id, native_id) for native_id in native_ids])

    def drop_unused_vectors(self) -> int:
        """Remove vectors that no live chunk needs; returns how many."""
        with self._db.write() as db:
            return db.execute(
                "DELETE FROM vector WHERE NOT EXISTS (SELECT 1 FROM chunk WHERE vector_key = vector.key)"
            ).rowcount

    def drop_models(self, keep: Collection[str]) -> int:
        """Remove vectors of models other than these; returns how many."""
        with self._db.write() as db:
            marks = ",".join("?" * len(keep))
            return db.execute(f"DELETE FROM vector WHERE fingerprint NOT IN ({marks})", tuple(keep)).rowcount

    def remove_source(self, ref: SourceRef) -> int:
        """Forget a source that is no longer configured, with all that is its own; returns documents removed."""
        removed = self.delete_documents(ref, list(self.versions(ref)))
        with self._db.write() as db:
            record_rows.remove(db, rows.source_row(db, ref))
            db.execute("DELETE FROM skip WHERE source_id = ?", (rows.source_row(db, ref),))
            db.execute("DELETE FROM source WHERE kind = ? AND name = ?", (ref.kind, ref.name))
        return removed

    def report(self, ref: SourceRef, report: SourceReport, at: datetime) -> None:
        line = asdict(report) | {"skipped": ()}
        with self._db.write() as db:
            source_id = rows.source_row(db, ref)
            db.execute(
                "UPDATE source SET report = :line, synced_at = :at, whole_at = iif(:whole, :at, whole_at), "
                "read_at = iif(:read, :at, read_at) WHERE id = :source",
                {
                    "line": json.dumps(line),
                    "at": at.isoformat(),
                    "whole": report.status == "ok",
                    "read": report.status != "failed" and report.error is None,
                    "source": source_id,
                },
            )
            db.execute("DELETE FROM skip WHERE source_id = ?", (source_id,))
            db.executemany(
                "INSERT INTO skip VALUES (?, ?, ?, ?)",
                [(source_id, s.native_id, s.reason, s.transient) for s in report.skipped],
            )

    # ------------------------------------------------------------------ index work

    def index_work(self, limit: int) -> IndexWork:
        """The oldest `limit` pieces of work: what to put (live) and what to delete, per chunk id."""
        with self._db.snapshot() as db:
            found = db.execute(
                "SELECT seq, collection, chunk_id FROM index_work ORDER BY seq LIMIT ?", (limit,)
            ).fetchall()
            collections = {row["chunk_id"]: row["collection"] for row in found}
            live = self.passages(list(collections), Access())
        gone = [(collections[chunk_id], chunk_id) for chunk_id in collections if chunk_id not in live]
        return IndexWork(found[-1]["seq"] if found else None, tuple(live.values()), tuple(gone))

    def index_done(self, through: int) -> None:
        with self._db.write() as db:
            db.execute("DELETE FROM index_work WHERE seq <= ?", (through,))

    def vectors(self, chunk_ids: Sequence[str], fingerprint: str) -> dict[str, bytes]:
        """chunk id -> its vector of this model, for those that have one."""
        found = self._select_in(
            "SELECT c.id, v.data FROM chunk c JOIN vector v ON v.key = c.vector_key AND v.fingerprint = ? "
            "WHERE c.id IN ({})",
            chunk_ids,
            fingerprint,
        )
        return {row["id"]: row["data"] for row in found}

    def chunk_ids(self, collection: str) -> list[str]:
        """All live chunks of a vector collection, in order of id."""
        with self._db.mapped():
            found = self._db.reader.execute(
                "SELECT c.id"
                + rows.LIVE_SQL
                + " AND iif(s.kind = 'records', 'mongo_' || s.name, s.kind) = ? ORDER BY c.id",
                (collection,),
            ).fetchall()
        return [row["id"] for row in found]

    def live_passages(self) -> Iterator[Passage]:
        """Every live chunk, in bounded memory."""
        for collection in sorted({ref.collection for ref in self.sources()}):
            ids = self.chunk_ids(collection)
            for start in range(0, len(ids), BATCH):
                yield from self.passages(ids[start : start + BATCH], Access()).values()

    def fingerprints(self) -> dict[str, str]:
        """Vector collection -> the model whose vectors it holds; behind EXCHANGING while that is not settled."""
        with self._db.mapped():
            found = self._db.reader.execute("SELECT name, fingerprint FROM vector_collection").fetchall()
        return {row["name"]: row["fingerprint"] for row in found}

    def set_fingerprint(self, collection: str, fingerprint: str) -> None:
        with self._db.write() as db:
            db.execute("INSERT OR REPLACE INTO vector_collection VALUES (?, ?)", (collection, fingerprint))

    # ------------------------------------------------------------------ records

    def record_state(self, ref: SourceRef) -> RecordState:
        with self._db.mapped():
            return record_rows.state(self._db.reader, ref)

    def begin_records(self, ref: SourceRef) -> int:
        with self._db.write() as db:
            return record_rows.begin(db, rows.source_row(db, ref))

    def add_records(self, ref: SourceRef, generation: int, records: Sequence[RecordRow]) -> None:
        with self._db.write() as db:
            record_rows.add(db, rows.source_row(db, ref), generation, records)

    def finish_records(self, ref: SourceRef, generation: int, state: RecordState) -> RecordDiff:
        """Make the generation live, with its counts per signature; drop signatures that no record has any more."""
        with self._db.write() as db:
            source_id = rows.source_row(db, ref)
            diff, fresh = record_rows.finish(db, source_id, generation, state)
            rows.queue(db, ref.collection, fresh)
            for key in record_rows.without_records(db, source_id):
                rows.delete_document(db, ref, source_id, key)
        return diff

    def drop_old_records(self, ref: SourceRef) -> None:
        """Delete rows of generations that are not live, a batch per transaction."""
        while True:
            with self._db.write() as db:
                if not record_rows.drop_some(db, rows.source_row(db, ref)):
                    return

    def bodies(self) -> dict[str, str]:
        """collection -> live generation of the exported bodies."""
        with self._db.mapped():
            found = self._db.reader.execute("SELECT name, bodies FROM source WHERE bodies IS NOT NULL").fetchall()
        return {row["name"]: row["bodies"] for row in found}

    def records_read_at(self, collection: str) -> datetime | None:
        """When the records that are kept of it were read."""
        with self._db.mapped():
            row = self._db.reader.execute(
                "SELECT read_at FROM source WHERE kind = 'records' AND name = ?", (collection,)
            ).fetchone()
        return None if row is None else rows.time(row["read_at"])

    # ------------------------------------------------------------------ whole file

    def check(self) -> str | None:
        """SQLite's own integrity check: None when sound."""
        return self._db.check()

    def close(self) -> None:
        self._db.close()

    def _select_in(self, sql: str, values: Sequence[str], *before: str) -> Iterator[sqlite3.Row]:
        for start in range(0, len(values), BATCH):
            part = values[start : start + BATCH]
            with self._db.mapped():
                yield from self._db.reader.execute(sql.format(",".join("?" * len(part))), (*before, *part)).fetchall()
