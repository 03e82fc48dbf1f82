"""Sample questions of a collection, made from what it holds."""

from __future__ import annotations

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.words import fold

_FRENCH = {"flow": "flux", "job": "jobs", "app": "applications", "transfer": "transferts", "error": "erreurs", "backup": "sauvegardes",
           "deploy": "déploiements", "incident": "incidents", "alert": "alertes", "run": "runs", "host": "serveur", "team": "équipe",
           "env": "environnement", "entity": "entité", "severity": "sévérité", "type": "type", "code": "code", "status": "statut"}  # fmt: skip


def suggestions(known: Knowledge) -> list[str]:
    """In French, most useful first; every one of them can be computed."""
    roles = known.roles
    things = _things(known)
    found = []
    failed = bool(roles.polarity.get("failed"))
    if failed and roles.start and roles.name:
        found.append(f"Quels {things} ont échoué cette nuit ?")
    if failed and roles.name:
        when = " cette semaine" if roles.start else ""
        found.append(f"Top 5 des {things} en échec{when}")
    if failed:
        by = roles.env or roles.entity or roles.host
        found.append(f"Taux d'échec par {_word(known, by)}" if by else f"Combien de {things} en échec ?")
    if roles.duration and roles.name:
        found.append(f"Durée moyenne par {_word(known, roles.name)}" + (" la semaine dernière" if roles.start else ""))
    for path in (roles.severity, roles.code, roles.team, roles.host):
        if path and not failed:
            found.append(f"Répartition par {_word(known, path)}" + (" sur les 7 derniers jours" if roles.start else ""))
    if not found and roles.start:
        found.append(f"Combien de {things} hier ?")
    return found


def _things(known: Knowledge) -> str:
    """What its records are called, in French where a word is known."""
    for word in [*known.head, *known.name.replace("_", " ").split()]:
        for concept in concepts_of(word):
            if concept in _FRENCH and known.record_noun(_FRENCH[concept]):
                return _FRENCH[concept]
    return known.head[0] if known.head else known.name


def _word(known: Knowledge, path: str) -> str:
    facet = known.facets[path]
    for concept in sorted(facet.concepts):
        if concept in _FRENCH and any(found == path for _, found in known.field_scores([_plain(_FRENCH[concept])])[:1]):
            return _FRENCH[concept]
    return facet.words[-1]


def _plain(word: str) -> str:
    return fold(word)
