"""Words that are known to be right, plurals too, and those among them that a typed word is a form of or a slip for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from vigie.ask.planner.tokens import alike_start, root, stem

SHORTEST = 6  # letters: shorter words are too near to each other
_INFLECTED = 2  # letters at most by which two forms of one word end otherwise


class KnownWords:
    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(form for word in words for form in (word, *_plural(word)))

    def has(self, norm: str) -> bool:
        """It, its singular or another form of it: "sauvegardé" of "sauvegarde"; not "planées" of "plan"."""
        if norm in self._words or root(norm) in self._words:
            return True
        kin = self._by_stem.get(stem(norm), ())
        return any(max(len(norm), len(word)) - alike_start(norm, word) <= _INFLECTED for word in kin)

    def near(self, norm: str, ending: str) -> list[str]:
        """Words one slip away: a letter too few, too many, or two turned round. Another letter makes other words of
        words, as a first one does: "changement" and "chargement", "reached" and "breached"."""
        found = process.extract(norm, self._words, scorer=OSA.distance, score_cutoff=1, limit=None)
        same = [word for word, _, _ in found if word[0] == norm[0] and word.endswith(ending)]
        return [word for word in same if len(word) != len(norm) or sorted(word) == sorted(norm)]

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word in self._words:
            found.setdefault(stem(word), []).append(word)
        return found


def _plural(word: str) -> tuple[str, ...]:
    if len(word) < SHORTEST - 2 or word.endswith("s"):
        return ()
    return (f"{word}es",) if word.endswith(("x", "ch", "sh")) else (f"{word}s",)
