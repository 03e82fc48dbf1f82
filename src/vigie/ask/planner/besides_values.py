"""Words that are a value and something else: the records' own act, or what a field of numbers counts."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.field_names import NAMED
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import BEING, COUNTERS, PARTICIPLES
from vigie.ask.planner.tokens import parts, root, stem
from vigie.ask.planner.values import ValueRef, gram

_QUANTITIES = frozenset({"most", "least", "count"})
_LONGEST = 4  # words of a cue such as "le plus grand nombre de"
_OF = frozenset({"d", "de", "of"})
_NOT = frozenset("not never yet pas non jamais n".split())


def being_done(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "print runs still printing" of a state PRINTING: what is done with them, and not what they are called.

    Runs that are "not yet printed" are left alone: those of a later state were printed as well.
    """
    norm = grams.norms[i]
    near = [grams.norms[j] for j in (i - 1, i + 1) if 0 <= j < len(grams.norms)]
    told = any(norm in BEING or known.records.noun(norm) for norm in near)
    if not norm.endswith("ing") and (not told or any(_amount(known, other) for other in grams.norms[:i])):
        return False  # "letters were printed", "the operator printed": of all that the records count
    if _NOT & set(grams.norms[max(0, i - 2) : i]):
        return False
    if not norm.endswith(("ing", *PARTICIPLES)) or norm in parts(known.records.collection):
        return False
    refs = known.values.exact(gram([norm]))
    return any(ref.path == known.roles.status and str(ref.value).casefold() == norm for ref in refs)


def in_the_making(grams: Grams, known: Knowledge, i: int) -> list[ValueRef]:
    """ "being printed" of a state PRINTING, beside PRINTED."""
    norm = grams.norms[i]
    if not i or grams.norms[i - 1] != "being" or not norm.endswith("ed"):
        return []
    now = [f"{norm.removesuffix(ending)}ing" for ending in ("ed", "d")]
    found = (ref for form in now for ref in known.values.exact(gram([form])))
    return [ref for ref in found if ref.path == known.roles.status and str(ref.value).casefold() in now]


def counted_in_a_field(grams: Grams, known: Knowledge, i: int, refs: Sequence[ValueRef]) -> bool:
    """ "le plus d'utilisateurs" of a `users_affected`, whatever an `opened_by` says of USER: how many, unless
    the question speaks of that other field: "combien d'utilisateurs ont ouvert ..."."""
    norm = grams.norms[i]
    if norm == root(norm) or grams.tokens[i].shouted or not _how_many(grams, i):
        return False
    if not _amount(known, norm):
        return False
    others = [known.facets[ref.path] for ref in refs]
    said = [other for other in grams.norms if other != norm and len(other) > 2]
    stated = any(facet.path == known.roles.status for facet in others) and not _count_of(known, norm)
    return not stated and not any(_speaks_of(said, facet, norm) for facet in others)


def _count_of(known: Knowledge, norm: str) -> bool:
    """Is a field called the number of them: `breaks_count`, beside a state BREAK?"""
    named = (f.words for f in known.facets.values() if f.numeric and set(f.words) & COUNTERS)
    return any({stem(word) for word in words if word not in COUNTERS} == {stem(norm)} for words in named)


def _speaks_of(words: Sequence[str], facet: Facet, norm: str) -> bool:
    """Does one of the words name the field, by what the field does not share with this word?"""
    stems, concepts = facet.stems | facet.kin, facet.concepts - concepts_of(norm)
    return any(stem(word) in stems or concepts & concepts_of(word) for word in words)


def _amount(known: Knowledge, norm: str) -> bool:
    """Does it name a field of numbers?"""
    named = (known.facets[path] for score, path in known.fields.scores([norm]) if score >= NAMED)
    return any(f.numeric and not f.coded and "id" not in f.concepts for f in named)


def _how_many(grams: Grams, i: int) -> bool:
    """Does a number or a word of quantity end right before, as in "nombre | d'utilisateurs"?"""
    if i and grams.norms[i - 1].isdigit():
        return True
    end = i - (i > 0 and grams.norms[i - 1] in _OF)
    starts = range(max(0, end - _LONGEST), i)
    if any(norm in ("evolution", "tendance", "trend") for norm in grams.norms[max(0, end - 2) : end]):
        return True
    return any(grams.phrase(j)[0] in (i, end) and _QUANTITIES & set(grams.phrase(j)[1]) for j in starts)
