"""Which time of the records a question speaks of, and what happened on a date of its own."""

from __future__ import annotations

from datetime import timedelta

from vigie.ask.planner.coming import coming_field, planned_field
from vigie.ask.planner.conditions import is_never, is_not_yet
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import BUCKETS, ENDED, EXPIRED, PARTICIPLES
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.overdue import says_overdue
from vigie.ask.planner.placed import negated
from vigie.ask.planner.polarity import polarity_of
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.tokens import alike_start, parts, stem
from vigie.plan import Scalar, operands

_EXPECTED = frozenset({"planned", "created"})
_NEARLY = 0.97  # of the records
_NOUNS = ("tion", "ment", "ance", "ture", "son", "oi", "age", "request", "due")  # "résolution" happens on no date


def time_path(seen: Interpretation) -> str | None:
    roles = seen.known.roles
    if says_overdue(seen.marks.times):
        return seen.known.due
    done = operands(seen.marks.compared.path) if seen.marks.compared is not None else None
    if done is not None and seen.known.facets[done[0]].profile.time is not None:
        return done[0]  # "envoyées après l'échéance en octobre": when they were
    if (coming := coming_field(seen.marks.times, seen.known)) is not None:
        return planned_field(seen.marks, seen.known) or coming
    if (named := dated_by_name(seen) or _last_of(seen)) is not None:
        return named
    if (dated := dated_at(seen)) is not None:
        path = seen.known.date_of(seen.marks.tokens[dated])
        return path if path and seen.known.facets[path].profile.time else roles.start or roles.end
    if (decided := _of_its_decision(seen)) is not None:
        return decided
    every = seen.marks.has("all") and seen.marks.has("yes_no")
    still = {i for c in seen.marks.cues if c.tag == "open" for i in range(c.first, c.last)}  # "pas résolus"
    ended = (i for i, t in enumerate(seen.marks.tokens) if t.norm in ENDED and not negated(i, seen.marks))
    going = any(p.cond.polarity == "running" for p in (*seen.state_placed, *seen.value_placed))
    ended = (i for i in ended if i not in still)
    if roles.end and seen.marks.times.ranges and not (every or going) and next(ended, None) is not None:
        return roles.end
    return _of_what_never_began(seen) or roles.start or roles.end


def _of_its_decision(seen: Interpretation) -> str | None:
    """ "droits révoqués en octobre" of a `decision` beside a `decided_on`: the date at which a value came about."""
    known, status = seen.known, seen.known.roles.status
    paths = {p.cond.path for p in seen.value_placed if not p.negated and p.cond.op == "in" and p.cond.path != status}
    said = [known.facets[path].words[-1] for path in sorted(paths) if path in known.facets]
    some = [f for f in known.facets.values() if f.profile.time is not None and f.profile.present < known.profile.total]
    dated = {f.path for f in some for word in f.words for name in said if _is_of(word, name)}
    return dated.pop() if len(dated) == 1 else None


def _is_of(word: str, name: str) -> bool:
    """`decidee`, `decided` of a `decision`; `livre` of a `livraison`."""
    return name.endswith(("ion", "son")) and word.endswith(("e", "ed")) and alike_start(word, name) >= _ALIKE


_ALIKE = 4  # letters


def dated_by_name(seen: Interpretation) -> str | None:
    """The field of dates that the words beside a time name, whatever else has happened."""
    return _named(seen) or _of_its_day(seen)


def _named(seen: Interpretation) -> str | None:
    """ "la date comptable du 13 octobre", "le plan du 14", "par jour de plan": the field of dates that is named right
    before a time, or right after a unit of it."""
    for noun in seen.marks.nouns:
        tokens = seen.marks.tokens
        facet = seen.known.facets.get(noun.fields[0][1]) if noun.fields else None
        if facet is None or facet.profile.time is None:
            continue
        if noun.last == noun.first + 1 and not _is_all_of(noun, facet, seen):
            continue  # "ODATE du 12" is the whole name of its field
        small = (i for i in range(noun.last, len(tokens)) if tokens[i].norm not in _BEFORE_DAY)
        if next(small, 0) in seen.marks.timed or (facet.words != (tokens[noun.first].norm,) and _of_a_unit(noun, seen)):
            return facet.path
    return None


def _is_all_of(noun: NounMark, facet: Facet, seen: Interpretation) -> bool:
    """The one word that its field is called by, dates aside: "plan" of a `date_plan`."""
    token = seen.marks.tokens[noun.first]
    own = [word for word in facet.words if word not in _CALENDAR]
    return facet.words == (token.norm,) or (noun.record < OWN and facet.days_only and own == [token.root])


def _of_a_unit(noun: NounMark, seen: Interpretation) -> bool:
    """ "par jour de | plan"."""
    before = [token.norm for token in seen.marks.tokens[max(0, noun.first - 2) : noun.first]]
    return len(before) == 2 and before[0] in BUCKETS and before[1] in ("de", "d", "of")


_BEFORE_DAY = frozenset("du de d au le est etait sont is was were of on in the".split())


def _of_its_day(seen: Interpretation) -> str | None:
    """ "la facture du 12 novembre" of a `date_facture`, whenever it was made: the one day that a record is of."""
    known, tokens, timed = seen.known, seen.marks.tokens, seen.marks.timed
    days = [f for f in known.facets.values() if f.profile.time is not None and f.days_only and not f.profile.repeated]
    own = [[word for word in f.words if word not in _CALENDAR] for f in days]
    named = [f.path for f, words in zip(days, own, strict=True) if words and all(map(known.records.own, words))]
    ends = [noun.last for noun in seen.marks.nouns if noun.record >= OWN]
    said = any(i + 1 in timed and i < len(tokens) and tokens[i].norm in _OF_DAY for i in ends)
    said = said or any(i in timed and tokens[i].norm in _OF_DAY for i in ends)
    whole = all(when.start and when.end and when.end - when.start > _NEARLY_A_DAY for when in seen.marks.times.ranges)
    return named[0] if said and whole and len(named) == 1 else None


_CALENDAR = frozenset("date dt day jour of de du la le".split())
_OF_DAY = frozenset("du de d of for des au".split())
_NEARLY_A_DAY = timedelta(hours=20)


def _last_of(seen: Interpretation) -> str | None:
    """ "le dernier redémarrage" of a `reboot.at` beside its `reboot.done`: the one date of what is named."""
    ends = {c.last for c in seen.marks.cues if c.tag in ("last", "first")}
    for noun in seen.marks.nouns:
        facet = seen.known.facets.get(noun.fields[0][1]) if noun.fields else None
        if noun.first not in ends or noun.record >= OWN or facet is None or not facet.above:
            continue
        inside = (f for f in seen.known.facets.values() if f.above == facet.above and f.profile.time is not None)
        dates = [f.path for f in inside if not f.profile.repeated]
        if stem(seen.marks.tokens[noun.first].norm) in facet.above_stems and len(dates) == 1:
            return dates[0]
    return None


def _of_what_never_began(seen: Interpretation) -> str | None:
    """ "feeds manquants hier", "traitements annulés": what has no start is of the time that it was expected at."""
    known, start = seen.known, seen.known.facets.get(seen.known.roles.start or "")
    if start is None or start.profile.present == known.profile.total:
        return None
    status = known.facets.get(known.roles.status or "")
    said = [p.cond for p in (*seen.value_placed, *seen.state_placed) if not p.negated]
    if any(cond.op == "missing" and cond.path == start.path for cond in said):
        return expected(known)
    values = [value for cond in said if cond.path == known.roles.status for value in cond.values]
    told = sum(n for value, n in status.profile.values if value in values) if status is not None else 0
    began = told > known.profile.total - start.profile.present or not all(map(_never_began, values))
    return None if began or not values else expected(known)


def expected(known: Knowledge) -> str | None:
    """The date that every record has from before its start, called by the fewest words: `deadline`, `internalDue`."""
    dates = [f for f in known.facets.values() if f.profile.time is not None and not f.profile.repeated]
    runs = (known.roles.start, known.roles.end)
    always = [f for f in dates if f.profile.present >= _NEARLY * known.profile.total and f.path not in runs]
    called = [f for f in always if "planned" in f.concepts] or [f for f in always if f.concepts & _EXPECTED] or always
    called = [f for f in called if "end" not in f.concepts] or called
    shortest = [f.path for f in called if len(f.words) == min(len(other.words) for other in called)]
    return shortest[0] if len(shortest) == 1 else None


def _never_began(value: Scalar) -> bool:
    words = {stem(word) for word in parts(str(value))}
    return polarity_of(value) in ("skipped", "waiting") or bool(words & _MISSING)


_MISSING = frozenset(
    map(
        stem,
        "missing manquant absent lost perdu attendu expected missed manque "
        "reporte reportee postponed exempte exempted".split(),
    )
)


def dated_at(seen: Interpretation) -> int | None:
    """The place of what happened on a date of its own: "fichiers reçus hier" where there is a `recu_a`."""
    marks = seen.marks
    every = marks.has("all") and marks.has("yes_no")  # "tous les incidents d'hier sont-ils résolus": of a state
    if every or marks.has("rate") or not (marks.times.ranges or marks.has(*_OF_WHEN) or _by_time(seen)):
        return None
    states = {v.first for v in marks.values if marks.tokens[v.first].norm in EXPIRED}  # "contrôles expirés"
    timed = marks.timed | states
    said = (i for i, t in enumerate(marks.tokens) if i not in timed and seen.known.date_of(t))
    status = seen.known.roles.status
    # "non livrés hier" is said of a state: what did not happen has no date.
    turned = {v.first for v in marks.values if status in v.options and negated(v.first, marks)}
    told = [i for i in said if i not in turned and not (is_not_yet(i, marks) or is_never(i, marks))]
    told = [i for i in told if not _of_a_measure(i, seen)]
    if not marks.times.ranges:
        # "le dernier changement planifié", "planifiés par équipe": a state, where no time is said
        waiting = seen.known.roles.polarity.get("waiting", ())
        still = {v.first for v in marks.values if set(v.options.get(status or "", ())) & set(waiting)}
        told = [i for i in told if i not in still]
    # "demandes déployées hier": what happened, before what is called so.
    told = [i for i in told if marks.tokens[i].text.endswith(PARTICIPLES)] or told
    beside = (i for i in told if i + 1 in marks.timed and marks.tokens[i].norm == "due")  # "reports due last week"
    return next(beside, next((i for i in told if not marks.tokens[i].norm.endswith(_NOUNS)), None))


_OF_WHEN = ("last", "first", "when", "when_last", "when_first", "trend")


def _by_time(seen: Interpretation) -> bool:
    """ "par jour", not "par émetteur", of whom they may be delivered."""
    tokens = seen.marks.tokens
    return any(t.norm in BUCKETS for c in seen.marks.cues if c.tag == "by" for t in tokens[c.last : c.last + 1])


def _of_a_measure(i: int, seen: Interpretation) -> bool:
    """ "lignes | traitées": said of what a field counts."""
    noun = next((n for n in seen.marks.nouns if n.last == i and n.fields and n.record < OWN), None)
    return noun is not None and seen.known.facets[noun.fields[0][1]].numeric
