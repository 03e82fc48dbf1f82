"""Which of the ranked passages are shown: no repetition, and no document or error that crowds out the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil

from vigie.ask.words import words
from vigie.types import Passage, digest

SIGNATURES = 0.6  # of a list may be signatures of runs, while pages or code have something to say
PER_DOCUMENT = 2  # chunks of one document, while other documents have something to say
SHORTEST_COMPARED = 12  # distinct words; shorter texts must be equal to be the same
# Share of common words from which two passages say the same; a changed date or host leaves most of a text alike.
ALMOST_EQUAL = 0.9


def varied(ranked: Sequence[tuple[Passage, float]], top_k: int) -> list[tuple[Passage, float]]:
    """In the order of choice: beyond their share of the list, signatures of runs wait for all that is half as good.

    One error has a signature for each flow and collection it befell: they would crowd out the page that explains it.
    """
    signatures = [passage.chunk_id for passage, _ in ranked if passage.ref.kind == "records"]
    late = frozenset(signatures[ceil(SIGNATURES * top_k) :])
    return sorted(ranked, key=lambda pair: -pair[1] / (2 if pair[0].chunk_id in late else 1))


def spread(
    ranked: Iterable[tuple[Passage, float]], top_k: int, wanted: frozenset[str]
) -> tuple[list[tuple[Passage, float]], list[tuple[Passage, float]]]:
    """(the best `top_k` without repetition, those that only their own document or another of one form crowded out)."""
    kept: list[tuple[Passage, float]] = []
    crowded: list[tuple[Passage, float]] = []
    seen: set[str] = set()
    said: list[frozenset[str]] = []
    forms: list[frozenset[str]] = []
    of_document: Counter[str] = Counter()
    for passage, score in ranked:
        if len(kept) == top_k:
            break
        record = passage.ref.kind == "records"
        spoken = [] if record else words(passage.chunk.text)
        key = _sameness(passage, spoken)
        if key in seen:
            continue
        seen.add(key)
        # Signatures differ by one code or one status on purpose: only equal ones are the same.
        said_words = frozenset() if record else frozenset([*spoken, *words(passage.chunk.context)])
        if any(_says_the_same(said_words, other, wanted) for other in said):
            continue
        form = _unnumbered(said_words)
        if any(_says_the_same(form, other, wanted) for other in forms) and not (said_words - form) & wanted:
            crowded.append((passage, score))
            continue
        if of_document[passage.chunk.document_id] >= PER_DOCUMENT and not record:
            crowded.append((passage, score))
            continue
        of_document[passage.chunk.document_id] += 1
        said.append(said_words)
        forms.append(form)
        kept.append((passage, score))
    return kept, crowded


def _sameness(passage: Passage, spoken: Sequence[str]) -> str:
    """Equal for texts of which one is enough: spaces do not count, nor signs in prose."""
    text = passage.chunk.text
    told = spoken if passage.ref.kind == "confluence" else text.split()
    place = passage.ref.name if passage.ref.kind == "records" else ""  # counts are per collection
    return digest(place, *(told or [text]))


def _says_the_same(one: frozenset[str], other: frozenset[str], wanted: frozenset[str]) -> bool:
    """Almost the same words, and not those asked for: "relance en UAT" is no repetition of "en PROD" for UAT."""
    if min(len(one), len(other)) < SHORTEST_COMPARED or (one - other) & wanted:
        return False
    return len(one & other) >= ALMOST_EQUAL * len(one | other)


def _unnumbered(words: frozenset[str]) -> frozenset[str]:
    """Without dates, hosts, numbers of weeks and tickets: pages made from one form differ in these alone."""
    return frozenset(word for word in words if word.isalpha() or not _DIGIT.search(word))


_DIGIT = re.compile(r"\d")
