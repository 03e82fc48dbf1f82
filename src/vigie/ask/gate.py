"""Is there evidence at all? Without any no model is called, and the answer is that nothing was found."""

from __future__ import annotations

from collections.abc import Iterable

from vigie.ask.words import stem, terms, words
from vigie.types import Hit

# Below it, MiniLM cosines of unrelated English texts lie (mostly 0 to 0.25); French texts are closer to each other
# under an English model. Low on purpose: a passage shown in vain costs less than one withheld. To be calibrated.
LOW_COSINE = 0.3


def has_evidence(query: str, hits: Iterable[Hit]) -> bool:
    """True when a hit shares a word that carries meaning with the query, or is near it in the model's eyes."""
    wanted = set(terms(query))
    return any(_shares(wanted, hit) or (hit.dense is not None and hit.dense >= LOW_COSINE) for hit in hits)


def _shares(wanted: set[str], hit: Hit) -> bool:
    passage = hit.passage
    said = words(f"{passage.title}\n{passage.native_id}\n{passage.chunk.embedded_text}")
    return not wanted.isdisjoint(stem(word) for word in said)
