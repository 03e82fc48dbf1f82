"""What somebody did: where only who did it tells that it was done, "alertes acquittées" of an `acked_by`, and how long
it took."""

from __future__ import annotations

import itertools

from vigie.ask.planner.actors import doer_of
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.conditions import is_not_yet
from vigie.ask.planner.frame import Cond, Frame
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import NOBODY, PARTICIPLES
from vigie.ask.planner.marks import Marks, NounMark
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.tokens import stem
from vigie.ask.words import STOP

_NOT = frozenset({"not", "without"})
_ASKED = ("by", "most", "least", "top", "spread", "distinct")


def attended(marks: Marks, known: Knowledge) -> list[Placed]:
    """ "non acquittées", "that nobody acknowledged": of records whose field tells nobody; "acquittées": somebody."""
    asks_who = bool(marks.tokens) and marks.tokens[0].norm in ("qui", "who", "whom")
    ranked = asks_who or marks.has(*_ASKED)  # "le plus d'alertes acquittées": it may be asked by whom
    said = {path for mark in marks.values for path in mark.options}
    found = []
    for noun in marks.nouns:
        token = marks.tokens[noun.first]
        if noun.record or not noun.fields or not token.text.endswith(PARTICIPLES):
            continue
        by_nobody = _by_nobody(noun, marks)
        if by_nobody is None and noun.last > noun.first + 1:
            continue
        dated = known.date_of(token) is not None
        path = None if dated else doer_of(token.norm, known, nobody=by_nobody is not None)
        if path is None or path in said or path not in {named for _, named in noun.fields}:
            continue
        if by_nobody is not None:
            found.append(Placed(Cond(path, "missing", (), marks.said(*by_nobody)), *by_nobody))
            continue
        first = _denied_from(noun, marks)
        if first is None and ranked:
            continue
        cond = Cond(path, "present" if first is None else "missing", (), marks.said(first or noun.first, noun.last))
        found.append(Placed(cond, noun.first if first is None else first, noun.last))
    return found


def _by_nobody(noun: NounMark, marks: Marks) -> tuple[int, int] | None:
    """ "que | personne n'a validées", "n'ont été validées par personne |"."""
    norms = [token.norm for token in marks.tokens]
    if norms[noun.first + 1 : noun.first + 3] in (["par", "personne"], ["by", "nobody"], ["by", "anyone"]):
        return noun.first, noun.first + 3
    before = next((i for i in range(max(0, noun.first - _REACH), noun.first) if norms[i] in NOBODY), None)
    said = before is not None and all(norm in _BETWEEN for norm in norms[before + 1 : noun.first])
    return (before, noun.last) if before is not None and said else None


_BETWEEN = frozenset("n a ont avait encore has have had yet".split())
_REACH = 5  # words: "personne n'a encore validées"


def _denied_from(noun: NounMark, marks: Marks) -> int | None:
    """Where the negation of it begins; None where there is none."""
    if is_not_yet(noun.first, marks):
        return max(0, noun.first - 2)
    for cue in marks.cues:
        gap = marks.tokens[cue.last : noun.first]
        if cue.tag in _NOT and cue.last <= noun.first and all(token.norm in STOP for token in gap):
            return cue.first
    return None


def time_of_an_act(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "temps moyen d'acquittement": how long something of the record took is not how long the record did."""
    duration = seen.known.roles.duration
    timed = frame.target == duration or any(cond.path == duration for cond in frame.conds)
    if duration is None or not timed:
        return None
    own = seen.known.facets[duration].stems
    if (unlasting := _act_of_somebody(seen)) is not None:
        return unlasting
    lengths = [said.at[0] for said in seen.marks.times.durations]
    for flag in seen.marks.flags:
        act = seen.marks.tokens[flag.first]
        noun = act.norm.endswith(("ement", "ion", "age")) or seen.marks.tokens[max(flag.first - 1, 0)].norm == "to"
        soon = any(0 <= at - act.at[1] <= len(" en moins de ") + 2 for at in lengths)
        if stem(act.norm) not in own and (noun or soon):
            return flag.first, flag.last
    return None


def timed_act(seen: Interpretation) -> str | None:
    """ "combien de temps met-on pour | acquitter" of an `ackDelaySec`: the field of how long that takes."""
    tokens = seen.marks.tokens
    for before, act in itertools.pairwise(tokens):
        if before.norm not in _TO or not act.norm.isalpha():
            continue
        said, meant = {stem(act.norm), *kin_of(act.norm)}, concepts_of(act.norm) - {"duration", "end", "start"}
        lengths = (f for f in seen.known.facets.values() if f.numeric and f.unit is not None)
        own = [f.path for f in lengths if said & f.stems or meant & f.concepts]
        if len(own) == 1:
            return own[0]
    return None


_TO = frozenset({"pour", "a", "to"})


def _act_of_somebody(seen: Interpretation) -> tuple[int, int] | None:
    """ "temps moyen | d'acquittement" of an `acked_by`: when it was done is not known."""
    marks = seen.marks
    for timed, act in itertools.pairwise(sorted(marks.nouns, key=lambda noun: noun.first)):
        said = marks.tokens[act.first].norm
        named = "duration" in timed.concepts and act.fields and said.endswith(("ment", "tion"))
        if named and act.fields[0][1] == doer_of(said, seen.known):
            return act.first, act.last
    return None
