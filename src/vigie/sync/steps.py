"""What every kind of sync shares: its parts, its options, and getting vectors for texts that have none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

import numpy as np

from vigie.errors import Cancelled
from vigie.protocols import Ledger, Vectors
from vigie.sync.child import Worker, result
from vigie.sync.indexing import Indexer
from vigie.sync.prepare import Origin, Prepared, Preparer, Recipe
from vigie.types import EVERYTHING, Chunk, Kind, Progress, SourceRef

TEXTS = 128  # per call to the child: how soon a stop is noticed and progress shown
FEW = 10  # absences up to this many, or
SHARE = 0.10  # up to this share of a source, are believed without being asked for


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """What one run is asked to do. `only`/`never` are source names, collections' with or without `mongo_`; `subtree`
    is a path below a code root."""

    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    sample_limit: int | None = None
    allow_deletions: bool = False
    subtree: str | None = None
    partial: bool = False  # the configured sources are not all meant: nothing is removed for not being listed
    origin: Origin | None = None  # of record collections: those of the database, or those of exports

    def among(self, names: Collection[str]) -> SyncOptions:
        """With the names that these sources have: a collection may itself be called `mongo_runs`, beside `runs`."""

        def own(given: Iterable[str]) -> frozenset[str]:
            return frozenset(name if name in names else name.removeprefix("mongo_") for name in given)

        return replace(self, only=own(self.only), never=own(self.never))

    def wants(self, name: str) -> bool:
        return (not self.only or name in self.only) and name not in self.never


@dataclass(frozen=True)
class Parts:
    """What a run works with. `cancel` set stops it at the next batch, `boundary` is told every durable step."""

    ledger: Ledger
    indexer: Indexer
    worker: Worker
    options: SyncOptions = field(default_factory=SyncOptions)
    progress: Callable[[Progress], None] = lambda progress: None
    boundary: Callable[[str], None] = lambda step: None
    cancel: threading.Event = field(default_factory=threading.Event)

    def check_cancel(self) -> None:
        if self.cancel.is_set():
            raise Cancelled("the sync was stopped on request: what was written stays, the rest comes next time")


def withheld(absent: int, stored: int, options: SyncOptions) -> bool:
    """Absence is not deletion: beyond both 10 and 10 % of what is stored, somebody has to say so."""
    return not options.allow_deletions and absent > FEW and absent > SHARE * stored


@dataclass(frozen=True, slots=True)
class Embedding:
    """Texts on their way to the model, some keys and their vectors to come at a time."""

    calls: Sequence[tuple[Sequence[str], Future[Vectors]]]

    @property
    def done(self) -> bool:
        return all(call.done() for _, call in self.calls)

    def cancel(self) -> None:
        for _, call in self.calls:
            call.cancel()

    def vectors(self, parts: Parts) -> dict[str, bytes]:
        """Wait for them: key -> little-endian float32. Raises Cancelled."""
        found: dict[str, bytes] = {}
        for keys, call in self.calls:
            parts.check_cancel()
            rows = np.asarray(result(call), dtype="<f4")
            found.update((key, row.tobytes()) for key, row in zip(keys, rows, strict=True))
        return found


def start_embedding(parts: Parts, kind: Kind, recipe: Recipe, chunks: Iterable[Chunk]) -> Embedding:
    """Ask for vectors of those chunks whose text has none yet, by digest of the text; each text once."""
    texts = {chunk.vector_key: chunk.embedded_text for chunk in chunks}
    missing = sorted(parts.ledger.missing_vectors(texts, recipe.fingerprint))
    some = [missing[start : start + TEXTS] for start in range(0, len(missing), TEXTS)]
    return Embedding([(keys, parts.worker.submit(Preparer.embed, kind, [texts[key] for key in keys])) for keys in some])


def embed_missing(parts: Parts, kind: Kind, recipe: Recipe, chunks: Iterable[Chunk]) -> Mapping[str, bytes]:
    """`start_embedding`, waited for."""
    embedding = start_embedding(parts, kind, recipe, chunks)
    try:
        return embedding.vectors(parts)
    finally:
        embedding.cancel()


def announce(parts: Parts, recipe: Recipe, documents: Sequence[Prepared], vectors: Mapping[str, bytes]) -> None:
    """Let the indexes learn what is about to take the place of something that can be found now."""
    if documents:
        announced = parts.ledger.announce(documents, vectors, recipe.fingerprint)
        parts.boundary("announced")
        parts.indexer.learn_early(announced)


def adopt_model(parts: Parts, ref: SourceRef, recipe: Recipe) -> None:
    """Note which model a new collection's vectors are of."""
    if ref.collection not in parts.ledger.fingerprints():
        parts.ledger.set_fingerprint(ref.collection, recipe.fingerprint)


def change_model(parts: Parts, ref: SourceRef) -> int:
    """Where the configured model is another than the collection's: vectors for all its chunks, then the exchange.

    Until then the collection keeps its old vectors and is asked with the old model; the texts come from the ledger, no
    source is read again, and what was embedded before a stop is kept. Returns how many vectors were computed.
    """
    recipe = result(parts.worker.submit(Preparer.recipe, ref.kind))
    if parts.ledger.fingerprints().get(ref.collection) in (None, recipe.fingerprint):
        return 0
    ids = parts.ledger.chunk_ids(ref.collection)
    embedded = 0
    for start in range(0, len(ids), TEXTS):
        parts.progress(Progress(ref, "embedding", start, len(ids), "chunks"))
        chunks = [p.chunk for p in parts.ledger.passages(ids[start : start + TEXTS], EVERYTHING).values()]
        vectors = embed_missing(parts, ref.kind, recipe, chunks)
        parts.ledger.put_vectors(vectors, recipe.fingerprint)
        parts.boundary("embedded")
        embedded += len(vectors)
    parts.indexer.exchange(ref.collection, recipe.fingerprint)
    live = {known.collection for known in parts.ledger.sources()}
    parts.ledger.drop_models({model for name, model in parts.ledger.fingerprints().items() if name in live})
    return embedded
