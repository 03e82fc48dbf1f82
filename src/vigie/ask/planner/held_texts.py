"""Words that texts of records hold: an identifier, what is quoted, what stands behind "contenant"."""

from __future__ import annotations

import re

from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import ValueMark
from vigie.ask.planner.value_marks import inside_at
from vigie.ask.words import STOP, fold

HOLDING = frozenset("contenant contient contiennent containing contains contain mentionnant mentioning".split())
_QUOTED = 8  # words at most


def held_at(grams: Grams, known: Knowledge, i: int) -> ValueMark | None:
    """Inside of longer values, then in messages; the other way round behind "contenant"."""
    steps = (inside_at, _message_at) if not i or grams.norms[i - 1] not in HOLDING else (_message_at, inside_at)
    return next((held for step in steps if (held := step(grams, known, i)) is not None), None)


def _message_at(grams: Grams, known: Knowledge, i: int) -> ValueMark | None:
    """An identifier that messages hold: OutOfMemory, ORA-00060, a path."""
    token = grams.tokens[i]
    end = grams.glued(i)
    written = grams.text[token.at[0] : grams.tokens[end - 1].at[1]]
    humps = len(re.findall(r"[A-Z]", written)) > 1 or any(c.isdigit() for c in written) or end > i + 1
    quoted = token.at[0] > 0 and grams.text[token.at[0] - 1] in "\"'«“`"
    if quoted and (closed := _closing(grams, i)) is not None:
        end = closed
        written = grams.text[token.at[0] : grams.tokens[end - 1].at[1]]
    held = bool(i) and grams.norms[i - 1] in HOLDING  # "contenant timeout"
    if len(written) < 4 or written.isdigit() or not (humps or quoted or held):
        return None
    for facet in known.messages:
        if written.casefold() in facet.prose:
            return ValueMark(i, end, {facet.path: (written,)}, "message", written)
    return None


def phrase_at(grams: Grams, known: Knowledge, i: int) -> ValueMark | None:
    """ "coffre saturé", "certificat expiré": words that stand so in messages, one of which nothing else knows."""
    prose = known.messages if grams.free[i] and grams.norms[i] not in STOP else ()
    for n in range(_PHRASE, 1, -1) if prose else ():
        words = grams.words(i, n)
        if words is None or words[-1] in STOP or not any(_told_by_nothing(word, known) for word in words):
            continue
        found = {f.path: (text,) for f in prose if (text := _as_written(" ".join(words), f)) is not None}
        if found:
            return ValueMark(i, i + n, found, "message", grams.said(i, i + n))
    return None


_PHRASE = 5  # words at most
_SHORTEST = 5  # letters of a word that only messages hold


def _told_by_nothing(word: str, known: Knowledge) -> bool:
    return len(word) >= _SHORTEST and word not in STOP and not tags_of((word,)) and not known.knows(word)


def _as_written(phrase: str, facet: Facet) -> str | None:
    """The phrase with the accents that a message has it with."""
    for value, _ in facet.profile.values:
        if not isinstance(value, str) or (at := f" {fold(value)} ".find(f" {phrase}")) < 0:
            continue
        written = value[at : at + len(phrase)]
        if fold(written) == phrase:
            return written
    return None


def _closing(grams: Grams, i: int) -> int | None:
    """The place after what is quoted from there on: "token expired"."""
    for j in range(i, min(i + _QUOTED, len(grams.tokens))):
        after = grams.text[grams.tokens[j].at[1] : grams.tokens[j].at[1] + 2].strip()
        if after[:1] in ('"', "'", "»", "”", "`"):
            return j + 1
    return None
