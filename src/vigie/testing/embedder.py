"""An embedder without a model: it ranks texts by the words they share."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from vigie.protocols import Vectors
from vigie.types import digest

_TOKEN = re.compile(r"\w+|[^\w\s]")
_PART = re.compile(r"[^\W_]+")
# Common French and English endings, the longest first, taken off where four characters are left.
_ENDING = re.compile(r"(?<=.{4})(?:ements?|ations?|ions?|ings?|ees?|ers?|ed|es|s|x|e)$", re.DOTALL)
_PLACES = 4  # a word adds to so many dimensions, so that two words seldom share all of them


class HashingEmbedder:
    """Implements `Embedder`: a bag of words, each hashed to a few dimensions with a sign.

    Case, accents and common endings do not matter; an identifier counts whole and in parts. The same vectors on every
    machine. A token is a word or a punctuation mark.
    """

    def __init__(self, dimension: int = 256, max_tokens: int = 254) -> None:
        self._dimension, self._max_tokens = dimension, max_tokens

    @property
    def fingerprint(self) -> str:
        return digest("hashing", "1", str(self._dimension), str(self._max_tokens))

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def max_tokens(self) -> int:
        return self._max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [sum(1 for _ in _TOKEN.finditer(text)) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self._dimension), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self.embed_query(text)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        tokens = [match[0] for match in islice(_TOKEN.finditer(text), self._max_tokens)]
        vector = np.zeros(self._dimension, np.float32)
        for word, count in Counter(_words(tokens)).items():
            places, signs = _hashed(word, self._dimension)
            # Short words say little, and a word said again says little more.
            np.add.at(vector, places, signs * np.float32(sqrt(count) * (1 + min(len(word), 6))))
        length = np.linalg.norm(vector)
        if length == 0:  # no word, or a few whose signs cancel out: a direction all the same, as a real model gives
            vector[0] = length = np.float32(1)
        unit: Vectors = vector / length
        return unit


def _words(tokens: Sequence[str]) -> list[str]:
    """Stems of the words, and of the parts of those that have some."""
    words: list[str] = []
    for token in tokens:
        marked = unicodedata.normalize("NFKD", token)
        folded = "".join(c for c in marked if not unicodedata.combining(c)).casefold()
        parts = _PART.findall(folded)
        words += parts if parts in ([], [folded]) else [folded, *parts]
    return [_ENDING.sub("", word) for word in words]


@lru_cache(maxsize=1 << 16)
def _hashed(word: str, dimension: int) -> tuple[NDArray[np.intp], Vectors]:
    """Where a word adds, and whether it adds or takes away."""
    numbers = np.frombuffer(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=4 * _PLACES).digest(), "<u4")
    signs: Vectors = np.where(numbers & 1, np.float32(1), np.float32(-1)).astype(np.float32)
    return ((numbers >> 1) % dimension).astype(np.intp), signs
