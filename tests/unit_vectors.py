"""Vectors of length one, drawn at random, and ids for them."""

from __future__ import annotations

import numpy as np

from vigie.protocols import Vectors


def unit(n: int, dimension: int = 16, seed: int = 0) -> Vectors:
    drawn = np.random.default_rng(seed).normal(size=(n, dimension)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def names(n: int, prefix: str = "c") -> list[str]:
    return [f"{prefix}{number:05d}" for number in range(n)]
