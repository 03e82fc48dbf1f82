"""How good a ranking is, against judgements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2

DEPTH = 10


def ndcg(ranked: Sequence[str], judged: Mapping[str, int], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain, in [0, 1]: linear gain over log2(rank + 1) (Järvelin, Kekäläinen 2002)."""
    gained = sum(judged.get(one, 0) / log2(place + 1) for place, one in enumerate(ranked[:depth], 1))
    best = sum(gain / log2(place + 1) for place, gain in enumerate(sorted(judged.values(), reverse=True)[:depth], 1))
    return gained / best if best else 0.0


def first_rank(ranked: Sequence[str], judged: Mapping[str, int]) -> int | None:
    """Of the first relevant one, from 1; None where none is ranked."""
    return next((place for place, one in enumerate(ranked, 1) if judged.get(one, 0) > 0), None)


def summary(rankings: Sequence[Sequence[str]], judgements: Sequence[Mapping[str, int]]) -> dict[str, float]:
    """Means over the judged queries: ndcg@10, hit@1, hit@5, hit@10, mrr@10. All 0 where there are none."""
    n = max(len(rankings), 1)
    pairs = list(zip(rankings, judgements, strict=True))
    ranks = [first_rank(ranked[:DEPTH], judged) for ranked, judged in pairs]
    found = {"ndcg@10": sum(ndcg(ranked, judged) for ranked, judged in pairs) / n}
    for depth in (1, 5, DEPTH):
        found[f"hit@{depth}"] = sum(rank is not None and rank <= depth for rank in ranks) / n
    found["mrr@10"] = sum(1 / rank for rank in ranks if rank is not None) / n
    return {name: round(value, 4) for name, value in found.items()}
