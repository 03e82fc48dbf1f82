"""A vector index in memory that ranks by the real cosine: exact, for tests and as the reference of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from vigie.errors import StoreError
from vigie.protocols import Vectors


class MemoryVectors:
    """Implements `protocols.VectorIndex`. A collection keeps its dimension until it is rebuilt or dropped."""

    def __init__(self) -> None:
        self._vectors: dict[str, dict[str, Vectors]] = {}
        self._dimension: dict[str, int] = {}

    def collections(self) -> list[str]:
        return sorted(self._vectors)

    def upsert(self, collection: str, ids: Sequence[str], vectors: Vectors) -> None:
        if len(ids) != len(vectors):
            raise ValueError(f"{len(ids)} ids for {len(vectors)} vectors")
        if not len(ids):
            return
        self._check(collection, vectors.shape[1])
        self._dimension[collection] = vectors.shape[1]
        stored = self._vectors.setdefault(collection, {})
        stored.update((id_, np.array(vector, np.float32)) for id_, vector in zip(ids, vectors, strict=True))

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        stored = self._vectors.get(collection, {})
        for id_ in ids:
            stored.pop(id_, None)

    def query(self, collection: str, vector: Vectors, k: int) -> list[tuple[str, float]]:
        stored = self._vectors.get(collection)
        if not stored or k <= 0:
            return []
        self._check(collection, len(vector))
        ids = list(stored)
        matrix = np.stack([stored[id_] for id_ in ids]).astype(np.float64)
        lengths = np.linalg.norm(matrix, axis=1) * np.linalg.norm(vector)
        cosines = matrix @ vector.astype(np.float64) / np.where(lengths == 0, 1, lengths)
        found = [(id_, round(float(cosine), 6) + 0.0) for id_, cosine in zip(ids, cosines, strict=True)]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    def count(self, collection: str) -> int:
        return len(self._vectors.get(collection, {}))

    def ids(self, collection: str) -> Iterator[str]:
        yield from list(self._vectors.get(collection, {}))

    def rebuild(self, collection: str, batches: Iterable[tuple[Sequence[str], Vectors]]) -> None:
        new = MemoryVectors()
        for ids, vectors in batches:
            new.upsert(collection, ids, vectors)
        self.drop(collection)
        self._vectors[collection] = new._vectors.get(collection, {})
        self._dimension.update(new._dimension)

    def drop(self, collection: str) -> None:
        self._vectors.pop(collection, None)
        self._dimension.pop(collection, None)

    def close(self) -> None:
        """Nothing to release."""

    def _check(self, collection: str, dimension: int) -> None:
        held = self._dimension.get(collection, dimension)
        if held != dimension:
            raise StoreError(f"collection {collection!r} holds vectors of dimension {held}, got {dimension}: rebuild")
