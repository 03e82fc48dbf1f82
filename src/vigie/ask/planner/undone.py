"""What was not done: to things, where a field tells of what kind each record is; to records, where its date lacks."""

from __future__ import annotations

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.kinds_of_records import tells_kinds
from vigie.ask.planner.lexicon import PARTICIPLES
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.polarity import is_acked, polarity_of
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.time_field import expected
from vigie.ask.planner.tokens import parts

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


def not_done(seen: Interpretation, placed: Placed) -> Placed:
    """ "n'ont pas été acquittées" of a state that others follow: its date is not there, whatever the state is now;
    "sans acquittement": neither."""
    known, cond = seen.known, placed.cond
    path = known.date_of(seen.marks.tokens[placed.first]) if placed.negated else None
    if path is None and placed.negated and cond.path == known.roles.status and all(map(is_acked, cond.values)):
        over = [v for pole in ("succeeded", "skipped") for v in known.roles.polarity.get(pole, ())]
        values = tuple(dict.fromkeys((*cond.values, *over)))  # what is over was acknowledged before
        return Placed(Cond(cond.path, "not_in", values, f"pas {cond.because}"), placed.first, placed.last)
    if path is None or cond.path != known.roles.status or (path == known.roles.start and not expected(known)):
        return placed
    said = seen.marks.tokens[placed.first]
    without = any(c.tag == "without" and c.last <= placed.first <= c.last + 1 for c in seen.marks.cues)
    if without and not said.text.endswith(PARTICIPLES) and known.facets[path].profile.time is not None:
        return Placed(Cond(path, "missing", (), f"sans {cond.because}"), placed.first, placed.last)
    then = sum(n for value, n in known.facets[cond.path].profile.values if value in cond.values)
    if known.facets[path].profile.time is None or known.facets[path].profile.present <= _PASSED * then:
        return placed
    if one_outcome(cond, seen):
        return placed  # rejected ones have that date as well
    return Placed(Cond(path, "missing", (), f"pas {cond.because}"), placed.first, placed.last)


_PASSED = 1.02  # times as many records have the date of a state as are in it: others have passed it


def one_outcome(cond: Cond, seen: Interpretation) -> bool:
    """ "acquittés en octobre" of an `ack_at` that rejected ones have too: no later state, but another outcome."""
    known, status = seen.known, seen.known.facets.get(seen.known.roles.status or "")
    token = next((t for t in seen.marks.tokens if t.text == cond.because), None)
    facet = known.facets.get(known.date_of(token) or "") if token is not None else None
    if status is None or facet is None or cond.path != status.path or not _went_well(cond):
        return False
    well = sum(n for value, n in status.profile.values if polarity_of(value) not in ("failed", "waiting", "skipped"))
    return facet.profile.present > _PASSED * well


def _went_well(cond: Cond) -> bool:
    acked = any("acked" in concepts_of(word) for word in parts(str(cond.values[0])))
    return acked or polarity_of(str(cond.values[0])) == "succeeded"
