"""Which field of dates a verb or a noun names: "reçus", "réception" of a `recuLe`."""

from __future__ import annotations

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import ENDED, HAPPENED
from vigie.ask.planner.tokens import alike_start, stem

_OF_ANY = frozenset("date dt time ts heure at le on horodatage timestamp jour day".split())  # of any field of dates
_DOERS = {"resoudre": "resolu", "recevoir": "recu", "emettre": "emis", "soumettre": "soumis", "send": "sent"}
_PREFIX = 5  # letters that "fabrication" and `fabrique_le` share at least


def date_named(norm: str, known: Knowledge) -> str | None:
    """The one field of dates that a verb or a noun names: "fabrication" of `fabriqueLe`."""
    if len(norm) < 3 or norm in _OF_ANY:
        return None
    said = _DOERS.get(norm, norm)
    scored: list[tuple[float, str]] = []
    for facet in known.facets.values():
        if facet.profile.time is None or facet.profile.repeated:
            continue
        own = [w for w in facet.words if w not in _OF_ANY] or list(facet.above[-1:])
        own += spelled(tuple(own))
        if score := max((_names(said, word) for word in own), default=0.0):
            scored.append((score, facet.path))
    scored.sort(key=lambda s: -s[0])
    if not scored:
        ends = {"start": known.roles.start, "created": known.roles.start, "end": known.roles.end}
        return next((ends[c] for c in sorted(concepts_of(said) & ends.keys())), None)
    return scored[0][1] if len(scored) == 1 or scored[0][0] > scored[1][0] else None


def _names(said: str, word: str) -> float:
    if stem(said) == stem(word):
        return 3.0
    if HAPPENED.get(said) is not None and HAPPENED.get(said) == HAPPENED.get(word):
        return 2.8
    if stem(said) in kin_of(word) or stem(word) in kin_of(said):
        return 2.6
    if concepts_of(said) & concepts_of(word) or {said, word} <= ENDED:
        return 2.0
    return 1.5 if alike_start(said, word) >= min(_PREFIX, len(word)) > 3 else 0.0
