"""A passage with the number that the answer cites it by."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.types import Passage


@dataclass(frozen=True, slots=True)
class Evidence:
    """`text` is what was given of the passage: all of it, or what the model's context had room for."""

    n: int
    passage: Passage
    text: str
    score: float
