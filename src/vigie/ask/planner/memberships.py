"""What is in none of a kind: "quels serveurs ne sont pas dans la campagne X", of patches of servers."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.tokens import Token

_OUTSIDE = ("pas dans", "jamais dans", "pas partie de", "not in", "never in", "not part of")
_REACH = 4  # words before the value


def outside_of(seen: Interpretation, noun: NounMark | None, subject: str | None) -> tuple[str, Placed] | None:
    """(the things asked for, what none of their records is in): a record of each that is elsewhere says nothing."""
    path = subject or _things(seen, noun)
    for value in seen.value_placed:
        if path is not None and value.negated and path != value.cond.path and _said(value.first, seen.marks.tokens):
            return path, value
    return None


def _said(first: int, tokens: Sequence[Token]) -> bool:
    before = f" {' '.join(t.norm for t in tokens[max(0, first - _REACH) : first])} "
    return any(f" {words} " in before for words in _OUTSIDE)


def _things(seen: Interpretation, noun: NounMark | None) -> str | None:
    """ "serveurs" of patches, several of each `hostname`."""
    facet = seen.known.facets.get(noun.fields[0][1]) if noun is not None and noun.fields else None
    return facet.path if facet is not None and facet.text and not facet.unique(seen.known.profile.total) else None
