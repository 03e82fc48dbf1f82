"""Passages that a question names exactly: by title, heading, symbol, id or file name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from vigie.ask.words import fold, words
from vigie.types import Passage

NAME_CHARS = 300  # longer titles are not compared whole


def named_first(
    ranked: Sequence[tuple[Passage, float]], wanted: Sequence[str]
) -> tuple[list[tuple[Passage, float]], frozenset[str]]:
    """The passages that the query names exactly, with score 1 and before the others; and their chunk ids."""
    named = {passage.chunk_id for passage, _ in ranked if _is_named(passage, wanted)}
    first = [(passage, 1.0) for passage, _ in ranked if passage.chunk_id in named]
    return [*first, *(pair for pair in ranked if pair[0].chunk_id not in named)], frozenset(named)


def _is_named(passage: Passage, wanted: Sequence[str]) -> bool:
    names = [passage.native_id]
    if passage.ref.kind != "records":  # many signatures share one title
        names += [passage.title, passage.chunk.symbol or ""]
    if passage.ref.kind == "confluence":
        names.append(passage.chunk.locator.rpartition(" > ")[2])
    if passage.ref.kind == "code":
        names.append(passage.native_id.rpartition("/")[2])
    return bool(wanted) and any(_are(name, wanted) for name in names if len(name) <= NAME_CHARS)


def _are(name: str, wanted: Sequence[str]) -> bool:
    """Is it made of just these words? Hundreds are asked for each question: nearly all fail at the first word."""
    return wanted[0] in _folded(name) and words(name) == wanted


_folded = lru_cache(maxsize=50_000)(fold)  # names of the passages that questions come upon time and again
