"""Turns of phrase that follow a rule, read as the planner's own words: "en train de charger" is "en cours", "keep
failing" is "failing several times". Each step takes some words at a place and gives those that are read instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from vigie.ask._when_words import MONTHS
from vigie.ask.planner.concepts import same_values
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.none_counted import counted_after, none_counted
from vigie.ask.planner.tokens import Token, key, root
from vigie.ask.words import STOP

Turn = tuple[list[Token], int]  # what is read, of how many words


def turned_phrase(found: Sequence[Token], i: int, knowledge: Sequence[Knowledge]) -> Turn | None:
    """The first that is said here; None where none is."""
    return next((turn for step in _STEPS if (turn := step(found, i)) is not None), None) or next(
        (turn for know in _OF_THE_DATA if (turn := know(found, i, knowledge)) is not None), None
    )


def _other_than(found: Sequence[Token], i: int) -> Turn | None:
    """ "une autre branche que main": branche autre que main."""
    norms = [token.norm for token in found[i : i + 3]]
    if len(norms) < 3 or norms[0] not in ("autre", "autres") or norms[2] not in ("que", "qu") or norms[1] == "chose":
        return None
    return [found[i + 1], found[i], found[i + 2]], 3


def _each_again(found: Sequence[Token], i: int) -> Turn | None:
    """ "ferme | par ferme": by farm."""
    after = [token.norm for token in found[i + 1 : i + 3]]
    return ([], 1) if len(after) == 2 and after[0] in ("par", "by") and after[1] == found[i].norm else None


def _how_it_splits(found: Sequence[Token], i: int) -> Turn | None:
    """ "comment | les sessions se ventilent-elles par motif": a breakdown is asked for, and no advice."""
    if i or found[0].norm not in ("comment", "how") or [t.norm for t in found[1:2]] in (["many"], ["much"]):
        return None
    return ([], 1) if any(token.norm.startswith(_SPLIT) for token in found[1:]) else None


_SPLIT = ("ventil", "reparti", "decompos", "distribu", "split", "break", "broken")


def _under_way(found: Sequence[Token], i: int) -> Turn | None:
    """ "en train de charger": en cours."""
    norms = [token.norm for token in found[i : i + 4]]
    if norms[:2] != ["en", "train"] or norms[2:3] not in (["de"], ["d"]) or len(norms) < _OF_A_VERB:
        return None
    if not norms[3].endswith(("er", "ir", "re")):
        return None
    return [found[i], _as(found[i + 1], "cours")], _OF_A_VERB


_OF_A_VERB = 4  # words of "en train de charger"


def _no_longer(found: Sequence[Token], i: int) -> Turn | None:
    """ "flux | plus échangés depuis le 10": not any more."""
    after = found[i + 1 : i + 3]
    if found[i].norm != "plus" or not i or len(after) < 2 or not after[0].text.endswith(_DONE):
        return None
    if after[1].norm != "depuis" or found[i - 1].norm in _COMPARING:
        return None
    return [_as(found[i], "pas")], 1


_DONE = ("é", "és", "ée", "ées")
_COMPARING = frozenset("le la les de d au en ne n ont a sont est moins ou et plus".split())


def _second_count(found: Sequence[Token], i: int) -> Turn | None:
    """ "combien d'échecs en prod, | combien | en recette": against each other."""
    before = {token.norm for token in found[:i]}
    after = found[i + 1].norm if i + 1 < len(found) else ""
    again = found[i].norm in ("combien", "nb") and i > 1 and before & {"combien", "nb", "nombre"}
    return ([_as(found[i], "vs")], 1) if again and after in _WHERE and found[i - 1].norm not in ("et", "and") else None


def _as_well(found: Sequence[Token], i: int) -> Turn | None:
    """ "en prod | comme en UAT": in both; not "comme en octobre"."""
    after = [token.norm for token in found[i + 1 : i + 3]]
    if found[i].norm != "comme" or not i or len(after) < 2 or after[0] not in _WHERE:
        return None
    timed = after[1] in MONTHS or after[1] in ("la", "le", "l", "ce", "cette") or after[1].isdigit()
    there = any(token.norm == after[0] for token in found[:i])
    return ([_as(found[i], "et"), _as(found[i], "aussi")], 1) if there and not timed else None


_WHERE = frozenset("en sur a au chez pour dans cote".split())


def _lacking(found: Sequence[Token], i: int) -> Turn | None:
    """ "dont le message d'erreur | manque": is empty."""
    own = found[i].norm in ("manque", "manquent") and i > 1 and found[i - 1].norm not in STOP
    return ([_as(found[i], "vide")], 1) if own and "dont" in {token.norm for token in found[:i]} else None


def _again(found: Sequence[Token], i: int) -> Turn | None:
    """ "keep failing": failing several times."""
    if found[i].norm not in ("keep", "keeps", "kept") or i + 1 == len(found):
        return None
    verb = found[i + 1]
    if not verb.norm.endswith("ing") or verb.norm in _STILL:
        return None
    return [verb, _as(verb, "several"), _as(verb, "times")], 2


def _too(found: Sequence[Token], i: int) -> Turn | None:
    """ "from PARIS and from LONDON | too": both."""
    before = {token.norm for token in found[max(0, i - _NEAR) : i]}
    return ([_as(found[i], "both")], 1) if found[i].norm == "too" and "and" in before else None


def _first_by(found: Sequence[Token], i: int) -> Turn | None:
    """ "| 3 premiers | clients en nombre de rejets": of a ranking."""
    norms = [token.norm for token in found[i : i + 8]]
    if not found[i].norm.isdigit() or norms[1:2] not in (["premiers"], ["premieres"]):
        return None
    by = any(a in ("en", "par") and b in ("nb", "nombre", "volume") for a, b in pairwise(norms[2:]))
    return ([_as(found[i], "top"), found[i]], 2) if by else None


_NEAR = 4  # words
_STILL = frozenset("running going waiting working being growing rising".split())


def _but(found: Sequence[Token], i: int) -> Turn | None:
    """ "all environments | but DEV": except it."""
    if found[i].norm != "but" or i + 1 == len(found) or found[i + 1].norm in ("not", "no"):
        return None
    excepted = any(before.norm in _ALL for before in found[max(0, i - 3) : i])
    return ([_as(found[i], "except")], 1) if excepted else None


_ALL = frozenset("all every everything everyone any".split())


def _not_done(found: Sequence[Token], i: int, knowledge: Sequence[Knowledge]) -> Turn | None:
    """ "jobs | non | lancés": pas, where no state is called so."""
    after = found[i + 1] if i + 1 < len(found) else None
    if found[i].norm != "non" or after is None or not after.text.endswith(_DONE) or not after.norm.startswith(_BEGUN):
        return None
    called = key([found[i].norm, after.root])
    own = any(known.values.whole.keys() & {called, *same_values(called)} for known in knowledge)
    return None if own else ([_as(found[i], "pas")], 1)


_BEGUN = ("lance", "execute", "demarre", "joue", "declenche")  # not "non terminés", which may run still


def _as(token: Token, word: str) -> Token:
    return replace(token, text=word, norm=word, root=root(word), glued=False)


_STEPS: tuple[Callable[[Sequence[Token], int], Turn | None], ...] = (
    _other_than,
    _each_again,
    _how_it_splits,
    _under_way,
    _no_longer,
    _second_count,
    _as_well,
    _lacking,
    _again,
    _but,
    _too,
    _first_by,
)
_OF_THE_DATA: tuple[Callable[[Sequence[Token], int, Sequence[Knowledge]], Turn | None], ...] = (
    none_counted,
    counted_after,
    _not_done,
)
