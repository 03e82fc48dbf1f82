"""Which number a question asks for: a count, a share, or the mean, total or extreme of a field."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.attended import timed_act
from vigie.ask.planner.facets import unit_of
from vigie.ask.planner.field_names import NAMED
from vigie.ask.planner.frame import Frame
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.lexicon import AGGREGATES, COUNTERS, PARTICIPLES
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.money import amount_of, asks_how_much, total_of_money
from vigie.ask.planner.number_nouns import comparison, joint_field, told_apart, unsaid_length
from vigie.ask.planner.numbers import SIZES, of_totals
from vigie.ask.planner.rate_parts import rate_part
from vigie.ask.planner.record_names import OWN
from vigie.ask.planner.same_names import means
from vigie.ask.planner.sent_along import who_sent
from vigie.ask.planner.tokens import stem
from vigie.ask.words import STOP
from vigie.plan import Aggregate

_PLAIN_DURATION = frozenset("duree temp temps duration time".split())
_PEAKS = frozenset({"max", "maximum", "peak", "pic"})
_LESS = 0.6  # points less than its best field, from which on a noun does not mean another
_NEAR = 2  # words


def number_of(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame:
    """The frame with the first number that fits; with a plain count where none does."""
    for step in (_share, _length, _asked_of, _different, _total, _mean_length, _things):
        if (found := step(seen, frame, noun)) is not None:
            return found
    return frame


def _share(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "taux d'échec", "plus de 5 % d'échecs"."""
    bounded = any(n.percent and comparison(n.first, seen.marks)[0] for n in seen.rest)
    if not (seen.marks.has("rate") or bounded) or not (part := rate_part(seen, frame)):
        return None
    return replace(frame, aggregate="share", part=part, conds=tuple(x for x in frame.conds if x not in part))


def _length(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "combien de temps dure ...": of all, or of the one record that is asked for."""
    marks, duration = seen.marks, seen.known.roles.duration
    if not marks.has("how_long") or marks.has(*AGGREGATES):
        return None
    if (summed := _time_summed(seen)) is not None:
        return replace(frame, aggregate="sum", target=summed)
    if (acted := timed_act(seen)) is not None:
        return _mean(frame, acted)
    if not duration:
        return None
    if marks.has("last", "first", "longest", "shortest"):
        return frame
    if any(t.text in _SPENT for t in marks.tokens):  # "combien de temps a-t-on passé en échec": all of it
        return replace(frame, aggregate="sum", target=duration)
    return _mean(frame, duration)


def _time_summed(seen: Interpretation) -> str | None:
    """ "combien de minutes gagnées" of a `saved_min`: no length of the records, in the unit that is said."""
    measure, cue = measure_noun(seen), seen.marks.cue("how_long")
    facet = seen.known.facets.get(measure or "")
    if facet is None or cue is None or measure == seen.known.roles.duration or facet.unit is None:
        return None
    said = seen.marks.tokens[cue.last - 1].root
    return measure if unit_of((said,)) in (None, facet.unit) else None


def _how_long(seen: Interpretation) -> bool:
    """ "combien | durent les jobs"."""
    tokens, asked = seen.marks.tokens, [cue.last for cue in seen.marks.cues if cue.tag == "count"]
    return any(t.norm.startswith("dur") and t.norm != "duree" for i in asked for t in tokens[i : i + 1])


_SPENT = frozenset("passé passée passés spent spend consacré cumulé".split())


def _mean(frame: Frame, duration: str) -> Frame:
    return replace(frame, aggregate="avg", target=duration, notes=("duration_avg",))


def _asked_of(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "durée moyenne", "montant total": of what is measured, else of the duration."""
    aggregate = next((a for a in AGGREGATES if seen.marks.has(a)), _totalled(seen))
    acted = timed_act(seen) if seen.marks.has("how_long") else None
    measure = measure_noun(seen) or acted or (_own_measure(seen) if aggregate and not _bounds_length(seen) else None)
    if aggregate is None or (
        aggregate in ("max", "min") and seen.marks.has("most", "least", "largest") and measure is None
    ):
        return None
    bounded = any(number.of for number in seen.rest)  # "exceed 20 million in total": of each, a bound
    if aggregate == "sum" and measure is None and not (bounded or _says_duration(seen)):
        measure = amount_of(seen.marks, seen.known)
    target = measure or seen.known.roles.duration
    if not target or (aggregate == "sum" and not measure and not _says_duration(seen)):
        return None
    if aggregate == "avg" and not measure and any(key.bucket for key in frame.groups) and not _says_duration(seen):
        return None  # "moyenne des KO par jour": of their number, which is not how long they took
    return replace(frame, aggregate=aggregate, target=target)


_RATES = frozenset("taux rate ratio pct percent pourcentage percentage score niveau level".split())


def _total(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "combien de lignes", "coût des lots rejetés"; the largest of a peak."""
    marks, measure = seen.marks, measure_noun(seen)
    if measure is None or _is_condition(measure, frame):
        return None
    if _counts_others(seen, measure):
        return None
    rate = bool(set(seen.known.facets[measure].words) & _RATES)
    asked = marks.has("count", "most", "least", "top") or _compared(seen, measure)
    if asked or frame.groups or of_totals(marks, seen.known):
        peak = bool(set(seen.known.facets[measure].words) & _PEAKS)
        aggregate = "avg" if rate else "max" if peak else "sum"  # rates and peaks are not added up
        return replace(frame, aggregate=aggregate, target=measure)  # type: ignore[arg-type]
    if not _opens_with(seen, measure):
        return None
    peak = any(t.norm in ("peak", "pic", "max") for t in marks.tokens[: marks.nouns[0].last])
    return replace(frame, aggregate="max" if peak else "sum", target=measure)


def _compared(seen: Interpretation, measure: str) -> bool:
    """ "compare les pages papier et email", "more rejects than MASTERCARD": what the comparison names is added up,
    unless it is a length."""
    more = ("more", "fewer") if seen.marks.has("than") else ()
    ends = [cue.last for cue in seen.marks.cues if cue.tag in ("compare", *more)]
    named = (n for n in seen.marks.nouns if any(path == measure for _, path in n.fields[:1]))
    length = "duration" in seen.known.facets[measure].concepts
    values = {i for value in seen.marks.values for i in range(value.first, value.last)}
    small = {i for i, token in enumerate(seen.marks.tokens) if token.norm in STOP}
    return not length and any(
        0 <= n.first - end <= 1 or (n.first > end and values | small >= set(range(end, n.first)))
        for n in named
        for end in ends
    )


def _counts_others(seen: Interpretation, measure: str) -> bool:
    """ "combien de serveurs ont échoué leur patch" of a `missing_patches`: the servers are counted."""
    count = seen.marks.cue("count")
    after = [n for n in seen.marks.nouns if count is not None and 0 <= n.first - count.last <= _NEAR]
    if after and who_sent(seen, after[0]):
        return True
    before = any(path == measure for n in seen.marks.nouns if n not in after for _, path in n.fields[:1])
    named = any(path == measure for n in after[:1] for _, path in n.fields)
    return bool(after) and after[0].record >= OWN and not (before or named)


def _mean_length(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "combien de temps", where nothing else is counted."""
    duration = seen.known.roles.duration
    if not duration or not seen.marks.has("count") or not _says_duration(seen):
        return None
    if noun is not None and not _how_long(seen):
        return None
    if any(cond.path == duration for cond in frame.conds):
        return None  # "combien de purges ont pris plus de 5 min" counts
    return _mean(frame, duration)


def _different(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """ "combien de serveurs différents"."""
    said, subject = seen.marks.cue("distinct"), frame.subject
    if said is not None and noun is not None and noun.record >= OWN and said.first == noun.last:
        subject = subject or seen.known.roles.name  # "filtrages différents": no two records are the same
    return replace(frame, aggregate="distinct", target=subject) if said is not None and subject else None


def _things(seen: Interpretation, frame: Frame, noun: NounMark | None) -> Frame | None:
    """What each record stands for many of: the calls of `gw_calls_agg`."""
    tally = seen.known.tally
    if not tally or not _counts_things(seen, noun) or _is_condition(tally, frame):
        return None
    return replace(frame, aggregate="sum", target=tally)


def measure_noun(seen: Interpretation) -> str | None:
    """A numeric field that a noun names: "enregistrements traités", "durée"."""
    duration = seen.known.roles.duration
    for noun in seen.marks.nouns:
        if noun.first in seen.used or noun.record >= 3 or _asks_which(seen, noun) or _became(seen, noun):
            continue
        if _labels(seen, noun) or _says_whose_time(seen, noun):
            continue
        plain = noun.last == noun.first + 1 and seen.marks.tokens[noun.first].root in _PLAIN_DURATION
        if duration is not None and plain and noun.fields and noun.fields[0][0] < 2.5:
            return duration  # "durée" is no `lat_ms` where records have a duration
        if (joint := _said_apart(seen, noun) or told_apart(noun, seen.marks, seen.known)) is not None:
            return joint
        for score, path in _numbers_first(seen, noun):
            if seen.known.facets[path].coded or _things_with_an_amount(seen, noun, path):
                continue
            if _sizes_of_things(seen, noun, path, score):
                continue
            if score < _BY_NAME and unsaid_length(noun, path, seen.known):
                continue  # "échecs de connexion" are no `logonDurationMs`
            if score < noun.fields[0][0] - _LESS:
                break  # "jobs" of a `nomJob` are no `lignesTraitees`
            if seen.known.facets[path].numeric and score >= NAMED and "id" not in seen.known.facets[path].concepts:
                return path
    return None


def _says_whose_time(seen: Interpretation, noun: NounMark) -> bool:
    """ "median | scoring | duration": how long that took, whatever field is called by it as well."""
    after = next((n for n in seen.marks.nouns if n.first == noun.last), None)
    lasts = any(seen.known.facets[path].unit is not None for _, path in noun.fields)  # "resolution | time"
    return after is not None and not lasts and seen.marks.tokens[after.first].root in _PLAIN_DURATION


def _sizes_of_things(seen: Interpretation, noun: NounMark, path: str, score: float) -> bool:
    """ "les images plantées" of an `image` that has an `image_mb` each: the images are meant."""
    called, first = seen.known.facets[noun.fields[0][1]], seen.marks.tokens[noun.first]
    sized = set(seen.known.facets[path].words) & SIZES.keys()
    return bool(sized) and called.text and noun.fields[0][0] >= score and first.norm != first.root


_BY_NAME = 2.0  # points of a field that is called so in its own words


def _things_with_an_amount(seen: Interpretation, noun: NounMark, path: str) -> bool:
    """ "how many | claims", each with a `claim_amount`: how many there are, and not how much they come to."""
    words, said = seen.known.facets[path].words, seen.marks.tokens[noun.first]
    counted = any(cue.tag == "count" and 0 <= noun.first - cue.last <= _NEAR for cue in seen.marks.cues)
    return counted and noun.last == noun.first + 1 and words[0] == said.root and words[-1] in _AMOUNTS


_AMOUNTS = frozenset("amount amt montant mnt cost cout price prix value valeur".split())


def _labels(seen: Interpretation, noun: NounMark) -> bool:
    """ "with | severe | drift" of a `drift_level`, beside a `drift_psi`."""
    paths = {path for _, path in noun.fields}
    beside = (v for v in seen.marks.values if noun.first == v.last or v.first == noun.last)
    return any(paths & v.options.keys() for v in beside)


def _became(seen: Interpretation, noun: NounMark) -> bool:
    """ "combien de listes | criblées", beside `lignes_criblees`: what became of other things than are counted there."""
    things = next((n for n in seen.marks.nouns if n.last == noun.first and n.fields), None)
    said = seen.marks.tokens[noun.first].text.endswith(PARTICIPLES) and noun.last == noun.first + 1
    if things is None or not said or not any(c.tag == "count" and things.first - c.last <= 1 for c in seen.marks.cues):
        return False
    score, path = things.fields[0]
    return score >= NAMED and things.record < 1 and seen.known.facets[path].text


def _asks_which(seen: Interpretation, noun: NounMark) -> bool:
    """ "which operator had the most incidents" of an `opened_by`, beside a `users_affected`: who, and not how many."""
    asked = any(cue.tag == "list" and cue.last == noun.first for cue in seen.marks.cues)
    one = seen.marks.tokens[noun.last - 1]
    text = bool(noun.fields) and not seen.known.facets[noun.fields[0][1]].numeric
    return asked and text and one.norm == one.root and seen.marks.has("most", "least")


def _numbers_first(seen: Interpretation, noun: NounMark) -> list[tuple[float, str]]:
    """ "nombre moyen d'écarts" of `nb_ecarts`, before an `ecart_max`."""
    counted = any(cue.tag == "count" and 0 <= noun.first - cue.last <= _NEAR for cue in seen.marks.cues)
    fields = list(noun.fields)
    if counted:
        fields.sort(key=lambda told: (-told[0], not COUNTERS & set(seen.known.facets[told[1]].words)))
    return fields


def _said_apart(seen: Interpretation, noun: NounMark) -> str | None:
    """ "how many rows were | written" of `rows_written`, before a `rows_read` that rows name as well."""
    others = (n for n in seen.marks.nouns if n.first >= noun.last and n.first not in seen.used)
    named = (joint_field(noun, other, seen.marks, seen.known) for other in others)
    path = next((path for path in named if path is not None and not seen.known.facets[path].coded), None)
    return path if path is not None and any(path == own for _, own in noun.fields) else None


def _own_measure(seen: Interpretation) -> str | None:
    """ "profondeur moyenne" of `mq_profondeurs`, each of which has a `depth`."""
    named = (seen.known.facets[p] for n in seen.marks.nouns if n.record >= 3 for score, p in n.fields if score >= NAMED)
    # Numbers that tell which one it is, such as a `load_no`, are no measures.
    return next((f.path for f in named if f.numeric and not f.coded and "id" not in f.concepts), None)


def _totalled(seen: Interpretation) -> Aggregate | None:
    paths = [x.cond.path for x in seen.value_placed]
    return "sum" if total_of_money(seen.marks, seen.known, paths) or asks_how_much(seen.marks) else None


def _bounds_length(seen: Interpretation) -> bool:
    """ "dépassent 1 h en moyenne": of how long records take, whatever else they count."""
    return any(said.compare is not None for said in seen.marks.times.durations)


def _opens_with(seen: Interpretation, measure: str) -> bool:
    """ "coût des lots rejetés": an amount of several records is their total."""
    noun = seen.marks.nouns[0]
    asked = [t.norm for t in seen.marks.tokens[: noun.first]]
    told = asked[:2] in (["quel", "est"], ["quelle", "est"], ["what", "is"], ["what", "was"], ["quel", "etait"])
    opens = noun.first <= 1 or (told and all(norm in STOP for norm in asked[2:]))  # "quel est le montant ..."
    plain = not seen.marks.has("last", "first", "longest", "shortest", "largest", "smallest", "most", "least")
    plain = plain and (told or not seen.marks.has("list"))
    return plain and opens and any(path == measure for _, path in noun.fields) and (
        "duration" not in seen.known.facets[measure].concepts
    )  # fmt: skip


def _counts_things(seen: Interpretation, noun: NounMark | None) -> bool:
    """Is a number of the records asked for, alone or to rank by?"""
    ranked = seen.marks.has("top", "most", "least", "by", "trend", "every", "more", "fewer")
    counted = seen.marks.has("count") and (noun is None or noun.record >= 3)
    if not is_tallied(seen):
        return False
    # "total calls" is how many there were.
    records = {n.first for n in seen.marks.nouns if n.record >= 3}
    numbers = {c.tag for c in seen.marks.cues if not (c.tag == "sum" and c.last in records)}
    return (ranked or counted) and not numbers & {*AGGREGATES, "how_long", "longest", "shortest"}


def is_tallied(seen: Interpretation) -> bool:
    """Are the things counted, and not the records? "lots de relevés" of a `numLot` are lots, "demandes" are no rules;
    where nothing is named, records that bear a number of their own are counted themselves."""
    assert seen.known.tally is not None
    records, tally = seen.known.records, seen.known.facets[seen.known.tally]
    things = {word for word in tally.words if word not in COUNTERS}
    said = [seen.marks.tokens[n.first].norm for n in seen.marks.nouns if n.record >= 3]
    if any(records.numbered(word) and stem(word) not in tally.stems for word in said):
        return False
    own = [{stem(word), *kin_of(word)} for word in said if {stem(word), *kin_of(word)} & records.own_words]
    if seen.known.roles.ident is not None and own and not any(named & tally.stems for named in own):
        return False  # "transferts" of `transfers` are no payments, of which each holds a `paymentCount`
    if said:
        return any(means(word, thing) for word in said for thing in things)
    return seen.known.roles.ident is None


def _is_condition(path: str, frame: Frame) -> bool:
    return any(cond.path == path and cond.op != "present" for cond in frame.conds)


def _says_duration(seen: Interpretation) -> bool:
    over_time = {i for cue in seen.marks.cues if cue.tag == "trend" for i in range(cue.first, cue.last)}
    return any("duration" in noun.concepts for noun in seen.marks.nouns) or seen.marks.has("long") or any(
        t.norm in ("temps", "time", "passe") and i not in over_time for i, t in enumerate(seen.marks.tokens)
    )  # fmt: skip
