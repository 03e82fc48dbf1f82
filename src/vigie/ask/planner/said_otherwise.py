"""Ways of saying what the planner's own words say: "s'élève à combien" is "combien", "une seule fois" is "exactement 1
fois", "échoue à répétition" is "échoue plusieurs fois". Words are replaced before any collection reads the question;
a way whose telling word is one of the data stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.sayings import SAYINGS
from vigie.ask.planner.tokens import Token, root
from vigie.ask.planner.turns_of_phrase import turned_phrase

_NUMBER = "#"  # any number, which stays as it is
Way = tuple[tuple[str, ...], tuple[str, ...], str]


@lru_cache(maxsize=1)
def _ways() -> dict[str, list[Way]]:
    """First word -> what is said, what is read, the telling word; the longest first."""
    found: dict[str, list[Way]] = {}
    for one in filter(str.strip, SAYINGS.replace("\n", "|").split("|")):
        said, read = one.split("=")
        told = next((w[:-1] for w in said.split() if w.endswith("!")), max(said.split(), key=len))
        words = tuple(w.rstrip("!") for w in said.split())
        first = words[1] if words[0] == "^" else words[0]
        found.setdefault(first, []).append((words, tuple(read.split()), told))
    for listed in found.values():
        listed.sort(key=lambda way: -len(way[0]))
    return found


def otherwise(found: Sequence[Token], knowledge: Sequence[Knowledge]) -> list[Token]:
    """The same question in the planner's words; each stands where what it is read from was written."""
    ways, made, i = _ways(), list[Token](), 0
    while i < len(found):
        listed = ways.get(_NUMBER if found[i].norm.isdigit() else found[i].norm, ())
        way = next((way for way in listed if _is_said(way, found, i, knowledge)), None)
        if way is not None:
            end = i + len([w for w in way[0] if w not in "^$"])
            made += _read(way, found[i:end])
            i = end
        elif (turn := turned_phrase(found, i, knowledge)) is not None:
            made += turn[0]
            i += turn[1]
        else:
            made.append(found[i])
            i += 1
    return made


def _is_said(way: Way, found: Sequence[Token], i: int, knowledge: Sequence[Knowledge]) -> bool:
    words, _, told = way
    if words[0] == "^":
        if i:
            return False
        words = words[1:]
    if words[-1] == "$":
        words = words[:-1]
        if i + len(words) != len(found):
            return False
    said = found[i : i + len(words)]
    alike = len(said) == len(words) and all(
        token.norm.isdigit() if word == _NUMBER else token.norm == word and (not token.shouted or word in _IN_FULL)
        for word, token in zip(words, said, strict=True)
    )
    return alike and (told in _SMALL or not any(_owns(known, told) for known in knowledge))


_SMALL = frozenset("de du of est".split())  # of the language, whatever value holds them


def _owns(known: Knowledge, word: str) -> bool:
    """Is it a word of its values, in the name of one of its fields, what its records are called?"""
    said = root(word)
    named = any(said == root(own) for facet in known.facets.values() for own in facet.words)
    called = known.records.in_its_name(word) if word in _IN_FULL else known.records.own(word)
    return said in known.value_words or named or called


_IN_FULL = frozenset({"mep", "meps"})  # releases, and where to


def _read(way: Way, said: Sequence[Token]) -> list[Token]:
    """As many words as are read, over all that was said: the last of them to its end, those that are more than were
    said where it begins, as a time may be read from its end."""
    read, numbers = way[1], (token for token in said if token.norm.isdigit())
    more = max(0, len(read) - len(said))
    tokens = []
    for n, word in enumerate(read):
        at = said[max(0, n - more)].at
        at = (at[0], said[-1].at[1]) if n == len(read) - 1 else at
        norm, text = (number.norm, number.text) if word == _NUMBER and (number := next(numbers)) else (word, word)
        glued = said[n].glued if n < len(said) else False
        tokens.append(replace(said[0], text=text, norm=norm, root=root(norm), at=at, glued=glued and n == 0))
    return tokens
