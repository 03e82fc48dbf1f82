"""What was understood of a question and came to nothing: dropped in silence, it would be answered wrongly."""

from __future__ import annotations

from vigie.ask.planner.aggregates import is_tallied
from vigie.ask.planner.coming import coming_path, says_to_come
from vigie.ask.planner.concepts import RUNNABLE
from vigie.ask.planner.doers import of_another
from vigie.ask.planner.elements import all_alike, of_each, one_each, said_of, unknown_doer
from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.kinds_of_records import says_of_what, tells_kinds
from vigie.ask.planner.lexicon import ARTICLES, OF_TIMES
from vigie.ask.planner.lost import both_at_once, lost_words, state_of_element, top_of_each
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.placed import negated
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.subjects import labels_value
from vigie.ask.planner.time_field import dated_at
from vigie.ask.planner.tokens import stem
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


def left_over(seen: Interpretation, frame: Frame) -> list[NounMark]:
    found = []
    conds = (*frame.conds, *frame.part)
    taken = {x.path for x in conds} | {key.path for key in frame.groups} | {frame.subject, frame.target}
    taken |= {frame.order_path, frame.side_path} | {column.target for column in frame.columns}
    taken |= {cond.path for column in frame.columns for cond in column.where}
    labels = {path for x in conds for path, _ in x.others}
    for noun in seen.marks.nouns:
        if noun.record or noun.first in seen.used or not noun.fields:
            continue
        paths = {path for _, path in noun.fields}
        if noun is seen.subject_noun and (frame.subject in paths or frame.ask not in ("number", "records")):
            continue
        if paths & taken or paths & labels or labels_value(seen, noun) or "duration" in noun.concepts:
            continue
        if any(seen.known.facets[path].profile.time is not None for path in paths) or frame.ask == "when":
            continue
        target = seen.known.facets.get(frame.target or "")
        if target is not None and {stem(t.norm) for t in seen.marks.tokens[noun.first : noun.last]} & target.stems:
            continue  # "délai moyen de résolution" of `delaiResolutionH`
        if (
            one_each(seen, frame, noun)
            or all_alike(seen, noun)
            or _code_follows(seen, noun)
            or says_of_what(seen.marks, seen.known, noun)
        ):
            continue
        if seen.known.roles.name in paths or (frame.sides and noun.concepts & RUNNABLE):
            continue  # "which node ran the most jobs": the things that run stand for their runs
        found.append(noun)
    return found


def _code_follows(seen: Interpretation, noun: NounMark) -> bool:
    """ "erreurs 404": the code says which."""
    codes = [p.first for p in (*seen.number_placed, *seen.value_placed) if p.cond.path in seen.known.http_codes]
    return "error" in noun.concepts and noun.last in codes


def _unused_cue(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    marks, roles = seen.marks, seen.known.roles
    ordered = frame.order_path is not None or frame.limit or frame.having
    by = seen.known.facets.get(frame.order_path or "")
    if seen.unclear is not None:
        return seen.unclear
    if (of_each := top_of_each(seen, frame)) is not None:
        return of_each
    if (whom := next((m for m in marks.values if of_whom(m, marks, seen.known)), None)) is not None:
        return whom.first, whom.last
    for cue in marks.cues if frame.aggregate == "count" and not frame.columns else ():
        lost = cue.tag in ("longest", "shortest") and not roles.duration and (by is None or not by.numeric)
        if cue.tag in ("avg", "median", "p95", "rate") or lost or (not ordered and cue.tag in ("max", "min")):
            return cue.first, cue.last
    if (dated := dated_at(seen)) is not None:
        path = seen.known.date_of(marks.tokens[dated])
        if path and not seen.known.facets[path].profile.time:
            return dated, dated + 1
        before = marks.tokens[dated - 1].norm if dated else ""
        if before in ("still", "encore", "toujours"):
            return dated - 1, dated + 1  # "still expected": what has not come has no date of its own
    if (added := _added_up(seen, frame)) is not None:
        return added
    several = [c for c in marks.cues if c.tag in ("avg", "min", "max", "median", "p95")]
    if len({c.tag for c in several}) > 1 and not frame.columns:
        return several[1].first, several[1].last  # one number at a time
    if (both := both_at_once(seen)) is not None:
        return both
    if (act := _time_of_an_act(seen, frame)) is not None:
        return act
    if frame.absent and marks.has("how_long"):
        asked = next(cue for cue in marks.cues if cue.tag == "how_long")
        return asked.first, asked.last
    if marks.tokens and marks.tokens[0].norm in ("qui", "who") and not frame.sides and not _of_people(seen, frame):
        return 0, 1
    if marks.tokens[0].norm in ("qui", "who") and any(of_another(marks.tokens, path) for path in _asked(frame)):
        return 0, 1
    if frame.aggregate == "share" and seen.known.tally and is_tallied(seen):
        return said_of(seen, frame.part)  # a share of records would be none of what they stand for
    if (inside := _inside(seen, frame)) is not None:
        return inside
    if (doer := unknown_doer(seen)) is not None:
        return doer
    if (crossed := _crossed(seen, frame)) is not None:
        return crossed
    if (alone := marks.cue("compare")) is not None and _one_sided(frame):
        return alone.first, alone.last
    gone = _lost_state(seen) or lost_words(seen, frame)
    if gone is not None:
        return gone
    if seen.rest and not (frame.having or frame.limit):
        return seen.rest[0].first, seen.rest[0].last
    if len(frame.times) > 1 and (joint := marks.cue("both")) is not None and not frame.both:
        return joint.first, joint.last  # "à la fois en mars et en avril"
    if frame.ask == "values" and (always := _always(seen)) is not None:
        return always
    if frame.absent or frame.but_not or frame.ask in ("yes_no", "none_of"):
        return None
    return _lost_negation(seen)


def _always(seen: Interpretation) -> tuple[int, int] | None:
    """ "quels agents ont toujours répondu": those that have at times are more."""
    norms = [t.norm for t in seen.marks.tokens]
    said = (i for i in range(1, len(norms)) if norms[i] in ("toujours", "always"))
    return next(((i, i + 1) for i in said if norms[i - 1] in ("ont", "a", "have", "has")), None)


def _lost_state(seen: Interpretation) -> tuple[int, int] | None:
    """ "waiting for an acknowledgement" of a state ACKNOWLEDGED: a state that a value of another one put aside."""
    for state in seen.states:
        if state in seen.state_placed or state.cond.polarity is None:
            continue
        beside = [v.cond for v in seen.value_placed if v.cond.path == state.cond.path and not v.negated]
        if beside and all(c.polarity not in (None, state.cond.polarity) for c in beside):
            return state.first, state.last
    return None


_REACH = 7  # words from a negation to what it is said of


def _lost_negation(seen: Interpretation) -> tuple[int, int] | None:
    """A negation that turned nothing: of several, each has to."""
    marks = seen.marks
    placed = [*seen.value_placed, *seen.state_placed]
    turned = [p.first for p in placed if p.negated or p.cond.op == "not_in"]
    turned += [p.first for p in seen.missing_placed] + [f.first for f in marks.flags if negated(f.first, marks)]
    turned += [p.first for p in placed if p.cond.op == "missing"]
    said = [c for c in marks.cues if c.tag in ("not", "not_run", "except", "without") and c.last < len(marks.tokens)]
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


def _time_of_an_act(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "temps moyen d'acquittement": how long something of the record took is not how long the record did."""
    duration = seen.known.roles.duration
    timed = frame.target == duration or any(cond.path == duration for cond in frame.conds)
    if duration is None or not timed or not seen.marks.flags:
        return None
    own = seen.known.facets[duration].stems
    lengths = [said.at[0] for said in seen.marks.times.durations]
    for flag in seen.marks.flags:
        act = seen.marks.tokens[flag.first]
        noun = act.norm.endswith(("ement", "ion", "age")) or seen.marks.tokens[max(flag.first - 1, 0)].norm == "to"
        soon = any(0 <= at - act.at[1] <= len(" en moins de ") + 2 for at in lengths)
        if stem(act.norm) not in own and (noun or soon):
            return flag.first, flag.last
    return None


def _one_sided(frame: Frame) -> bool:
    """A comparison of one window, one value."""
    return not (frame.sides or frame.groups or frame.trend or frame.both or frame.but_not or len(frame.times) > 1)


def _inside(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "durée totale des étapes CALCUL": numbers of single elements of a list are not told apart."""
    lists = {f.path.rpartition(".")[0] for f in seen.known.facets.values() if f.profile.repeated and "." in f.path}
    if (each := of_each(seen, frame, lists)) is not None:
        return each
    listed = (frame.subject or "").rpartition(".")[0]
    if listed in lists:  # "étapes tombées en code 16": of the steps, not of their run
        own = {path.rpartition(".")[2] for path in seen.known.facets if path.startswith(f"{listed}.")}
        stated = next((c for c in frame.conds if c.path.rpartition(".")[2] in own and "." not in c.path), None)
        ended = next((c for c in frame.conds if c.polarity in ("failed", "succeeded") and "." not in c.path), None)
        within = (f for path, f in seen.known.facets.items() if path.startswith(f"{listed}."))
        if ended is not None and any("status" in f.concepts for f in within):
            stated = stated or ended  # "quelle étape casse": the step failed, not its run
        if stated is not None:
            return said_of(seen, (stated,)) or (0, 1)
    if (step := state_of_element(seen, lists)) is not None:
        return step
    used = [c.path for c in frame.conds] + [key.path for key in frame.groups]
    if frame.aggregate in ("count", "distinct", "share") or not any(p.rpartition(".")[0] in lists for p in used):
        return None
    noun = next((n for n in seen.marks.nouns if any(p.rpartition(".")[0] in lists for _, p in n.fields)), None)
    return (noun.first, noun.last) if noun is not None else None


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
    return any(facet.concepts & {"user", "team", "client", "partner", "app"} for facet in facets)


def _crossed(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "en prod mais pas en préprod": no record is both, and groups may be."""
    for cond in frame.conds:
        if cond.op == "in" and any(other.path == cond.path and other.op == "not_in" for other in frame.conds):
            cue = seen.marks.cue("not", "except", "without")
            return (cue.first, cue.last) if cue is not None else None
    return None
