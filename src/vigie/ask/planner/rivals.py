"""Which is meant where a value, a cue and a noun begin at the same place: the longest, and of one length the surest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigie.ask.planner.acts import short_states
from vigie.ask.planner.besides_values import being_done, counted_in_a_field, in_the_making
from vigie.ask.planner.coming import coming_path, says_past, says_to_come, was_expected
from vigie.ask.planner.cue_marks import SOFT_STATES, STATES, counts_by, cue_at
from vigie.ask.planner.cues import tags_of
from vigie.ask.planner.field_names import SAME_SENSE, VERY_WORD
from vigie.ask.planner.grams import WHOLE, Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import PARTICIPLES, STRUCTURE
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.noun_marks import field_word, noun_end, noun_wins
from vigie.ask.planner.record_names import HEAD, OWN
from vigie.ask.planner.states import OPEN, asks_what_was_done, says_when
from vigie.ask.planner.tokens import root, stem
from vigie.ask.planner.value_marks import alike_at, whole_at
from vigie.ask.planner.values import ValueRef
from vigie.ask.words import STOP

_ASKING = frozenset("quel quelle quels quelles which what chaque each every".split())
_EVENTS = frozenset({"type", "event", "evt", "evenement", "kind"})
_OPENED = frozenset({"opened", "ouvert", "ouverts", "ouverte", "ouvertes"})
_OPEN = OPEN | {stem("opening"), stem("ouverture")}
_STILL = frozenset({"encore", "toujours", "still", "restes", "restees", "restent"})
_FIRM = STRUCTURE | STATES


@dataclass(frozen=True, slots=True)
class Rivals:
    """What begins at one place: where each ends, the place itself where there is none, and what it is."""

    whole_end: int
    whole: Sequence[ValueRef]
    alike_end: int
    alike: Sequence[ValueRef]
    cue_end: int
    tags: tuple[str, ...]
    noun_end: int


def rivals_at(grams: Grams, known: Knowledge, label: NounMark | None, i: int) -> Rivals:
    """`label`: the noun before."""
    if now := in_the_making(grams, known, i):
        return Rivals(i + 1, now, i, [], i, (), i)
    whole_end, whole = whole_at(grams, known, i)
    if whole_end == i + 1 and counted_in_a_field(grams, known, i, whole):
        return Rivals(i, [], i, [], *cue_at(grams, known, i), noun_end(grams, known, i))
    own = known.records.called(grams.norms[i]) >= HEAD and not being_done(grams, known, i)
    own = own and not (i and any(ref.value == grams.tokens[i].text for ref in whole))  # "chez | Editex" of `editions`
    if whole_end == i + 1 and own and not _labelled(grams, label, i, whole):
        whole_end, whole = i, []  # "loads" of the collection of loads, whatever step is called so
    if whole_end == i + 1 and _labels_next(grams, known, i):
        whole_end, whole = i, []
    if whole_end == i + 1 and is_a_thing(grams, known, i, whole) and not _labelled(grams, label, i, whole):
        whole_end, whole = i, []  # "applications" of a field `application`, whatever category is called so
    alike = alike_at(grams, known, i)
    if i and alike[0] == i + 1 and grams.norms[i - 1] in _FOR_THINGS and is_a_thing(grams, known, i):
        alike = (i, [])  # "par ferme", "les fermes" of a field `farm`, whatever state is closed
    return Rivals(whole_end, whole, *alike, *cue_at(grams, known, i), noun_end(grams, known, i))


def is_a_thing(grams: Grams, known: Knowledge, i: int, whole: Sequence[ValueRef] = ()) -> bool:
    """A plural of the trade that is the whole name of a field, or such a name after "par"."""
    norm, before = grams.norms[i], grams.norms[i - 1] if i else ""
    by = (i > 0 and "by" in grams.phrase(i - 1)[1]) or before in _ASKING
    by = by or (i == 1 and before in ("le", "la", "l", "the"))
    if not by and any(_EVENTS & set(known.facets[ref.path].words) for ref in whole):
        return False  # "failed logins" of an `evt_type` LOGIN, whoever the field `login` names
    beside = i > 1 and grams.norms[i - 2] in _ASKING and known.records.noun(before) > 0  # "which backup | fault"
    named = (f for f in known.facets.values() if f.text)
    happened = grams.tokens[i].text.endswith(PARTICIPLES)
    return (by or beside or norm != root(norm)) and any(
        (f.stems == {stem(norm)} and not f.above)
        or (len(f.words) == 1 and stem(norm) in f.kin and not f.above and not happened)
        or ((by or beside) and f.words in _WHICH_ONE and f.above[-1:] == (root(norm),))
        for f in named
    )


_FOR_THINGS = frozenset("par per by each chaque les des the quelles quels quelle which".split())
_WHICH_ONE = (("ref",), ("code",), ("type",), ("name",), ("kind",), ("reason",), ("id",))


def _labels_next(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "agence | 00142" of a field `agence`, whatever channel is called AGENCE."""
    refs = known.values.whole.get(grams.norms[i + 1], ()) if i + 1 < len(grams.norms) else ()
    own = (known.facets[ref.path] for ref in refs)
    return any(f.stems == {stem(grams.norms[i])} and not f.above for f in own)


def _labelled(grams: Grams, label: NounMark | None, i: int, refs: Sequence[ValueRef]) -> bool:
    """ "l'étape load"."""
    paths = {path for _, path in label.fields} if label is not None and label.last == i else set()
    return grams.tokens[i].shouted or any(ref.path in paths for ref in refs)


def state_of_runs(known: Knowledge, met: Rivals) -> bool:
    """ "failed", which only a step of the runs has as a value, where the runs have a state of their own."""
    if met.whole_end != met.cue_end or not set(met.tags) & {*STATES, "not_run"}:
        return False
    told = "not_run" in met.tags or any(tag in known.roles.polarity for tag in met.tags)
    return told and all(known.facets[ref.path].profile.repeated for ref in met.whole)


def state_in(grams: Grams, known: Knowledge, i: int) -> list[ValueRef]:
    """ "en écart" of a state BREAK, whatever amount is called so as well."""
    if i < 1 or grams.norms[i - 1] not in ("en", "in"):
        return []
    refs = known.values.translated(grams.norms[i])
    return [ref for ref in refs if "status" in known.facets[ref.path].concepts]


def state_told(grams: Grams, known: Knowledge, label: NounMark | None, i: int) -> list[ValueRef]:
    """ "NACK" of a state NACKED, unless it says which length or code is meant: "délai d'ACK"."""
    of_it = label is not None and label.last == i - 1 and bool(label.concepts & _OF_AN_ACT)
    return [] if of_it and grams.norms[i - 1] in _OF else short_states(known, grams, i)


_OF_AN_ACT = frozenset({"duration", "code", "cause", "message"})
_OF = frozenset("d de du of to".split())


def opening(grams: Grams, known: Knowledge, i: int, met: Rivals) -> bool:
    """ "tickets ouverts hier" of an `opened_at`: they were opened then, whatever state OPEN they have left since."""
    refs = [*met.whole, *met.alike]
    did = grams.norms[i] == "open" and asks_what_was_done(grams.tokens)
    if (
        (grams.norms[i] not in _OPENED and not did)
        or not refs
        or not all(stem(str(r.value).lower()) in _OPEN for r in refs)
    ):
        return False
    dated = any(f.profile.time is not None and f.stems & _OPEN for f in known.facets.values())
    still = i > 0 and grams.norms[i - 1] in _STILL
    return dated and not still and (did or grams.norms[i] == "opened" or says_when(grams.times))


def coming(grams: Grams, known: Knowledge, i: int, met: Rivals) -> bool:
    """ "expirent en mars" of a field of dates to come: no state EXPIRE, which says that they have expired."""
    refs = [*met.whole, *met.alike]
    when = grams.times.ranges or grams.times.ahead
    if refs and was_expected(grams, known, i):
        return True
    if not refs or not when or not says_to_come(grams.tokens[i]) or grams.times.now is None:
        return False
    if met.whole and not grams.times.ahead and says_past(grams.tokens):
        return False  # "expiring since Monday" of a state EXPIRING
    return coming_path(known, grams.times.now) is not None


def whole_wins(grams: Grams, known: Knowledge, i: int, met: Rivals) -> bool:
    """Is it the value rather than the cue?"""
    shared = {ref.path for ref in met.alike} & {ref.path for ref in met.whole}
    if met.alike_end > max(met.whole_end, i + 1) and shared:
        return False  # "change requests" are changes, whatever else is a request
    if met.whole_end == i + 1 and (_labels_what_follows(grams, known, i, met) or _is_a_record(grams, known, i, met)):
        return False
    if met.whole_end <= i or met.whole_end != met.cue_end:
        return met.whole_end > max(i, met.cue_end)
    if "every" in met.tags:
        return not counts_by(grams, i)
    if met.tags == ("without",) and met.whole_end == i + 1 and any(r.path == known.roles.status for r in met.whole):
        return not _names_more(grams, known, i + 1)  # "feeds missing" of a state MISSING
    if met.tags == ("compare",) and any(r.path == known.roles.status for r in met.whole):
        return not _tells_a_move(grams, known, i)
    if any(tag in STRUCTURE for tag in met.tags):
        return grams.tokens[i].shouted and met.whole_end == i + 1
    return True


def _labels_what_follows(grams: Grams, known: Knowledge, i: int, met: Rivals) -> bool:
    """ "risque élevé" of a field `risque`, whatever else is called Risques."""
    norm = grams.norms[i]
    after = next((j for j in range(i + 1, len(grams.norms)) if grams.norms[j] not in STOP), i)
    if norm != root(norm) or after == i or not grams.free[after] or grams.tokens[i].shouted:
        return False
    paths = {f.path for f in known.facets.values() if f.text and f.words == (norm,)} - {
        r.path for r in (*met.whole, *met.alike)
    }
    told = [*whole_at(grams, known, after)[1], *alike_at(grams, known, after)[1]]
    return any(ref.path in paths for ref in told)


def _is_a_record(grams: Grams, known: Knowledge, i: int, met: Rivals) -> bool:
    """ "quel chargement" of a collection of them, one of whose steps is called so as well."""
    listed = all(known.facets[ref.path].profile.listed for ref in met.whole if ref.path in known.facets)
    asked = {"list", "by"} & {tag for n in range(i) if grams.phrase(n)[0] == i for tag in grams.phrase(n)[1]}
    return listed and bool(asked) and not grams.tokens[i].shouted and known.records.called(grams.norms[i]) >= HEAD


def _tells_a_move(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "has the number of sessions dropped": a figure that moved, and no state DROPPED, as of "dropped sessions"."""
    if any(map(known.records.own, grams.norms[i + 1 : i + 2])):
        return False
    return (grams.norms[0] in _ASKED_WHETHER and bool(_FIGURES & set(grams.norms[:i]))) or len(grams.times.ranges) > 1


_ASKED_WHETHER = frozenset({"has", "have", "did", "is", "are"})


_FIGURES = frozenset("number numbers count volume rate total average figure figures nombre taux moyenne".split())


def _own_word(grams: Grams, known: Knowledge, i: int, met: Rivals) -> bool:
    """ "reboots" of an event Rebooted, before a field that means the same: `restarts`."""
    own = any(stem(grams.norms[i]) == stem(str(ref.value).lower()) for ref in met.alike)
    fields = known.fields.scores([grams.norms[i]])
    return own and not known.records.noun(grams.norms[i]) and bool(fields) and fields[0][0] < 2.4


def _beside_its_noun(grams: Grams, known: Knowledge, label: NounMark | None, i: int, met: Rivals) -> bool:
    """ "flux fichier" of a `channel` file, before a field that is called so in part: `file_size_kb`."""
    if label is None or label.last != i or met.alike_end != i + 1 or grams.norms[i] != root(grams.norms[i]):
        return False
    things = label.record or (label.fields and label.fields[0][1] == known.roles.name)
    fields = known.fields.scores([grams.norms[i]])
    return bool(things) and (not fields or fields[0][0] < SAME_SENSE)


def _put_on(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "sur bande" of a `media` tape, before a list `tapes` of which each was put on."""
    before, fields = grams.norms[i - 1] if i else "", known.fields.scores([grams.norms[i]])
    one = grams.norms[i] == root(grams.norms[i])
    return before in ("sur", "on", "onto", "to", "vers") and one and bool(fields) and fields[0][0] < VERY_WORD


def _only_dates(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "reçus" of a direction RECV, beside a date `recu_a`."""
    named = [path for _, path in known.fields.scores([grams.norms[i]])]
    return bool(named) and all(known.facets[path].profile.time is not None for path in named)


def _names_more(grams: Grams, known: Knowledge, i: int) -> bool:
    """Does a field's name follow?"""
    return i < len(grams.norms) and noun_end(grams, known, i) > i and not known.records.own(grams.norms[i])


def alike_wins(grams: Grams, known: Knowledge, label: NounMark | None, i: int, met: Rivals) -> bool:
    """Is it what means the same as a value, rather than the cue or the noun?"""
    tags, end = set(met.tags), met.alike_end
    if end > i + 1 and end > met.cue_end and "every" not in tags:
        return True
    if end == i + 1 and _labels_what_follows(grams, known, i, met):
        return False
    if end == i + 1 and tags <= SOFT_STATES and grams.tokens[i].text.endswith(PARTICIPLES):
        return True
    if end <= i:
        return False
    rival = end == i + 1 == met.noun_end and met.cue_end == i
    if rival and grams.norms[i] in WHOLE and label is not None and label.last == i and label.record >= OWN:
        return True  # "sauvegardes | complètes" of a type FULL, before any date of their end
    if rival and (
        _own_word(grams, known, i, met) or _beside_its_noun(grams, known, label, i, met) or _put_on(grams, known, i)
    ):
        return True
    # "rejets" of a status REJETE, before it names a field.
    told = any(ref.path == known.roles.status for ref in met.alike)
    if told and not tags & _FIRM and end >= max(met.noun_end, met.cue_end):
        return True
    noun = i if end == i + 1 and _only_dates(grams, known, i) else met.noun_end
    happened = tags == {"ran"} and grams.tokens[i].text.endswith(PARTICIPLES)  # "volume total | envoyé"
    return end >= met.cue_end > noun and (happened or not counts_by(grams, i)) and not tags & _FIRM - {"without"}


def grouped_by(grams: Grams, known: Knowledge, i: int, tags: Sequence[str]) -> bool:
    """ "par liste", "combien de listes" of a field `listName`: no list is asked for."""
    if tags != ("list",) or not i or not field_word(known, grams.norms[i]):
        return False
    counted = i > 1 and grams.norms[i - 1] in _OF and "count" in grams.phrase(i - 2)[1]
    return counted or "by" in grams.phrase(i - 1)[1]


def cue_told(grams: Grams, known: Knowledge, i: int, met: Rivals) -> tuple[int, tuple[str, ...]]:
    """(the end, the tags) of what is a cue rather than the noun; the place itself where nothing is."""
    end, tags = met.cue_end, met.tags
    if "open" in tags and end < len(grams.norms) and known.records.own(grams.norms[end]):
        return end, tags  # "open incidents" is no field of openings
    if end > i + 1 and _value_beyond(grams, known, i, end):
        alone = tags_of((grams.norms[i],))
        if alone or set(tags) & STATES:
            return (i + 1, alone) if alone else (i, ())  # "en | attente éditeur"
    own = known.records.own(grams.norms[i])
    if end > i and set(tags) & {*STATES, "rejected"} and of_a_rate(grams, i) and not own:
        return end, tags  # "taux de rejet", whatever field tells its motive
    if grouped_by(grams, known, i, tags):
        return i, ()
    if tags == ("failed",) and _measured(grams, known, i):
        return i, ()  # "total d'indisponibilité" of a `downtime_min`
    if tags == ("failed",) and is_a_thing(grams, known, i) and not _tallied(grams, known, i):
        return i, ()  # "faults" of a field `fault`
    if end > i and end >= met.noun_end and not (end == met.noun_end and noun_wins(grams, known, i, tags)):
        return end, tags
    return i, ()


def _measured(grams: Grams, known: Knowledge, i: int) -> bool:
    """Is it the whole name of a field of lengths, beside a word that adds up or compares?"""
    lengths = (known.facets[path] for score, path in known.fields.scores([grams.norms[i]]) if score >= SAME_SENSE)
    near = {tag for j in range(max(0, i - 3), min(len(grams.norms), i + 2)) for tag in grams.phrase(j)[1]}
    return bool(near & {"sum", "avg", "max", "min", "median"}) and any(f.numeric and f.unit for f in lengths)


def _tallied(grams: Grams, known: Knowledge, i: int) -> bool:
    """ "number of failures" of runs that fail."""
    before = grams.phrase(i - 2)[1] if i > 1 else ()
    return "count" in before and grams.norms[i - 1] in ("of", "de", "d") and bool(known.roles.polarity.get("failed"))


def of_a_rate(grams: Grams, i: int) -> bool:
    """Is a rate of what this word says asked for?"""
    if grams.norms[i + 1 : i + 2] in (["rate"], ["rates"]):
        return True  # "failure rate"
    return i > 1 and grams.norms[i - 1] in ("de", "d", "des", "of") and "rate" in grams.phrase(i - 2)[1]


def _value_beyond(grams: Grams, known: Knowledge, i: int, cue_end: int) -> bool:
    """ "non | terminés normalement": a value begins inside of the cue and ends after it."""
    return any(whole_at(grams, known, j)[0] > cue_end for j in range(i + 1, cue_end))
