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
_SMALL = ARTICLES | STOP | frozenset({"for", "une", "leur", "their"})
_AKIN = 5  # letters that "validation" and A_VALIDER share at least


def awaited_at(grams: Grams, known: Knowledge, i: int) -> tuple[int, list[ValueRef]]:
    """(where it ends, the states of those that wait for it); the place itself where no state tells it."""
    start = i + 1 if grams.norms[i] in _WAITS else i + 2 if grams.norms[i : i + 2] == ["en", "attente"] else i
    if start == i:
        return i, []
    status = known.facets.get(known.roles.status or "")
    end = next((j for j in range(start, len(grams.norms)) if grams.norms[j] not in _SMALL), len(grams.norms))
    if status is None or end == len(grams.norms) or not grams.free[end]:
        return i, []
    told = [ValueRef(status.path, v, n) for v, n in status.profile.values if _tells(v, grams.norms[end])]
    return (end + 1, told) if told else (i, [])


def _tells(value: Scalar, said: str) -> bool:
    """Is it a state of waiting whose other words tell what is said?"""
    if not isinstance(value, str) or polarity_of(value) != "waiting":
        return False
    first, *others = parts(value)
    return bool(others) and any(
        alike_start(word, said) >= _AKIN or bool(forms(word) & equals(said)) for word in (first, *others)
    )
