"""How well each field fits each role: by its name, its type and its values. 0 is not at all."""

from __future__ import annotations

import re

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.concepts import concepts_of, environment_of
from vigie.ask.planner.course import Course, asked, began, done_with, ended, foreseen, precedes
from vigie.ask.planner.facets import RETURNS, SIZES, Facet
from vigie.ask.planner.joined_words import words_of_name
from vigie.ask.planner.lexicon import LATENCY, WAITED
from vigie.ask.planner.polarity import of_a_code, polarity_of
from vigie.ask.planner.tokens import key, parts, stem
from vigie.plan import Profile, Scalar

_FEW = 8  # values: no names of things
_MANY = 5_000  # values: more are no codes


def _depth(f: Facet) -> float:
    return f.path.count(".") * 0.8


def _named(f: Facet, *concepts: str) -> float:
    """2 when the whole name is one of these, 1 when it is part of it."""
    wanted = set(concepts)
    hits = [w for w in f.words if any(concepts_of(one) & wanted for one in (w, *spelled((w,))))]
    if not hits:
        return 0
    return 2 if len(hits) == len(f.words) else 1


def status_score(f: Facet) -> float:
    if f.profile.distinct > 60 or f.profile.time is not None or f.long:
        return 0
    named = _named(f, "status") * 2
    if f.flag:
        says = {"success", "succes", "ok", "succeeded", "reussi", "failed", "error", "erreur"} & set(f.words)
        return 1.5 if says else 0
    if f.text:
        states = [v for v, _ in f.profile.values if _tells_state(v) or (named and of_a_code(str(v)))]
        share = len(states) / max(len(f.profile.values), 1)
        own = named == 4 and share > 0 and len(f.words) == 1 and f.words[0] in _STATUS_NAMES
        enough = 0.5 if named or _tells_a_course(f) else 0.75 if not _are_events(f) else 1.1
        if (share < enough and not own) or ("code" in f.words and not (named and _tells_both(f))):
            return 0
        return named + 4 * share - _depth(f) - 6 * f.profile.repeated  # a step's state is not the run's
    if f.numeric and ("exit" in f.concepts or set(f.words) & RETURNS):
        return 1.0 - _depth(f)
    if f.http:
        return 0.9 - _depth(f)
    return 0


# What is called so is the state of a record, even where most of its values are words of a trade of their own.
_STATUS_NAMES = frozenset("status statut etat state resultat result outcome verdict".split())
_NEARLY_ALL = 0.97
_START_WORDS = {"start": 6.0, "created": 4.0}
_END_WORDS = {"end": 6.0, "closed_at": 4.0, "resolved": 4.0}
_TIME_WORDS = frozenset("date time at ts timestamp horodatage heure jour day when le datetime on".split())
_LATE_WORDS = frozenset(
    "updated modified maj modifie synced inserted ingested expected planned prevu expires deadline next due last "
    "compta comptable comptabilisation valeur value echeance prev prevue previsionnel previsionnelle theorique theo scheduled".split()
)
_ENDS_OF_VALIDITY = frozenset("expire expires expiration expiry peremption after until jusqu validite validity".split())


def _tells_a_course(f: Facet) -> bool:
    """`etape` à valider, planifié, en cours, réalisé, échoué, retour arrière: how far each record is, whatever it is
    called, as no field of kinds has values of so many sorts."""
    poles = {polarity_of(v) for v, _ in f.profile.values} - {None}
    return {"failed", "succeeded"} <= poles and len(poles) >= _COURSE


def _are_events(f: Facet) -> bool:
    """`order.paid`, `user.deleted`: what each record tells of, and not how it went."""
    return any(isinstance(v, str) and _EVENT.fullmatch(v) for v, _ in f.profile.values)


_EVENT = re.compile(r"[a-z]+[.:/][a-z]+")


def _tells_both(f: Facet) -> bool:
    """`code_statut` of OK and KO, where codes of errors tell only of these."""
    return {"failed", "succeeded"} <= {polarity_of(v) for v, _ in f.profile.values}


_COURSE = 4  # of the five sorts of states


def _tells_state(value: Scalar) -> bool:
    return polarity_of(value) is not None or bool({stem(word) for word in parts(str(value))} & _HALFWAY)


# States that are neither good nor bad.
_HALFWAY = frozenset(
    map(
        stem,
        "expire expired perime partiel partielle partial retente retried repris reprise degrade degraded doublon duplicate retard late reporte postponed draft submitted maintenance reimprime imprime amber orange jaune yellow".split(),
    )
)


def start_score(f: Facet, course: Course) -> float:
    if f.profile.time is None:
        return 0
    score = 1.0 + f.profile.present / max(course.total, 1) - _depth(f)
    # "date" beside another word is the date of that: `dateArrete`, `dateValeur`.
    told = f.words if set(f.words) <= _TIME_WORDS else [w for w in f.words if w != "date"]
    lacks = f.profile.present < _NEARLY_ALL * course.total
    unsure = lacks and not course.tells_start(f)
    named = max(
        (_START_WORDS.get(c, 0) for word in (*told, *spelled(tuple(told))) for c in concepts_of(word)), default=0
    )
    named = named if named > _CREATED or not unsure else 0  # `ouvert_le` of letters is no creation
    named = max(named, _BY_ITS_WORD * began(f))
    score += named + 0.5 * bool(set(f.words) & _TIME_WORDS)
    closes = f.concepts & _END_WORDS.keys() or ended(f)
    score -= 5 * bool(closes and not (f.concepts & _START_WORDS.keys() or began(f))) + asked(f)
    score -= _in_a_plan(f)  # less than what is lost by one that many records lack
    late = set(f.words) & _LATE_WORDS or (foreseen(f) and not named)
    score -= 3 * bool(late) + 6 * bool(set(f.words) & _ENDS_OF_VALIDITY)
    # What failed was never sent: no window would find it. What waits has not begun: that tells a start.
    score -= 3 if unsure else 1.5 if lacks and named <= _CREATED else 0
    score -= 1.5 * f.days_only
    return score if score > 0.01 else 0.01 / (1 - min(score, 0))


_BY_ITS_WORD, _CREATED = 5.0, 4.0


def _in_a_plan(f: Facet) -> bool:
    """`plan.debut` beside `reel.debut`."""
    return bool(set(f.above) & _PLANS)


_PLANS = frozenset(
    "plan planning planned planifie scheduled schedule prevu prevue prevision previsionnel forecast expected theorique".split()
)


def end_score(f: Facet, start: Facet | None, course: Course) -> float:
    """No end lies before the start. `livree_le`, and a date that only what has not ended lacks, are an end where no
    field is called so."""
    if f.profile.time is None or (start is not None and precedes(f, start)):
        return 0
    planned = foreseen(f) or bool(set(f.words) & _LATE_WORDS)  # `h_prev_fin` beside `h_reel_fin`
    score = max((_END_WORDS.get(c, 0) for c in f.concepts), default=0)
    score = max(score, _BY_ITS_WORD * (ended(f) and not planned))
    if not score and start is not None and precedes(start, f) and f.days_only <= start.days_only:
        other = planned or "acked" in f.concepts or set(f.words) & _ENDS_OF_VALIDITY or began(f) or asked(f)
        last = course.tells_end(f) and not f.concepts & _NO_END
        score = 0 if other else 2.5 if done_with(f) else 1.5 if last else 0
    return score - _depth(f) - planned


_NO_END = frozenset({"start", "created", "approver"})

# What a run used or waited for is not how long it took.
OTHERWISE = frozenset({"cpu", "memory", "retry", "planned", "kept", "late", "age"})

# How late an answer or a price came, where records tell both their start and their end.
_DELAYS = LATENCY | WAITED


def is_delay(f: Facet) -> bool:
    """A latency, a wait; not the time until the end, `delai_resolution_min`, `delai_rendu_min`."""
    return bool(set(f.words) & _DELAYS) and not (f.concepts & _END_WORDS.keys() or ended(f) or done_with(f))


def duration_score(f: Facet) -> float:
    if not f.numeric or f.flag or f.profile.repeated:
        return 0  # `steps.seconds` are of single steps
    early = isinstance(f.profile.low, int | float) and f.profile.low < 0  # a delay, which may be an advance
    if f.concepts & OTHERWISE or early or set(f.above) & SIZES:
        return 0  # `volumes_gb.temp` is no time
    named = _named(f, "duration") * 2
    if not named and f.above_concepts & {"duration"} and set(f.words) & _MEANS:
        named = 3  # `latency.avgMs`
    if not named and f.unit and len(f.words) == 2 and any("run" in concepts_of(word) for word in f.words):
        named = 2  # `run_min`, `exec_ms`
    named -= 0.5 * bool(set(f.words) & _DELAYS)  # `duree_min` before `delai_prise_min`
    return named + (1 if f.unit else 0) - _depth(f) if named or (f.unit and len(f.words) == 1) else 0


_MEANS = frozenset("avg mean average moy moyen moyenne total overall".split())


def duration_unit(f: Facet) -> tuple[float, str]:
    """By the name, else by size: the median of what runs take is rarely under a second or over ten hours."""
    if f.unit:
        return f.unit
    numbers = sorted(v for v, _ in f.profile.values if isinstance(v, int | float) and not isinstance(v, bool))
    middle = numbers[len(numbers) // 2] if numbers else 0
    # An answer that is waited for comes within seconds: `latency` of 300.
    most = _LONG_TO_WAIT if set(f.words) & _ANSWERS else 36_000
    return (0.001, "ms") if middle > most else (1.0, "s")


_LONG_TO_WAIT = 60  # seconds
_ANSWERS = frozenset("latence latency lat rtt ping response reponse rep".split())


_NAME = {"flow": 5.0, "job": 5.0, "process": 4.5, "app": 3.0, "transfer": 3.0, "backup": 3.0, "name": 3.5, "table": 2.0,
         "report": 2.0, "check": 2.0, "run": 1.0, "client": 1.5, "partner": 1.5, "file": 1.0, "queue": 1.5, "database": 2.0}  # fmt: skip
_OTHERS = frozenset({"client", "partner"})  # with whom things are done
_ABOUT_THINGS = frozenset({"incident", "alert"})  # records of something else, which has the name
_NOT_NAME = frozenset({"id", "host", "team", "env", "entity", "type", "status", "severity", "priority", "code", "message", "user",
                       "trigger", "version", "country", "currency", "cause"})  # fmt: skip


def name_score(f: Facet, profile: Profile, numbered: frozenset[str] = frozenset()) -> float:
    """`numbered`: stems of what the field of the records' numbers is called: `CALCUL` beside `ID_CALCUL`."""
    if not f.text or f.long or f.unique(profile.total) or f.profile.distinct < 2 or f.profile.repeated:
        return 0
    if f.above and 2 * f.profile.present < profile.total:
        return 0  # `dead_letters.queue` of the few that have one
    nouns = {c for word in words_of_name(profile.collection) for c in concepts_of(word)}
    own = bool(f.concepts & nouns & _NAME.keys()) and not f.concepts & (_NOT_NAME - {"code", "id"})
    called = {stem(word) for word in words_of_name(profile.collection)}
    things = [word for word in f.words if concepts_of(word) != {"id"}]
    if len(f.words) == 1 and not f.above and f.stems <= numbered and not f.concepts & _NOT_NAME:
        return 5.0
    if things and len(things) < len(f.words) and {stem(word) for word in things} <= called:
        return 5.0 - _depth(f)  # `idTerminal` of `telechargements_terminaux`
    if len(f.words) == 1 and not f.above and f.stems <= called and f.concepts & _NOT_NAME == {"status"}:
        return 5.0  # `etat` of `etats_reglementaires`, each with a `statut`
    if f.words[0] in LABELS and len(f.words) == 2 and not f.above and stem(f.words[1]) in called:
        return 12.0  # `libelle_chaine` of `chaines_traitement`, before their codes
    above = f.above[-1:] if f.words == ("name",) else ()
    if above and any(above[0] != word and word.endswith(above[0]) for word in words_of_name(profile.collection)):
        return 5.0 - _depth(f)  # `mart.name` of `datamart_refresh`
    held = concepts_of(parts(f.above[-1])[-1]) if f.above and parts(f.above[-1]) else frozenset[str]()
    about = nouns & _ABOUT_THINGS and not held & nouns  # `composant.nom` of tickets: what each of them is about
    if f.above and "name" in f.concepts and (about or not held & (_NAME.keys() - _OTHERS | nouns)):
        return 0  # `agence.nom` is the agency's name, not the record's
    if f.concepts & _NOT_NAME and not f.concepts & {"name"} and not own:
        return 0
    score = max((_NAME.get(c, 0) for c in f.concepts if c not in _OTHERS or c in nouns), default=0)
    if "backup" in nouns and f.concepts == {"target"} and f.profile.distinct > _FEW:
        score = 4.0  # what is backed up, before where it is put
    if f.concepts == {"channel"} and f.profile.distinct > _FEW:
        score = 0.5  # what passes through, by where it does, where nothing else names it
    score += 2 * bool(f.concepts & nouns & _NAME.keys())
    score += 4 * ({stem(word) for word in f.words if concepts_of(word) != {"name"}} <= called)
    return score + f.profile.present / max(profile.total, 1) - _depth(f) if score else 0


LABELS = frozenset("lib libelle label intitule titre title".split())


def ident_score(f: Facet, total: int) -> float:
    if f.path == "_id" or f.profile.time is not None or f.long or f.profile.present < 0.9 * total:
        return 0
    if f.profile.distinct < 0.98 * f.profile.present or (f.numeric and "id" not in f.concepts):
        return 0
    return 1 + 2 * ("id" in f.concepts) - _depth(f) if f.text or "id" in f.concepts else 0


def dimension(f: Facet, concept: str) -> float:
    if f.long or f.profile.time is not None or f.flag:
        return 0
    named = _named(f, concept)
    if not named and f.above and f.concepts & {"name", "id"} and concept in concepts_of(f.above[-1]):
        named = 1  # `node.name`
    if not named and f.text and concept in _CALLED and f.profile.values:
        told = sum(_CALLED[concept].match(str(v).lower()) is not None for v, _ in f.profile.values)
        named = told > _NEARLY_ALL * len(f.profile.values)  # squad-risk, sv-ora-01: values tell, whatever it is called
    return named * 2 - _depth(f) - 0.3 * bool(f.concepts & {"id"})


_CALLED = {
    "team": re.compile(r"(?:squad|equipe|team|tribe|cellule|pole|desk)[-_ .]\w|.*[-_ .](?:squad|equipe|team|tribe)$"),
    "host": re.compile(r"(?:sv|srv|svr|serv|server|serveur|lx|lnx|aix|win|vm|host|hst|node|nd|pc)[a-z]*[-_.]?.*\d$"),
}
_NEARLY_ALL = 0.9


def env_score(f: Facet) -> float:
    if not f.text or f.long or f.profile.distinct > 40:
        return 0
    share = sum(environment_of(key(parts(str(v)))) is not None for v, _ in f.profile.values) / max(
        len(f.profile.values), 1
    )
    # A `plateforme` of k8s-a and vm is none beside a `cible` of PRD and PPR.
    named = _named(f, "env") * (2 if share or _ENVIRONMENT & set(f.words) else 1)
    return named + 3 * (share > 0.6) - _depth(f)


_ENVIRONMENT = frozenset("env envt environ environment environnement".split())


def code_score(f: Facet) -> float:
    if f.profile.distinct > _MANY or f.long or f.profile.time is not None or f.unit:
        return 0
    if "code" not in f.concepts:
        return 4.5 * (f.text and set(spelled(f.words)) == {"abend"} and f.profile.distinct > 1)  # `abd` of S0C7, U4038
    beside = {*f.concepts, *f.above_concepts}
    if len(f.words) > 1 and not beside & {"error", "exit", "status", "cause", "rejected"} and f.words[0] != "sql":
        return 0
    return 2 + 2 * bool(beside & {"error", "cause", "rejected"}) + bool(f.text)


def message_score(f: Facet) -> float:
    if not f.text or f.profile.time is not None:
        return 0
    if "id" in f.concepts and not f.long:
        return 0  # `msg_id`
    named = _named(f, "message", "cause") + bool(f.above_concepts & {"error"})
    return named + 2 * f.long if (named or f.long) else 0
