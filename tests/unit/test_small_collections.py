"""Small collections searched whole: what is found is what is there, however it changes meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from vigie.index.small import LIMIT, SmallCollections
from vigie.protocols import Vectors

AXES = np.eye(3, dtype=np.float32)


class Held:
    """A collection that counts how often it was read, and may be changed while it is."""

    def __init__(self, rows: dict[str, Vectors]) -> None:
        self.id = "0001"
        self.rows = rows
        self.reads = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def count(self) -> int:
        return len(self.rows)

    def get(self, *, limit: int, offset: int, include: Sequence[str]) -> Mapping[str, Any]:
        self.reads += 1
        found = dict(self.rows)
        self.meanwhile()
        return {"ids": list(found), "embeddings": [vector.tolist() for vector in found.values()]}


def nearest(small: SmallCollections, held: Held, vector: Vectors) -> list[tuple[str, float]]:
    whole = small.of(held)
    assert whole is not None
    return whole.nearest(vector, 5)


def test_it_is_read_once_and_again_after_a_change() -> None:
    small, held = SmallCollections(), Held({"b": AXES[0], "a": AXES[0] * 2, "c": AXES[1]})
    for _ in range(3):
        assert nearest(small, held, AXES[0]) == [("a", 1.0), ("b", 1.0), ("c", 0.0)]
    assert held.reads == 1
    with small.changing(held):
        held.rows = {"c": AXES[1]}
    assert nearest(small, held, AXES[1]) == [("c", 1.0)]
    assert held.reads == 2


def test_what_was_read_while_it_changed_is_not_kept() -> None:
    small, held = SmallCollections(), Held({"a": AXES[0]})

    def change() -> None:
        held.meanwhile = lambda: None
        with small.changing(held):
            held.rows = {"new": AXES[2]}

    held.meanwhile = change
    assert nearest(small, held, AXES[0]) == [("a", 1.0)]
    assert nearest(small, held, AXES[2]) == [("new", 1.0)]


def test_a_change_that_failed_half_way_is_read_again() -> None:
    small, held = SmallCollections(), Held({"a": AXES[0]})
    assert nearest(small, held, AXES[0]) == [("a", 1.0)]
    with suppress(OSError), small.changing(held):
        held.rows = {"a": AXES[0], "half": AXES[1]}
        raise OSError("full")
    assert nearest(small, held, AXES[1])[0] == ("half", 1.0)


def test_null_vectors_and_no_vectors_are_no_error() -> None:
    small, held = SmallCollections(), Held({"null": np.zeros(3, np.float32)})
    assert nearest(small, held, np.zeros(3, np.float32)) == [("null", 0.0)]
    with small.changing(held):
        held.rows = {}
    assert nearest(small, held, AXES[0]) == []


def test_a_large_one_is_left_to_its_graph_until_it_has_shrunk() -> None:
    small, held = SmallCollections(), Held({str(n): AXES[0] for n in range(LIMIT + 1)})
    assert small.of(held) is None
    assert held.reads == 0
    with small.changing(held):
        del held.rows["0"]
    assert small.of(held) is not None
