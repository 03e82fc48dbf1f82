"""Priorities and severities that are told shortly: "P1" of 1, "urgents" of U, "majeurs" of MAJ."""

from __future__ import annotations

import re

from vigie.ask.planner.concepts import same_values
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import ValueMark
from vigie.ask.planner.polarity import is_short_for
from vigie.ask.planner.tokens import root

_PRIORITY = re.compile(r"(?:p|prio|sev)([1-9])")


def priority_at(grams: Grams, known: Knowledge, i: int) -> ValueMark | None:
    """ "P1" where priorities are numbers."""
    if (ranked := _rank_at(grams, known, i)) is not None:
        return ranked
    path, said = known.roles.severity, _PRIORITY.fullmatch(grams.norms[i])
    facet = known.facets.get(path or "")
    if said is None or path is None or facet is None or not any(v == int(said[1]) for v, _ in facet.profile.values):
        return None
    return ValueMark(i, i + 1, {path: (int(said[1]),)}, "whole", grams.tokens[i].text)


def _rank_at(grams: Grams, known: Knowledge, i: int) -> ValueMark | None:
    """ "urgents" of a `prio` of U and N."""
    facet, letter = known.facets.get(known.roles.severity or ""), _RANKS.get(grams.norms[i])
    if facet is None or letter is None or not all(len(str(v)) == 1 for v, _ in facet.profile.values):
        return None
    told = tuple(v for v, _ in facet.profile.values if str(v).upper() == letter)
    return ValueMark(i, i + 1, {facet.path: told}, "alike", grams.tokens[i].text) if told else None


_RANKS = {
    word: word[0].upper()
    for word in (
        "urgent urgente urgents urgentes normal normale normaux normales high haut haute hauts hautes low "
        "bas basse basses medium moyen moyenne moyens moyennes critical critique critiques"
    ).split()
}


def short_rank_at(grams: Grams, known: Knowledge, i: int) -> ValueMark | None:
    """ "critiques", "majeurs" of a `gravite` CRI and MAJ: the beginning of the word, in a field of such."""
    facet, word = known.facets.get(known.roles.severity or ""), root(grams.norms[i])
    if facet is None or grams.norms[i] not in _RANKS.keys() | _LEVELS or not facet.profile.complete:
        return None
    told = [v for v, _ in facet.profile.values if _SHORT[0] <= len(str(v)) <= _SHORT[1] and word != str(v).lower()]
    said = (word, *(other for other in sorted(same_values(word)) if " " not in other))  # BLQ: "blocking", too
    told = [v for v in told if any(is_short_for(str(v).lower(), one) for one in said)]
    return ValueMark(i, i + 1, {facet.path: tuple(told)}, "alike", grams.tokens[i].text) if len(told) == 1 else None


_SHORT = (3, 4)  # letters
_LEVELS = frozenset(
    "critical critique critiques majeur majeurs majeure majeures major mineur mineurs mineure mineures minor "
    "bloquant bloquants bloquante bloquantes blocking faible faibles eleve elevee eleves elevees warning "
    "information informations severe severes important importants importante importantes".split()
)
