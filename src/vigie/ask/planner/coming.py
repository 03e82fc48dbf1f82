"""What lies ahead: "expirent en décembre" is of the next December, where a field of the records lies in the future."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import HAPPENED
from vigie.ask.planner.marks import Marks
from vigie.ask.planner.tokens import Token
from vigie.ask.when import Times, When

# As they are written, with their accents: "expirés" are past.
_SAID = frozenset(
    "expire expirent expirer expirera expireront expirant expires expiring expiry expiration expirations échéance "
    "échéances echeance echeances échoit échoient echoit echoient échoir due deadline deadlines périme périment "
    "renouveler renouvellement renew renewal "
    "prévu prévue prévus prévues prevu prevue prevus prevues planifié planifiée "
    "planifiés planifiées planned scheduled".split()
)
# What may be done and recorded, beside a date that it is due on.
_ACTS = frozenset("renouvellement renouvellements renewal renewals renew renouveler".split())
_PAST = frozenset(
    "dernier derniere derniers dernieres passe passee passes passees precedent precedente last past previous ago "
    "depuis since hier yesterday did etait etaient was were had already deja failed ont".split()
)
_HELPING = frozenset("vont va will shall going arrivent arrive arriveront arrivera viennent vient tombent".split())
_CALLED = ("expir", "echeanc", "deadline", "perem", "renouv", "renew")  # how words of such fields begin
_CALLED_SO = frozenset("due until validite valid".split())


def says_coming(found: Sequence[Token], known: Knowledge) -> bool:
    """Of one collection: where its records are renewals themselves, "renewal" tells no date."""
    if says_past(found):
        return False
    return any(_is_coming(t) and not _because(found, i) and not is_recorded_act(t, known) for i, t in enumerate(found))


def is_recorded_act(token: Token, known: Knowledge) -> bool:
    """ "renouvellement" of `cert_renewals`: what was done, and recorded."""
    return token.norm in _ACTS and known.records.called_so(token.norm)


def says_past(found: Sequence[Token]) -> bool:
    return any(token.norm in _PAST for token in found)


def helps_coming(token: Token) -> bool:
    """ "vont expirer", "arrivent à échéance": words that say nothing more."""
    return _is_coming(token) or token.norm in _HELPING


def says_to_come(token: Token) -> bool:
    """ "expirent", not "expirés", nor what is planned, which is a state."""
    return _is_coming(token) and token.norm.startswith(_CALLED)


def _is_coming(token: Token) -> bool:
    return token.text.lower() in _SAID


def _because(found: Sequence[Token], i: int) -> bool:
    """ "due to a timeout"."""
    return found[i].norm == "due" and i + 1 < len(found) and found[i + 1].norm == "to"


def coming_path(known: Knowledge, now: datetime) -> str | None:
    """The field of instants that lie ahead: one that is called so, else the only one."""
    ahead = [facet for facet in known.facets.values() if _ahead(facet, now)]
    named = [facet for facet in ahead if _called_so(facet)]
    if named:
        return max(named, key=lambda facet: (facet.profile.present, facet.path)).path
    begins = [facet for facet in ahead if {"planned", "start"} <= facet.concepts or facet.begins_plan]
    only = ahead if len(ahead) == 1 else begins
    return only[0].path if len(only) == 1 else None


def coming_field(times: Times, known: Knowledge) -> str | None:
    """Where the question's times lie ahead: by its words, or by themselves ("dans les 30 prochains jours")."""
    if times.now is None:
        return None
    later = bool(times.ranges) and all(t.start is not None and t.start >= times.now for t in times.ranges)
    return coming_path(known, times.now) if times.ahead or later else None


def planned_field(marks: Marks, known: Knowledge) -> str | None:
    """ "prévus la semaine prochaine" of a `planned_for`, whatever else ends or expires later."""
    now = marks.times.now
    later = [f for f in known.facets.values() if now and _ahead(f, now)]
    planned = [f.path for f in later if "planned" in f.concepts or f.begins_plan]
    said = any("planned" in concepts_of(token.norm) for token in marks.tokens)
    return planned[0] if said and len(planned) == 1 else None


def not_yet(times: Times, known: Knowledge) -> When | None:
    """A time that lies ahead of every record."""
    if times.now is None or coming_field(times, known) is not None:
        return None
    facet = known.facets.get(known.roles.start or known.roles.end or "")
    if facet is None or _ahead(facet, times.now):
        return None
    return next((t for t in times.ranges if t.start is not None and t.start >= times.now), None)


def _ahead(facet: Facet, now: datetime) -> bool:
    high = facet.profile.high
    return facet.profile.time is not None and isinstance(high, datetime) and high > now and not facet.profile.repeated


def _called_so(facet: Facet) -> bool:
    return any(word.startswith(_CALLED) or word in _CALLED_SO for word in facet.words)


_YET = frozenset({"encore", "toujours", "still"})


def was_expected(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "fichiers attendus hier" of records that are dated by when they are expected: all those of then, whatever they
    have come to. What is "encore attendu" is in a state ATTENDU."""
    start = known.facets.get(known.roles.start or "")
    dated = start is not None and "planned" in start.concepts and bool(grams.times.ranges)
    return dated and HAPPENED.get(grams.norms[i]) == HAPPENED["attendu"] and not _YET & set(grams.norms[:i])
