"""How many are wanted, and between which bounds their numbers lie."""

from __future__ import annotations

import itertools

from vigie.ask.planner.aggregates import measure_noun
from vigie.ask.planner.frame import Limit
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.marks import NounMark, NumberMark
from vigie.ask.planner.number_nouns import comparison

SHOWN = 5  # places of a ranking when no number is said


def limit_of(seen: Interpretation) -> int | None:
    """ "top 5", "les 3 derniers": a number beside such a word that bounds nothing."""
    for number in seen.rest:
        if comparison(number.first, seen.marks)[0] or number.percent or not number.value.is_integer():
            continue
        if counts_times(seen, number):
            continue
        if 0 < number.value <= 5_000:
            return int(number.value)
    return None


def places_of(seen: Interpretation, noun: NounMark | None) -> int:
    """How many are shown: the number that is said, else one of what is asked for in the singular, else a few."""
    return limit_of(seen) or (1 if _singular(seen, noun) else SHOWN)


def _singular(seen: Interpretation, noun: NounMark | None) -> bool:
    if noun is None:
        last = seen.marks.cue("last", "first")  # "les derniers plantages"
        said = {seen.marks.tokens[i].norm for cue in seen.marks.cues for i in (cue.first, max(cue.first - 1, 0))}
        several = last is not None and seen.marks.tokens[last.last - 1].norm in _PLURALS
        return not several and "les" not in said  # "les plus gros" of what was asked before
    token = seen.marks.tokens[noun.first]
    return not token.norm.endswith(("s", "x"))


_PLURALS = frozenset("derniers dernieres premiers premieres recents recentes anciens anciennes".split())


def bounds_of(seen: Interpretation) -> tuple[Limit, ...]:
    """ "plus de 3 fois", "au moins 40 erreurs", "> 25 %", "dont la durée moyenne dépasse 1h"."""
    found = []
    between = _range(seen)
    for number in seen.rest:
        if number in between:
            found.append(between[number])
            continue
        op, first = comparison(number.first, seen.marks)
        if op is None and not counts_times(seen, number) and not _so_many_exactly(seen, number):
            continue
        said = seen.marks.said(first, number.last + counts_times(seen, number))
        found.append(Limit(op or "eq", number.value / 100 if number.percent else number.value, said))  # type: ignore[arg-type]
    measure = seen.known.facets.get(measure_noun(seen) or "")
    unit = (measure.unit if measure is not None else None) or seen.known.roles.duration_unit
    if seen.marks.has("avg", "sum", "median", "max", "min") and unit:
        for said_ in seen.marks.times.durations:
            if said_.compare is None:
                continue
            found.append(Limit(said_.compare, said_.seconds / unit[0], said_.phrase))
    return tuple(found)


_BETWEEN = (["entre", "et"], ["between", "and"], ["de", "a"], ["from", "to"])


def _range(seen: Interpretation) -> dict[NumberMark, Limit]:
    """ "entre 3 et 5 fois", "between 3 and 5 times": both numbers bound."""
    for low, high in itertools.pairwise(seen.rest):
        before, between = (
            [t.norm for t in seen.marks.tokens[max(0, first) : last]]
            for first, last in ((low.first - 1, low.first), (low.last, high.first))
        )
        bare = counts_times(seen, high) and between in (["a"], ["to"], ["ou"], ["or"])  # "3 à 5 fois"
        if high.value > low.value and (bare or [*before, *between] in _BETWEEN):
            said = seen.marks.said(low.first, high.last + counts_times(seen, high))
            scale = 100 if high.percent else 1
            return {low: Limit("ge", low.value / scale, said), high: Limit("le", high.value / scale, said)}
    return {}


def _so_many_exactly(seen: Interpretation, number: NumberMark) -> bool:
    """ "exactement | 2 | échecs", "exactly 3 runs": of records, no field counts them."""
    exact = any(cue.tag == "eq" and cue.last == number.first and cue.first < cue.last for cue in seen.marks.cues)
    states = {placed.first for placed in seen.states}
    return exact and (number.last in states or any(n.first == number.last and n.record for n in seen.marks.nouns))


def counts_times(seen: Interpretation, number: NumberMark) -> bool:
    return any(cue.tag == "times" and 0 <= cue.first - number.last <= 1 for cue in seen.marks.cues)
