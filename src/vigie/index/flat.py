"""Vectors in memory by string id, searched whole with FAISS: exact, added to and removed from in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import faiss
import numpy as np

from vigie.index.unit import DIGITS
from vigie.protocols import Vectors

ROWS = 16_384  # of a block: growing never copies what is there, and leaves less than a block unused
SLACK = 16  # hits fetched beyond k, so that equal scores at the edge are ordered by id
APART = 2e-6  # scores that far from each other are not equal once rounded


class FlatVectors:
    """Unit vectors of one dimension. Not safe by itself for use by several threads.

    A removed row is filled with the last one, so that the rows stay without gaps and no other one moves. At 384
    dimensions 200,000 vectors take 307 MB, the ids some 30 MB.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._blocks: list[Vectors] = []
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, id_: str) -> bool:
        return id_ in self._rows

    def ids(self) -> list[str]:
        """A copy."""
        return list(self._ids)

    def put(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace; the last of an id given twice counts."""
        for id_, vector in zip(ids, vectors, strict=True):
            row = self._rows.get(id_)
            if row is None:
                row = self._rows[id_] = len(self._ids)
                self._ids.append(id_)
                if row == len(self._blocks) * ROWS:
                    self._blocks.append(np.zeros((ROWS, self.dimension), np.float32))
            self._blocks[row // ROWS][row % ROWS] = vector

    def remove(self, ids: Sequence[str]) -> None:
        """Ids that are not there are no error."""
        for id_ in ids:
            row = self._rows.pop(id_, None)
            if row is None:
                continue
            last, moved = len(self._ids) - 1, self._ids.pop()
            if row != last:
                self._ids[row], self._rows[moved] = moved, row
                self._blocks[row // ROWS][row % ROWS] = self._blocks[last // ROWS][last % ROWS]
            if last % ROWS == 0:
                self._blocks.pop()

    def batches(self, size: int) -> Iterator[tuple[list[str], Vectors]]:
        """Everything, in order of row; `size` is at most the rows of a block."""
        for start in range(0, len(self._ids), ROWS):
            block, ids = self._blocks[start // ROWS], self._ids[start : start + ROWS]
            for at in range(0, len(ids), size):
                yield ids[at : at + size], block[at : at + len(ids[at : at + size])]

    def nearest(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """At most k (id, inner product), best first, ties by id; of unit vectors that is the cosine."""
        wanted = k + SLACK
        while True:
            hits = self._rescored(vector, self._candidates(vector, wanted))
            if len(hits) < wanted or hits[k - 1][1] - hits[-1][1] > APART:
                return hits[:k]
            wanted *= 4

    def _candidates(self, vector: Vectors, wanted: int) -> list[int]:
        """The best rows, as FAISS finds them block by block."""
        asked = np.ascontiguousarray(vector, np.float32).reshape(1, -1)
        scores: list[Vectors] = []
        rows: list[np.ndarray[tuple[int, ...], np.dtype[np.int64]]] = []
        for number, block in enumerate(self._blocks):
            held = min(ROWS, len(self._ids) - number * ROWS)
            found, at = faiss.knn(asked, block[:held], min(wanted, held), metric=faiss.METRIC_INNER_PRODUCT)
            scores.append(found[0])
            rows.append(at[0] + number * ROWS)
        if not scores:
            return []
        best = np.argsort(-np.concatenate(scores), kind="stable")[:wanted]
        return [int(row) for row in np.concatenate(rows)[best]]

    def _rescored(self, vector: Vectors, rows: Sequence[int]) -> list[tuple[str, float]]:
        """In double precision: the same score wherever a row stands, whatever instructions FAISS chose for it."""
        if not rows:
            return []
        held = np.stack([self._blocks[row // ROWS][row % ROWS] for row in rows]).astype(np.float64)
        scores = (held * vector.astype(np.float64)).sum(axis=1)  # row by row, unlike a matrix product
        found = [(self._ids[row], round(float(score), DIGITS) + 0.0) for row, score in zip(rows, scores, strict=True)]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))
