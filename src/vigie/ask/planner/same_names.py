"""Whether a word of a question means what a part of a name does."""

from __future__ import annotations

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.tokens import root, stem


def means(word: str, name: str) -> bool:
    """Does it mean what a part of a name means?"""
    names = (name, *spelled((name,)))
    return any(
        stem(word) == stem(one)
        or stem(word) in kin_of(one)
        or bool(concepts_of(word) & concepts_of(one))
        or _short_for(root(one), root(word))
        or _short_for(root(word), root(one))
        for one in names
    )


def core(name: str) -> str:
    """ "commandes" of `gab_telecommandes`."""
    return next((name.removeprefix(way) for way in _AFAR if name.startswith(way)), name)


_AFAR = ("tele", "micro", "mini", "inter")


def _short_for(short: str, word: str) -> bool:
    """ "certif" of "certificat": the beginning of the word, where it is no word of the trade itself."""
    return len(short) >= 5 and len(word) - len(short) >= 3 and word.startswith(short) and not concepts_of(short)
