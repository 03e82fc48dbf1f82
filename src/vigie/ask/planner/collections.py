"""Which collection a question is about: the one that explains most of its words."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from vigie.ask.planner.fit import ANY_STATE, OWN_RECORDS, Fit
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import OF_TIMES
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.record_names import HEAD
from vigie.ask.planner.states import STATE_CUES
from vigie.ask.planner.tokens import Token, stem
from vigie.ask.planner.values import gram
from vigie.ask.words import STOP

MARGIN = 0.45  # of the points below: closer than that, the question fits both
_FAR = 2 * MARGIN

_FEW = 8  # collections: all are read
_NAMESAKES = 3  # collections called by one word: one alone may share it with a field of another, as "flux"
_NOT_ITS_OWN = 2.4  # points lost by what hardly knows a noun, beside a collection of what is called so
_ONLY_VALUES = 0.3  # by one that a word is a value of, and that names nothing, beside what is called so
_NO_STATE = 1.0  # points lost by a state that is a field of another collection


def likely(grams: Grams, knowledge: Sequence[Knowledge]) -> Sequence[Knowledge]:
    """Those that know all of a question's words; where none does, nearly as many as the one that knows most: each word
    that a collection does not know costs it more than all others may give. What messages may hold is known to all.
    Of many, those that are called by one of the words where several are: ten `*_runs` for "runs"."""
    if len(knowledge) <= _FEW:
        return knowledge
    words = {
        token.norm
        for i, token in enumerate(grams.tokens)
        if grams.free[i] and grams.phrase(i)[0] == i and _is_plain(token, grams, i)
    }
    names = [gram(grams.norms[i:end]) for i in range(len(grams.tokens)) if (end := grams.identifier(i)) > i + 1]
    known = [sum(map(one.knows, words)) + sum(bool(one.values.exact(name)) for name in names) for one in knowledge]
    least = max(known)
    if least < len(words) + len(names):
        least -= 1
    knowing = [one for one, told in zip(knowledge, known, strict=True) if told >= least]
    called = [one for one in knowing if any(one.records.called(word) >= HEAD for word in words)]
    return called if len(called) >= _NAMESAKES and len(knowing) > _FEW else knowing


def _is_plain(token: Token, grams: Grams, i: int) -> bool:
    alone = not token.glued and grams.glued(i) == i + 1 and not grams.in_a_path(i)
    small = token.norm in STOP or token.norm in OF_TIMES
    return alone and token.norm.isalpha() and not (token.shouted or small)


def beside_owners(fits: Sequence[Fit]) -> list[Fit]:
    """ "transferts en RECETTE": a collection of transfers that knows no RECETTE, before one of jobs that has it. What
    hardly means anything in one collection, and names the records of another, is not asked of the first."""
    owners = [(f.known.name, {n.first for n in f.marks.nouns if n.record >= OWN_RECORDS}) for f in fits]
    found = []
    for f in fits:
        owned = {first for name, own in owners if name != f.known.name for first in own}
        lost = _NOT_ITS_OWN * _borrows(f, owned) + _NO_STATE * (_takes_a_flag(f, fits) or _other_word(f, fits))
        lost += _ONLY_VALUES * any(v.first in owned and v.how == "whole" for v in f.marks.values if not f.marks.nouns)
        found.append(replace(f, score=f.score - lost))
    return [_behind(f, [g.score for g in found if _knows_all(g) and _knows_less(f, g)]) for f in found]


def _takes_a_flag(found: Fit, fits: Sequence[Fit]) -> bool:
    """ "avec coupure" of changes that have a flag `coupure`, beside runs of which it would say that they failed."""
    stated = {cue.first for cue in found.marks.cues if cue.tag in STATE_CUES}
    return any(flag.first in stated for other in fits if other is not found for flag in other.marks.flags)


def _other_word(found: Fit, fits: Sequence[Fit]) -> bool:
    """ "abends" of a status ABEND, beside runs of which it would say that they failed, in another word."""
    stated = {cue.first for cue in found.marks.cues if cue.tag in STATE_CUES}
    told = ((other, v) for other in fits if other is not found for v in other.marks.values if v.first in stated)
    return any(
        v.how == "whole"
        and other.known.roles.status in v.options
        and stem(found.marks.tokens[v.first].norm) not in ANY_STATE
        for other, v in told
    )


def _behind(found: Fit, better: Sequence[float]) -> Fit:
    return replace(found, score=min(found.score, max(better) - _FAR)) if better else found


def _knows_all(found: Fit) -> bool:
    return not found.marks.unknown and all(noun.record or noun.fields for noun in found.marks.nouns)


def _knows_less(found: Fit, other: Fit) -> bool:
    """ "appels de marge", "appels via la passerelle": calls of one collection that knows no margins and no gateway,
    beside another whose calls they are."""
    own = {noun.first for noun in found.marks.nouns if noun.record >= OWN_RECORDS}
    return bool(found.marks.unknown) and any(n.first in own for n in other.marks.nouns if n.record >= OWN_RECORDS)


def _borrows(found: Fit, owned: Set[int]) -> bool:
    nouns = [n for n in found.marks.nouns if n.first in owned]
    return any((not n.record and n.fields and n.fields[0][0] < 1) or _only_alike(n, found) for n in nouns)


def _only_alike(noun: NounMark, found: Fit) -> bool:
    """ "cronjob runs" of runs that have a kind of job each, beside a collection of cronjobs."""
    said = found.marks.tokens[noun.first].norm
    return noun.last > noun.first + 1 and noun.record >= OWN_RECORDS and not found.known.records.called_so(said)
