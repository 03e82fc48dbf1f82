"""A small knowledge base to ask: a real ledger, vectors in memory, a wiki, runs and code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from vigie.ask.gate import rarity
from vigie.ask.retrieve import Retriever
from vigie.ask.words import fold, stem, words
from vigie.chunk.times import millis
from vigie.store.ledger import SqliteLedger
from vigie.testing.vectors import MemoryVectors
from vigie.types import KINDS, Chunk, Document, Passage, RecordState, SignatureStats, SourceRef, digest

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
WIKI = SourceRef("confluence", "IV2")
FLOWS = SourceRef("records", "vanish_flows")
ERRORS = SourceRef("records", "flow_errors")
CODE = SourceRef("code", "batch")


class HashEmbedder:
    """Each word adds to one of 4,096 places: related texts are near, unrelated ones are not."""

    fingerprint = "hash-4096"
    dimension = 4096
    max_tokens = 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(words(text)) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> Any:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> Any:
        vector = np.zeros(self.dimension, np.float32)
        for word in words(text):
            vector[int(digest(stem(word)), 16) % self.dimension] += 1
        length = float(np.linalg.norm(vector))
        return vector / length if length else vector


class WordIndex:
    """BM25 of the shared stems, all texts taken for equally long."""

    def __init__(self) -> None:
        self.live: dict[str, tuple[str, Counter[str]]] = {}

    def write(self, put: Iterable[Passage], delete: Iterable[str]) -> None:
        for chunk_id in delete:
            self.live.pop(chunk_id, None)
        for passage in put:
            said = f"{passage.title} {passage.chunk.embedded_text}"
            self.live[passage.chunk_id] = (passage.ref.collection, Counter(map(stem, words(said))))

    def frequencies(self, said: Sequence[str]) -> list[int]:
        return [sum(stem(fold(word)) in bag for _, bag in self.live.values()) for word in said]

    def search(self, query: str, k: int, collections: Sequence[str] | None = None) -> list[tuple[str, float]]:
        held: Counter[str] = Counter(word for _, bag in self.live.values() for word in bag)
        found = {}
        for chunk_id, (collection, bag) in self.live.items():
            shared = [word for word in map(stem, words(query)) if word in bag]
            score = sum(rarity(held[word], len(self.live)) * 2.2 * bag[word] / (bag[word] + 1.2) for word in shared)
            if score and (collections is None or collection in collections):
                found[chunk_id] = score
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:k]

    def count(self) -> int:
        return len(self.live)

    def rebuild(self, passages: Iterable[Passage]) -> None:
        self.live.clear()
        self.write(passages, [])

    def close(self) -> None: ...


class Base:
    """`put` and `put_runs` make things live and found; `forget` leaves the indexes stale."""

    def __init__(self, folder: Path) -> None:
        self.ledger = SqliteLedger(folder / "ledger.db")
        self.vectors = MemoryVectors()
        self.text = WordIndex()
        self.embedder = HashEmbedder()
        self.retriever = Retriever(self.ledger, self.vectors, self.text, dict.fromkeys(KINDS, self.embedder))

    def put(self, ref: SourceRef, native_id: str, title: str, *texts: str, language: str | None = None) -> Document:
        whole = "\n\n".join(texts)
        document = Document(
            ref, native_id, "1", title, whole, url=f"https://wiki.example/{native_id}", language=language
        )
        chunks, start = [], 0
        for number, text in enumerate(texts):
            place = f"{native_id}#L{number * 10 + 1}-L{number * 10 + 9}" if ref.kind == "code" else title
            chunks.append(Chunk(document.id, text, start, start + len(text), place, title))
            start += len(text) + 2
        self.ledger.put_documents([(document, chunks)], {}, self.embedder.fingerprint)
        self._index(ref, chunks)
        return document

    def put_runs(self, ref: SourceRef, signatures: Mapping[str, tuple[str, int]]) -> None:
        """title -> (message, how many runs)."""
        generation = self.ledger.begin_records(ref)
        rows = []
        for title, (message, count) in signatures.items():
            self.put(ref, title, title, f"{title}\n{message}")
            for number in range(count):
                at = millis(datetime(2026, 11, 19, 22, number % 60, tzinfo=UTC))
                rows.append((f"{title[:4]}{number}", bytes([number % 256]) * 16, title, at))
        self.ledger.add_records(ref, generation, rows)
        self.ledger.finish_records(ref, generation, RecordState("1", None, None))

    def forget(self, document: Document) -> None:
        self.ledger.delete_documents(document.ref, [document.native_id])

    def _index(self, ref: SourceRef, chunks: Sequence[Chunk]) -> None:
        ids = [chunk.id for chunk in chunks]
        vectors = self.embedder.embed_passages([chunk.embedded_text for chunk in chunks])
        self.vectors.upsert(ref.collection, ids, vectors)
        title = chunks[0].context
        self.text.write([passage(chunk, ref, title) for chunk in chunks], [])


def passage(
    chunk: Chunk,
    ref: SourceRef,
    title: str = "Page",
    *,
    language: str | None = None,
    stats: SignatureStats | None = None,
) -> Passage:
    return Passage(chunk.id, chunk, ref, "native", title, None, language, None, stats)


def sample(folder: Path) -> Base:
    base = Base(folder)
    base.put(
        WIKI,
        "101",
        "Jetons SEPA",
        "AUTH-401 : le jeton du flux SEPA_OUT_CIB a expiré.\n\n"
        "Procédure :\n\n1. Renouveler le jeton.\n2. Relancer le flux.",
        "Le jeton est renouvelé chaque lundi par l'équipe Paiements.",
    )
    base.put(WIKI, "102", "Purge des archives", "La purge mensuelle efface les archives de plus de 400 jours.")
    base.put(CODE, "src/purge.py", "src/purge.py", "def purge(days):\n    return delete_older(days)", language="python")
    base.put_runs(
        FLOWS,
        {
            "SEPA_OUT_CIB · KO · AUTH-401": ("token expired for <host>", 12),
            "KYC_IN_RETAIL · KO · ORA-00942": ("table or view does not exist", 3),
        },
    )
    base.put_runs(ERRORS, {"ORA-00942 · HIGH": ("missing table", 2)})
    return base
