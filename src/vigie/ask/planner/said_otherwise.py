"""Ways of saying what the planner's own words say: "s'élève à combien" is "combien", "une seule fois" is "exactement 1
fois", "échoue à répétition" is "échoue plusieurs fois". Words are replaced before any collection reads the question;
a way whose telling word is one of the data stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.none_counted import none_counted
from vigie.ask.planner.sayings import SAYINGS
from vigie.ask.planner.tokens import Token, root

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
        if way is None and (said := _other_than(found, i)):
            made += said
            i += len(said)
            continue
        none, words = none_counted(found, i, knowledge) if way is None else ([], 0)
        if none:
            made += none
            i += words
            continue
        if way is None and (going := _under_way(found, i) or _no_longer(found, i)):
            made += going
            i += 4 if len(going) == 2 else 1
            continue
        if way is None and (_each_again(found, i) or _how_it_splits(found, i)):
            i += 1
            continue
        if way is None:
            again = _again(found, i)
            made += again or [_but(found, i)]
            i += max(len(again) - 1, 1)
            continue
        end = i + len([w for w in way[0] if w not in "^$"])
        made += _read(way, found[i:end])
        i = end
    return made


def _other_than(found: Sequence[Token], i: int) -> list[Token]:
    """ "une autre branche que main": branche autre que main."""
    norms = [token.norm for token in found[i : i + 3]]
    if len(norms) < 3 or norms[0] not in ("autre", "autres") or norms[2] not in ("que", "qu") or norms[1] == "chose":
        return []
    return [found[i + 1], found[i], found[i + 2]]


def _each_again(found: Sequence[Token], i: int) -> bool:
    """ "ferme | par ferme": by farm."""
    after = [token.norm for token in found[i + 1 : i + 3]]
    return len(after) == 2 and after[0] in ("par", "by") and after[1] == found[i].norm


def _how_it_splits(found: Sequence[Token], i: int) -> bool:
    """ "comment | les sessions se ventilent-elles par motif": a breakdown is asked for, and no advice."""
    if i or found[0].norm not in ("comment", "how") or [t.norm for t in found[1:2]] in (["many"], ["much"]):
        return False
    return any(token.norm.startswith(_SPLIT) for token in found[1:])


_SPLIT = ("ventil", "reparti", "decompos", "distribu", "split", "break", "broken")

_ALL = frozenset("all every everything everyone any".split())


_STILL = frozenset("running going waiting working being growing rising".split())


def _under_way(found: Sequence[Token], i: int) -> list[Token]:
    """ "en train de charger": en cours."""
    norms = [token.norm for token in found[i : i + 4]]
    if norms[:2] != ["en", "train"] or norms[2:3] not in (["de"], ["d"]) or len(norms) < _OF_A_VERB:
        return []
    if not norms[3].endswith(("er", "ir", "re")):
        return []
    going = replace(
        found[i + 1], text="cours", norm="cours", root=root("cours"), at=(found[i + 1].at[0], found[i + 3].at[1])
    )
    return [found[i], going]


_OF_A_VERB = 4  # words of "en train de charger"


def _no_longer(found: Sequence[Token], i: int) -> list[Token]:
    """ "flux | plus échangés depuis le 10": not any more."""
    after = found[i + 1 : i + 3]
    if found[i].norm != "plus" or not i or len(after) < 2 or not after[0].text.endswith(_DONE):
        return []
    if after[1].norm != "depuis" or found[i - 1].norm in _COMPARING:
        return []
    return [replace(found[i], text="pas", norm="pas", root="pas")]


_DONE = ("é", "és", "ée", "ées")
_COMPARING = frozenset("le la les de d au en ne n ont a sont est moins ou et # plus".split())


def _again(found: Sequence[Token], i: int) -> list[Token]:
    """ "keep failing": failing several times."""
    if found[i].norm not in ("keep", "keeps", "kept") or i + 1 == len(found):
        return []
    verb = found[i + 1]
    if not verb.norm.endswith("ing") or verb.norm in _STILL:
        return []
    times = (replace(verb, text=word, norm=word, root=root(word), glued=False) for word in ("several", "times"))
    return [verb, *times]


def _but(found: Sequence[Token], i: int) -> Token:
    """ "all environments | but DEV": except it."""
    token = found[i]
    if token.norm != "but" or i + 1 == len(found) or found[i + 1].norm in ("not", "no"):
        return token
    excepted = any(before.norm in _ALL for before in found[max(0, i - 3) : i])
    return replace(token, text="except", norm="except", root="except") if excepted else token


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
        token.norm.isdigit() if word == _NUMBER else token.norm == word and not token.shouted
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
