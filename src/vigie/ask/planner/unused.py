"""What was understood of a question and came to nothing: dropped in silence, it would be answered wrongly."""

from __future__ import annotations

from vigie.ask.planner.actors import GIVEN, of_another
from vigie.ask.planner.aggregates import is_tallied
from vigie.ask.planner.attended import time_of_an_act
from vigie.ask.planner.coming import coming_path, says_to_come
from vigie.ask.planner.cues import Cue
from vigie.ask.planner.elements import of_elements, said_of, unknown_doer, within_a_cause
from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.kinds_of_records import tells_kinds
from vigie.ask.planner.left_nouns import left_over
from vigie.ask.planner.lexicon import ARTICLES, OF_TIMES
from vigie.ask.planner.lost import LOST, both_at_once
from vigie.ask.planner.lost_bounds import lost_act
from vigie.ask.planner.lost_sides import between_sides, same_windows
from vigie.ask.planner.placed import negated
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.time_field import dated_at
from vigie.ask.planner.top_each import top_of_each
from vigie.ask.planner.value_fields import of_whom


def unused(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """Words that were understood and came to nothing: a field that no step took up, a mean of nothing, a
    negation of nothing. What is dropped in silence would be answered wrongly."""
    return _unused_noun(seen, frame) or _unused_cue(seen, frame) or _unused_time(seen, frame) or _to_come(seen, frame)


def _to_come(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "combien vont | expirer", by no date: what is to come bounds nothing yet."""
    marks = seen.marks
    if not marks.times.ahead or marks.times.now is None or marks.times.ranges or marks.times.durations:
        return None
    path = coming_path(seen.known, marks.times.now)
    used = {cond.path for cond in (*frame.conds, *frame.part)} | {key.path for key in frame.groups}
    if path is None or path in used | {frame.order_path, frame.target, frame.subject}:
        return None
    spans = [(v.first, v.last) for v in marks.values] + [(n.first, n.last) for n in marks.nouns]
    taken = {i for first, last in spans for i in range(first, last)} | {flag.first for flag in marks.flags}
    return next(((i, i + 1) for i, t in enumerate(marks.tokens) if says_to_come(t) and i not in taken), None)


def _unused_noun(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    left = [] if frame.also else left_over(seen, frame)
    return (left[0].first, left[0].last) if left else None


def _unused_cue(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """The first of what the steps below see."""
    return next((span for step in _STEPS if (span := step(seen, frame)) is not None), None)


def _unclear(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    return seen.unclear


def _of_somebody(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """Somebody who is in two fields of people, neither of which is said."""
    return next(((m.first, m.last) for m in seen.marks.values if of_whom(m, seen.marks, seen.known)), None)


_EXTREMES = ("longest", "shortest", "largest", "smallest")


def _not_aggregated(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """A mean, a length, an extreme of nothing; two of them."""
    marks, by = seen.marks, seen.known.facets.get(frame.order_path or "")
    if frame.columns:
        return None
    ordered = frame.order_path is not None or frame.limit or frame.having
    for cue in marks.cues if frame.aggregate == "count" else ():
        lost = cue.tag in ("longest", "shortest") and not seen.known.roles.duration and (by is None or not by.numeric)
        lost = lost or (cue.tag in _EXTREMES and bool(frame.groups))  # "les plus longs par entité"
        if cue.tag in ("avg", "median", "p95", "rate") or lost or (not ordered and cue.tag in ("max", "min")):
            return cue.first, cue.last
    return None


def _not_distinct(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "combien de clients différents", counted as the records of a value CLIENTS."""
    said = seen.marks.cue("distinct")
    counted = frame.aggregate == "count" and not (frame.groups or frame.columns or frame.having)
    of_value = said is not None and any(value.last == said.first for value in seen.value_placed)
    return (said.first, said.last) if said is not None and counted and of_value else None


def _several(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "moyenne et médiane": one number at a time."""
    several = [c for c in seen.marks.cues if c.tag in ("avg", "min", "max", "median", "p95")]
    two = len({c.tag for c in several}) > 1 and not frame.columns
    if not two and seen.marks.has("longest", "largest") and seen.marks.has("shortest", "smallest"):
        opposed = seen.marks.cue("shortest", "smallest")
        return (opposed.first, opposed.last) if opposed is not None else None
    return (several[1].first, several[1].last) if two else None


def _not_dated(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "still expected": what has not come has no date of its own."""
    tokens, dated = seen.marks.tokens, dated_at(seen)
    if dated is None:
        return None
    path = seen.known.date_of(tokens[dated])
    if path and not seen.known.facets[path].profile.time:
        return dated, dated + 1
    before = tokens[dated - 1].norm if dated else ""
    return (dated - 1, dated + 1) if before in ("still", "encore", "toujours") else None


def _how_long_none(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """For how long nothing came, where it is asked which have none; since when something runs."""
    asked = seen.marks.cue("how_long")
    if asked is None or not (frame.absent or (frame.target == seen.known.roles.duration and _up_to_now(seen, asked))):
        return None
    return asked.first, asked.last


def _up_to_now(seen: Interpretation, asked: Cue) -> bool:
    """ "depuis | combien de temps", "how long | has it been running": of what is not over, which has no length yet."""
    norms = [t.norm for t in seen.marks.tokens]
    since = norms[max(0, asked.first - 1) : asked.first] in (["depuis"], ["fait"])
    return since or (norms[asked.last : asked.last + 1] in (["has"], ["have"]) and "been" in norms[asked.last :])


def _nobody(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "qui ...", answered by what are no people, or by those who did something else."""
    tokens = seen.marks.tokens
    if not tokens or tokens[0].norm not in ("qui", "who"):
        return None
    other = any(of_another(tokens, path) for path in _asked(frame))
    return (0, 1) if other or not (frame.sides or _of_people(seen, frame)) else None


def _of_a_tally(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """A share of records would be none of what they stand for."""
    tallied = frame.aggregate == "share" and seen.known.tally and is_tallied(seen)
    return said_of(seen, frame.part) if tallied else None


def _one_sided(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """A comparison of one window, one value."""
    compared = seen.marks.cue("compare")
    two = frame.sides or frame.groups or frame.trend or frame.both or frame.but_not or len(frame.times) > 1
    return None if compared is None or two else (compared.first, compared.last)


def _unbound(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """Numbers that bound nothing."""
    return (seen.rest[0].first, seen.rest[0].last) if seen.rest and not (frame.having or frame.limit) else None


def _joint(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "à la fois en mars et en avril"."""
    joint = seen.marks.cue("both") if len(frame.times) > 1 and not frame.both else None
    return (joint.first, joint.last) if joint is not None else None


def _always(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "quels agents ont toujours répondu": those that have at times are more."""
    if frame.ask != "values":
        return None
    norms = [t.norm for t in seen.marks.tokens]
    said = (i for i in range(1, len(norms)) if norms[i] in ("toujours", "always"))
    return next(((i, i + 1) for i in said if norms[i - 1] in ("ont", "a", "have", "has")), None)


_REACH = 7  # words from a negation to what it is said of


def _lost_negation(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """A negation that turned nothing: of several, each has to."""
    marks = seen.marks
    if frame.absent or frame.but_not or frame.ask in ("yes_no", "none_of"):
        return None
    placed = [*seen.value_placed, *seen.state_placed]
    turned = [p.first for p in placed if p.negated or p.cond.op == "not_in"]
    turned += [p.first for p in seen.missing_placed] + [p.last - 1 for p in seen.missing_placed]  # "le code est | vide"
    turned += [f.first for f in marks.flags if negated(f.first, marks)]
    turned += [p.first for p in placed if p.cond.op == "missing"]
    turned += [place for p in seen.number_placed if p.negated for place in (p.first, p.last - 1)]
    turned += [p.first for p in seen.number_placed if p.cond.values == (0,)]  # "sans aucune ligne"
    said = [c for c in marks.cues if c.tag in ("not", "not_run", "except", "without", "ne")]
    said = [c for c in said if c.last < len(marks.tokens) or c.tag == "without"]  # "ou pas", and no "are missing"
    for cue in said:
        later = [other.first for other in said if other.first > cue.first]
        until = min([cue.last + _REACH, *later])
        if not any(cue.first <= place <= until for place in turned):
            return cue.first, cue.last
    return None


def _unused_time(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "le batch de nuit", "un week-end sur deux": a word of times that no time and no grouping took up."""
    if frame.ask == "when" or frame.trend or frame.sides == "times" or any(key.bucket for key in frame.groups):
        return None
    marks = seen.marks
    places = [(m.first, m.last) for m in marks.values] + [(m.first, m.last) for m in marks.nouns]
    places += [(cue.first, cue.last) for cue in marks.cues] + [(flag.first, flag.last) for flag in marks.flags]
    taken = {i for first, last in places for i in range(first, last)} | marks.timed
    taken |= {number.last for number in marks.numbers}  # "une rétention de 90 jours"
    return next(((i, i + 1) for i, t in enumerate(marks.tokens) if t.norm in OF_TIMES and i not in taken), None)


def _added_up(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "somme des occurrences" that nothing was added up of."""
    if frame.aggregate != "count" or frame.columns or _tallied(seen, frame):
        return None
    amounts = {n.last for n in seen.marks.nouns if n.record < 1 and n.concepts & _ADDED}  # "montant | total"
    said = (
        i
        for i, t in enumerate(seen.marks.tokens)
        if t.norm.startswith(("somme", "cumul", "totalis")) or t.norm == "sum" or i in amounts
    )
    borne = {c.first - 1 for c in seen.marks.cues if c.tag in ("most", "least")}  # "a cumulé | le plus d'échecs"
    summed = {c.first for c in seen.marks.cues if c.tag == "sum"} - borne
    return next(((i, i + 1) for i in said if i in summed), None)


def _tallied(seen: Interpretation, frame: Frame) -> bool:
    """ "ont cumulé plus de 5 | sauvegardes": the records themselves, which the groups have so many of."""
    kinds = {v.first for v in seen.marks.values if any(tells_kinds(seen.known, path) for path in v.options)}
    records = {n.first for n in seen.marks.nouns if n.record >= OWN} | kinds
    return bool(frame.having) and any(number.last in records for number in seen.rest)


_ADDED = frozenset({"amount", "cost", "size", "volume"})


def _asked(frame: Frame) -> tuple[str, ...]:
    return (frame.subject or "", *(key.path for key in frame.groups))


def _of_people(seen: Interpretation, frame: Frame) -> bool:
    norms = [t.norm for t in seen.marks.tokens[:4]]
    noun = seen.subject_noun
    if noun is not None and norms[1:2] in (["etait"], ["etaient"], ["was"], ["were"]):
        named = noun.first == 2 or (noun.first == 3 and norms[2] in ARTICLES)
        if named and any(path == frame.subject for _, path in noun.fields):
            return True  # "qui était pilote de X" of a field `pilote`
    facets = (seen.known.facets[path] for path in _asked(frame) if path in seen.known.facets)
    kinds = {"user", "approver", "team", "client", "partner", "app"}
    return any(facet.concepts & kinds or any(w.startswith(GIVEN) for w in facet.words) for facet in facets)


def _by_a_date(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "alertes par | règle" where no field is called so, and one tells when they were "réglées": no group is made."""
    by = {cue.last for cue in seen.marks.cues if cue.tag == "by"}
    if not by or frame.groups or frame.columns:
        return None
    dated = (n for n in seen.marks.nouns if n.first in by and n.fields and not n.record)
    lost = (n for n in dated if seen.known.facets[n.fields[0][1]].profile.time is not None)
    return next(((n.first, n.last) for n in lost), None)


def _crossed(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "en prod mais pas en préprod": no record is both, and groups may be."""
    for cond in frame.conds:
        turned = [other for other in frame.conds if other.path == cond.path and other.op == "not_in"]
        if cond.polarity and all(set(other.values) < set(cond.values) for other in turned):
            continue  # "en échec hors timeout"
        if cond.op == "in" and turned:
            cue = seen.marks.cue("not", "except", "without")
            return (cue.first, cue.last) if cue is not None else None
    return None


_STEPS = (
    _unclear,
    top_of_each,
    _of_somebody,
    _not_aggregated,
    _not_dated,
    _added_up,
    _not_distinct,
    _several,
    both_at_once,
    time_of_an_act,
    _how_long_none,
    _nobody,
    _of_a_tally,
    of_elements,
    unknown_doer,
    within_a_cause,
    _crossed,
    _by_a_date,
    _one_sided,
    same_windows,
    *LOST,
    between_sides,
    lost_act,
    _unbound,
    _joint,
    _always,
    _lost_negation,
)
