"""Vector files damaged on disk, on real stores: said by a check, rebuilt from the ledger, nothing embedded again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from vigie.index.chroma import ChromaVectors
from vigie.index.text import TantivyText
from vigie.store.ledger import SqliteLedger
from vigie.sync.indexing import Indexer
from vigie.types import Chunk, Document, SourceRef

WIKI = SourceRef("confluence", "IV2")
PAGES = 1_100  # Chroma saves its vector files after a thousand changes


class Stores:
    """A ledger with its indexes, opened again on the same folder when asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = SqliteLedger(folder / "ledger.db")
        self.open()

    def open(self) -> None:
        self.vectors = ChromaVectors(self.folder / "chroma")
        self.text = TantivyText(self.folder / "text")
        self.indexer = Indexer(self.ledger, self.vectors, self.text)

    def close(self) -> None:
        self.vectors.close()
        self.text.close()

    def put(self, first: int, count: int) -> None:
        documents = []
        for n in range(first, first + count):
            document = Document(WIKI, str(n), "1", f"Page {n}", f"Consigne numéro {n} pour le flux {n * 7}.")
            documents.append((document, [Chunk(document.id, document.text, 0, len(document.text), "")]))
        chunks = [chunk for _, made in documents for chunk in made]
        drawn = np.random.default_rng(first).normal(size=(count, 32)).astype("<f4")
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        vectors = {chunk.vector_key: row.tobytes() for chunk, row in zip(chunks, drawn, strict=True)}
        self.ledger.put_documents(documents, vectors, "drawn")
        self.ledger.set_fingerprint(WIKI.collection, "drawn")

    def damage(self) -> None:
        self.close()
        (header,) = (self.folder / "chroma").glob("*/header.bin")
        header.write_bytes(b"\xff" * 100)
        self.open()


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    made = Stores(tmp_path)
    made.put(0, PAGES)
    made.indexer.flush()
    yield made
    made.close()
    made.ledger.close()


def test_damaged_vector_files_count_as_lost_and_are_rebuilt_on_request(stores: Stores) -> None:
    assert stores.indexer.check(50).status == "ok"
    stores.damage()
    report = stores.indexer.check(50)
    assert report.status == "degraded"
    assert (report.collections[0].live, report.collections[0].indexed, report.collections[0].lost) == (PAGES, 0, PAGES)
    repaired = stores.indexer.check(50, repair=True)
    assert repaired.status == "ok"
    assert repaired.collections[0].repaired
    assert repaired.collections[0].indexed == PAGES


def test_a_sync_that_writes_to_damaged_files_rebuilds_them(stores: Stores, caplog: pytest.LogCaptureFixture) -> None:
    stores.damage()
    stores.put(PAGES, 5)
    stores.indexer.flush()
    assert "is damaged" in caplog.text
    assert stores.vectors.count(WIKI.collection) == PAGES + 5
    assert stores.indexer.check(50).status == "ok"
