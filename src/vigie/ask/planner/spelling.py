"""Slips of the keyboard: an unknown word that one letter too few, too many or turned round keeps from one word that is
known. Corrected before any collection reads the question, so that no slip makes another collection fit better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from vigie.ask._when_words import MONTHS, ORDINALS, TENS, UNITS, WEEKDAYS, word_set
from vigie.ask._when_words import NUMBERS as COUNTED
from vigie.ask.planner.concepts import concept_words
from vigie.ask.planner.cues import FILLER, cue_words, tags_of
from vigie.ask.planner.glossary import every_word
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.known_words import SHORTEST, KnownWords
from vigie.ask.planner.lexicon import BEARING, ENDED, HAPPENED, HAPPENINGS, OF_TIMES, RECEIVED, SENT, WAITED
from vigie.ask.planner.tokens import Token, alike_start, root, stem
from vigie.ask.words import STOP, fold

# Words that are next to others of the trade.
_NO_SLIPS = word_set(
    "pesent pesait reused retired "
    "recover recovers recovered rescue rescued listen listens content contents clause clauses "
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
    return [
        _corrected(token, knowledge) if _may_be_a_slip(found, i) and not _is_known(token.norm, knowledge) else token
        for i, token in enumerate(found)
    ]


def _may_be_a_slip(found: Sequence[Token], i: int) -> bool:
    token = found[i]
    in_one = token.glued or (i + 1 < len(found) and found[i + 1].glued)
    return len(token.norm) >= SHORTEST and token.norm.isalpha() and not in_one and token.text[i == 0 :].islower()


def _is_known(norm: str, knowledge: Sequence[Knowledge]) -> bool:
    if tags_of((norm,)) or any(root(norm) in known.value_words or norm in known.value_words for known in knowledge):
        return True
    return _language().has(norm) or any(known.fields.called.has(norm) for known in knowledge)


def _corrected(token: Token, knowledge: Sequence[Knowledge]) -> Token:
    ending = next((e for e in _ENDINGS if token.text.endswith(e)), "")
    own = [word for known in knowledge for word in known.fields.called.near(token.norm, fold(ending))]
    near = own or _language().near(token.norm, fold(ending))
    if len({stem(word) for word in near}) != 1:
        return token
    meant = max(sorted(near), key=lambda word: alike_start(word[::-1], token.norm[::-1]))
    return replace(token, text=f"{meant[: len(meant) - len(ending)]}{ending}", norm=meant, root=root(meant))


def is_of_language(norm: str) -> bool:
    """Is it a word that questions are made of, of any collection?"""
    return _language().has(norm)


@lru_cache(maxsize=1)
def _language() -> KnownWords:
    """The words of both languages that a question may hold."""
    words = {word for listed in _LISTED for word in listed} | set(cue_words()) | concept_words() | every_word()
    return KnownWords(words)
