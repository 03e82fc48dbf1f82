"""A data directory with real stores, and sources that a test edits between two syncs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from states import index_state, ledger_state

from vigie.index.chroma import ChromaVectors
from vigie.index.text import TantivyText
from vigie.protocols import RecordSource
from vigie.records.generations import ParquetRecords
from vigie.sources.record_files import RecordFile
from vigie.store.ledger import SqliteLedger
from vigie.sync.child import ChildWorker, InlineWorker
from vigie.sync.indexing import Indexer
from vigie.sync.prepare import Discovery, Families, Preparer
from vigie.sync.run import Syncer
from vigie.sync.steps import SyncOptions
from vigie.testing.embedder import HashingEmbedder
from vigie.testing.sources import ScriptedSource
from vigie.types import EVERYTHING, Kind, SourceRef, SyncReport

WIKI = SourceRef("confluence", "IV2")
RUNS = SourceRef("records", "runs")


@dataclass
class World:
    """A data directory with real stores, a wiki whose pages a test edits and a folder of exports."""

    folder: Path
    wiki: ScriptedSource = field(default_factory=lambda: ScriptedSource(WIKI, {}))
    exports: dict[str, Path] = field(default_factory=dict)
    embedder: HashingEmbedder = field(default_factory=HashingEmbedder)
    boundary: Callable[[str], None] = lambda step: None

    def __post_init__(self) -> None:
        self.ledger = SqliteLedger(self.folder / "ledger.db")
        self.vectors = ChromaVectors(self.folder / "chroma")
        self.text = TantivyText(self.folder / "text")
        self.bodies = ParquetRecords(self.folder / "records")
        self.indexer = Indexer(self.ledger, self.vectors, self.text, lambda step: self.boundary(step))

    def discover(self, kind: Kind) -> Discovery:
        match kind:
            case "confluence":
                return Discovery((WIKI,))
            case "records":
                return Discovery(tuple(SourceRef("records", name) for name in self.exports))
            case _:
                return Discovery(complete=False)

    def records(self, ref: SourceRef) -> RecordSource:
        return RecordFile(ref, self.exports[ref.name])

    def sync(self, cancel: threading.Event | None = None, children: bool = False, **options: object) -> SyncReport:
        families = Families(
            self.discover, lambda ref, subtree: self.wiki, self.records, self.bodies, lambda kind: self.embedder
        )
        worker = ChildWorker if children else lambda make: InlineWorker(make())
        syncer = Syncer(
            self.ledger,
            self.indexer,
            self.bodies,
            lambda: worker(lambda: Preparer(families)),
            lambda: datetime(2026, 11, 20, tzinfo=UTC),
            lambda step: self.boundary(step),
        )
        syncer.recover()
        return syncer.run(options=SyncOptions(**options), cancel=cancel)  # type: ignore[arg-type]

    def state(self) -> dict[str, object]:
        return ledger_state(self.folder / "ledger.db") | index_state(self.ledger, self.vectors, self.text)

    def found(self, words: str) -> list[str]:
        """Native ids of what holds these very words."""
        hits = self.ledger.passages([i for i, _ in self.text.search(words, 5)], EVERYTHING)
        return sorted(p.native_id for p in hits.values() if words in f"{p.title} {p.chunk.text}")

    def close(self) -> None:
        for store in (self.vectors, self.text, self.ledger):
            store.close()


def runs(path: Path, *statuses: str) -> Path:
    lines = [
        f'{{"_id": "r{n}", "flow": "SEPA_OUT", "status": "{status}", "started_at": '
        f'{{"$date": "2026-11-19T0{n}:00:00Z"}}, "message": "session {n}{n}{n}{n} closed"}}'
        for n, status in enumerate(statuses)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path
