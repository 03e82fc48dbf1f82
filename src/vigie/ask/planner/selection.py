"""Which records a question is about: every condition that its words tell."""

from __future__ import annotations

import itertools
from collections.abc import Container, Sequence, Set
from dataclasses import replace

from vigie.ask.planner.actors import told_by_people
from vigie.ask.planner.attended import attended
from vigie.ask.planner.coming import coming_field
from vigie.ask.planner.conditions import (
    compared_conditions,
    flag_conditions,
    is_never,
    is_not_yet,
    merged,
    missing_conditions,
    undated,
    value_conditions,
)
from vigie.ask.planner.cues import Cue
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lateness import in_one_state
from vigie.ask.planner.lexicon import ENDED, EXPIRED, HAPPENED, PARTICIPLES
from vigie.ask.planner.marks import Marks
from vigie.ask.planner.number_nouns import whole
from vigie.ask.planner.numbers import number_conditions
from vigie.ask.planner.overdue import says_overdue
from vigie.ask.planner.placed import Placed, negated
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.references import reference_conditions
from vigie.ask.planner.states import state, state_conditions, still_open
from vigie.ask.planner.time_field import dated_at, dated_by_name
from vigie.ask.planner.tokens import Token, parts
from vigie.ask.planner.tokens import tokens as words_of
from vigie.ask.planner.undone import not_done, one_outcome
from vigie.ask.planner.values import equals, forms
from vigie.ask.when import Duration, When
from vigie.ask.words import STOP
from vigie.plan import Op


def conditions(seen: Interpretation) -> list[Cond]:
    """All of them; `seen` keeps where each kind stands."""
    marks, known = seen.marks, seen.known
    missing, used = missing_conditions(marks, known)
    seen.used |= used
    numbers, seen.rest = number_conditions(marks, known)
    other = {placed.cond.path for placed in numbers if placed.negated}
    missing = [placed for placed in missing if placed.cond.path not in other]  # "sans code retour | 0"
    for placed in numbers:
        path = placed.cond.path
        inside = (n for n in marks.nouns if placed.first <= n.first < placed.last)
        named = (n for n in marks.nouns if n.record < 3 and any(p == path for _, p in n.fields))
        seen.used |= {n.first for n in (*inside, *named)}
    seen.number_placed = numbers
    dated = dated_at(seen) if dated_by_name(seen) is None else None
    done = told_by_people(marks, known)
    lacking = {i for placed in missing for i in _of_what_lacks(placed, marks)}
    elsewhere = {dated, *done, *lacking}  # told by a date, by somebody, by what is missing
    told = (s for s in state_conditions(marks, known) if s.first not in elsewhere)
    seen.states = [*told, *_running_now(seen)]
    seen.states += _open_now(seen)
    if says_overdue(marks.times) and not seen.states and (late := still_open(known, marks.times.ranges[0].phrase)):
        seen.states.append(Placed(late, 0, 0))
    seen.value_placed = [not_done(seen, placed) for placed in _values(seen, dated, done)]
    seen.state_placed = [_told_of(s, seen) for s in _beside(seen.states, seen.value_placed, marks)]
    undone = [*_not_yet(seen), *attended(marks, known)]
    seen.used |= {n.first for n in marks.nouns for p in undone if n.first == p.last - 1}
    seen.missing_placed = [*missing, *undone, *_ended(seen), *_lapsed(seen)]
    found = merged(
        [
            *seen.value_placed,
            *flag_conditions(marks),
            *(Placed(cond, 0, 0) for cond in reference_conditions(marks)),
            *compared_conditions(marks),
            *seen.state_placed,
            *seen.missing_placed,
            *numbers,
            *_durations(seen),
        ],
        _both_of_a_list(seen),
    )
    return in_one_state(found, known)


def _both_of_a_list(seen: Interpretation) -> Container[int]:
    """Places of what a record has to hold too: "étiquetées nuit | et sla" of a list of labels."""
    if seen.marks.has("compare", "by", "than"):
        return ()
    norms, found = [token.norm for token in seen.marks.tokens], set[int]()
    for one, other in itertools.pairwise(sorted(seen.value_placed, key=lambda placed: placed.first)):
        listed = one.cond.path == other.cond.path and seen.known.facets[one.cond.path].profile.repeated
        if listed and not (one.negated or other.negated) and norms[one.last : other.first] in (["et"], ["and"]):
            found.add(other.first)
    return found


def _of_what_lacks(placed: Placed, marks: Marks) -> list[int]:
    """ "sans type | d'erreur": where a word stands that only says of what the missing field is."""
    after = placed.last
    while after < len(marks.tokens) and marks.tokens[after].norm in _OF:
        after += 1
    return [after] if after > placed.last and placed.cond.op == "missing" else []


def _values(seen: Interpretation, dated: int | None, done: Set[int]) -> list[Placed]:
    """Without what its date tells: "résolus hier", whatever became of it; "reçus" of `receivedAt` is no "entrant"."""
    ways = {path for path, _ in seen.known.directions.values()}  # "envoyés hier" of a `sent_at` that all have
    translated = {m.first for m in seen.marks.values if m.how != "whole" and ways.isdisjoint(m.options)}
    now, times = seen.marks.times.now, seen.marks.times.ranges
    past = bool(times) and now is not None and all(t.end is not None and t.end < now for t in times)
    comes = coming_field(seen.marks.times, seen.known) is not None and not past
    return [
        v
        for v in value_conditions(seen.marks, seen.known)
        if v.first not in done
        and (
            v.first != dated
            or (v.cond.polarity == "waiting" and (comes or _for_long(times)))
            or v.last > v.first + 1
            or one_outcome(v.cond, seen)
            or (v.cond.path != seen.known.roles.status and v.first not in translated)
        )
    ]


def _for_long(times: Sequence[When]) -> bool:
    """ "queued for more than an hour": still, and not only then."""
    return any(when.phrase.lower().startswith(("depuis plus", "depuis +", "for more", "for over")) for when in times)


def _told_of(placed: Placed, seen: Interpretation) -> Placed:
    """ "en attente | d'accusé" of EN_ATTENTE_ACK: what is waited for is a word of the state, and measures nothing."""
    marks, after = seen.marks, placed.last
    while 0 < after < len(marks.tokens) and marks.tokens[after].norm in _OF:
        after += 1
    noun = next((n for n in marks.nouns if n.first == after > placed.last and n.last == after + 1), None)
    if noun is None or noun.record or placed.cond.polarity != "waiting":
        return placed
    said = equals(marks.tokens[after].norm)
    told = tuple(v for v in placed.cond.values if any(forms(part) & said for part in parts(str(v))))
    if not told:
        return placed
    seen.used.add(noun.first)
    return replace(placed, cond=replace(placed.cond, values=told))


_OF = frozenset("de d du for of un une an a".split())


def _beside(states: Sequence[Placed], values: Sequence[Placed], marks: Marks) -> list[Placed]:
    """States that hold beside these values: of another field, of no outcome, or negated and of other values."""
    taken = {v.cond.path for v in values if not v.negated}  # "en échec hors timeout": both hold
    said = {(v.cond.path, value) for v in values for value in v.cond.values}
    return [
        s
        for s in states
        if s.cond.path not in taken
        or _joined(s, values, marks)
        or s.cond.polarity is None
        or (s.negated and not any((s.cond.path, value) in said for value in s.cond.values))
    ]


def _joined(state: Placed, values: Sequence[Placed], marks: Marks) -> bool:
    """ "refusés ou en échec", "failed or refused": one or the other."""
    alike = [v for v in values if v.cond.path == state.cond.path and v.negated == state.negated]
    joints = {i for i, token in enumerate(marks.tokens) if token.norm in ("ou", "or")}
    before = state.first - 1 in joints and any(v.last == state.first - 1 for v in alike)
    return before or (state.last in joints and any(v.first == state.last + 1 for v in alike))


def _not_yet(seen: Interpretation) -> list[Placed]:
    """ "pas encore libérés": the date of what has not happened is not there."""
    marks, found = seen.marks, []
    taken = marks.timed | {flag.first for flag in marks.flags}
    for i in range(len(marks.tokens)):
        path = undated(i, marks, seen.known) if i not in taken else None
        if path is not None:
            first = i - 1 if is_never(i, marks) and not is_not_yet(i, marks) else i - 2
            found.append(Placed(Cond(path, "missing", (), marks.said(first, i + 1)), first, i + 1))
    return found


def _ended(seen: Interpretation) -> list[Placed]:
    """ "combien d'écarts résolus" of a `date_resolution` and of no state that is called so: those that have one."""
    marks, known = seen.marks, seen.known
    if marks.times.ranges or marks.times.durations or marks.has(*_OF_TIME):
        return []
    spans = [(v.first, v.last) for v in marks.values] + [(cue.first, cue.last) for cue in marks.cues]
    by = {cue.last for cue in marks.cues if cue.tag == "by"}  # "par ferme" of a `farm`
    spans += [(n.first, n.last) for n in marks.nouns if n.record or n.last > n.first + 1 or n.first in by]
    taken = {i for first, last in spans for i in range(first, last)} | {flag.first for flag in marks.flags}
    taken |= marks.timed
    found = []
    for i, token in enumerate(marks.tokens):
        if i in taken:
            continue
        path = known.date_of(token) or known.roles.end if token.norm in ENDED else _date_of_act(token, known)
        facet = known.facets.get(path or "")
        if path is None or facet is None or facet.profile.time is None or is_not_yet(i, marks):
            continue
        if facet.profile.present < known.profile.total:
            op: Op = "missing" if negated(i, marks) else "present"
            found.append(Placed(Cond(path, op, (), token.text), i, i + 1))
    return found


def _lapsed(seen: Interpretation) -> list[Placed]:
    """ "un certificat déjà expiré" of a `cert_expiry_date`: before now, where no time and no state says when."""
    marks, known = seen.marks, seen.known
    if marks.times.now is None or marks.times.ranges or marks.times.durations or marks.has(*_OF_TIME):
        return []
    found = []
    for noun in marks.nouns:
        said = marks.tokens[noun.last - 1]
        facet = known.facets.get(noun.fields[0][1]) if noun.fields else None
        if facet is None or facet.profile.time is None or said.norm not in EXPIRED:
            continue
        if not said.text.endswith((*PARTICIPLES, "expired")):
            continue
        op: Op = "ge" if negated(noun.first, marks) else "lt"
        bound = marks.times.today or marks.times.now if facet.days_only else marks.times.now  # today is not over
        found.append(Placed(Cond(facet.path, op, (bound,), said.text), noun.first, noun.last))
    return found


def _date_of_act(token: Token, known: Knowledge) -> str | None:
    """ "acquittées" of an `acquittement.le`, "envoyés" of a `sent_at` that some have."""
    path = known.date_of(token) if token.norm in HAPPENED and token.text.endswith(PARTICIPLES) else None
    return path if path is not None and path not in (known.roles.start, known.roles.end) else None


def _asks_if_it_runs(seen: Interpretation) -> Cue | None:
    """ "X tourne-t-il ?", "est-ce que X tourne ?": whether it is running, and not whether it ever did."""
    marks = seen.marks
    ran, asked = marks.cue("ran"), marks.cue("yes_no")
    if ran is None or asked is None or marks.tokens[ran.first].norm not in _RUNS or ran.last - ran.first > 1:
        return None
    more = marks.has("every", "trend", "all", "always", "when", "how_long", "list", "count", "not")
    return None if more or marks.times.vague or marks.times.durations else asked


_RUNS = frozenset({"tourne", "tournent"})
_OF_TIME = ("when", "when_last", "when_first", "last", "first", "how_long", "trend", "every")


def _running_now(seen: Interpretation) -> list[Placed]:
    """ "quels cronjobs tournent en ce moment ?"."""
    ran, now = seen.marks.cue("ran"), seen.marks.cue("now") or _asks_if_it_runs(seen)
    if ran is None or now is None or seen.marks.times.ranges or seen.marks.has("running"):
        return []
    cond = state("running", seen.known, seen.marks.said(ran.first, ran.last))
    return [Placed(cond, ran.first, ran.last)] if cond is not None else []


def _open_now(seen: Interpretation) -> list[Placed]:
    """ "combien d'alertes en ce moment ?": of no state that the question says, those that are not over."""
    marks, known = seen.marks, seen.known
    now = marks.cue("now")
    asked = marks.has("count", "list", "yes_no") or any(noun.first == 0 for noun in marks.nouns)
    if now is None or now.first == 0 or seen.states or marks.times.ranges or not asked:
        return []
    stated = known.roles.status in {path for mark in marks.values for path in mark.options}
    if stated or marks.has("ran", "not_run", "when", "last") or not any(n.record >= OWN for n in marks.nouns):
        return []
    said = marks.said(now.first, now.last)
    cond = state("running", known, said) if known.runs else still_open(known, said)
    return [Placed(cond, now.first, now.last)] if cond is not None else []


def _durations(seen: Interpretation) -> list[Placed]:
    """ "plus de 10 min" on the duration of each record, unless an average or a total is bounded."""
    roles = seen.known.roles
    if seen.marks.has("avg", "sum", "median", "max", "min"):
        return []
    lasting = (roles.duration, roles.duration_unit[0]) if roles.duration and roles.duration_unit else None
    found = []
    for said in seen.marks.times.durations:
        if said.compare is None:
            continue  # a length alone bounds nothing
        bound = _timed_beside(seen, said) or lasting
        if bound is None:
            seen.unclear = seen.marks.places(said.at) or seen.unclear
            continue
        path, second = bound
        value = said.seconds / second
        op: Op = "in" if said.compare == "eq" else said.compare
        cond = Cond(path, op, (whole(value),), said.phrase)
        found.append(Placed(cond, 0, 0))
    return found


def _unit(facet: Facet) -> tuple[float, str] | None:
    return facet.unit or ((86_400.0, "d") if _DAYS & set(facet.words) else None)


_DAYS = frozenset({"jour", "jours", "day", "days"})


def _timed_beside(seen: Interpretation, said: Duration) -> tuple[str, float] | None:
    """(the field of times that stands right beside, seconds of its unit): "un gap > 1 min"."""
    tokens = seen.marks.tokens
    for noun in seen.marks.nouns:
        path = next((p for score, p in noun.fields[:1] if score >= 2 and seen.known.facets[p].numeric), None)
        unit = _unit(seen.known.facets[path]) if path is not None else None
        if path is None or unit is None or noun.record >= 3:
            continue
        before = seen.text[tokens[noun.last - 1].at[1] : said.at[0]] if said.at[0] > tokens[noun.first].at[0] else None
        after = seen.text[said.at[1] : tokens[noun.first].at[0]] if said.at[1] <= tokens[noun.first].at[0] else None
        gap = before if before is not None else after
        if gap is not None and all(t.norm in STOP for t in words_of(gap)):
            seen.used.add(noun.first)
            return path, unit[0]
    return None
