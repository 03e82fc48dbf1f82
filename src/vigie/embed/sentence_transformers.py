"""Any encoder that SentenceTransformers can load, on torch: plain Transformers folders and T5's encoder among them.

Needs the extra `transformers`. What ONNX Runtime runs (`models.backend`) needs none of it, and is faster there.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from tqdm import tqdm
from transformers.utils import logging as transformers_logging

from vigie.embed._cache import cached
from vigie.embed.models import file_sha256
from vigie.errors import EmbedderUnusable
from vigie.protocols import Vectors
from vigie.text import without_surrogates
from vigie.types import digest

# Raise it when the handling of texts here changes what comes out.
_VERSION = "1"
_BATCH = 8  # texts; as with ONNX Runtime, wider ones are no faster on few cores and let a question wait longer
_LONGEST = 8_192  # a tokenizer without a limit says 1e30
_USUAL_LENGTH = 512  # of encoders whose files name no limit, T5's and its kin
_PASSAGE_PROMPTS = ("document", "passage", "corpus")
_WEIGHTS = (".safetensors", ".bin")
_TEXTS = (".json", ".txt", ".model")
_OTHER_FORMATS = frozenset({"onnx", "openvino", "tf", "flax", "coreml"})  # folders of what is not loaded here
_PROBE = "The flow failed at night: ORA-00942, table or view does not exist."


class TransformersEmbedder:
    """Implements `Embedder`. One instance serves many threads, a batch at a time.

    `folder`: a SentenceTransformers folder, pooled as it says, or a plain Transformers one, whose tokens are averaged
    (padding left out); nothing is fetched from anywhere, no code of the folder is run. `threads`: how many compute one
    batch, in the whole process. `query_prefix`, `passage_prefix`: None takes the model's own prompts
    (config_sentence_transformers.json). Raises EmbedderUnusable.
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
        _be_quiet()
        torch.set_num_threads(threads)
        self._folder = folder
        self._one = threading.Lock()  # the tokenizer keeps how it cuts and pads in itself
        self._model = _load(folder)
        own: dict[str, str | None] = self._model.prompts
        self._query_prefix = (own.get("query") or "") if query_prefix is None else query_prefix
        passage = next((prompt for name in _PASSAGE_PROMPTS if (prompt := own.get(name))), "")
        self._passage_prefix = passage if passage_prefix is None else passage_prefix
        length = _length(self._model, folder)
        self._model.max_seq_length = length
        self._dimension = len(self._vectors(["a"], "")[0])
        framing = len(self._tokens(["a"], special=True)[0]) - len(self._tokens(["a"])[0])
        self._max_tokens = length - framing - self.count_tokens([self._passage_prefix])[0]
        if self._max_tokens < 1:
            raise EmbedderUnusable(f"the prefix of passages alone fills the {length} tokens of {folder}")
        self._fingerprint = _fingerprint(folder, cache_dir, length, self._query_prefix, self._passage_prefix)
        cached(cache_dir / f"whole-{self._fingerprint}", self._prove_whole)

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits, the same wherever the same model lies."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def max_tokens(self) -> int:
        """What the model reads, less its special tokens and the passage prefix."""
        return self._max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens and without truncation. Any string."""
        return [len(ids) for ids in self._tokens(texts)]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension), in the order given; what lies beyond `max_tokens` is not read."""
        vectors = np.empty((len(texts), self._dimension), np.float32)
        in_order = sorted(range(len(texts)), key=lambda place: len(texts[place]))  # those of like length pad little
        for start in range(0, len(in_order), _BATCH):
            places = in_order[start : start + _BATCH]
            vectors[places] = self._vectors([texts[place] for place in places], self._passage_prefix)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """(dimension,)."""
        vector: Vectors = self._vectors([text], self._query_prefix)[0]
        return vector

    def _tokens(self, texts: Sequence[str], special: bool = False) -> list[list[int]]:
        if not texts:
            return []
        with self._one:
            tokenizer: Any = self._model.tokenizer
            found = tokenizer(
                [without_surrogates(text) for text in texts], add_special_tokens=special, truncation=False
            )
        ids: list[list[int]] = found["input_ids"]
        return ids

    def _vectors(self, texts: Sequence[str], prefix: str) -> Vectors:
        """Unit vectors of one batch."""
        try:
            with self._one:
                found = self._model.encode(
                    [without_surrogates(text) for text in texts],
                    prompt=prefix,  # of no prompt at all, the model's default one would be taken
                    batch_size=_BATCH,
                    show_progress_bar=False,
                    convert_to_numpy=True,
                )
        except (RuntimeError, ValueError, IndexError) as error:
            raise EmbedderUnusable(
                f"the embedding model {self._folder} failed on {len(texts)} texts: {error}"
            ) from error
        vectors: Vectors = np.asarray(found, np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        # A text of no token at all has no direction: it gets one, which no other text has but by chance.
        nowhere = lengths[:, 0] == 0
        vectors[nowhere, 0] = lengths[nowhere, 0] = 1
        unit: Vectors = vectors / lengths
        return unit

    def _prove_whole(self) -> bytes:
        """Weights that the files lack are drawn at random: loaded again, such a model gives another vector."""
        again = _load(self._folder)
        again.max_seq_length = self._model.max_seq_length
        first, second = (
            np.asarray(m.encode([_PROBE], prompt="", show_progress_bar=False)) for m in (self._model, again)
        )
        if not np.allclose(first, second, rtol=1e-3, atol=1e-4):
            raise EmbedderUnusable(
                f"the weights in {self._folder} are not those of the encoder that config.json beside them describes: "
                "install the embedding model again, or name another"
            )
        return b"whole"


def _load(folder: Path) -> SentenceTransformer:
    """Raises EmbedderUnusable."""
    try:
        model = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": torch.float32}
        )
    except Exception as error:  # three libraries' own, and those of damaged files
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise EmbedderUnusable(
            f"the embedding model {folder} cannot be loaded ({why}): install it again, or name another"
        ) from error
    if model.tokenizer is None:
        raise EmbedderUnusable(f"the embedding model {folder} has no tokenizer: save it again with it, or name another")
    return model.eval()


def _length(model: SentenceTransformer, folder: Path) -> int:
    """Tokens that are read, special ones included: the least of what the files name."""
    config: Any = model.config
    named = [model.max_seq_length, getattr(config, "n_positions", None)]
    lengths = [int(length) for length in named if length and length <= _LONGEST]
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, torch.nn.Embedding):
            # RoBERTa and its kin number positions from the padding's id + 1.
            lengths.append(module.num_embeddings - (0 if module.padding_idx is None else module.padding_idx + 1))
    return min(lengths, default=_USUAL_LENGTH)


def _fingerprint(folder: Path, cache_dir: Path, length: int, *prefixes: str) -> str:
    """Of the weights that are loaded, and of all that says how texts become tokens and tokens one vector."""
    files = [
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not _OTHER_FORMATS & set(file.relative_to(folder).parts[:-1])
    ]
    weights = next((found for kind in _WEIGHTS if (found := [f for f in files if f.suffix == kind])), [])
    said = [file for file in files if file.suffix in _TEXTS]
    parts = [f"{file.relative_to(folder)}={file_sha256(file, cache_dir)}" for file in (*weights, *said)]
    return digest("sentence-transformers", _VERSION, str(length), *parts, *prefixes)


def _be_quiet() -> None:
    """Reports and progress bars of loading go to nobody: what matters is raised.

    The bars' own lock would be one between processes, which Python tells on the terminal where one ends at once.
    """
    tqdm.set_lock(threading.RLock())
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
