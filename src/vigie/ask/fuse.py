"""Fusing scores, not ranks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def min_max(scores: Mapping[str, float], floor: float | None = None) -> dict[str, float]:
    """Scores moved to [0, 1] by the smallest (or `floor`, where it is smaller) and the largest of them.

    Equal scores, a single one among them, are all 1: they were found, which beats what was not.
    """
    if not scores:
        return {}
    high = max(scores.values())
    low = min(scores.values()) if floor is None else min(floor, *scores.values())
    # Subnormal ranges would divide to more than 1 or to infinity.
    if high - low <= 1e-12 * max(abs(high), abs(low)):
        return dict.fromkeys(scores, 1.0)
    return {key: min(1.0, (score - low) / (high - low)) for key, score in scores.items()}


def fuse(
    lexical: Mapping[str, float],
    dense: Iterable[Mapping[str, float]],
    weight: float,
    lexical_floor: float | None = None,
) -> list[tuple[str, float]]:
    """(id, score in [0, 1]) of every candidate, best first, ties by id.

    `weight * dense + (1 - weight) * lexical`, each normalised per query, `dense` per model; a candidate that a list
    does not hold has 0 there. `lexical_floor` is 0 where the lexical list is complete: all else in the corpus has
    BM25 0, so that the worst of two matches is still a match.
    """
    parts = [(1 - weight, min_max(lexical, lexical_floor)), *((weight, min_max(model)) for model in dense)]
    fused: dict[str, float] = {}
    for share, scores in parts:
        for key, score in scores.items():
            fused[key] = fused.get(key, 0.0) + share * score
    return sorted(((key, min(1.0, score)) for key, score in fused.items()), key=lambda pair: (-pair[1], pair[0]))
