"""What records wait for: "attendent une validation", "awaiting approval" of states A_VALIDER, PENDING_APPROVAL."""

from __future__ import annotations

from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import ARTICLES
from vigie.ask.planner.polarity import polarity_of
from vigie.ask.planner.tokens import alike_start, parts
from vigie.ask.planner.values import ValueRef, equals, forms
from vigie.ask.words import STOP
from vigie.plan import Scalar

_WAITS = frozenset("attend attendent attendant await awaits awaiting waiting wait waits pending".split())
_STILL = frozenset("still toujours encore".split())
_SMALL = ARTICLES | STOP | frozenset({"for", "une", "leur", "their"})
_FEW = 8  # states of such a field
_AKIN = 5  # letters that "validation" and A_VALIDER share at least


def awaited_at(grams: Grams, known: Knowledge, i: int) -> tuple[int, list[ValueRef]]:
    """(where it ends, the states of those that wait for it); the place itself where no state tells it."""
    still = grams.norms[i] in _STILL and grams.norms[i + 1 : i + 2] != [] and grams.norms[i + 1] in _WAITS
    start = (
        i + 1 + still
        if grams.norms[i + still] in _WAITS
        else i + 2
        if grams.norms[i : i + 2] == ["en", "attente"]
        else i
    )
    if start == i:
        return i, []
    status = known.facets.get(known.roles.status or "")
    end = next((j for j in range(start, len(grams.norms)) if grams.norms[j] not in _SMALL), len(grams.norms))
    if end == len(grams.norms) or not grams.free[end]:
        return i, []
    values = status.profile.values if status is not None else ()
    told = [ValueRef(known.roles.status or "", v, n) for v, n in values if _tells(v, grams.norms[end])]
    told = told or _of_its_own(grams.norms[end], known)
    if not told and status is not None and (status.stems | status.kin) & equals(grams.norms[end]):
        told = [ValueRef(status.path, v, n) for v, n in values if polarity_of(v) == "waiting"]  # of an `ackStatus`
    return (end + 1, told) if told else (i, [])


def _of_its_own(said: str, known: Knowledge) -> list[ValueRef]:
    """ "pending approval" of an `approbation` that is "en attente" in some: a field of states of its own."""
    named = [f for f in known.facets.values() if f.path != known.roles.status and f.text and len(f.words) == 1]
    fields = [f for f in named if f.stems & equals(said) and f.profile.distinct <= _FEW]
    waits = [ValueRef(f.path, v, n) for f in fields for v, n in f.profile.values if polarity_of(v) == "waiting"]
    return waits if len(fields) == 1 else []


def _tells(value: Scalar, said: str) -> bool:
    """Is it a state of waiting whose other words tell what is said?"""
    if not isinstance(value, str) or polarity_of(value) != "waiting":
        return False
    first, *others = parts(value)
    return bool(others) and any(
        alike_start(word, said) >= _AKIN or bool(forms(word) & equals(said)) for word in (first, *others)
    )
