"""What became of a record, as a condition in the collection's own terms."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import BUCKETS, WAITED
from vigie.ask.planner.marks import Marks
from vigie.ask.planner.overdue import says_overdue
from vigie.ask.planner.placed import Placed, negated
from vigie.ask.planner.polarity import POLARITIES, Polarity, ended_badly
from vigie.ask.planner.tokens import Token, parts, stem
from vigie.ask.when import Times
from vigie.ask.words import fold
from vigie.plan import Scalar

STATE_CUES = (*POLARITIES, "rejected", "open", "opened")


def state_conditions(marks: Marks, known: Knowledge) -> list[Placed]:
    """Failed, succeeded, running ... in the collection's own values; nothing where it has none of that state."""
    found = []
    for cue in marks.cues:
        cond = said_state(cue.tag, known, marks.said(cue.first, cue.last), marks)
        if cond is not None:
            found.append(Placed(cond, cue.first, cue.last, negated(cue.first, marks)))
    return found


def asks_what_was_done(tokens: Sequence[Token]) -> bool:
    """ "did Paris open more tickets": an act, no state."""
    norms = [token.norm for token in tokens]
    asked = any(
        norms[i - 3 : i - 1] == ["a", "t"] and norms[i - 1] in _HE for i in range(4, len(norms)) if norms[i] in _OPENS
    )
    return norms[0] == "did" or asked


_HE = frozenset({"il", "elle"})
_OPENS = frozenset({"ouvert", "ouverts", "ouverte", "ouvertes"})  # "Paul a-t-il | ouverts"


def says_when(times: Times) -> bool:
    """Is a time said of what happened? "ouvertes depuis plus de 4h" are open still."""
    since = ("depuis plus", "for more", "for over")
    return not says_overdue(times) and any(not when.phrase.lower().startswith(since) for when in times.ranges)


def _asks_when(marks: Marks) -> bool:
    """ "à quelle heure ouvre-t-on le plus ...": of when it happened."""
    norms = [t.norm for t in marks.tokens]
    return any(
        norm in BUCKETS and norms[i - 1] in ("quel", "quelle", "par", "which", "per")
        for i, norm in enumerate(norms)
        if i
    )


def said_state(tag: str, known: Knowledge, because: str, marks: Marks) -> Cond | None:
    """What a cue says became of a record; None for other cues, and where the collection does not tell.

    "ouverts lundi" were opened on Monday; "ouverts" without a time are not closed yet.
    """
    match tag:
        case "rejected":
            return _rejected(known, because) or _not_given_up(state("failed", known, because))
        case "open":
            return None if asks_what_was_done(marks.tokens) else still_open(known, because)
        case "opened":
            acted = says_when(marks.times) or _asks_when(marks) or asks_what_was_done(marks.tokens)
            return None if acted else still_open(known, because)
        case "failed":
            return _own_word(_not_well(state(tag, known, because), known), known)
        case "waiting":
            # "en attente" of EN_FILE, PENDING alone, beside SUSPENDU, which waits for somebody to go on with it.
            return _of_words(state(tag, known, because), _WAITING)
        case "succeeded" | "running" | "skipped":
            return state(tag, known, because)
    return None


def _not_given_up(cond: Cond | None) -> Cond | None:
    """ "refusés" are not those that somebody has given up."""
    left = tuple(v for v in cond.values if stem(fold(str(v))) not in _GIVEN_UP) if cond and cond.op == "in" else ()
    return (
        cond if cond is None or cond.op != "in" or left == cond.values else replace(cond, values=left) if left else None
    )


_GIVEN_UP = frozenset(map(stem, "abandonne abandonnee abandoned abandon".split()))


def _of_words(cond: Cond | None, words: Set[str]) -> Cond | None:
    """Of its values those that hold one of these stems, where any does."""
    if cond is None or cond.op != "in":
        return cond
    told = tuple(value for value in cond.values if words & {stem(word) for word in parts(str(value))})
    return replace(cond, values=told) if told else cond


_WAITING = frozenset(map(stem, WAITED | {"file", "pending", "awaiting", "att"}))


def _own_word(cond: Cond | None, known: Knowledge) -> Cond | None:
    """ "en anomalie" of ANOMALIE alone, beside INTERROMPU; "en échec" is of whatever went wrong."""
    if cond is None or cond.path != known.roles.status:
        return cond
    if cond.op == "in" and _BROKEN & set(fold(cond.because).split()):  # "broke" of BREAK, beside ABORTED
        values = (value for value, _ in known.facets[cond.path].profile.values)
        return replace(cond, values=tuple(v for v in values if fold(str(v)) == "break") or cond.values)
    return _of_words(cond, {stem(word) for word in fold(cond.because).split()} & _OWN)


def _not_well(cond: Cond | None, known: Knowledge) -> Cond | None:
    """ "n'ont pas abouti", "did not complete": whatever did not go well, ABORTED and REJECTED beside FAILED."""
    if cond is None or cond.op != "in" or cond.path != known.roles.status:
        return cond
    if not _DENIED & set(re.findall(r"\w+", fold(cond.because))):
        return cond
    return replace(cond, values=tuple(dict.fromkeys((*cond.values, *ended_badly(known.facets[cond.path])))))


_DENIED = frozenset({"pas", "not", "t"})
_BROKEN = frozenset({"break", "breaks", "broke", "broken"})
_OWN = frozenset(map(stem, "anomalie anomaly abend timeout crash plantage blocage corruption".split()))


def _rejected(known: Knowledge, because: str) -> Cond | None:
    """Where records tell of a rejection in an object of its own: `rejet.motif`."""
    status = known.facets.get(known.roles.status or "")
    said = [v for v, _ in status.profile.values if _is_rejection(v)] if status is not None else []
    if status is not None and said:
        return Cond(status.path, "in", tuple(said), because, "failed")
    paths = [f.path for f in known.facets.values() if "rejected" in f.above_concepts and not f.numeric]
    told = max(paths, key=lambda path: (known.facets[path].profile.present, path), default=None)
    return Cond(told, "present", (), because, "failed") if told is not None else None


def _is_rejection(value: Scalar) -> bool:
    return any("rejected" in concepts_of(word) for word in parts(str(value)))


OPEN = frozenset(map(stem, ("open", "opened", "ouvert", "ouverte")))


def _is_open(value: Scalar) -> bool:
    return {stem(word) for word in parts(str(value))} <= OPEN


_ASKED_OF_SOMEBODY = ("incident", "ticket", "demande", "alerte")


def still_open(known: Knowledge, because: str) -> Cond | None:
    roles = known.roles
    for path, _, concepts in known.flags:
        if "resolved" in concepts and not {"ack", "acked", "acknowledged"} & set(known.facets[path].words):
            return Cond(path, "in", (False,), because)
    status = known.facets.get(roles.status or "")
    said_so = OPEN & {stem(word) for word in fold(because).split()}
    still = [v for v, _ in status.profile.values if said_so and _is_open(v)] if status is not None else []
    if roles.status and still:
        return Cond(roles.status, "in", tuple(still), because)
    closed = (*_done_with(roles.polarity.get("succeeded", ())), *roles.polarity.get("skipped", ()))
    if any(known.records.own(word) for word in _ASKED_OF_SOMEBODY):
        closed += tuple(v for v in roles.polarity.get("failed", ()) if _is_rejection(v))  # a ticket that was rejected
    closed += tuple(v for v, _ in status.profile.values if _lapsed(v)) if status is not None else ()
    ends = _dealt_with(known)
    told = any({"resolved", "closed_at"} & concepts_of(word) for v in closed for word in parts(str(v)))
    if roles.status and told and not (ends and _ended_otherwise(ends, closed, known)):
        return Cond(roles.status, "not_in", closed, because)
    if ends:
        return Cond(ends, "missing", (), because)
    going = any(roles.polarity.get(pole) for pole in ("running", "waiting"))
    if roles.status and going and closed and any(map(known.records.own, _ASKED_OF_SOMEBODY)):
        return Cond(roles.status, "not_in", closed, because)  # requests that are neither delivered nor cancelled
    dealt = next((path for path, stems, _ in known.flags if _DEALT & stems), None)
    return Cond(dealt, "in", (False,), because) if dealt is not None else None


_DEALT = frozenset(map(stem, "traite traitee treated handled processed".split()))


def _lapsed(value: Scalar) -> bool:
    return any(stem(word) in _LAPSED for word in parts(str(value)))


_LAPSED = frozenset(map(stem, "expire expiree expired perime perimee lapsed".split()))  # EXPIRING is no such thing


def _done_with(well: Sequence[Scalar]) -> Sequence[Scalar]:
    """Where some are said to be closed, those that were but acknowledged are not."""
    told = {v: frozenset(c for word in parts(str(v)) for c in concepts_of(word)) for v in well}
    if not any(concepts & _CLOSED for concepts in told.values()):
        return well
    return [v for v, concepts in told.items() if concepts & _CLOSED or "acked" not in concepts]


_CLOSED = frozenset({"resolved", "closed_at"})


def _dealt_with(known: Knowledge) -> str | None:
    """The date by which a record is done with: `resolved_at`, `traitee_le`."""
    end = known.facets.get(known.roles.end or "")
    if end is not None and end.concepts & {"resolved", "closed_at"}:
        return end.path
    return next((f.path for f in known.facets.values() if f.profile.time is not None and f.stems & _DEALT_WITH), None)


def _ended_otherwise(ends: str, closed: Sequence[Scalar], known: Knowledge) -> bool:
    """Do more records have an end than are in these states: "régularisé" is no word known of one that is closed?"""
    status, end = known.facets[known.roles.status or ""], known.facets[ends]
    return end.profile.present > _PASSED * sum(n for value, n in status.profile.values if value in closed)


_DEALT_WITH = frozenset(map(stem, "traite traitee handled treated processed".split()))
_PASSED = 1.05  # times as many


def state(polarity: Polarity, known: Knowledge, because: str) -> Cond | None:
    """That state as a condition, None where the collection does not tell it."""
    roles = known.roles
    if polarity == "failed" and every_record_failed(known):
        return None
    if roles.outcome and polarity in ("failed", "succeeded") and (ended := roles.endings.get(polarity, ())):
        return Cond(roles.outcome, "in", ended, because, polarity)
    values = roles.polarity.get(polarity, ())
    if roles.status and values:
        return Cond(roles.status, "in", values, because, polarity)
    if polarity == "running" and roles.end:
        return Cond(roles.end, "missing", (), because, polarity)
    if polarity == "failed":
        for path in (roles.code, roles.message):
            if path and "." in path:
                return Cond(path, "present", (), because, polarity)
        two = roles.status is not None and known.facets[roles.status].profile.distinct == 2
        if roles.status and two and roles.polarity.get("succeeded"):
            return Cond(roles.status, "not_in", roles.polarity["succeeded"], because, polarity)
    return None


def every_record_failed(known: Knowledge) -> bool:
    """A collection of errors: "échecs" needs no condition there; a state REJECTED is of how they were dealt with."""
    dealt = all(map(_is_rejection, known.roles.polarity.get("failed", ())))
    return known.records.own("erreur") and (not known.roles.status or dealt)
