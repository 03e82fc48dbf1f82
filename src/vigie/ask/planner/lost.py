"""What is said of something else than the records, and would be lost on them: the state of a step, one side of a
comparison, the unit of a bound."""

from __future__ import annotations

import itertools

from vigie.ask.planner.cues import Cue, tags_of
from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.lexicon import NOBODY, RECEIVED, SENT
from vigie.ask.planner.lost_bounds import (
    lost_between,
    lost_each,
    lost_mean,
    lost_more,
    lost_much,
    lost_nights,
    lost_of_whom,
    lost_other_state,
    lost_part,
    lost_rank,
    lost_size,
    lost_takings,
    lost_than,
    lost_times,
)
from vigie.ask.planner.lost_groups import counted_apart, group_of_another, lost_keys, share_of_itself
from vigie.ask.planner.lost_measures import lost_amount, lost_count, lost_how_long, lost_wait
from vigie.ask.planner.lost_words import (
    lost_truth,
    lost_where,
    no_longer,
    one_before,
    past_due,
    several_days,
    up_or_down,
)
from vigie.ask.planner.numbers import is_size
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.tokens import parts
from vigie.ask.planner.told_fields import tells_way
from vigie.plan import Scalar


def lost_state(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "waiting for an acknowledgement" of a state ACKNOWLEDGED: a state that a value of another one put aside."""
    for state in seen.states:
        if state in seen.state_placed or state.cond.polarity is None:
            continue
        beside = [v.cond for v in seen.value_placed if v.cond.path == state.cond.path and not v.negated]
        if beside and all(c.polarity not in (None, state.cond.polarity) for c in beside):
            return state.first, state.last
    return None


def lost_side(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "plus longues | que sur ...", where one side only was understood."""
    marks = seen.marks
    if frame.sides or seen.rest or marks.times.durations or frame.groups:
        return None
    extremes = {c.last for c in marks.cues if c.tag in ("longest", "shortest", "largest", "smallest")}
    return next(((c.first, c.last) for c in marks.cues if c.tag == "than" and c.first in extremes), None)


def lost_unit(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "plus de 4 To" that bound no size: they are not 4 of anything else."""
    tokens = seen.marks.tokens
    for number in (n for n in seen.rest if n.of is None and n.last < len(tokens)):
        unit = tokens[number.last]
        if unit.text != "to" and is_size(seen.known, unit.norm, unit.shouted):
            return number.first, number.last + 1
    return None


def lost_nobody(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "that nobody has seen": what nobody did is a date or a name that is not there, or it is not computed."""
    said = next((i for i, t in enumerate(seen.marks.tokens) if t.norm in NOBODY), None)
    lacks = any(cond.op in ("missing", "not_in") for cond in (*frame.conds, *frame.part)) or frame.absent
    return None if said is None or lacks else (said, said + 1)


def last_of_each(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "le dernier chargement de chaque table": one record of each group is not computed."""
    said, norms = seen.marks.cue("last", "first"), [token.norm for token in seen.marks.tokens]
    if said is not None and {"dont", "whose"} & set(norms[max(0, said.first - 2) : said.first]):
        return said.first, said.last  # "flux dont la dernière exécution est en erreur"
    grouped = frame.groups and not any(key.bucket for key in frame.groups) and frame.ask == "number"
    return (said.first, said.last) if said is not None and grouped and not frame.limit else None


def lost_now(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "down right now" of records of what went on, one after the other: which state is the latest is not computed."""
    now, name = seen.marks.cue("now"), seen.known.facets.get(seen.known.roles.name or frame.subject or "")
    if now is not None and now.first > 0 and not _still(seen, now) and _tells_nothing(seen, frame):
        return now.first, now.last
    if now is None or name is None or seen.marks.times.ranges or _still(seen, now):
        return None
    stated = [cond for cond in (*frame.conds, *frame.part) if cond.path == seen.known.roles.status or cond.polarity]
    told = [cond for cond in stated if cond.op == "in"]  # "P1 ouverts en ce moment" are of no history
    going = ("running", "waiting", "skipped", "succeeded")
    failed = any(cond.polarity not in going and not all(map(_says_open, cond.values)) for cond in told)
    several = name.profile.distinct * _SEVERAL < name.profile.present
    return (now.first, now.last) if failed and several and seen.known.roles.start is not None else None


def _still(seen: Interpretation, now: Cue) -> bool:
    return seen.marks.tokens[now.first].norm in ("encore", "still")


def _tells_nothing(seen: Interpretation, frame: Frame) -> bool:
    """ "utilisateurs connectés | en ce moment", where nothing says which records are under way."""
    ends = {seen.known.roles.status, seen.known.roles.end}
    told = (*frame.conds, *frame.part, *(cond for column in frame.columns for cond in column.where))
    stated = any(cond.path in ends or cond.polarity or cond.op == "missing" for cond in told)
    return not (stated or seen.states or seen.marks.times.ranges or frame.order_path or frame.ask == "when")


def lost_slow(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "combien de flux | lents": from which length on is not said."""
    said = next((c for c in seen.marks.cues if c.tag == "long" and seen.marks.tokens[c.first].norm in _SLOW), None)
    duration = seen.known.roles.duration
    used = frame.order_path or frame.target or any(c.path == duration for c in (*frame.conds, *frame.part))
    return (said.first, said.last) if said is not None and not used else None


_SLOW = frozenset("lent lents lente lentes slow longs longues".split())


def _says_open(value: Scalar) -> bool:
    """OPEN, NOUVELLE: a state that is one until it is over."""
    return any({"open", "opened"} & set(tags_of((word,))) for word in parts(str(value)))


_SEVERAL = 3  # records of one name, from which on they are its history


def lost_direction(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "accusés non reçus": what has not come did not go the other way."""
    if frame.absent:
        return None
    turned = (p for p in seen.value_placed if p.negated and tells_way(seen.known.facets[p.cond.path]))
    said = (p for p in turned if seen.marks.tokens[p.first].norm in SENT | RECEIVED)
    return next(((p.first, p.last) for p in said), None)


def lost_ranking(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "quel | opérateur | a eu le plus d'incidents", where that is but a value of some field, or what the records are
    called by as well: nothing is ranked."""
    marks, asked = seen.marks, {c.last for c in seen.marks.cues if c.tag == "list"}
    if frame.ask != "records" or frame.groups or frame.limit or not marks.has("most", "least"):
        return None
    if frame.also:  # "which backup | fault is the most frequent", where faults are but shown
        beside = (n for n in marks.nouns if any(path in frame.also for _, path in n.fields))
        return next(((n.first, n.last) for n in beside), None)
    norms = [token.norm for token in marks.tokens]
    said = [(v.first, v.last) for v in seen.value_placed]
    said += [(n.first, n.last) for n in marks.nouns if n.record and n.fields]
    return next((at for at in said if at[0] in asked and norms[at[0] - 1] in _WHICH), None)


_WHICH = frozenset("quel quelle quels quelles which what".split())


def joined_kind(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "les secrets et | certificats": records, and a kind of them that does not narrow the others."""
    norms = [t.norm for t in seen.marks.tokens]
    records = {noun.last for noun in seen.marks.nouns if noun.record >= 1}
    for value in seen.value_placed:
        plural = norms[value.first] != seen.marks.tokens[value.first].root and value.cond.polarity is None
        if plural and value.first - 1 in records and norms[value.first - 1] in ("et", "and", "ou", "or"):
            return value.first, value.last
    return None


def both_at_once(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "partially executed" of two states, "letters of credit" of kinds LETTER and CREDIT_OFFER: no record has two
    values of one field, and no word joins them."""
    for a, b in itertools.pairwise(sorted([*seen.value_placed, *seen.states], key=lambda v: v.first)):
        if a.cond.path == b.cond.path and b.first - a.last in (0, 1) and not (a.negated or b.negated):
            between = seen.text[seen.marks.tokens[a.last - 1].at[1] : seen.marks.tokens[b.first].at[0]]
            linked = between.strip().lower() in ("", "de", "d'", "d’", "of")
            if linked and not set(a.cond.values) & set(b.cond.values):
                return a.first, b.last
    return None


def lost_bound(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "whose average exceeds | 30 min", "échecs de | 45 min", where nothing is bounded by it."""
    bound = [*(limit.words for limit in frame.having), *(c.because for c in (*frame.conds, *frame.part))]
    bound += [cond.because for column in frame.columns for cond in column.where]
    for said in seen.marks.times.durations:
        if any(said.phrase in words for words in bound):
            continue
        if (places := seen.marks.places(said.at)) is not None:
            return places
    return None


def past_a_date(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "transmis après | l'échéance": a date compared with another date of the record."""
    tokens = seen.marks.tokens
    for noun in seen.marks.nouns:
        before = noun.first - 1
        while before > 0 and tokens[before].norm in _OF_ITS:
            before -= 1
        dated = noun.fields and seen.known.facets[noun.fields[0][1]].profile.time is not None
        if dated and noun.record < OWN and before >= 0 and tokens[before].norm in _BESIDE:
            return before, noun.last
    return None


_OF_ITS = frozenset("l la le leur sa son the its their date de d of".split())
_BESIDE = frozenset({"apres", "avant", "after", "before", "past"})

_BOUNDS = frozenset({"gt", "ge", "lt", "le"})
_NEAR = 3  # words from a comparison to what it compares


def fields_compared(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "rows rejected | greater than | rows loaded": a field is bounded by numbers, not by another field."""
    marks = seen.marks
    bounded = any(cond.op in _BOUNDS for cond in (*frame.conds, *frame.part)) or frame.having or frame.sides
    if bounded or marks.numbers or marks.times.durations or frame.groups:
        return None
    counted = [n for n in marks.nouns if n.record < OWN and n.fields and seen.known.facets[n.fields[0][1]].numeric]
    peaks = {c.first for c in marks.cues if c.tag in ("max", "min")}  # "maximum duration of failed jobs"
    peaks = peaks if frame.columns or frame.aggregate in ("max", "min") else set()
    said = (c for c in marks.cues if c.tag in _BOUNDS or (c.tag == "than" and _compares(c, seen)))
    for cue in (c for c in said if c.first not in peaks):
        if any(max(cue.first - n.last, n.first - cue.last) <= _NEAR for n in counted):
            return cue.first, cue.last
    return None


def _compares(than: Cue, seen: Interpretation) -> bool:
    """ "more ... than"; no "que" that begins a clause."""
    said = {c.tag for c in seen.marks.cues if c.last <= than.first}
    return than.last > than.first + 1 or seen.marks.tokens[than.first].norm == "than" or bool(said & {"more", "fewer"})


def lost_length(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "total de | minutes", "nombre d'| heures", where records are counted instead."""
    if frame.aggregate != "count" or frame.columns:
        return None
    marks = seen.marks
    asked = {c.last for c in marks.cues if c.tag in ("count", "sum")}
    lengths = (i for i, t in enumerate(marks.tokens) if t.norm in _LENGTHS and i not in marks.timed)
    return next(((i, i + 1) for i in lengths if {i, i - (marks.tokens[i - 1].norm in _OF_ITS)} & asked), None)


_LENGTHS = frozenset("minute minutes heure heures hour hours seconde secondes second seconds".split())


LOST = (
    lost_truth,
    lost_how_long,
    lost_wait,
    lost_amount,
    lost_count,
    up_or_down,
    lost_where,
    lost_part,
    lost_times,
    lost_takings,
    lost_than,
    lost_more,
    lost_between,
    lost_rank,
    lost_length,
    no_longer,
    one_before,
    past_due,
    several_days,
    counted_apart,
    share_of_itself,
    group_of_another,
    lost_keys,
    lost_bound,
    fields_compared,
    past_a_date,
    lost_state,
    lost_other_state,
    last_of_each,
    lost_now,
    lost_slow,
    lost_direction,
    lost_ranking,
    lost_nobody,
    lost_much,
    lost_nights,
    lost_size,
    lost_of_whom,
    lost_each,
    lost_mean,
    joined_kind,
    lost_side,
    lost_unit,
)
