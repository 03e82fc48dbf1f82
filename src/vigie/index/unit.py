"""Vectors of length one, whose inner product is their cosine, and how exact that is."""

from __future__ import annotations

import numpy as np

from vigie.protocols import Vectors

DIGITS = 6  # of a cosine: float32 sums of a unit vector agree to about 1e-7


def normalised(vectors: Vectors) -> Vectors:
    """Rows of length one, as float32; a null row stays null."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = np.asarray(vectors / np.where(lengths == 0, 1, lengths), np.float32)
    return unit
