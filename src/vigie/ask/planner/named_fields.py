"""The fields of a collection by the words of their names: in full, as far as the collection's own name tells them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.facets import UNITS, Facet, unit_of
from vigie.ask.planner.joined_words import pieces, short_pieces
from vigie.ask.planner.tokens import parts, root, stem
from vigie.plan import FieldProfile, Profile


def _apart(word: str) -> tuple[str, ...]:
    """job, name of `jobname`: words of the trade that are written as one."""
    for end in _ENDINGS:
        if (
            word.endswith(end)
            and len(word) - len(end) >= 3
            and not concepts_of(word)
            and concepts_of(word[: -len(end)])
        ):
            return word[: -len(end)], end
    return (word,)


_ENDINGS = ("name", "nom", "code", "date", "time", "type", "id", "ts")


def facets(profile: Profile) -> dict[str, Facet]:
    """By path; those that cannot be queried (collapsed keys) are left out."""
    found = {}
    for one in profile.fields:
        if "*" in one.path.split(".") or not one.present or one.share("object") > 0.9:
            continue
        *above, last = one.path.split(".")
        words = (
            pieces(last)
            or short_pieces(last)
            or tuple(w for word in parts(last) or (last.lower(),) for w in _apart(word))
        )
        if len(words) > 1 and words[-1] == "no":
            words = (*words[:-1], "numero")  # `jobNo`
        if len(words) > 1 and words[0] == "no" and _numbered(one):
            words = ("numero", *words[1:])  # `no_contrat`
        if len(words) == 2 and words[0] == "ret" and unit_of(words[1:]):
            words = ("retard", words[1])  # `ret_min`, where `cd_ret` is what is returned
        words = _in_full(_with_vowels(words, profile.collection), profile.collection)
        bare = [word for word in words if word not in UNITS]
        # "runCount", "CDRET", as it stands in the data.
        whole = frozenset({stem("".join(words)), stem("".join(bare)), stem("".join(parts(last)) or last.lower())})
        found[one.path] = Facet(one, words, tuple(w for part in above for w in parts(part)), whole)
    return {path: replace(f, people=_of_people(f, found)) for path, f in found.items()}


def _of_people(facet: Facet, known: Mapping[str, Facet]) -> bool:
    """`deployer` beside `requester`: called by somebody's act, and of the same people."""
    if not facet.text or not facet.words[-1].endswith(_DOERS) or "user" in facet.concepts:
        return False
    own = {value for value, _ in facet.profile.values}
    named = (f for f in known.values() if f is not facet and f.text and f.concepts & {"user", "approver"})
    others = ({v for v, _ in f.profile.values} for f in named)
    return len(own) >= _SOME and any(len(own & other) >= _MOST * len(own) for other in others)


_DOERS = ("er", "or", "eur", "euse", "trice", "ant")
_SOME, _MOST = 3, 0.6


def _numbered(profile: FieldProfile) -> bool:
    """Numbers, or codes with a digit in each: no `no_show` that is true or false."""
    values = [value for value, _ in profile.values if not isinstance(value, bool)]
    return bool(values) and len(values) == len(profile.values) and all(map(_DIGIT.search, map(str, values)))


_DIGIT = re.compile(r"\d")


def _in_full(words: tuple[str, ...], collection: str) -> tuple[str, ...]:
    """lib, chaine of `lib_ch` in `chaines_traitement`: the label of what the collection's name begins with."""
    if len(words) != 2 or words[0] not in _LABELS or len(words[1]) < 2 or concepts_of(words[1]) or spelled(words[1:]):
        return words
    head = next((root(word) for word in parts(collection) if len(word) > len(words[1]) + 1), "")
    return (words[0], head) if head.startswith(words[1]) else words


def _with_vowels(words: tuple[str, ...], collection: str) -> tuple[str, ...]:
    """feed of `fd` in `md_feeds`: a word of the collection's name without its vowels."""
    if len(words) != 1 or len(words[0]) < 2 or concepts_of(words[0]) or spelled(words):
        return words
    named = (root(word) for word in parts(collection) if len(word) > len(words[0]))
    return next(((word,) for word in named if word[0] + _VOWELS.sub("", word[1:]) == words[0]), words)


_VOWELS = re.compile(r"[aeiouy]")
_LABELS = frozenset("lib libelle label nom name code cd intitule titre title".split())
