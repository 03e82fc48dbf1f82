"""A SentenceTransformers BERT on whatever runs its graph: batches that fit the caches, a thread each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vigie.embed._cache import cached
from vigie.embed._checkpoint import Checkpoint, Pooling
from vigie.embed._weights import Floats, Weights, read_weights
from vigie.embed.tokens import SORTED_TEXTS, VERSION, BertTokens
from vigie.errors import EmbedderUnusable
from vigie.protocols import Vectors
from vigie.types import digest

# Texts of a batch, and tokens with padding: what one pass allocates then stays near the caches (a wide layer of
# 512 x 1,536 floats is 3 MB). In tokens per CPU second, passages of 215 tokens: 256 to 512 in a batch 3,150, 1,024
# 2,870, 2,048 2,830; texts of 63 tokens are equally fast in all of them.
_BATCH_TEXTS = 8
_BATCH_TOKENS = 512


class BertEmbedder(BertTokens, ABC):
    """Implements `Embedder` over a runtime: texts to batches, batches to vectors. One instance serves many threads; a
    process needs one per model.

    `folder`: a SentenceTransformers folder (see `models.resolve`). `cache_dir`: where a few kilobytes are kept that
    make the next start faster. `threads`: how many batches are computed at a time. `query_prefix`, `passage_prefix`:
    put before each text; None takes the model's own prompts. Raises EmbedderUnusable.
    """

    def __init__(
        self,
        folder: Path,
        cache_dir: Path,
        *,
        threads: int = 1,
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
    ) -> None:
        super().__init__(folder, cache_dir, query_prefix=query_prefix, passage_prefix=passage_prefix)
        weights = read_weights(self._checkpoint)
        if self._tokenizer.get_vocab_size() > len(weights.words):
            raise EmbedderUnusable(
                f"{self._checkpoint.folder / 'tokenizer.json'} knows more words than {self._checkpoint.weights}: "
                "install the embedding model again"
            )
        self._load(weights, encoder_graph(self._checkpoint, weights, cache_dir), threads)
        self._pool = ThreadPoolExecutor(threads)
        self._words, self._positions = weights.words, weights.positions

    @abstractmethod
    def _load(self, weights: Weights, graph: bytes, threads: int) -> None:
        """Start the runtime with an ONNX graph of `bert_graph` and what belongs in it. Raises EmbedderUnusable."""

    @abstractmethod
    def _compute(self, inputs: Mapping[str, NDArray[Any]]) -> Floats:
        """The graph's `vectors` of its inputs, on one thread; called from several. Raises EmbedderUnusable."""

    @property
    def dimension(self) -> int:
        return int(self._words.shape[1])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension), in the order given; what lies beyond `max_tokens` is not read."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), SORTED_TEXTS):
            token_ids = self._framed(self._passage_prefix, texts[start : start + SORTED_TEXTS])
            batches = _batches([len(ids) for ids in token_ids])
            batches.reverse()  # long ones first: the threads then end at about the same time
            runs = [self._pool.submit(self._run, [token_ids[row] for row in batch]) for batch in batches]
            for batch, run in zip(batches, runs, strict=True):
                vectors[[start + row for row in batch]] = run.result()
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """(dimension,)."""
        vector: Vectors = self._run(self._framed(self._query_prefix, [text]))[0]
        return vector

    def _run(self, token_ids: Sequence[Sequence[int]]) -> Vectors:
        """Unit vectors of one batch."""
        ids, mask = _padded(token_ids)
        embedded = self._words[ids].astype(np.float32, copy=False)
        embedded += self._positions[: ids.shape[1]]
        pooling = _pooling_weights(mask, self._checkpoint.pooling)
        sums = self._compute({"embedded": embedded, "mask": mask, "pooling": pooling})
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        # The bound that torch's `normalize` uses: a null vector stays null instead of becoming NaN.
        unit: Vectors = sums / np.maximum(lengths, np.float32(1e-12))
        return unit


def encoder_graph(checkpoint: Checkpoint, weights: Weights, cache_dir: Path) -> bytes:
    """The serialised model of `bert_graph`, without its weights."""
    shapes = {name: value.shape for name, value in weights.encoder.items()}
    sizes = (shapes, checkpoint.layers, checkpoint.heads, checkpoint.activation, checkpoint.epsilon)

    def build() -> bytes:
        # Here because importing onnx takes half a second, and this runs once per kind of model.
        from vigie.embed.bert_graph import build_graph

        return build_graph(
            shapes,
            layers=checkpoint.layers,
            heads=checkpoint.heads,
            activation=checkpoint.activation,
            epsilon=checkpoint.epsilon,
        )

    return cached(cache_dir / f"encoder-{digest(VERSION, repr(sizes))}", build)


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Places of texts, those of like length together, within the bounds of a batch."""
    batches: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        batch = batches[-1] if batches else []
        # In order of length, so that this text is the longest yet and all others are padded to it.
        if not batch or len(batch) == _BATCH_TEXTS or (len(batch) + 1) * lengths[place] > _BATCH_TOKENS:
            batches.append([place])
        else:
            batch.append(place)
    return batches


def _padded(token_ids: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Ids and mask, (texts, tokens of the longest). What id the padding has does not matter: it is masked."""
    shape = (len(token_ids), max(map(len, token_ids)))
    ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int32)
    for row, text in enumerate(token_ids):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return ids, mask


def _pooling_weights(mask: NDArray[np.int32], pooling: Pooling) -> Floats:
    """What each token weighs in its text's vector, (texts, 1, tokens)."""
    weights = mask.astype(np.float32)
    if pooling == "cls":
        weights[:, 1:] = 0
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares[:, None, :]
