"""The shape of an answer: one number, a list, a ranking, a trend, two sides, yes or no."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from vigie.ask.planner.absences import absent, but_not
from vigie.ask.planner.concepts import RUNNABLE
from vigie.ask.planner.frame import Cond, Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.lexicon import ARTICLES, ENDED
from vigie.ask.planner.limits import limit_of, places_of
from vigie.ask.planner.marks import Marks, NounMark
from vigie.ask.planner.over_time import kinds, trend, when_bucket
from vigie.ask.planner.placed import Placed
from vigie.ask.planner.rankings import bounded, ranked
from vigie.ask.planner.sent_along import who_sent
from vigie.ask.planner.sides import both, sides
from vigie.ask.planner.states import STATE_CUES
from vigie.ask.planner.time_field import expected
from vigie.ask.planner.without_exception import none_at_all, universal
from vigie.ask.when import When
from vigie.plan import Key


def shape(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame:
    """The first that fits, from the most particular to the plainest."""
    for step in (
        but_not,
        sides,
        both,
        none_at_all,
        _absent,
        universal,
        when_bucket,
        bounded,
        ranked,
        trend,
        _grouped,
        _recent,
        _over_by_now,
        _number,
        _yes_no,
    ):
        found = step(seen, frame, noun)
        if found is not None:
            return found
    return _listed(seen, frame, noun)


def _absent(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "prévus hier n'ont pas démarré": those planned for then that have no start, and not the names of which nothing
    was planned."""
    found = absent(seen, frame, noun)
    if found is None or not found.absent or found.part:
        return found
    if (facet := seen.known.facets.get(found.subject or "")) is not None and facet.unique(seen.known.profile.total):
        return _never_begun(seen, frame, found)
    start, planned = (seen.known.facets.get(path or "") for path in (seen.known.roles.start, found.time_path))
    if not found.times or start is None or planned is None or planned is start or "planned" not in planned.concepts:
        return found
    return _without_start(seen, frame, found, start.path)


def _without_start(seen: Interpretation, frame: Frame, found: Frame, start: str) -> Frame:
    cue = next(c for c in seen.marks.cues if c.tag in ("not", "without", "not_run"))
    said = " ".join(t.text for t in seen.marks.tokens[cue.first : cue.last + 1])
    without = Cond(start, "missing", (), said)
    seen.missing_placed = [*seen.missing_placed, Placed(without, cue.first, cue.last + 1)]
    return replace(frame, ask="number" if found.counted else "values", conds=(*frame.conds, without))


def _never_begun(seen: Interpretation, frame: Frame, found: Frame) -> Frame:
    """ "pods never started", each of which is a record of its own: those without a start. Where all have one, no record
    tells of what did not happen."""
    known, path = seen.known, expected(seen.known)
    start = known.facets.get(known.roles.start or "")
    if start is None or start.profile.present == known.profile.total or (frame.times and path is None):
        name = known.facets.get(known.roles.name or "")
        if name is not None and not name.unique(known.profile.total) and known.runs:
            return replace(found, subject=name.path)  # "combien de jobs n'ont pas tourné": of names, not of numbers
        seen.unclear = (0, len(seen.marks.tokens))
        return found
    begun = replace(_without_start(seen, frame, found, start.path), subject=found.subject)
    if found.counted:
        begun = replace(begun, subject=None)
    return replace(begun, time_path=path) if frame.times else begun


def _grouped(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    if frame.groups:
        upwards = any(t.norm in ("croissant", "ascending", "asc") for t in seen.marks.tokens)
        groups = (*kinds(seen, frame, noun), *frame.groups)
        return replace(frame, ask="number", groups=groups, order="asc" if upwards else "desc")
    if not seen.marks.has("spread"):
        return None
    path = frame.subject or seen.known.roles.status
    return replace(frame, ask="number", groups=(Key(path),), order="desc") if path else None


def _recent(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """The last or first records; when something last happened."""
    marks = seen.marks
    when = marks.has("when", "when_last", "when_first")
    if _since_when(marks):
        frame = replace(frame, conds=tuple(_happened_last(seen, cond) for cond in frame.conds))
    if not (marks.has("last", "first") or when) or frame.time_path is None:
        return None
    if (marks.has("count") and not when) or (marks.has("avg", "median", "p95") and frame.aggregate != "count"):
        return None
    first = (marks.has("first", "when_first") or (when and _first_named(marks))) and not marks.has("last", "when_last")
    limit = limit_of(seen) or (1 if when else places_of(seen, noun))
    ask = "when" if when else "records"
    times = frame.times if first else _until_now(seen, frame)
    order = "asc" if first else "desc"
    return replace(frame, ask=ask, times=times, order=order, order_path=frame.time_path, limit=limit)  # type: ignore[arg-type]


def _since_when(marks: Marks) -> bool:
    norms = [token.norm for token in marks.tokens]
    return any(pair in (("depuis", "quand"), ("since", "when")) for pair in pairwise(norms))


def _happened_last(seen: Interpretation, cond: Cond) -> Cond:
    """ "depuis quand n'a-t-il pas | planté": since it did for the last time."""
    denied = (p for p in (*seen.state_placed, *seen.value_placed) if p.negated and p.cond.path == cond.path)
    state = next(denied, None)
    turned = state is not None and cond.op == "not_in" and set(cond.values) == set(state.cond.values)
    return replace(cond, op="in") if turned else cond


def _until_now(seen: Interpretation, frame: Frame) -> tuple[When, ...]:
    """ "dernière mise en prod", where others are planned: the last that is not still to come."""
    said, now = seen.marks.cue("last", "when_last"), seen.marks.times.now
    facet = seen.known.facets.get(frame.time_path or "")
    if frame.times or said is None or now is None or facet is None or seen.marks.times.ahead:
        return frame.times
    high = facet.profile.high
    if not isinstance(high, datetime) or high <= now:
        return frame.times
    words = seen.marks.said(said.first, said.last)
    return (When(None, now, words, (0, 0), "so_far", "before"),)


def _first_named(marks: Marks) -> bool:
    """ "when was X first seen?" of a field `first_seen`."""
    return any(marks.tokens[i].norm == "first" for noun in marks.nouns for i in range(noun.first, noun.last))


def _number(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """Count, sum, mean ... of all; of things that are not the records, the different ones are counted."""
    if frame.aggregate not in ("count",):
        if seen.marks.has("list") and frame.aggregate == "distinct" and not seen.marks.has("count"):
            return replace(frame, ask="values", aggregate="count", target=None)
        return replace(frame, ask="number")
    if not seen.marks.has("count"):
        return None
    other = frame.subject and (frame.subject != seen.known.roles.name or _with_whom(seen, noun))
    runs = noun is not None and noun.concepts & RUNNABLE and (seen.marks.has("ran", *STATE_CUES) or seen.value_placed)
    things = noun is not None and (noun.record < 1 or who_sent(seen, noun))
    if other and things and not (runs or _fixed(frame) or _how_often(seen.marks)):
        return replace(frame, ask="number", aggregate="distinct", target=frame.subject)
    happened = seen.marks.has("ran", *STATE_CUES) or frame.times
    if frame.subject and seen.marks.has("exists") and not happened and not frame.conds:
        return replace(frame, ask="number", aggregate="distinct", target=frame.subject)
    notes = ("runs_not_names",) if frame.subject and frame.subject == seen.known.roles.name else ()
    return replace(frame, ask="number", notes=(*frame.notes, *notes))


def _how_often(marks: Marks) -> bool:
    """ "combien de fois la garde a été appelée": each time counts, and not the different ones that were."""
    return any(cue.tag == "count" and marks.tokens[cue.last - 1].norm in _TIMES for cue in marks.cues)


_TIMES = frozenset({"fois", "times", "often"})


def _with_whom(seen: Interpretation, noun: NounMark | None) -> bool:
    """ "combien de partenaires", which the transfers are called by, though none of them is one."""
    return noun is not None and bool(noun.concepts & {"client", "partner", "user"}) and not noun.concepts & RUNNABLE


def _yes_no(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    if not seen.marks.has("yes_no"):
        return replace(frame, ask="yes_no") if _whether(seen, frame) else None
    lists = [x for x in seen.marks.cues if x.tag == "list"]
    asks = [x for x in seen.marks.cues if x.tag == "yes_no"]
    # "Which flows did fail?" is a list; "Est-ce que ..." and "Did any ..." are not.
    if lists and min(x.first for x in lists) < min(x.first for x in asks):
        return None
    return replace(frame, ask="yes_no")


def _whether(seen: Interpretation, frame: Frame) -> bool:
    """ "SEPA_OUT est passé cette nuit ?", "le transfert 4711 a planté ?": said of one thing, and asked."""
    marks, named = seen.marks, _named_once(seen)
    if not marks.text.rstrip().endswith("?") or marks.has("list", "when", "first", "last") or named is None:
        return False
    opening = {i for n in marks.nouns if n.record for i in range(n.first, n.last)}
    opens = all(i in opening or marks.tokens[i].norm in ARTICLES for i in range(named.first))
    told = any(s.first >= named.last for s in seen.state_placed)
    after = (marks.tokens[c.first].norm for c in marks.cues if c.tag == "ran" and c.first >= named.last)
    return opens and (told or any(norm.startswith(_RUNS) for norm in after))


def _named_once(seen: Interpretation) -> Placed | None:
    """The one thing or record that is named, and of which nothing is denied."""
    total, marks = seen.known.profile.total, seen.marks
    placed = [p for p in seen.value_placed if len(p.cond.values) == 1 and p.cond.op == "in"]
    named = [p for p in placed if p.cond.path == seen.known.roles.name or seen.known.facets[p.cond.path].unique(total)]
    return named[0] if len(named) == 1 and not marks.has("count", "not", "without", "except") else None


def _over_by_now(seen: Interpretation, frame: Frame, _: NounMark | None) -> Frame | None:
    """ "CLOTURE est-elle finie ?": what became of the latest one, which may be under way."""
    marks, named = seen.marks, _named_once(seen)
    asked = marks.has("yes_no") or marks.text.rstrip().endswith("?")
    if named is None or frame.times or not asked or frame.time_path is None or marks.has("list", "when"):
        return None
    within = range(named.first, named.last)  # "CLOTURE_JOUR" is a name
    over = {i for i, token in enumerate(marks.tokens) if token.norm in ENDED and i not in within}
    if not over or marks.has("failed", "running", "all", "ever"):
        return None
    said = {s.cond.because for s in (*seen.state_placed, *seen.value_placed) if s.first in over}
    conds = tuple(c for c in frame.conds if c.because not in said)
    return replace(frame, ask="records", subject=None, conds=conds, order="desc", order_path=frame.time_path, limit=1)


_RUNS = ("tourn", "pass", "execut", "lanc", "demarr", "jou", "ran", "run", "start", "launch")


def _fixed(frame: Frame) -> bool:
    """Does a condition leave one value of what is asked for?"""
    return any(c.path == frame.subject and c.op == "in" and len(c.values) == 1 for c in frame.conds)


def _which(seen: Interpretation) -> bool:
    """ "quelles erreurs" asks for kinds of them, "les erreurs" for each."""
    return any(t.norm.startswith(("quel", "which", "what")) for t in seen.marks.tokens)


def _listed(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame:
    fixed = _fixed(frame)
    if frame.subject is not None and not fixed:
        return replace(frame, ask="values")
    if fixed:  # "quels reportings EMIR": the names of what is named would say nothing
        return replace(frame, ask="records", subject=None, order="desc", order_path=frame.time_path, limit=None)
    if (
        noun is not None
        and noun.concepts & {"error", "rejected"}
        and seen.known.roles.code
        and _which(seen)
        and not seen.marks.has("not", "without")
    ):
        return replace(frame, ask="values", subject=seen.known.roles.code, notes=(*frame.notes, "by_code"))
    return replace(frame, ask="records", order="desc", order_path=frame.time_path, limit=None)
