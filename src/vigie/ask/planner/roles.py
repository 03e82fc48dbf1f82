"""What the fields of a collection are: its times, its duration, its status and what its values mean, its names.

Inferred from the fields' names (French and English), their types and their values; an operator may correct it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Literal

from vigie.ask.planner.concepts import concepts_of, environment_of
from vigie.ask.planner.tokens import key, parts, stem
from vigie.plan import ELAPSED, FieldProfile, Profile, Scalar

Polarity = Literal["failed", "succeeded", "running", "skipped", "waiting"]
POLARITIES: tuple[Polarity, ...] = ("failed", "succeeded", "running", "skipped", "waiting")

_WORDS: dict[Polarity, str] = {
    "failed": "ko nok fail failed failure failing error errored erreur err echec echoue echouee plante crash crashed abort aborted abend "
    "abended killed timeout timedout rejected rejete refused refuse broken anormal abnormal fatal nonok unsuccessful incident bad red rouge "
    "avorte defaut exception dead deadletter lost perdu ano anomalie anomaly abd rej refusee rejetee",
    "succeeded": "ok success succes succeeded successful succeed done complete completed termine terminee fini finie finished reussi reussie "
    "passed valide validated valid delivered livre green vert ended normal traite processed good closed resolved ack acknowledged term conforme compliant conformite accepte acceptee accepted acquitte acquittee",
    "running": "running run encours cours progress started start active actif executing execution demarre processing ongoing working inprogress exec",
    "skipped": "skipped skip ignored ignore saute cancelled canceled annule annulee bypassed notrun disabled ann saute sautee",
    "waiting": "pending queued queue waiting wait attente scheduled planned planifie prevu ready hold held suspended suspendu new att",
}
_POLARITY: dict[str, Polarity] = {stem(word): pole for pole, words in _WORDS.items() for word in words.split()}
# Words of a value that turn it: COMPLETED_WITH_ERRORS, TERMINE_KO, NOT_STARTED.
_STRONG = ("failed", "running", "waiting", "skipped", "succeeded")
_MILLIS = frozenset("ms millis millisecond milliseconde msec".split())
_SECONDS = frozenset("s sec secs second seconde seconds secondes".split())
_MINUTES = frozenset("min mn minute".split())
_HOURS = frozenset("h hr hour heure".split())
_UNITS = ((_MILLIS, 0.001, "ms"), (_SECONDS, 1.0, "s"), (_MINUTES, 60.0, "min"), (_HOURS, 3600.0, "h"))
# Signs of units in a field's name: `memPeakMiB`, `duree_s`, `coutEur`.
UNITS = (
    _MILLIS | _SECONDS | _MINUTES | _HOURS | frozenset("ko mo go kb mb gb mib gib kib octets bytes eur usd pct".split())
)
_LASTED = (1.0, "s")  # of a duration that is the time between two fields
MANY = 5_000


@dataclass(frozen=True)
class Facet:
    """One field and what it may be called. `subject`: names of the collection's things: flows, jobs."""

    profile: FieldProfile
    words: tuple[str, ...]  # of its last part, folded
    above: tuple[str, ...]  # of the parts above it
    extra: frozenset[str] = frozenset()  # an operator's synonyms, stems

    @property
    def path(self) -> str:
        return self.profile.path

    @cached_property
    def concepts(self) -> frozenset[str]:
        found = frozenset(c for word in self.words for c in concepts_of(word))
        return found | {"code"} if "http" in self.words else found

    @cached_property
    def coded(self) -> bool:
        """Numbers that name something: return codes, HTTP codes. They are counted, not added up."""
        return self.numeric and bool(
            self.concepts & {"code", "exit", "status"} or set(self.words) & (_RETURNS | {"http"})
        )

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(stem(word) for word in self.words) | self.extra

    @cached_property
    def above_concepts(self) -> frozenset[str]:
        return frozenset(c for word in self.above for c in concepts_of(word))

    @cached_property
    def numeric(self) -> bool:
        return self.profile.share("integer", "number") > 0.9 and self.profile.time is None

    @cached_property
    def flag(self) -> bool:
        return self.profile.share("bool") > 0.9

    @cached_property
    def text(self) -> bool:
        return self.profile.share("text") > 0.5 and self.profile.time is None

    @cached_property
    def long(self) -> bool:
        """Prose: messages, descriptions."""
        values = self.profile.values[:200]
        shown = [v for v, _ in values if isinstance(v, str)]
        return bool(shown) and sum(v.count(" ") >= 3 for v in shown) > len(shown) / 3

    def unique(self, total: int) -> bool:
        """Nearly another value in each record."""
        return self.profile.present > 20 and self.profile.distinct > 0.6 * self.profile.present

    @cached_property
    def unit(self) -> tuple[float, str] | None:
        """(seconds of one, its sign) by the field's name."""
        for word in reversed(self.words):
            for names, seconds, sign in _UNITS:
                if word in names:
                    return seconds, sign
        return None


@dataclass(frozen=True)
class Roles:
    """Paths by what they are; None where the collection has no such field."""

    start: str | None = None
    end: str | None = None
    duration: str | None = None
    duration_unit: tuple[float, str] | None = None  # seconds of one, its sign
    status: str | None = None
    polarity: Mapping[Polarity, tuple[Scalar, ...]] = field(default_factory=dict)
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


def facets(profile: Profile) -> dict[str, Facet]:
    """By path; those that cannot be queried (collapsed keys) are left out."""
    found = {}
    for one in profile.fields:
        if "*" in one.path.split(".") or not one.present or one.share("object") > 0.9:
            continue
        *above, last = one.path.split(".")
        words = parts(last) or (last.lower(),)
        whole = frozenset({stem("".join(words))})  # "runCount", as it stands in the data
        found[one.path] = Facet(one, words, tuple(w for part in above for w in parts(part)), whole)
    return found


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

    status = best("status", _status_score)
    start = best("start", lambda f: _start_score(f, profile.total))
    end = best("end", lambda f: 0 if f.path == start else _end_score(f))
    duration = best("duration", _duration_score)
    if duration is None and start and end and not (known[start].profile.repeated or known[end].profile.repeated):
        duration = f"{end}{ELAPSED}{start}"
    code = best("code", lambda f: 0 if f.path == status else _code_score(f))
    return Roles(
        start=start,
        end=end,
        duration=duration,
        duration_unit=None if duration is None else _duration_unit(known[duration]) if duration in known else _LASTED,
        status=status,
        polarity=polarities(known[status]) if status else {},
        name=best("name", lambda f: 0 if f.path in (status, code) else _name_score(f, profile)),
        ident=best("ident", lambda f: _ident_score(f, profile.total)),
        host=best("host", lambda f: _dimension(f, "host")),
        env=best("env", _env_score),
        entity=best("entity", lambda f: _dimension(f, "entity")),
        team=best("team", lambda f: _dimension(f, "team")),
        severity=best("severity", lambda f: max(_dimension(f, "severity"), _dimension(f, "priority") - 0.5)),
        code=code,
        message=best("message", _message_score),
    )


def polarity_of(value: Scalar) -> Polarity | None:
    """What one status value says: `FAILED`, `KO`, `Terminé en erreur`, an exit code."""
    if isinstance(value, bool):
        return "succeeded" if value else "failed"
    if isinstance(value, int | float):
        return None
    words = [stem(word) for word in parts(str(value))]
    negated = next((i for i, word in enumerate(words[:-1]) if i and word in ("not", "non", "pas", "no")), None)
    if negated is not None and _POLARITY.get(words[negated + 1]) == "succeeded":
        return "failed"  # Ended Not OK
    joined = stem("".join(parts(str(value))))
    if joined in _POLARITY:
        return _POLARITY[joined]
    if words[:1] == ["not"] or words[:1] == ["non"]:
        if len(words) > 1 and _POLARITY.get(words[1]) == "succeeded":
            return "failed"
        return "waiting" if {"start", "started", "demarr"} & set(words) else None
    found = {_POLARITY[word] for word in words if word in _POLARITY}
    if words[:1] == ["en"] and found == {"succeeded"}:
        return "running"  # "en traitement"
    return next((pole for pole in _STRONG if pole in found), None)


def polarities(status: Facet) -> dict[Polarity, tuple[Scalar, ...]]:
    """The values of each polarity. Of numbers: 0 went well, others did not (an exit code); `failed: true` failed."""
    found: dict[Polarity, list[Scalar]] = {}
    turned = status.flag and polarity_of(" ".join(status.words)) == "failed"
    for value, _ in status.profile.values:
        pole = polarity_of(value is not True if turned and isinstance(value, bool) else value)
        if pole is None and isinstance(value, int | float):
            well = value < 400 if "http" in status.words else value == 0
            pole = "succeeded" if well else "failed"
        if pole is not None:
            found.setdefault(pole, []).append(value)
    if "failed" in found and any(not _given_up(value) for value in found["failed"]):
        found["failed"] = [value for value in found["failed"] if not _given_up(value)]
    return {pole: tuple(values) for pole, values in found.items()}


def _given_up(value: Scalar) -> bool:
    """Aborted runs have failed only where no others have."""
    return isinstance(value, str) and bool({stem(word) for word in parts(value)} & _GIVEN_UP)


_GIVEN_UP = frozenset(stem(word) for word in "abort aborted avorte avortee abandonne abandonnee abandoned".split())


# ------------------------------------------------------------------ scores


def _depth(f: Facet) -> float:
    return f.path.count(".") * 0.8


def _named(f: Facet, *concepts: str) -> float:
    """2 when the whole name is one of these, 1 when it is part of it."""
    hits = [word for word in f.words if concepts_of(word) & set(concepts)]
    if not hits:
        return 0
    return 2 if len(hits) == len(f.words) else 1


def _status_score(f: Facet) -> float:
    if f.profile.distinct > 60 or f.profile.time is not None or f.long:
        return 0
    named = _named(f, "status") * 2
    if f.flag:
        says = {"success", "succes", "ok", "succeeded", "reussi", "failed", "error", "erreur"} & set(f.words)
        return 1.5 if says else 0
    if f.text:
        share = sum(polarity_of(v) is not None for v, _ in f.profile.values) / max(len(f.profile.values), 1)
        if share < 0.5 or (not named and share < 0.75) or "code" in f.words:
            return 0
        return named + 4 * share - _depth(f) - 3 * f.profile.repeated  # a step's state is not the run's
    if f.numeric and ("exit" in f.concepts or set(f.words) & _RETURNS):
        return 1.0 - _depth(f)
    if f.numeric and "http" in f.words:
        return 0.9 - _depth(f)
    return 0


_RETURNS = frozenset("rc cr retcode diag diagnostic errno errorlevel sqlcode returncode exitcode".split())


_START_WORDS = {"start": 6.0, "created": 4.0}
_END_WORDS = {"end": 6.0, "closed_at": 4.0, "resolved": 4.0}
_TIME_WORDS = frozenset("date time at ts timestamp horodatage heure jour day when le datetime on".split())
_LATE_WORDS = frozenset(
    "updated modified maj modifie synced inserted ingested expected planned prevu expires deadline next due last".split()
)


def _start_score(f: Facet, total: int) -> float:
    if f.profile.time is None:
        return 0
    score = 1.0 + f.profile.present / max(total, 1) - _depth(f)
    score += max((_START_WORDS.get(c, 0) for c in f.concepts), default=0)
    score += 0.5 * bool(set(f.words) & _TIME_WORDS)
    score -= 5 * bool(f.concepts & _END_WORDS.keys() and not f.concepts & _START_WORDS.keys())
    score -= 3 * bool(set(f.words) & _LATE_WORDS)
    return max(score, 0.01)


def _end_score(f: Facet) -> float:
    if f.profile.time is None:
        return 0
    return max((_END_WORDS.get(c, 0) for c in f.concepts), default=0) - _depth(f)


def _duration_score(f: Facet) -> float:
    if not f.numeric or f.flag:
        return 0
    if f.concepts & {"cpu", "memory", "retry", "planned"}:
        return 0  # what a run used or waited for is not how long it took
    named = _named(f, "duration") * 2
    return named + (1 if f.unit else 0) - _depth(f) if named or (f.unit and len(f.words) == 1) else 0


def _duration_unit(f: Facet) -> tuple[float, str]:
    """By the name, else by size: the median of what runs take is rarely under a second or over ten hours."""
    if f.unit:
        return f.unit
    numbers = sorted(v for v, _ in f.profile.values if isinstance(v, int | float) and not isinstance(v, bool))
    middle = numbers[len(numbers) // 2] if numbers else 0
    return (0.001, "ms") if middle > 36_000 else (1.0, "s")


_NAME = {"flow": 5.0, "job": 5.0, "process": 4.5, "app": 3.0, "transfer": 3.0, "backup": 3.0, "name": 3.5, "table": 2.0,
         "report": 2.0, "check": 2.0, "run": 1.0, "client": 1.5, "file": 1.0, "queue": 1.5, "database": 2.0}  # fmt: skip
_NOT_NAME = frozenset({"id", "host", "team", "env", "entity", "type", "status", "severity", "priority", "code", "message", "user",
                       "trigger", "version", "country", "currency", "cause"})  # fmt: skip


def _name_score(f: Facet, profile: Profile) -> float:
    if not f.text or f.long or f.unique(profile.total) or f.profile.distinct < 2 or f.profile.repeated:
        return 0
    nouns = {c for word in parts(profile.collection) for c in concepts_of(word)}
    own = bool(f.concepts & nouns & _NAME.keys()) and not f.concepts & (_NOT_NAME - {"code", "id"})
    if f.concepts & _NOT_NAME and not f.concepts & {"name"} and not own:
        return 0
    score = max((_NAME.get(c, 0) for c in f.concepts), default=0)
    score += 2 * bool(f.concepts & nouns)
    called = {stem(word) for word in parts(profile.collection)}
    score += 4 * ({stem(word) for word in f.words if concepts_of(word) != {"name"}} <= called)
    return score + f.profile.present / max(profile.total, 1) - _depth(f) if score else 0


def _ident_score(f: Facet, total: int) -> float:
    if f.path == "_id" or f.profile.time is not None or f.long or f.profile.present < 0.9 * total:
        return 0
    if f.profile.distinct < 0.98 * f.profile.present or (f.numeric and "id" not in f.concepts):
        return 0
    return 1 + 2 * ("id" in f.concepts) - _depth(f) if f.text or "id" in f.concepts else 0


def _dimension(f: Facet, concept: str) -> float:
    if f.long or f.profile.time is not None or f.flag:
        return 0
    return _named(f, concept) * 2 - _depth(f) - 0.3 * bool(f.concepts & {"id"})


def _env_score(f: Facet) -> float:
    if not f.text or f.long or f.profile.distinct > 40:
        return 0
    share = sum(environment_of(key(parts(str(v)))) is not None for v, _ in f.profile.values) / max(
        len(f.profile.values), 1
    )
    return 2 * _named(f, "env") + 3 * (share > 0.6) - _depth(f)


def _code_score(f: Facet) -> float:
    if f.profile.distinct > MANY or f.long or f.profile.time is not None or f.unit or "code" not in f.concepts:
        return 0
    beside = {*f.concepts, *f.above_concepts}
    if len(f.words) > 1 and not beside & {"error", "exit", "status", "cause", "rejected"} and f.words[0] != "sql":
        return 0
    return 2 + 2 * bool(beside & {"error", "cause", "rejected"}) + bool(f.text)


def _message_score(f: Facet) -> float:
    if not f.text or f.profile.time is not None:
        return 0
    named = _named(f, "message", "cause") + bool(f.above_concepts & {"error"})
    return named + 2 * f.long if (named or f.long) else 0


def sample(values: Sequence[tuple[Scalar, int]], most: int = 5) -> list[str]:
    """The most frequent texts among them."""
    return [str(v) for v, _ in values[:most] if v is not None]
