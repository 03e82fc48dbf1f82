"""Which way records went, where a verb tells it: "envoyés à", "sent us", "which partners have sent"."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import HAPPENED, OTHERS, RECEIVED, RECEIVES, SENDS, SENT
from vigie.ask.planner.marks import Marks, ValueMark
from vigie.ask.planner.placed import negated
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.tokens import parts
from vigie.plan import Scalar


def told_by_others(mark: ValueMark, marks: Marks, known: Knowledge) -> bool:
    """Is it said of what somebody else does, who sends what is received here?"""
    return _to_us(mark, marks) or _by_them(mark, marks, known)


def goes_without_saying(mark: ValueMark, path: str, marks: Marks, known: Knowledge) -> bool:
    """ "envoyés | à CITADELLE" of a first state SENT, which most have left for one that follows: where they went is
    asked, and all of them were sent."""
    norms = [t.norm for t in marks.tokens]
    if _had_done(mark, path, marks, known):
        return True
    where = norms[mark.last : mark.last + 1] and norms[mark.last] in _TOWARDS
    where = where and any(0 < v.first - mark.last <= _NEXT for v in marks.values)
    if not where or path != known.roles.status or norms[mark.first] not in SENT or negated(mark.first, marks):
        return False
    states = known.facets[path].profile.values
    still = sum(n for value, n in states if value in mark.options[path])
    return still < sum(n for value, n in states if any(_comes_after(word) for word in parts(str(value))))


def _had_done(mark: ValueMark, path: str, marks: Marks, known: Knowledge) -> bool:
    """ "remettants qui ont | envoyé | plus de 60 remises", "who | sent | the most orders" of a step EMISSION: what
    somebody did with all of them."""
    norms = [t.norm for t in marks.tokens]
    ways = {way for way, _ in known.directions.values()}
    if mark.last > mark.first + 1 or norms[mark.first] not in SENT | RECEIVED or path in ways | {known.roles.status}:
        return False
    after = {cue.tag for cue in marks.cues if 0 <= cue.first - mark.last <= 1}
    return mark.first > 0 and bool(after & {"most", "least", "gt", "ge", "lt", "le"})


_TOWARDS = frozenset("a au aux to vers chez towards".split())
_NEXT = 2  # words from a verb to whom
_AFTER = frozenset(HAPPENED[word] for word in ("recu", "livre", "acquitte"))


def _comes_after(word: str) -> bool:
    return HAPPENED.get(word) in _AFTER or "acked" in concepts_of(word)


def _to_us(mark: ValueMark, marks: Marks) -> bool:
    """ "nous ont envoyé", "sent us": it is received."""
    norms = [t.norm for t in marks.tokens]
    before = norms[max(0, mark.first - 4) : mark.first]
    ours = bool({"avons", "avions"} & set(before))  # "que nous avons envoyés"
    towards = ("nous" in before and not ours) or norms[mark.last : mark.last + 1] == ["us"]
    return towards and norms[mark.first] in SENT


def _by_them(mark: ValueMark, marks: Marks, known: Knowledge) -> bool:
    """ "which partners have sent", "CITADELLE nous a envoyé", "envoyés par CITADELLE": what they send is received, and
    what they receive is sent."""
    norms = [t.norm for t in marks.tokens]
    if mark.last != mark.first + 1 or norms[mark.first] not in SENT | RECEIVED:
        return False
    theirs = [(n.first, n.last) for n in marks.nouns if n.concepts & OTHERS and n.record < OWN]
    named = [(v.first, v.last) for v in marks.values if any(known.facets[p].concepts & OTHERS for p in v.options)]
    theirs += named
    did = any(last <= mark.first and set(norms[last : mark.first]) <= _HAVE for _, last in theirs)
    who = next((i for i in range(mark.first - 1, -1, -1) if norms[i] not in _HAVE), -1)
    did = did or (norms[max(0, who)] in ("qui", "who") and _either(norms) and bool(theirs))
    verb = norms[mark.first] in SENDS | RECEIVES or (_HAVE - _NOT) & set(
        norms[max(0, mark.first - _REACH) : mark.first]
    )
    by = norms[mark.last : mark.last + 1] in (["par"], ["by"]) and any(first == mark.last + 1 for first, _ in named)
    return bool(did and verb) or by


def _either(norms: Sequence[str]) -> bool:
    """ "A ou B : qui a envoyé ...": it is the one or the other."""
    return bool({"ou", "or", "entre", "between"} & set(norms))


_NOT = frozenset("n ne pas rien jamais not never t l m s".split())
_HAVE = _NOT | frozenset("a ont avait avaient has have had haven hasn did didn does doesn do don".split())
_REACH = 4  # words of a verb: "n'ont jamais rien envoyé"


def other_way(path: str, mark: ValueMark, known: Knowledge) -> tuple[Scalar, ...]:
    """The other of two values."""
    values = [value for value, _ in known.facets[path].profile.values]
    return tuple(v for v in values if v not in mark.options[path]) if len(values) == 2 else ()
