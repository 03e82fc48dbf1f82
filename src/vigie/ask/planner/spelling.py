"""Slips of the keyboard: an unknown word that one letter too few, too many or turned round keeps from one word that is
known. Corrected before any collection reads the question, so that no slip makes another collection fit better."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from vigie.ask._when_words import MONTHS, ORDINALS, TENS, UNITS, WEEKDAYS, word_set
from vigie.ask._when_words import NUMBERS as COUNTED
from vigie.ask.planner.concepts import concept_words
from vigie.ask.planner.cues import FILLER, cue_words, tags_of
from vigie.ask.planner.glossary import every_word
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import BEARING, ENDED, HAPPENED, HAPPENINGS, OF_TIMES, RECEIVED, SENT, WAITED
from vigie.ask.planner.tokens import Token, alike_start, parts, root, stem
from vigie.ask.words import STOP, fold

_SHORTEST = 6  # letters: shorter words are too near to each other
_INFLECTED = 3  # letters at most by which two forms of one word end otherwise
# Words that are next to others of the trade.
_NO_SLIPS = word_set(
    "reused retired recover recovers recovered rescue rescued listen listens content contents clause clauses "
    "video videos phrase phrases pause pauses paused sport sports exchange exchanges couple couples house "
    "houses preset presets principle principles realm realms signing slave slaves marker markers numerous "
    "choose chosen closest closet chart charts modem modems movement movements competed complain complains "
    "compteur compteurs course courses whereas though through thorough unless spending spends treats threats "
    "staple robots roots corpus advance advances attribute attributes default defaults augment excerpt "
    "excerpts pastes ancient movie movies langage violet prince langages"
)
_ENDINGS = ("ées", "és", "ée", "é")
_TIMES = (MONTHS, ORDINALS, TENS, UNITS, WEEKDAYS, COUNTED)
_LISTED = (FILLER, BEARING, ENDED, HAPPENED, HAPPENINGS, OF_TIMES, RECEIVED, SENT, WAITED, STOP, _NO_SLIPS, *_TIMES)


def spelled(found: Sequence[Token], knowledge: Sequence[Knowledge]) -> list[Token]:
    """The same words at the same places, slips put right. Names in capitals and parts of names stay as they are."""
    own = _own_words(knowledge)
    return [
        _corrected(token, own) if _may_be_a_slip(found, i) and not _is_known(token.norm, own, knowledge) else token
        for i, token in enumerate(found)
    ]


def _may_be_a_slip(found: Sequence[Token], i: int) -> bool:
    token = found[i]
    in_one = token.glued or (i + 1 < len(found) and found[i + 1].glued)
    return len(token.norm) >= _SHORTEST and token.norm.isalpha() and not in_one and token.text[i == 0 :].islower()


def _is_known(norm: str, own: frozenset[str], knowledge: Sequence[Knowledge]) -> bool:
    if tags_of((norm,)) or any(root(norm) in known.value_words or norm in known.value_words for known in knowledge):
        return True
    return any(
        {norm, root(norm)} & words or _is_a_form(norm, _by_stem(words).get(stem(norm), ()))
        for words in (_language(), own)
    )


def _is_a_form(norm: str, words: Iterable[str]) -> bool:
    """ "sauvegardé" of "sauvegarde"; not "planées" of "plan"."""
    return any(max(len(norm), len(word)) - alike_start(norm, word) <= _INFLECTED - 1 for word in words)


def _corrected(token: Token, own: frozenset[str]) -> Token:
    ending = next((e for e in _ENDINGS if token.text.endswith(e)), "")
    near = _near(token.norm, own, fold(ending)) or _near(token.norm, _language(), fold(ending))
    if len({stem(word) for word in near}) != 1:
        return token
    meant = max(sorted(near), key=lambda word: alike_start(word[::-1], token.norm[::-1]))
    return replace(token, text=f"{meant[: len(meant) - len(ending)]}{ending}", norm=meant, root=root(meant))


def _near(norm: str, words: frozenset[str], ending: str) -> list[str]:
    """Words one slip away: a letter too few, too many, or two turned round. Another letter makes other words of words,
    as a first one does: "changement" and "chargement", "reached" and "breached"."""
    found = process.extract(norm, words, scorer=OSA.distance, score_cutoff=1, limit=None)
    same = [word for word, _, _ in found if word[0] == norm[0] and word.endswith(ending)]
    return [word for word in same if len(word) != len(norm) or sorted(word) == sorted(norm)]


@lru_cache(maxsize=1)
def _language() -> frozenset[str]:
    """The words of both languages that a question may hold, plurals too."""
    words = {word for listed in _LISTED for word in listed} | set(cue_words()) | concept_words() | every_word()
    return _with_plurals(words)


def _own_words(knowledge: Sequence[Knowledge]) -> frozenset[str]:
    """What the collections and their fields are called."""
    names = (word for known in knowledge for word in (*parts(known.name), *known.records.head))
    fields = (word for known in knowledge for f in known.facets.values() for word in (*f.words, *f.above))
    return _with_plurals({word for word in (*names, *fields) if word.isalpha()})


def _with_plurals(words: Iterable[str]) -> frozenset[str]:
    return frozenset(form for word in words for form in (word, *_plural(word)))


def _plural(word: str) -> tuple[str, ...]:
    if len(word) < _SHORTEST - 2 or word.endswith("s"):
        return ()
    return (f"{word}es",) if word.endswith(("x", "ch", "sh")) else (f"{word}s",)


@lru_cache(maxsize=64)
def _by_stem(words: frozenset[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(stem(word), []).append(word)
    return found
