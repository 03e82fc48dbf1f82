"""How far the records of a collection are, and which of its dates came about on the way: began, ended, only foreseen.

A date is told by its name, as a participle too (`lance_le`, `picked_up_at`, `fini_le`), and by who lacks it: what
waits has no start, and what still runs has no end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.polarity import Polarity
from vigie.ask.planner.tokens import stem
from vigie.plan import Scalar


def _stems(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


# What is said of a record itself when it begins. "Sent", "installed" are said of its end as well: no such words.
_BEGAN = _stems(
    "lance lancee lancement launched launch demarre demarree demarrage initie initiee initiated debute debutee "
    "entame entamee engage engagee kickoff kicked commence commencee commenced dequeued fired declenche declenchee "
    "declenchement"
)
_ENDED = _stems(
    "fini finie termine terminee terminaison terminated term acheve achevee achevement complet completed complete "
    "completion done concluded conclu conclue conclusion finalise finalisee finalized deconnecte deconnectee "
    "disconnected deconnexion logout logoff loggedoff"
)
# Acts that a record may end with, where no other date is its end.
_DONE_WITH = _stems(
    "livre livree delivered regle reglee reglement settled settlement denoue denouee traite traitee processed remis "
    "remise rendu rendue solde soldee leve levee lifted solved repare reparee repaired retabli retablie restored "
    "expedie expediee decide decidee decided arrivee arrived arrival depart departure hung raccroche raccrochee"
)
_ASKED = _stems(
    "demande demandee requested submitted submission soumis soumise soumission queued enqueued enfile enfilee "
    "depose deposee enregistre enregistree registered publie publiee"
)
_FORESEEN = _stems(
    "planifie planifiee planned planning plan scheduled schedule prevu prevue prevision previsionnel previsionnelle "
    "forecast expected attendu attendue estimated estime estimee eta etd programme programmee theorique theo target "
    "cible window creneau due echeance deadline limite"
)
_SPARE = 0.01  # of all records, that lack a date for a reason of their own


@dataclass(frozen=True)
class Course:
    """Numbers of records, all in all and of the states that lack a date."""

    total: int = 0
    waiting: int = 0
    running: int = 0
    skipped: int = 0

    def tells_start(self, f: Facet) -> bool:
        """Do only those lack it that wait or never were to be?"""
        lacking = self.total - f.profile.present
        return 0 < lacking <= self.waiting + self.skipped + _SPARE * self.total

    def tells_end(self, f: Facet) -> bool:
        """Do those lack it that wait or run, and no others but those that never were to be?"""
        lacking, spare = self.total - f.profile.present, _SPARE * self.total
        before = self.waiting + self.running
        return bool(before) and before - spare <= lacking <= before + self.skipped + spare


def course_of(total: int, status: Facet | None, meant: Mapping[Polarity, tuple[Scalar, ...]]) -> Course:
    if status is None or not status.profile.complete:
        return Course(total)
    counts = dict(status.profile.values)
    waiting, running, skipped = (
        sum(counts.get(value, 0) for value in meant.get(pole, ())) for pole in ("waiting", "running", "skipped")
    )
    return Course(total, waiting, running, skipped)


def _said(f: Facet) -> frozenset[str]:
    return frozenset(stem(word) for word in (*f.words, *spelled(f.words)))


def began(f: Facet) -> bool:
    """`lance_le`, `kickoff`, `date_lancement`."""
    return bool(_said(f) & _BEGAN)


def ended(f: Facet) -> bool:
    """`fini_le`, `done_at`, the `to` of a `from`."""
    return bool(_said(f) & _ENDED) or f.words == ("to",)


def done_with(f: Facet) -> bool:
    """`livree_le`, `settledAt`; no `date_reglement_prevue`."""
    return bool(_said(f) & _DONE_WITH) and not foreseen(f)


def asked(f: Facet) -> bool:
    """`demande_le` beside the time at which it was done."""
    return bool(_said(f) & _ASKED)


def foreseen(f: Facet) -> bool:
    """`planifie_le`, `dt_prev`, `plan.start`: when it was to be, which is no time that it was at."""
    return bool((_said(f) | {stem(word) for word in f.above}) & _FORESEEN)


def precedes(f: Facet, other: Facet) -> bool:
    """Do its dates lie before the other's, by the first of each and by the last?"""
    ends = (f.profile.low, other.profile.low, f.profile.high, other.profile.high)
    if not all(isinstance(end, datetime) for end in ends):
        return False
    return ends[0] < ends[1] and ends[2] < ends[3]  # type: ignore[operator]


def leaves_after(f: Facet, others: Sequence[Facet]) -> bool:
    """The `depart` of who arrived before: an intervention ends with it, where a round begins."""
    if f.profile.time is None or not _said(f) & _LEAVES:
        return False
    return any(o.profile.time is not None and _said(o) & _ARRIVES and precedes(o, f) for o in others)


_LEAVES, _ARRIVES = _stems("depart departure left"), _stems("arrivee arrived arrival")
