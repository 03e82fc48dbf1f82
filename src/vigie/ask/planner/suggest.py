"""Sample questions of a collection, made from what it holds."""

from __future__ import annotations

from vigie.ask.language import Language
from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.words import fold

# What records are called (plural), and fields (singular).
_THINGS: dict[Language, dict[str, str]] = {
    "fr": {"flow": "flux", "job": "jobs", "app": "applications", "transfer": "transferts", "error": "erreurs",
           "backup": "sauvegardes", "deploy": "déploiements", "incident": "incidents", "alert": "alertes", "run": "runs"},
    "en": {"flow": "flows", "job": "jobs", "app": "applications", "transfer": "transfers", "error": "errors",
           "backup": "backups", "deploy": "deployments", "incident": "incidents", "alert": "alerts", "run": "runs"},
}  # fmt: skip
_FIELDS: dict[Language, dict[str, str]] = {
    "fr": {"flow": "flux", "job": "job", "app": "application", "host": "serveur", "team": "équipe", "env": "environnement",
           "entity": "entité", "severity": "sévérité", "type": "type", "code": "code", "status": "statut"},
    "en": {"flow": "flow", "job": "job", "app": "application", "host": "server", "team": "team", "env": "environment",
           "entity": "entity", "severity": "severity", "type": "type", "code": "code", "status": "status"},
}  # fmt: skip
_SAYS: dict[Language, dict[str, str]] = {
    "fr": {
        "failed": "Quels {things} ont échoué cette nuit ?",
        "top": "Top 5 des {things} en échec",
        "rate": "Taux d'échec par {field}",
        "failures": "Combien de {things} en échec ?",
        "duration": "Durée moyenne par {field}",
        "by": "Répartition par {field}",
        "count": "Combien de {things} hier ?",
        "this_week": " cette semaine",
        "last_week": " la semaine dernière",
        "7_days": " sur les 7 derniers jours",
    },
    "en": {
        "failed": "Which {things} failed last night?",
        "top": "Top 5 failed {things}",
        "rate": "Failure rate by {field}",
        "failures": "How many failed {things}?",
        "duration": "Average duration by {field}",
        "by": "Number of {things} by {field}",
        "count": "How many {things} yesterday?",
        "this_week": " this week",
        "last_week": " last week",
        "7_days": " over the last 7 days",
    },
}


def suggestions(known: Knowledge, language: Language) -> list[str]:
    """Most useful first; every one of them can be computed."""
    roles, says = known.roles, _SAYS[language]
    things = _things(known, language)

    def say(code: str, path: str | None = None, when: str = "") -> str:
        field = _word(known, path, language) if path else ""
        return says[code].format(things=things, field=field) + (says[when] if when and roles.start else "")

    found = []
    failed = bool(roles.polarity.get("failed"))
    if failed and roles.start and roles.name:
        found.append(say("failed"))
    if failed and roles.name:
        found.append(say("top", when="this_week"))
    if failed:
        by = roles.env or roles.entity or roles.host
        found.append(say("rate", by) if by else say("failures"))
    if roles.duration and roles.name:
        found.append(say("duration", roles.name, "last_week"))
    if not failed:
        found += [say("by", path, "7_days") for path in (roles.severity, roles.code, roles.team, roles.host) if path]
    if not found and roles.start:
        found.append(say("count"))
    return found


def _things(known: Knowledge, language: Language) -> str:
    """What its records are called, where a word is known."""
    words = _THINGS[language]
    for word in [*known.records.head, *known.name.replace("_", " ").split()]:
        for concept in concepts_of(word):
            if concept in words and known.records.noun(fold(words[concept])):
                return words[concept]
    return known.records.head[0] if known.records.head else known.name


def _word(known: Knowledge, path: str, language: Language) -> str:
    facet, words = known.facets[path], _FIELDS[language]
    for concept in sorted(facet.concepts):
        if concept in words and any(found == path for _, found in known.fields.scores([fold(words[concept])])[:1]):
            return words[concept]
    return facet.words[-1]
