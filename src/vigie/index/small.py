"""Small collections of Chroma's, searched whole in memory: exact, and fast enough.

Chroma's graph, opened again after a stop and then changed, at times no longer reaches a vector that it counts and
gives by its id: one of 59 in four of six such runs (chromadb 1.5.9). In a wiki of sixty passages that is one nobody
finds. Up to LIMIT vectors the graph is therefore only where they are kept; beyond, what it lost is looked for and
rebuilt (`Indexer.check`).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np

from vigie.index.unit import DIGITS, normalised
from vigie.protocols import Vectors

LIMIT = 1_000  # vectors: 1.5 MB at 384 dimensions, a millisecond per question


class Kept(Protocol):
    """A collection of Chroma's, as far as it is read here."""

    id: object

    def count(self) -> int: ...
    def get(self, *, limit: int, offset: int, include: Sequence[str]) -> Mapping[str, Any]: ...


class Whole:
    """Ids and vectors of length one, as they were at one moment."""

    def __init__(self, ids: Sequence[str], vectors: Vectors) -> None:
        self._ids = ids
        self.dimension = vectors.shape[-1] if len(vectors) else None
        self._unit = normalised(vectors).astype(np.float64)

    def nearest(self, vector: Vectors, n: int) -> list[tuple[str, float]]:
        """At most n (id, cosine), best first, ties by id."""
        if not self._ids:
            return []
        asked = np.asarray(vector, np.float64)
        scores = np.round(self._unit @ (asked / (np.linalg.norm(asked) or 1.0)), DIGITS) + 0.0
        kept = min(n, len(scores))
        least = np.partition(scores, -kept)[-kept]  # with all that are as near
        hits = [(self._ids[at], float(scores[at])) for at in np.flatnonzero(scores >= least).tolist()]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:n]


class SmallCollections:
    """Reads a small collection when it is first asked, and again after each change. Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: dict[str, Whole | None] = {}  # None: a large one
        self._changes: Counter[str] = Counter()

    def of(self, held: Kept) -> Whole | None:
        """None where the collection is large, and its graph is to be asked."""
        key = str(held.id)
        with self._lock:
            if key in self._read:
                return self._read[key]
            before = self._changes[key]
        found = _whole(held) if held.count() <= LIMIT else None
        with self._lock:
            if self._changes[key] == before:  # or it was changed under our reading
                self._read[key] = found
        return found

    @contextmanager
    def changing(self, held: Kept) -> Iterator[None]:
        """What was read before or during the change counts no more."""
        self.forget(held)
        try:
            yield
        finally:
            self.forget(held)

    def forget(self, held: Kept) -> None:
        """Also once it was removed: what was read of it is let go."""
        with self._lock:
            self._read.pop(str(held.id), None)
            self._changes[str(held.id)] += 1


def _whole(held: Kept) -> Whole:
    kept = held.get(limit=LIMIT, offset=0, include=["embeddings"])
    return Whole(kept["ids"], np.asarray(kept["embeddings"], np.float32))
