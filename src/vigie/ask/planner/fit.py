"""How well a collection explains a question's words, in points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.concepts import RUNNABLE, concepts_of
from vigie.ask.planner.cues import Cue, tags_of
from vigie.ask.planner.facets import HTTP
from vigie.ask.planner.field_names import SAME_SENSE, VERY_WORD
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import AGGREGATES, BUCKETS, TOLD_BESIDE
from vigie.ask.planner.marks import Marks, NounMark, ValueMark
from vigie.ask.planner.states import STATE_CUES, every_record_failed, said_state, says_when
from vigie.ask.planner.tokens import key, parts, stem
from vigie.ask.planner.values import equals
from vigie.ask.words import STOP
from vigie.plan import Scalar

OWN_RECORDS = 3  # of `RecordNames.noun`: it is what the collection holds
_WORD = 2.2  # points of each further word of a noun: no other collection has to leave it unexplained
_SAME_SENSE = 2.4  # points of a word that names the records, before those for being their very name
_HOW = {"whole": 3.0, "alike": 2.4, "compound": 2.4, "part": 1.8, "inside": 1.3, "message": 1.0, "typo": 1.2}
_WEAK = 1.0  # points lost by a noun that a field hardly tells: "applications" of a `tache`
_OWN_NAME = 0.5  # points of the field that names the records
_IN_FULL = 0.5  # points of a field all of whose words are said: "source system" of `source_system`, not of `sourceApp`
_OWN_PHRASE = 1.0  # points of a value of several words that are all said in their order
_AS_WRITTEN = 0.5  # points that a name loses which is written otherwise: "cards_clearing" of card.clearing
_REFERENCE = 0.8  # points of a field that names records of another collection
_BESIDE = 1.0  # points of the name of records, where different ones of them are what is counted of each
_PROSE = 0.8  # points of a field of sentences, where things are counted
_OWN_WORD = 0.8  # points of a state that is told in the collection's own word: "abends" of a status ABEND
_IN_ITS_LETTERS = 1.2  # points of a state that is what is counted, written as the collection writes it: "NOK"
_FAILED_ONLY = 4.0  # of what was rejected where records fail, and none is rejected
_NO_GROUP = 1.0  # of what follows "par" in a rate or a mean, and is no field but a value
_OWN_ACT = 1.2  # points of what the records are made by: "livrés" of deliveries
_HALF_A_WORD = 1.0  # points lost by a value that begins within a word
_COMPARED = 3.4  # of two fields, one held against the other
_COUNTING = ("list", "count", "top", "rate", "trend", "compare")
ANY_STATE = frozenset(
    map(stem, "echec echoue ko nok ok fail failed failure erreur error running running termine".split())
)
_THINGS = frozenset({"report", "order", "request", "event", "file", "transfer", "sync"})


@dataclass(frozen=True, slots=True)
class Fit:
    """`evidence` is without what any collection would give; `score` ranks."""

    known: Knowledge
    marks: Marks
    score: float
    evidence: float


def fit(marks: Marks, known: Knowledge) -> Fit:
    """Points for every word that the collection explains, less for those it does not."""
    roles = known.roles
    given = [
        *(_of_value(value, marks, known) for value in marks.values),
        *(_of_noun(place, noun, marks, known) for place, noun in enumerate(marks.nouns)),
        *(_of_cue(cue, marks, known) for cue in marks.cues),
    ]
    evidence, score = (sum(points) for points in zip(*given, strict=True)) if given else (0.0, 0.0)
    evidence += 1.8 * len(marks.flags)
    evidence += _COMPARED * (marks.compared is not None)
    evidence += sum(1.8 + 0.4 * (told.last - told.first - 1) for told in marks.references)
    if known.http_codes:
        evidence += 1.5 * any(number.value in HTTP or number.value in known.http_seen for number in marks.numbers)
    if marks.times.ranges and roles.start is None and roles.end is None:
        score -= 3.0
    if marks.times.durations and roles.duration is None:
        score -= 1.5
    score -= 3.0 * len(marks.unknown)
    return Fit(known, marks, score + evidence, evidence)


Points = tuple[float, float]  # (evidence, what only ranks)


def _of_value(value: ValueMark, marks: Marks, known: Knowledge) -> Points:
    said, status = marks.tokens[value.first], known.roles.status or ""
    # "taux d'échec par canal" of a field, before a squad Canaux
    by = marks.has("rate", *AGGREGATES) and any(c.tag == "by" and c.last == value.first for c in marks.cues)
    evidence = -_NO_GROUP * by
    # "KO" and "en cours" say a state before they say a value.
    state_like = value.how == "whole" and status in value.options
    any_state = stem(said.norm) in ANY_STATE
    if state_like and (any_state or value.words not in value.options.get(status, ())):
        # A word of the language that is a value here is a state like any other; "abends" is the collection's own.
        evidence += 1.6 + (_IN_ITS_LETTERS * _is_counted(value, marks) if any_state else _OWN_WORD)
        return evidence, 0.0
    if (thing := _as_a_thing(value, marks, known)) is not None:
        return evidence + thing, 0.0
    evidence += (2.2 if state_like else _HOW[value.how]) + 0.2 * (value.last - value.first - 1)
    if value.how == "compound":
        words = [token.norm for token in marks.tokens[value.first : value.last] if token.norm not in STOP]
        own = any(key(parts(str(v))) == key(words) for values in value.options.values() for v in values)
        # "alertes de solde" of ALERTE_SOLDE, before ALERTE and solde
        evidence += _WORD * (len(words) - 1) + _OWN_PHRASE * own
    otherwise = _written_otherwise(value, marks)
    evidence -= _HALF_A_WORD * _begins_within(value, marks) + _AS_WRITTEN * otherwise
    # "dernier échec de X": X is what failed, before it is what somebody did something to.
    named = value.how == "whole" and known.runs and known.roles.name in value.options
    state_said = any(cue.tag in STATE_CUES for cue in marks.cues)
    return evidence + _OWN_NAME * (named and state_said and not otherwise), 0.0


def _as_a_thing(value: ValueMark, marks: Marks, known: Knowledge) -> float | None:
    """Points of a value whose word rather is the name of a thing; None of others."""
    said = marks.tokens[value.first].norm
    asked = asked_for(value, marks)
    records = known.records.noun(said) >= OWN_RECORDS
    stated = any("status" in known.facets[path].concepts for path in value.options)
    if value.how == "inside" and asked:
        return 0.6  # "purges" is a kind of thing before it is part of a name
    if asked and value.how == "alike" and not stated and _in_part(value):
        return 1.0
    if value.how in ("whole", "alike") and not (records or stated) and asked:
        opens = value.first <= 1 and not marks.has("list", "count", "top")
        # "quels partenaires": things, before they are a value Partenaires
        return _IN_ITS_LETTERS * (value.how == "whole") + (2.3 if opens else 1.2)
    if value.how == "alike" and value.last == value.first + 1 and concepts_of(said) & _THINGS:
        return 1.2  # "reports" is a thing of the trade before it is a value REPORTE
    return None


def _in_part(value: ValueMark) -> bool:
    """ "services" of a kind servicePassword alone."""
    said = value.last - value.first
    return all(len(parts(str(v))) > said for values in value.options.values() for v in values)


def _of_noun(place: int, noun: NounMark, marks: Marks, known: Knowledge) -> Points:
    # That a field is called by the very word of the question says no more than that it means the same.
    field = min(noun.fields[0][0], 2.0) if noun.fields else 0.0
    if noun.fields and _refers(known, noun.fields[0][1]):
        field = min(field, _REFERENCE)
    if noun.fields and known.facets[noun.fields[0][1]].long and marks.has("count"):
        field = min(field, _PROSE)  # "combien de messages" counts no texts of errors
    best = max(min(noun.record, _SAME_SENSE), field)
    if noun.fields and noun.fields[0][0] >= SAME_SENSE and _names_them(noun, marks, known):
        best += _OWN_NAME
    if _only_when(noun, marks, known):
        return 0.0, 0.0
    if not best:
        return 0.0, -2.5
    evidence = min(best, 3.0) * (1.0 if place == 0 else 0.7)
    words = [token.norm for token in marks.tokens[noun.first : noun.last] if token.norm not in STOP]
    called = max(map(known.records.called, (*words, "".join(words))), default=0.0)
    apart = place > 0 and any(c.tag == "distinct" and c.first == noun.last for c in marks.cues)
    evidence += min(called, _BESIDE) if apart else called  # "30 flux différents" are no records
    evidence += _WORD * max(len(words) - 1, 0)
    in_full = len(words) > 1 and noun.fields and noun.fields[0][0] >= VERY_WORD * len(words)
    return evidence + _IN_FULL * bool(in_full), -_WEAK * (best < 1)


def _of_cue(cue: Cue, marks: Marks, known: Knowledge) -> Points:
    roles = known.roles
    if cue.tag in STATE_CUES and not (cue.tag == "opened" and says_when(marks.times)):
        return _of_state(cue, marks, known)
    if cue.tag in ("ran", "not_run"):
        made = _OWN_ACT * known.records.made(marks.tokens[cue.first].norm)
        return made, 0.5 if roles.status or roles.duration else -0.4
    if cue.tag in ("longest", "shortest", "long", "slower", "faster") and not roles.duration:
        return 0.0, -1.5
    return 0.0, 0.0


def _of_state(cue: Cue, marks: Marks, known: Knowledge) -> Points:
    told = said_state(cue.tag, known, marks.said(cue.first, cue.last), marks)
    if told is None:
        return (0.5, 0.0) if cue.tag == "failed" and every_record_failed(known) else (0.0, -1.5)
    # "anomalies" is no word of states; a rejection in an object of its own is told best.
    evidence = _OWN_WORD * _own_word(cue, told.values, marks)
    said_so = tuple(token.norm for token in marks.tokens[cue.first : cue.last])
    own = cue.tag in tags_of(said_so) or not TOLD_BESIDE.isdisjoint(said_so)
    own = own or (cue.tag == "running" and marks.has("now"))  # "tourne en ce moment"
    evidence += 0.8 if not own else 2.4 if cue.tag == "rejected" and told.op == "present" else 1.6
    return evidence - _FAILED_ONLY * (cue.tag == "rejected" and none_rejected(told)), 0.0


def asked_for(value: ValueMark, marks: Marks) -> bool:
    """A plain plural right after "quels", "combien de", "top 5 des", or that opens the question."""
    token = marks.tokens[value.first]
    if value.last != value.first + 1 or token.shouted or token.norm == token.root:
        return False
    if value.first <= 1 and all(t.norm in STOP for t in marks.tokens[: value.first]):
        return True
    asked = [cue.last for cue in marks.cues if cue.tag in ("list", "count", "top") and cue.last <= value.first]
    return any(
        value.first - last <= 2 and all(t.norm in STOP or t.norm.isdigit() for t in marks.tokens[last : value.first])
        for last in asked
    )


def _is_counted(value: ValueMark, marks: Marks) -> bool:
    """ "combien de NOK", "plus de 25 NOK", "NOK par serveur" of a state NOK: those that one collection calls so."""
    said = marks.tokens[value.first]
    if value.last != value.first + 1 or not said.shouted:
        return False
    asked = [cue.last for cue in marks.cues if cue.tag in _COUNTING] + [n.last for n in marks.numbers]
    return any(
        last <= value.first and all(t.norm in STOP for t in marks.tokens[last : value.first]) for last in (0, *asked)
    )


def _own_word(cue: Cue, values: Sequence[Scalar], marks: Marks) -> bool:
    words = (token.norm for token in marks.tokens[cue.first : cue.last] if token.norm not in STOP)
    said = {form for word in words for form in ({stem(word)} if stem(word) in ANY_STATE else equals(word))}
    said |= {stem(verb) for word in said if (verb := word.removesuffix("ag")) != word}  # "plantages" of PLANTE
    return any(said & {stem(word) for word in (*parts(str(v)), *spelled(parts(str(v))))} for v in values)


def _written_otherwise(value: ValueMark, marks: Marks) -> bool:
    """A name of several words, joined, that no value is written as."""
    joined = value.last > value.first + 1 and all(t.glued for t in marks.tokens[value.first + 1 : value.last])
    said = value.words.casefold()
    return joined and not any(str(v).casefold() == said for values in value.options.values() for v in values)


def _begins_within(value: ValueMark, marks: Marks) -> bool:
    """ "data-| live" of a value LIVE: the end of a word that may be a value as a whole elsewhere."""
    first = marks.tokens[value.first]
    return value.first > 0 and first.glued and marks.text[first.at[0] - 1] in "-_"


def _refers(known: Knowledge, path: str) -> bool:
    """`tickets` of deployments, each a list of its own: they are the records of another collection."""
    facet = known.facets[path]
    return facet.profile.repeated and facet.unique(known.profile.total) and known.records.noun(facet.words[-1]) < 1


def _only_when(noun: NounMark, marks: Marks, known: Knowledge) -> bool:
    """ "jours avec plus de 4 échecs": the records of each collection have days, whichever calls a field so."""
    words = {token.norm for token in marks.tokens[noun.first : noun.last]}
    dated = noun.fields and known.facets[noun.fields[0][1]].profile.time is not None
    return bool(dated) and not noun.record and words <= BUCKETS.keys() - {"date"}


def _names_them(noun: NounMark, marks: Marks, known: Knowledge) -> bool:
    """ "flux" of runs that are called by their flow, before jobs that belong to a chain; "interfaces" of a field that
    is called nothing else."""
    path = noun.fields[0][1]
    said = {stem(token.norm) for token in marks.tokens[noun.first : noun.last]}
    whole = {stem(word) for word in known.facets[path].words} == said
    return path == known.roles.name or (whole and bool(noun.concepts & RUNNABLE))


def none_rejected(told: Cond) -> bool:
    words = {word for value in told.values for word in parts(str(value))}
    return told.op == "in" and not any("rejected" in tags_of((word,)) or word.startswith("nack") for word in words)
