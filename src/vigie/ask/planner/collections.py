"""Which collection a question is about: the one that explains most of its words."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from vigie.ask.planner.abbreviations import spelled
from vigie.ask.planner.concepts import RUNNABLE, concepts_of
from vigie.ask.planner.cues import Cue, tags_of
from vigie.ask.planner.facets import HTTP
from vigie.ask.planner.field_names import SAME_SENSE, VERY_WORD
from vigie.ask.planner.frame import Cond
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import AGGREGATES, BUCKETS, OF_TIMES, TOLD_BESIDE
from vigie.ask.planner.marks import Marks, NounMark, ValueMark
from vigie.ask.planner.record_names import HEAD
from vigie.ask.planner.states import STATE_CUES, every_record_failed, said_state, says_when
from vigie.ask.planner.tokens import Token, key, parts, stem
from vigie.ask.planner.values import equals, gram
from vigie.ask.words import STOP
from vigie.plan import Scalar

MARGIN = 0.45  # of the points below: closer than that, the question fits both
_FAR = 2 * MARGIN

_WORD = 2.2  # points of each further word of a noun: no other collection has to leave it unexplained
_SAME_SENSE = 2.4  # points of a word that names the records, before those for being their very name
_HOW = {"whole": 3.0, "alike": 2.4, "compound": 2.4, "part": 1.8, "inside": 1.3, "message": 1.0, "typo": 1.2}
_WEAK = 1.0  # points lost by a noun that a field hardly tells: "applications" of a `tache`
_OWN_NAME = 0.5  # points of the field that names the records
_IN_FULL = 0.5  # points of a field all of whose words are said: "source system" of `source_system`, not of `sourceApp`
_OWN_PHRASE = 1.0  # points of a value of several words that are all said in their order
_AS_WRITTEN = 0.5  # points that a name loses which is written otherwise: "cards_clearing" of card.clearing
_FEW = 8  # collections: all are read
_NAMESAKES = 3  # collections called by one word: one alone may share it with a field of another, as "flux"
_REFERENCE = 0.8  # points of a field that names records of another collection
_BESIDE = 1.0  # points of the name of records, where different ones of them are what is counted of each
_OWN_RECORDS = 3  # of `RecordNames.noun`: it is what the collection holds
_NOT_ITS_OWN = 2.4  # points lost by what hardly knows a noun, beside a collection of what is called so
_ONLY_VALUES = 0.3  # by one that a word is a value of, and that names nothing, beside what is called so
_PROSE = 0.8  # points of a field of sentences, where things are counted
_NO_STATE = 1.0  # points lost by a state that is a field of another collection
_OWN_WORD = 0.8  # points of a state that is told in the collection's own word: "abends" of a status ABEND
_IN_ITS_LETTERS = 1.2  # points of a state that is what is counted, written as the collection writes it: "NOK"
_FAILED_ONLY = 4.0  # of what was rejected where records fail, and none is rejected
_NO_GROUP = 1.0  # of what follows "par" in a rate or a mean, and is no field but a value
_OWN_ACT = 1.2  # points of what the records are made by: "livrés" of deliveries
_HALF_A_WORD = 1.0  # points lost by a value that begins within a word
_COMPARED = 3.4  # of two fields, one held against the other
_COUNTING = ("list", "count", "top", "rate", "trend", "compare")
_ANY_STATE = frozenset(
    map(stem, "echec echoue ko nok ok fail failed failure erreur error running running termine".split())
)
_THINGS = frozenset({"report", "order", "request", "event", "file", "transfer", "sync"})


def _asked_for(value: ValueMark, marks: Marks) -> bool:
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
    said = {form for word in words for form in ({stem(word)} if stem(word) in _ANY_STATE else equals(word))}
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


def likely(grams: Grams, knowledge: Sequence[Knowledge]) -> Sequence[Knowledge]:
    """Those that know all of a question's words; where none does, nearly as many as the one that knows most: each word
    that a collection does not know costs it more than all others may give. What messages may hold is known to all.
    Of many, those that are called by one of the words where several are: ten `*_runs` for "runs"."""
    if len(knowledge) <= _FEW:
        return knowledge
    words = {
        token.norm
        for i, token in enumerate(grams.tokens)
        if grams.free[i] and grams.phrase(i)[0] == i and _is_plain(token, grams, i)
    }
    names = [gram(grams.norms[i:end]) for i in range(len(grams.tokens)) if (end := grams.identifier(i)) > i + 1]
    known = [sum(map(one.knows, words)) + sum(bool(one.values.exact(name)) for name in names) for one in knowledge]
    least = max(known)
    if least < len(words) + len(names):
        least -= 1
    knowing = [one for one, told in zip(knowledge, known, strict=True) if told >= least]
    called = [one for one in knowing if any(one.records.called(word) >= HEAD for word in words)]
    return called if len(called) >= _NAMESAKES and len(knowing) > _FEW else knowing


def _is_plain(token: Token, grams: Grams, i: int) -> bool:
    alone = not token.glued and grams.glued(i) == i + 1 and not grams.in_a_path(i)
    small = token.norm in STOP or token.norm in OF_TIMES
    return alone and token.norm.isalpha() and not (token.shouted or small)


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
    evidence = 0.0
    # "dernier échec de X": X is what failed, before it is what somebody did something to.
    state_said = any(cue.tag in STATE_CUES for cue in marks.cues)
    by = {cue.last for cue in marks.cues if cue.tag == "by"} if marks.has("rate", *AGGREGATES) else set()
    for value in marks.values:
        evidence -= _NO_GROUP * (value.first in by)  # "taux d'échec par canal" of a field, before a squad Canaux
        # "KO" and "en cours" say a state before they say a value.
        state_like = value.how == "whole" and roles.status in value.options
        any_state = stem(marks.tokens[value.first].norm) in _ANY_STATE
        if state_like and (any_state or value.words not in value.options.get(roles.status or "", ())):
            evidence += 1.6  # a word of the language that is a value here: a state like any other
            evidence += _OWN_WORD * (not any_state)  # "abends" is not
            evidence += _IN_ITS_LETTERS * (any_state and _is_counted(value, marks))
            evidence += _WORD * (value.last - value.first - 1) * (value.how == "compound")
            continue
        records = known.records.noun(marks.tokens[value.first].norm) >= _OWN_RECORDS
        stated = any("status" in known.facets[path].concepts for path in value.options)
        if value.how in ("whole", "alike") and not (records or stated) and _asked_for(value, marks):
            opens = value.first <= 1 and not marks.has("list", "count", "top")
            evidence += _IN_ITS_LETTERS * (value.how == "whole")
            evidence += 2.3 if opens else 1.2  # "quels partenaires": things, before they are a value Partenaires
            continue
        if value.how == "inside" and _asked_for(value, marks):
            evidence += 0.6  # "purges" is a kind of thing before it is part of a name
            continue
        if (
            value.how == "alike"
            and value.last == value.first + 1
            and concepts_of(marks.tokens[value.first].norm) & _THINGS
        ):
            evidence += 1.2  # "reports" is a thing of the trade before it is a value REPORTE
            continue
        evidence += (2.2 if state_like else _HOW[value.how]) + 0.2 * (value.last - value.first - 1)
        if value.how == "compound":
            words = [token.norm for token in marks.tokens[value.first : value.last] if token.norm not in STOP]
            own = any(key(parts(str(v))) == key(words) for values in value.options.values() for v in values)
            # "alertes de solde" of ALERTE_SOLDE, before ALERTE and solde
            evidence += _WORD * (len(words) - 1) + _OWN_PHRASE * own
        evidence -= _HALF_A_WORD * _begins_within(value, marks)
        otherwise = _written_otherwise(value, marks)
        evidence -= _AS_WRITTEN * otherwise
        named = value.how == "whole" and known.runs and roles.name in value.options
        evidence += _OWN_NAME * (named and state_said and not otherwise)
    evidence += 1.8 * len(marks.flags)
    evidence += _COMPARED * (marks.compared is not None)
    evidence += sum(1.8 + 0.4 * (told.last - told.first - 1) for told in marks.references)
    score = 0.0
    for place, noun in enumerate(marks.nouns):
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
            continue
        if best:
            score -= _WEAK * (best < 1)
            evidence += min(best, 3.0) * (1.0 if place == 0 else 0.7)
            words = [token.norm for token in marks.tokens[noun.first : noun.last] if token.norm not in STOP]
            called = max(map(known.records.called, (*words, "".join(words))), default=0.0)
            apart = place > 0 and any(c.tag == "distinct" and c.first == noun.last for c in marks.cues)
            evidence += min(called, _BESIDE) if apart else called  # "30 flux différents" are no records
            evidence += _WORD * max(len(words) - 1, 0)
            in_full = len(words) > 1 and noun.fields and noun.fields[0][0] >= VERY_WORD * len(words)
            evidence += _IN_FULL * bool(in_full)
        else:
            score -= 2.5
    for cue in marks.cues:
        if cue.tag in STATE_CUES and not (cue.tag == "opened" and says_when(marks.times)):
            told = said_state(cue.tag, known, marks.said(cue.first, cue.last), marks)
            if told is not None:
                # "anomalies" is no word of states; a rejection in an object of its own is told best.
                evidence += _OWN_WORD * _own_word(cue, told.values, marks)
                said_so = tuple(token.norm for token in marks.tokens[cue.first : cue.last])
                own = cue.tag in tags_of(said_so) or not TOLD_BESIDE.isdisjoint(said_so)
                own = own or (cue.tag == "running" and marks.has("now"))  # "tourne en ce moment"
                evidence += 0.8 if not own else 2.4 if cue.tag == "rejected" and told.op == "present" else 1.6
                evidence -= _FAILED_ONLY * (cue.tag == "rejected" and _says_no_rejection(told))
            elif cue.tag == "failed" and every_record_failed(known):
                evidence += 0.5
            else:
                score -= 1.5
        elif cue.tag in ("ran", "not_run"):
            score += 0.5 if roles.status or roles.duration else -0.4
            evidence += _OWN_ACT * known.records.made(marks.tokens[cue.first].norm)
        elif cue.tag in ("longest", "shortest", "long", "slower", "faster") and not roles.duration:
            score -= 1.5
    if known.http_codes:
        evidence += 1.5 * any(number.value in HTTP or number.value in known.http_seen for number in marks.numbers)
    if marks.times.ranges and roles.start is None and roles.end is None:
        score -= 3.0
    if marks.times.durations and roles.duration is None:
        score -= 1.5
    score -= 3.0 * len(marks.unknown)
    return Fit(known, marks, score + evidence, evidence)


def _says_no_rejection(told: Cond) -> bool:
    words = {word for value in told.values for word in parts(str(value))}
    return told.op == "in" and not any("rejected" in tags_of((word,)) for word in words)


def beside_owners(fits: Sequence[Fit]) -> list[Fit]:
    """ "transferts en RECETTE": a collection of transfers that knows no RECETTE, before one of jobs that has it. What
    hardly means anything in one collection, and names the records of another, is not asked of the first."""
    owners = [(f.known.name, {n.first for n in f.marks.nouns if n.record >= _OWN_RECORDS}) for f in fits]
    found = []
    for f in fits:
        owned = {first for name, own in owners if name != f.known.name for first in own}
        lost = _NOT_ITS_OWN * _borrows(f, owned) + _NO_STATE * _takes_a_flag(f, fits)
        lost += _ONLY_VALUES * any(v.first in owned and v.how == "whole" for v in f.marks.values if not f.marks.nouns)
        found.append(replace(f, score=f.score - lost))
    return [_behind(f, [g.score for g in found if _knows_all(g) and _knows_less(f, g)]) for f in found]


def _takes_a_flag(found: Fit, fits: Sequence[Fit]) -> bool:
    """ "avec coupure" of changes that have a flag `coupure`, beside runs of which it would say that they failed."""
    stated = {cue.first for cue in found.marks.cues if cue.tag in STATE_CUES}
    return any(flag.first in stated for other in fits if other is not found for flag in other.marks.flags)


def _behind(found: Fit, better: Sequence[float]) -> Fit:
    return replace(found, score=min(found.score, max(better) - _FAR)) if better else found


def _knows_all(found: Fit) -> bool:
    return not found.marks.unknown and all(noun.record or noun.fields for noun in found.marks.nouns)


def _knows_less(found: Fit, other: Fit) -> bool:
    """ "appels de marge", "appels via la passerelle": calls of one collection that knows no margins and no gateway,
    beside another whose calls they are."""
    own = {noun.first for noun in found.marks.nouns if noun.record >= _OWN_RECORDS}
    return bool(found.marks.unknown) and any(n.first in own for n in other.marks.nouns if n.record >= _OWN_RECORDS)


def _borrows(found: Fit, owned: Set[int]) -> bool:
    nouns = [n for n in found.marks.nouns if n.first in owned]
    return any((not n.record and n.fields and n.fields[0][0] < 1) or _only_alike(n, found) for n in nouns)


def _only_alike(noun: NounMark, found: Fit) -> bool:
    """ "cronjob runs" of runs that have a kind of job each, beside a collection of cronjobs."""
    said = found.marks.tokens[noun.first].norm
    return noun.last > noun.first + 1 and noun.record >= _OWN_RECORDS and not found.known.records.called_so(said)
