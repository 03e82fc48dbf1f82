"""What would be lost silently: bounds that are none of a number, amounts and means of what no field tells."""

from __future__ import annotations

from vigie.ask.planner.earned import is_taken
from vigie.ask.planner.field_names import VERY_WORD
from vigie.ask.planner.frame import Frame
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.lexicon import AGGREGATES, LATENCY, PARTICIPLES, WAITED
from vigie.ask.planner.money import asks_how_much
from vigie.ask.planner.record_names import OWN


def lost_rank(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "au moins HIGH": values have no order that is known."""
    firsts = {value.first for value in seen.marks.values}
    for cue in (cue for cue in seen.marks.cues if cue.tag == "ge" and cue.last - cue.first > 1):
        if cue.last in firsts and seen.marks.tokens[cue.first].norm in ("au", "at"):
            return cue.first, cue.last
    return None


def lost_act(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "taux de serveurs | patchés" of `patches`, whose states tell whether they were: the share of those that were,
    and not of whatever else is said."""
    known, tokens = seen.known, seen.marks.tokens
    conds = (*frame.conds, *frame.part)
    if not seen.marks.has("rate") or known.roles.status in (None, *(cond.path for cond in conds)):
        return None
    acts = (n for n in seen.marks.nouns if not seen.marks.flags and (not n.fields or _is_date(known, n.fields[0][1])))
    said = (n for n in acts if n.record and tokens[n.first].text.endswith(PARTICIPLES))
    return next(((n.first, n.last) for n in said), None)


def _is_date(known: Knowledge, path: str) -> bool:
    return known.facets[path].profile.time is not None


def lost_other_state(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "plus d'échecs | ou de refus", where a value put the state beside it aside: one of the two would be lost."""
    tokens = seen.marks.tokens
    for state in (s for s in seen.states if s not in seen.state_placed and s.cond.polarity is not None):
        for value in (v for v in seen.value_placed if v.cond.path == state.cond.path):
            between = {t.norm for t in tokens[min(state.last, value.last) : max(state.first, value.first)]}
            if between and between <= _BETWEEN and between & _OTHER:
                return state.first, state.last
    return None


_OTHER = frozenset("ou or que qu than".split())
_BETWEEN = _OTHER | {"de", "d", "des", "of"}


def lost_than(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "quels flux ont eu plus d'échecs | que la semaine dernière": of each, beside what it has now."""
    marks = seen.marks
    if frame.sides or frame.but_not or not marks.has("more", "fewer", "slower", "faster", "longest", "shortest"):
        return None
    than = (c for c in marks.cues if c.tag in ("than", "gt", "lt") and marks.tokens[c.last - 1].norm in _THAN)
    begun = {place[0] for when in marks.times.ranges if (place := marks.places(when.at))}
    return next(((c.first, c.last) for c in than if c.last in begun), None)


_THAN = frozenset({"que", "qu", "than"})


def lost_more(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "y a-t-il | plus d'échecs le lundi ?": than at other times, which are not said."""
    marks = seen.marks
    if frame.sides or frame.but_not or frame.having or frame.ask != "yes_no" or marks.numbers or marks.has("rate"):
        return None
    lengths = [when for when in marks.times.durations if when.compare is not None]
    more = next((c for c in marks.cues if c.tag in ("more", "fewer")), None)
    return (more.first, more.last) if more is not None and not lengths else None


def lost_between(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "délai moyen | entre génération et envoi": between two dates, where no field tells how long that was."""
    if frame.sides or frame.target is None or " - " in frame.target:
        return None
    norms = [token.norm for token in seen.marks.tokens]
    for i, norm in enumerate(norms):
        after = norms[i + 1 : i + 5]
        dated = [j for j in range(i + 1, min(i + 6, len(norms))) if seen.known.date_of(seen.marks.tokens[j])]
        if norm in ("entre", "between") and i not in seen.marks.timed and {"et", "and"} & set(after) and dated:
            return i, i + 1
    return None


def lost_size(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "de plus de | 60 Mo" of texts such as "60 Mo": they are not compared as numbers."""
    bounds = {cue.last for cue in seen.marks.cues if cue.tag in ("gt", "ge", "lt", "le")}
    said = (v for v in seen.marks.values if v.first in bounds and seen.marks.tokens[v.first].norm.isdigit())
    return next(((v.first, v.last) for v in said), None)


def lost_nights(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "quelle | nuit a eu le plus d'échecs ?": records are put together by days, not by nights."""
    asked = {cue.last for cue in seen.marks.cues if cue.tag in ("list", "top")}
    said = (i for i, token in enumerate(seen.marks.tokens) if token.norm in _NIGHTS and i in asked)
    return next(((i, i + 1) for i in said if seen.marks.has("most", "least", "top")), None)


_NIGHTS = frozenset("nuit nuits night nights soir soirs soiree evening matin matins morning weekend".split())


def lost_part(seen: Interpretation, _: Frame) -> tuple[int, int] | None:
    """ "plus d'un tiers | des flux": a part of them all is no number."""
    norms = [token.norm for token in seen.marks.tokens]
    for i in range(1, len(norms) - 1):
        of = norms[i - 1] in ("un", "la", "a", "one") and norms[i + 1] in ("des", "de", "of")
        if norms[i] in _PARTS and of and i not in seen.marks.timed:
            return i - 1, i + 1
    return None


_PARTS = frozenset("tiers quart moitie third quarter half".split())


def lost_times(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "partenaires ayant au moins 5 retards" of a `retard_min`: five times, and no five minutes."""
    tokens = seen.marks.tokens
    bound = {cond.path for cond in frame.conds if cond.op in ("ge", "gt", "le", "lt", "in")}
    for noun in seen.marks.nouns:
        times = noun.first > 0 and noun.last == noun.first + 1 and tokens[noun.first - 1].norm.isdigit()
        late = "late" in noun.concepts and tokens[noun.first].norm.endswith("s")
        if times and late and noun.fields and noun.fields[0][1] in bound:
            return noun.first, noun.last
    return None


def lost_takings(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "which lines took more than 90": minutes or money, and no number of records."""
    if not frame.having or frame.aggregate != "count":
        return None
    return next(((n.first, n.last) for n in seen.rest if is_taken(seen, n)), None)


def lost_much(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "how much did we send", where no field tells an amount: it is no number of records."""
    cue = seen.marks.cue("count") if frame.aggregate == "count" and asks_how_much(seen.marks) else None
    return (cue.first, cue.last) if cue is not None else None


def lost_of_whom(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "combien de | clients | ont envoyé plus de 3 fichiers": those that did, no records of more than 3."""
    marks, asked = seen.marks, seen.marks.cue("count")
    if asked is None or frame.aggregate != "count" or frame.groups or not seen.number_placed:
        return None
    whose = (n for n in marks.nouns if 0 <= n.first - asked.last <= 1 and 0 < n.record < OWN and n.fields)
    named = (n for n in whose if n.fields[0][0] >= VERY_WORD and marks.tokens[n.last : n.last + 1])
    return next(((n.first, n.last) for n in named if marks.tokens[n.last].norm in _HAVE), None)


_HAVE = frozenset("ont avaient have had".split())


def lost_each(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "nombre de compteurs par relève": of each record, which no field tells."""
    counted = not frame.groups and frame.aggregate == "count"  # a mean is one of all of them
    starts = {cue.last for cue in seen.marks.cues if cue.tag == "by"} if counted else set()
    each = (n for n in seen.marks.nouns if n.first in starts and n.record >= OWN and not n.fields)
    return next(((n.first, n.last) for n in each), None)


def lost_mean(seen: Interpretation, frame: Frame) -> tuple[int, int] | None:
    """ "average load of flights": no mean of how long they take."""
    marks = seen.marks
    if frame.aggregate not in AGGREGATES or frame.target is None or frame.target != seen.known.roles.duration:
        return None
    timed = marks.times.durations or any("duration" in noun.concepts for noun in marks.nouns)
    if timed or marks.has("long", "how_long", "longest", "shortest"):
        return None
    cues = [cue for cue in marks.cues if cue.tag == frame.aggregate]
    beside = (n for n in marks.nouns for c in cues if not n.record and (c.last == n.first or n.last == c.first))
    others = (n for n in beside if n.first not in seen.used and marks.tokens[n.first].norm not in WAITED | LATENCY)
    return next(((n.first, n.last) for n in others if all(path != frame.target for _, path in n.fields)), None)
