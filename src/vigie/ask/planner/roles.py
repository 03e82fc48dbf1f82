"""What the fields of a collection are: its times, its duration, its status and what its values mean, its names.

Inferred from the fields' names (French and English), their types and their values; an operator may correct it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.course import course_of, leaves_after
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.polarity import Polarity, polarities, polarity_of
from vigie.ask.planner.role_scores import (
    LABELS,
    OTHERWISE,
    code_score,
    dimension,
    duration_score,
    duration_unit,
    end_score,
    env_score,
    ident_score,
    is_delay,
    message_score,
    name_score,
    start_score,
    status_score,
)
from vigie.ask.planner.tokens import alike_start, parts, stem
from vigie.plan import MINUS, Profile, Scalar

_SHARED = 6  # letters that the name of a date and of its collection share at least
LASTED = (1.0, "s")  # of a duration that is the time between two fields


@dataclass(frozen=True)
class Roles:
    """Paths by what they are; None where the collection has no such field."""

    start: str | None = None
    end: str | None = None
    duration: str | None = None
    duration_unit: tuple[float, str] | None = None  # seconds of one, its sign
    status: str | None = None
    polarity: Mapping[Polarity, tuple[Scalar, ...]] = field(default_factory=dict)
    outcome: str | None = None  # how a record ended, where its status only tells how far it is
    endings: Mapping[Polarity, tuple[Scalar, ...]] = field(default_factory=dict)
    name: str | None = None
    ident: str | None = None
    host: str | None = None
    env: str | None = None
    entity: str | None = None
    team: str | None = None
    severity: str | None = None
    code: str | None = None
    message: str | None = None

    def named(self) -> list[tuple[str, str]]:
        """(role, path) of those that were found."""
        pairs = [(f.name, getattr(self, f.name)) for f in fields(self)]
        return [(name, path) for name, path in pairs if isinstance(path, str)]


def learn_roles(profile: Profile, known: Mapping[str, Facet], fixed: Mapping[str, str] | None = None) -> Roles:
    """Roles by name, type and values. `fixed`: an operator's, role -> path."""
    fixed = {role: path for role, path in (fixed or {}).items() if path in known}
    open_fields = list(known.values())

    def best(role: str, score: Callable[[Facet], float]) -> str | None:
        if role in fixed:
            return fixed[role]
        ranked = sorted(
            ((score(f), f.profile.present, f.path) for f in open_fields), key=lambda r: (-r[0], -r[1], r[2])
        )
        return ranked[0][2] if ranked and ranked[0][0] > 0 else None

    status = best("status", status_score)
    outcome = best("outcome", lambda f: _outcome_score(f, status, known))
    said = polarities(known[status]) if status else {}
    course = course_of(profile.total, known.get(status or ""), said)
    lows = [f.profile.low for f in open_fields if f.profile.time is not None]
    earliest = min((low for low in lows if isinstance(low, datetime)), default=None)
    own = [stem(word) for word in parts(profile.collection)]
    deployed = any("deploy" in concepts_of(word) for word in parts(profile.collection))

    def begins(f: Facet) -> float:
        # `deployedAt` of `deployments`, before the time at which their records were made.
        named = any(
            alike_start(stem(word), name) >= _SHARED for word in f.words for name in own if len(name) >= _SHARED
        ) or (any(word.startswith(("deplo", "livr")) for word in f.words) and deployed)
        score = start_score(f, course) * (not leaves_after(f, open_fields))
        # Of dates that are none of a start, such as what is due, the earliest is none the more.
        return score + 0.1 * (f.profile.low == earliest is not None and score > 0.01) + 3 * (named and score > 1)

    start = best("start", begins)
    end = best("end", lambda f: 0 if f.path == start else end_score(f, known.get(start or ""), course))
    # `mesures.temps_reponse_ms` of the few that have one is no length of them all.
    duration = best("duration", lambda f: 0 if f.above and 3 * f.profile.present < profile.total else duration_score(f))
    delayed = duration is not None and is_delay(known[duration])
    if (
        (duration is None or (delayed and "duration" not in fixed))
        and start
        and end
        and not (known[start].profile.repeated or known[end].profile.repeated)
    ):
        duration = f"{end}{MINUS}{start}"
    if (
        duration is None
        and len(only := [f for f in open_fields if f.numeric and f.unit and not f.concepts & OTHERWISE]) == 1
    ):
        duration = only[0].path  # `rendu_ms`, where nothing else tells how long a record took
    code = best("code", lambda f: 0 if f.path == status else code_score(f))
    ident = best("ident", lambda f: ident_score(f, profile.total))
    meant = _with_a_code(said, known[status], known.get(code or "")) if status else {}
    code = code or (_of_failures(open_fields, known[status], meant) if status else None)
    numbered = frozenset(known[ident].stems) if ident is not None else frozenset[str]()
    name = best("name", lambda f: 0 if f.path in (status, code) else name_score(f, profile, numbered))
    name = name or _labelled(open_fields)
    return Roles(
        start=start,
        end=end,
        duration=duration,
        duration_unit=None if duration is None else duration_unit(known[duration]) if duration in known else LASTED,
        status=status,
        polarity=meant,
        outcome=outcome,
        endings=polarities(known[outcome]) if outcome else {},
        name=name,
        ident=ident,
        host=best("host", lambda f: dimension(f, "host")),
        env=best("env", env_score),
        entity=best("entity", lambda f: dimension(f, "entity")),
        team=best("team", lambda f: dimension(f, "team")),
        severity=best(
            "severity",
            lambda f: 0 if f.profile.repeated else max(dimension(f, "severity"), dimension(f, "priority") - 0.5),
        ),
        code=code,
        message=best("message", lambda f: 0 if f.path == name and not f.long else message_score(f)),
    )


def _severity_score(f: Facet) -> float:
    return 0 if f.profile.repeated else max(dimension(f, "severity"), dimension(f, "priority") - 0.5)


def _with_a_code(
    meant: Mapping[Polarity, tuple[Scalar, ...]], status: Facet, code: Facet | None
) -> Mapping[Polarity, tuple[Scalar, ...]]:
    """States that no word tells of, where far more records have an error code than failed by the words known, and as
    many as did with those: BOUNCED, beside TIMEOUT, is a failure too."""
    if code is None or not (code.concepts | code.above_concepts) & {"error"} or not status.profile.complete:
        return meant
    told = {value for values in meant.values() for value in values}
    texts = (v for v, _ in status.profile.values if isinstance(v, str) and v not in told)
    others = tuple(v for v in texts if polarity_of(v) is None)  # ABORTED beside FAILED is known, and none of them
    failed = sum(n for value, n in status.profile.values if value in meant.get("failed", ()))
    more = sum(n for value, n in status.profile.values if value in others)
    coded = code.profile.present
    short = bool(failed) and coded > _MORE * failed and coded <= failed + more <= _MORE * coded
    return {**meant, "failed": (*meant["failed"], *others)} if short else meant


def _of_failures(
    open_fields: Sequence[Facet], status: Facet, meant: Mapping[Polarity, tuple[Scalar, ...]]
) -> str | None:
    """`nackCode`, which as many records have as failed: the one such field of codes."""
    failed = sum(n for value, n in status.profile.values if value in meant.get("failed", ()))
    fields = (f for f in open_fields if f.text and f.path != status.path and not (f.long or f.profile.repeated))
    found = [
        f.path
        for f in fields
        if "code" in f.concepts
        and 1 < f.profile.distinct <= _CODES
        and f.profile.present <= failed * _MORE <= 2 * f.profile.present
    ]
    return found[0] if len(found) == 1 else None


_CODES = 100  # values: more are no kinds of errors
_MORE = 1.15  # times as many


def _labelled(open_fields: Sequence[Facet]) -> str | None:
    """`libelle` beside a `code`, as many of each: what the records are of, where no field is their name."""
    told = [f for f in open_fields if f.text and f.profile.complete and not (f.above or f.profile.repeated)]
    codes = [f for f in told if f.concepts == {"code"}]
    labels = [f for f in told if len(f.words) == 1 and f.words[0] in LABELS and f.profile.distinct > 1]
    pairs = (f.path for f in labels if any(_counts(f) == _counts(code) for code in codes))
    return next(pairs, None)


def _counts(f: Facet) -> list[int]:
    """How often each value is there: the same of two fields that go together."""
    return sorted(count for _, count in f.profile.values)


def _outcome_score(f: Facet, status: str | None, known: Mapping[str, Facet]) -> float:
    """`resultat` beside a `statut` of which nothing fails: refused requests were never made. A field that tells but of
    failures tells why, not how it ended."""
    if status is None or f.path == status or status_score(f) <= 0 or not f.text or f.profile.repeated:
        return 0
    told = {word for v in polarities(known[status]).get("failed", ()) for word in parts(str(v))}
    ended = polarities(f)
    fails = "failed" in ended and "succeeded" in ended
    return status_score(f) if fails and not {stem(word) for word in told} - _REFUSED else 0


_REFUSED = frozenset(map(stem, "refuse refusee refused denied rejete rejetee rejected non".split()))
