"""A SentenceTransformers BERT on ONNX Runtime, without torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as runtime  # type: ignore[import-untyped]
from tokenizers import Encoding, Tokenizer

from vigie.embed._cache import cached
from vigie.embed._checkpoint import Checkpoint, Pooling, read_checkpoint
from vigie.embed._weights import Floats, Weights, read_weights
from vigie.embed.models import file_sha256
from vigie.errors import EmbedderUnusable
from vigie.protocols import Vectors
from vigie.text import without_surrogates
from vigie.types import digest

# Raise it when `bert_graph` or the handling of texts here changes what comes out.
_VERSION = "1"
# Texts of a batch, and tokens with padding: what one pass allocates then stays near the caches (a wide layer of
# 512 x 1,536 floats is 3 MB). In tokens per CPU second, passages of 215 tokens: 256 to 512 in a batch 3,150, 1,024
# 2,870, 2,048 2,830; texts of 63 tokens are equally fast in all of them.
_BATCH_TEXTS = 8
_BATCH_TOKENS = 512
# Texts that are tokenised, and sorted by length, together: bounds memory, and leaves little padding.
_SORTED_TEXTS = 512
_RUNTIME_ERRORS = (
    RuntimeError,
    runtime.Fail,
    runtime.InvalidArgument,
    runtime.InvalidGraph,
    runtime.InvalidProtobuf,
    runtime.NotImplemented,
    runtime.RuntimeException,
)


class OnnxEmbedder:
    """Implements `Embedder`. One instance serves many threads; a process needs one per model.

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
        checkpoint = read_checkpoint(folder)
        self._tokenizer = _read_tokenizer(checkpoint)
        weights = read_weights(checkpoint)
        if self._tokenizer.get_vocab_size() > len(weights.words):
            raise EmbedderUnusable(
                f"{checkpoint.folder / 'tokenizer.json'} knows more words than {checkpoint.weights}: "
                "install the embedding model again"
            )
        self._session = _start(checkpoint, weights, cache_dir)
        self._pool = ThreadPoolExecutor(threads)
        self._words, self._positions = weights.words, weights.positions
        self._lower_case, self._pooling = checkpoint.lower_case, checkpoint.pooling
        self._query_prefix = checkpoint.query_prefix if query_prefix is None else query_prefix
        self._passage_prefix = checkpoint.passage_prefix if passage_prefix is None else passage_prefix
        self._head, self._tail = _special_tokens(self._tokenizer, checkpoint.folder)
        self._room = checkpoint.max_length - len(self._head) - len(self._tail)
        self._max_tokens = self._room - self.count_tokens([self._passage_prefix])[0]
        if self._max_tokens < 1:
            raise EmbedderUnusable(f"the prefix of passages alone fills the {checkpoint.max_length} tokens of {folder}")
        self._fingerprint = _fingerprint(checkpoint, cache_dir, self._query_prefix, self._passage_prefix)

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits, the same wherever the same model lies."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        return int(self._words.shape[1])

    @property
    def max_tokens(self) -> int:
        """What the model reads, less its special tokens and the passage prefix."""
        return self._max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens and without truncation. Any string."""
        return [len(encoding) for encoding in self._encodings(texts)]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension), in the order given; what lies beyond `max_tokens` is not read."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _SORTED_TEXTS):
            token_ids = self._framed(self._passage_prefix, texts[start : start + _SORTED_TEXTS])
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

    def _encodings(self, texts: Sequence[str]) -> Iterator[Encoding]:
        for start in range(0, len(texts), _SORTED_TEXTS):
            some = texts[start : start + _SORTED_TEXTS]
            clean = [without_surrogates(text.lower() if self._lower_case else text) for text in some]
            yield from self._tokenizer.encode_batch_fast(clean, add_special_tokens=False)

    def _framed(self, prefix: str, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text, cut to what the model reads, between its special tokens."""
        encodings = self._encodings([prefix + text for text in texts])
        return [[*self._head, *encoding.ids[: self._room], *self._tail] for encoding in encodings]

    def _run(self, token_ids: Sequence[Sequence[int]]) -> Vectors:
        """Unit vectors of one batch."""
        ids, mask = _padded(token_ids)
        embedded = self._words[ids].astype(np.float32, copy=False)
        embedded += self._positions[: ids.shape[1]]
        inputs = {"embedded": embedded, "mask": mask, "pooling": _pooling_weights(mask, self._pooling)}
        try:
            (sums,) = self._session.run(["vectors"], inputs)
        except _RUNTIME_ERRORS as error:
            raise EmbedderUnusable(f"the embedding model failed on a batch of {ids.shape}: {error}") from error
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        # The bound that torch's `normalize` uses: a null vector stays null instead of becoming NaN.
        unit: Vectors = sums / np.maximum(lengths, np.float32(1e-12))
        return unit


def _read_tokenizer(checkpoint: Checkpoint) -> Tokenizer:
    file = checkpoint.folder / "tokenizer.json"
    if not file.is_file():
        raise EmbedderUnusable(f"{file} is missing: save the model again with its fast tokenizer, or name another")
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises nothing narrower
        raise EmbedderUnusable(f"{file} cannot be read ({error}): install the embedding model again") from error
    # The file may say to cut and pad at 128, which is not what the model's own library does.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _special_tokens(tokenizer: Tokenizer, folder: Path) -> tuple[list[int], list[int]]:
    """What the tokenizer puts before and after one text; a BERT reads at least its first one."""
    encoding = tokenizer.encode("a")
    text = [place for place, special in enumerate(encoding.special_tokens_mask) if not special]
    if not text or text[0] == 0:
        raise EmbedderUnusable(f"{folder / 'tokenizer.json'} is not a BERT's: it starts a text with no special token")
    return encoding.ids[: text[0]], encoding.ids[text[-1] + 1 :]


def _start(checkpoint: Checkpoint, weights: Weights, cache_dir: Path) -> onnxruntime.InferenceSession:
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

    graph = cached(cache_dir / f"encoder-{digest(_VERSION, repr(sizes))}", build)
    options = onnxruntime.SessionOptions()
    # One thread a batch: threads that share one wait for each other after every product, a sixth of their time.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Both keep the memory of past batches: one per shape seen, the other at the size of the largest.
    options.enable_mem_pattern = False
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        # The session copies them, in the layout of its matrix product.
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in weights.encoder.values()]
        options.add_external_initializers(list(weights.encoder), values)
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except _RUNTIME_ERRORS as error:
        raise EmbedderUnusable(f"ONNX Runtime cannot load {checkpoint.weights}: {error}") from error


def _fingerprint(checkpoint: Checkpoint, cache_dir: Path, *prefixes: str) -> str:
    files = [file_sha256(file, cache_dir) for file in (checkpoint.weights, checkpoint.folder / "tokenizer.json")]
    settings = (
        checkpoint.heads,
        checkpoint.activation,
        checkpoint.epsilon,
        checkpoint.first_position,
        checkpoint.max_length,
        checkpoint.lower_case,
        checkpoint.pooling,
    )
    return digest("onnx", _VERSION, *files, repr(settings), *prefixes)


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
