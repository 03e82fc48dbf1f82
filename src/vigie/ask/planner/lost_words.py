"""Small words that would say more than is computed: "no longer", "the one before", "up", "where"."""

from __future__ import annotations

import itertools

from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.lexicon import HAPPENED, SEVERAL
from vigie.ask.planner.worst import asks_where

_NEAR = 3  # words from a negation to its "plus"


def no_longer(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "qu'on n'a | plus | revus": a negation, though its word alone compares."""
    norms = [token.norm for token in seen.marks.tokens]
    denied = {i for c in seen.marks.cues if c.tag in _DENIED for i in range(c.first, c.last)}
    for i in (i for i, norm in enumerate(norms) if norm == "plus" and i not in denied):
        before = norms[max(0, i - _NEAR) : i]
        more = denied & {i + 1, i + 2} or {"pas", "que", "qu"} & set(before[1:])  # "plus rien", "pas plus de"
        if {"n", "ne"} & set(before) and not more:
            return i, i + 1
    return None


def past_due(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "envoyées | après l'échéance": one date of the record beside another."""
    tokens = seen.marks.tokens
    for i, token in enumerate(tokens):
        due = next((j for j in range(i + 1, min(i + 4, len(tokens))) if tokens[j].norm not in _ITS), i)
        done = any(other.norm in HAPPENED for other in tokens[:i])
        if token.norm in _AFTER and tokens[due].norm in _DUE and done and i not in seen.marks.timed:
            return i, due + 1
    return None


def several_days(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "sur | plusieurs jours", "several nights in a row": no condition on any one record."""
    tokens = seen.marks.tokens
    for i, (one, other) in enumerate(itertools.pairwise(tokens)):
        if one.norm in SEVERAL and other.norm in _SPANS and i not in seen.marks.timed:
            return i, i + 2
    return None


_SPANS = frozenset("jours nuits semaines mois heures days nights weeks months hours".split())
_AFTER = frozenset("apres avant after before past".split())
_ITS = frozenset("l la le leur sa the its their".split())
_DUE = frozenset("echeance echeances deadline deadlines".split())


def one_before(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "et | celui d'avant": the last but one is not computed."""
    norms = [token.norm for token in seen.marks.tokens]
    for said in _ONE_BEFORE:
        first = next((i for i in range(len(norms)) if norms[i : i + len(said)] == said), None)
        if first is not None:
            return first, first + len(said)
    return None


_ONE_BEFORE = [
    said.split()
    for said in (
        "celui d avant",
        "celle d avant",
        "ceux d avant",
        "celles d avant",
        "celui precedent",
        "celui juste avant",
        "celle juste avant",
        "avant dernier",
        "avant derniere",
        "the one before",
        "the ones before",
        "last but one",
        "second to last",
    )
]
_DENIED = frozenset({"not", "not_run", "without", "except", "running", "open", "skipped"})


def up_or_down(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "how many feeds are | up", where no state is called so."""
    marks = seen.marks
    norms = [token.norm for token in marks.tokens]
    spans = [(v.first, v.last) for v in marks.values] + [(c.first, c.last) for c in marks.cues if c.tag != "yes_no"]
    spans += [(flag.first, flag.last) for flag in marks.flags] + [(noun.first, noun.last) for noun in marks.nouns]
    taken = {i for first, last in spans for i in range(first, last)} | marks.timed
    said = (i for i, norm in enumerate(norms) if norm in ("up", "down") and i not in taken and _BE & set(norms[:i]))
    return next(((i, i + 1) for i in said if norms[i + 1 : i + 2] != ["to"]), None)


_BE = frozenset("is are was were be been went go goes".split())


def lost_where(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "Où ça a le plus planté ?", where records tell of no place, or of several."""
    return (0, 1) if asks_where(seen.marks) and seen.marks.has("most", "least") and not frame.groups else None


def lost_truth(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "combien d'appels d'astreinte" of elements that tell whether each was answered: true and false are no things."""
    facet = seen.known.facets.get(frame.subject or "")
    if (
        facet is None
        or not facet.flag
        or not facet.above
        or not (frame.aggregate == "distinct" or frame.ask == "values")
    ):
        return None
    above = f"{facet.path.rpartition('.')[0]}."
    if any(path.startswith(above) for mark in seen.marks.values for path in mark.options):
        return None  # "Karim Haddad a été appelé"
    named = (n for n in seen.marks.nouns if any(path == facet.path for _, path in n.fields))
    return next(((n.first, n.last) for n in named), None)
