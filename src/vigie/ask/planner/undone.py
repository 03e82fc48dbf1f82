"""What was not done to things, where a field tells of what kind each record is."""

from __future__ import annotations

from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.kinds_of_records import tells_kinds
from vigie.ask.planner.lexicon import PARTICIPLES
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.record_names import OWN

_NOT = (["non"], ["pas"], ["not"], ["jamais"], ["never"])
_WERE_NOT = [
    [verb, no]
    for verb, no in (
        *(("were", "not"), ("was", "not"), ("are", "not"), ("is", "not")),
        *(("weren", "t"), ("wasn", "t"), ("aren", "t"), ("isn", "t"), ("sont", "pas"), ("est", "pas")),
    )
]


def kind_undone(value: Placed, seen: Interpretation, noun: NounMark | None) -> bool:
    """ "which databases were not | backed up", "bases non | sauvegardées", where a field tells what was done: those
    that had none of it, and not those that had something else."""
    tokens = seen.marks.tokens
    said = [t.norm for t in tokens[max(0, value.first - 2) : value.first]]
    done = any(t.text.endswith(PARTICIPLES) for t in tokens[value.first : value.last])
    bare = said[-1:] in _NOT and noun is not None and noun.last == value.first - 1
    return done and (said in _WERE_NOT or bare) and tells_kinds(seen.known, value.cond.path)


def spread_after(place: int, seen: Interpretation, noun: NounMark | None) -> bool:
    """ "appels qui n'ont pas été | servis, par service": of the records, spread over the services."""
    by = seen.marks.cue("by")
    return by is not None and noun is not None and noun.record >= OWN and noun.first < place < by.first
