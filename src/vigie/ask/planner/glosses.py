"""What is said besides: "comptes bloqués (account_locked)", "Pour le comité, j'aurais besoin de ..."."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from vigie.ask.planner.cues import Cue
from vigie.ask.planner.facets import HTTP
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import ENDED, PARTICIPLES
from vigie.ask.planner.marks import Marks, NounMark
from vigie.ask.planner.states import STATE_CUES, said_state
from vigie.ask.words import STOP
from vigie.plan import Scalar


def essential(marks: Marks, known: Knowledge) -> Marks:
    """Without the words that no field and no value explains, where a parenthesis after them does, or where they open
    the question and only tell what it is for."""
    return _by_own_code(_by_code(_glossed(_spelled_out(_without_purpose(marks), known), known), known), known)


def _by_code(marks: Marks, known: Knowledge) -> Marks:
    """ "erreurs 5xx", "en erreur (4xx ou 5xx)", "404 errors": the code says which, whatever state is called so."""
    if not known.http_codes or not marks.has("failed"):
        return marks
    codes = {m.first: m.last for m in marks.values if set(m.options) <= set(known.http_codes)}
    codes |= {n.first: n.last for n in marks.numbers if n.value in HTTP or n.value in known.http_seen}
    return _as_records(marks, _failures_beside(codes, marks))


def _failures_beside(codes: Mapping[int, int], marks: Marks) -> list[Cue]:
    return [c for c in marks.cues if c.tag == "failed" and (c.last in codes or c.first in codes.values())]


def _as_records(marks: Marks, told: Sequence[Cue]) -> Marks:
    said = [NounMark(c.first, c.last, _CODED, (), marks.said(c.first, c.last)) for c in told]
    nouns = sorted([*marks.nouns, *said], key=lambda noun: noun.first)
    return replace(marks, cues=[cue for cue in marks.cues if cue not in told], nouns=nouns)


def _by_own_code(marks: Marks, known: Knowledge) -> Marks:
    """ "un échec MRG-204", "MRG-204 failures" of an `exception.code`: whatever failed with it, of several states of
    failure, not only those of the one that is called so."""
    codes = {m.first: m.last for m in marks.values if m.options and all(_tells_errors(known, p) for p in m.options)}
    if not codes:
        return marks
    beside = _failures_beside(codes, marks)
    return _as_records(marks, [c for c in beside if not marks.tokens[c.last - 1].text.lower().endswith(PARTICIPLES)])


def _tells_errors(known: Knowledge, path: str) -> bool:
    """Codes that only some records have: of what went wrong."""
    facet = known.facets[path]
    coded = "code" in facet.concepts and ("error" in facet.concepts | facet.above_concepts or path == known.roles.code)
    return coded and facet.text and facet.profile.present < _SOME * known.profile.total


_SOME = 0.5  # of the records
_CODED = 1.2  # of `NounMark.record`: errors that a code tells are records


def _without_purpose(marks: Marks) -> Marks:
    comma = marks.text.find(",")
    if not marks.unknown or comma < 0 or marks.tokens[0].norm not in ("pour", "for"):
        return marks
    end = next((i for i, token in enumerate(marks.tokens) if token.at[0] > comma), 0)
    found = {m.first for m in marks.values} | {f.first for f in marks.flags} | {n.first for n in marks.numbers}
    if any(place < end for place in found) or end == len(marks.tokens):
        return marks
    unknown = [(first, last) for first, last in marks.unknown if first >= end]
    return replace(marks, unknown=unknown, nouns=[noun for noun in marks.nouns if noun.first >= end])


def _spelled_out(marks: Marks, known: Knowledge) -> Marks:
    """ "en erreur technique (EN_ERREUR)", "n'ont pas abouti (échoués ou refusés)": states in parentheses say which ones
    are meant by the words before them; where those deny the same state, they say it again."""
    if "(" not in marks.text:
        return marks
    for place in (i for i in range(1, len(marks.tokens)) if "(" in _gap(i, marks)):
        inside = _states_in(place, _end(place, marks), marks, known)
        before = _state_before(place, marks, known)
        if not inside or before is None:
            continue
        first, _, values = before
        denied = next((c for c in marks.cues if c.tag == "not" and c.last == first), None)
        said = marks.tokens[first:place]
        dated = not marks.times.ranges and any(known.date_of(token) or token.norm in ENDED for token in said)
        if dated and (denied is not None or any(token.norm in _NOT for token in said)):
            continue  # "not closed (open or acked)" of those that have no `closed_at`
        if denied is None or not values & inside:
            marks = _without(marks, first if denied is None else denied.first, place)
        else:
            marks = _without(marks, place, _end(place, marks))
    return marks


def _states_in(place: int, end: int, marks: Marks, known: Knowledge) -> frozenset[Scalar]:
    """The states that a parenthesis holds, where it holds nothing else."""
    found, read = set[Scalar](), set[int]()
    for first, last, values in _states(marks, known):
        if place <= first and last <= end:
            found |= values
            read |= set(range(first, last))
    others = {marks.tokens[i].norm for i in range(place, end) if i not in read}
    return frozenset(found) if others <= _JOINING else frozenset()


def _state_before(place: int, marks: Marks, known: Knowledge) -> tuple[int, int, frozenset[Scalar]] | None:
    """The state that is said right before it, words apart that tell how it failed."""
    while place > 0 and marks.tokens[place - 1].norm.startswith(_OF_ERRORS):
        place -= 1
    return next((state for state in _states(marks, known) if state[1] == place), None)


def _states(marks: Marks, known: Knowledge) -> list[tuple[int, int, frozenset[Scalar]]]:
    status = known.roles.status or ""
    found = [(v.first, v.last, frozenset(v.options[status])) for v in marks.values if status in v.options]
    for cue in (cue for cue in marks.cues if cue.tag in STATE_CUES):
        cond = said_state(cue.tag, known, marks.said(cue.first, cue.last), marks)
        if cond is not None and cond.path == status:
            found.append((cue.first, cue.last, frozenset(cond.values)))
    return found


def _without(marks: Marks, first: int, last: int) -> Marks:
    return replace(
        marks,
        values=[value for value in marks.values if not first <= value.first < last],
        cues=[cue for cue in marks.cues if not first <= cue.first < last],
        unknown=[span for span in marks.unknown if not first <= span[0] < last],
    )


_JOINING = frozenset("ou et or and soit".split())
_NOT = frozenset("not non pas".split())
_OF_ERRORS = ("techni", "fonctionnel", "functional", "applicati")  # "en erreur | technique"


def _glossed(marks: Marks, known: Knowledge) -> Marks:
    if "(" not in marks.text or not (
        marks.unknown or marks.flags or any(not n.record and not n.fields for n in marks.nouns)
    ):
        return marks
    said = {i for place in range(1, len(marks.tokens)) if _opens(place, marks) for i in _before(place, marks, known)}
    if not said:
        return marks
    return replace(
        marks,
        flags=[flag for flag in marks.flags if flag.first not in said],
        cues=[cue for cue in marks.cues if cue.first not in said],
        unknown=[(first, last) for first, last in marks.unknown if first not in said],
        nouns=[noun for noun in marks.nouns if noun.record or noun.fields or noun.first not in said],
    )


def _opens(place: int, marks: Marks) -> bool:
    """Does a parenthesis begin here that holds a condition and nothing unknown?"""
    if "(" not in _gap(place, marks):
        return False
    inside = range(place, _end(place, marks))
    told = {*(v.first for v in marks.values), *(f.first for f in marks.flags), *(n.first for n in marks.numbers)}
    return bool(told & set(inside)) and not any(first in inside for first, _ in marks.unknown)


def _end(place: int, marks: Marks) -> int:
    after = range(place + 1, len(marks.tokens))
    return next((i for i in after if ")" in _gap(i, marks)), len(marks.tokens))


def _gap(place: int, marks: Marks) -> str:
    return marks.text[marks.tokens[place - 1].at[1] : marks.tokens[place].at[0]]


def _before(place: int, marks: Marks, known: Knowledge) -> list[int]:
    """Places of unexplained words right before it, small words between them apart, and of its own flag."""
    inside = range(place, _end(place, marks))
    again = {path for mark in marks.values if mark.first in inside for path in mark.options}
    again |= {flag.path for flag in marks.flags if flag.first in inside}
    lost = {i for first, last in marks.unknown for i in range(first, last)}
    lost |= {i for n in marks.nouns if not n.record and not n.fields for i in range(n.first, n.last)}
    states = (c for c in marks.cues if c.tag in STATE_CUES)
    untold = (c for c in states if said_state(c.tag, known, marks.said(c.first, c.last), marks) is None)
    lost |= {i for c in untold for i in range(c.first, c.last)}  # "coupure" where no record has a state
    lost |= {i for f in marks.flags if f.path in again and f.first < place for i in range(f.first, f.last)}
    spans = [(v.first, v.last) for v in marks.values] + [(n.first, n.last) for n in marks.nouns]
    spans += [(flag.first, flag.last) for flag in marks.flags]
    read = {i for first, last in spans for i in range(first, last)} - lost
    found: list[int] = []
    for i in range(place - 1, -1, -1):
        if i in lost:
            found.append(i)
        elif (i in read and found) or (i not in read and marks.tokens[i].norm not in STOP):
            break
    return found
