"""What a question holds against each other of one record: its difference is a field like any other, "one - other"."""

from __future__ import annotations

from dataclasses import replace

from vigie.ask.planner.comparing import Compared, compares
from vigie.ask.planner.dates_compared import after_another, punctual
from vigie.ask.planner.grams import Grams
from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.numbers_compared import both, more_of_one, over_another, past_its_limit


def compared(grams: Grams, known: Knowledge) -> Compared | None:
    """None where nothing is compared, or what are no two fields of numbers or of dates."""
    if not compares(grams.norms):
        return None
    if grams.times.vague:  # "after the deadline" is no time that has to be asked back, where a field tells it
        grams = Grams(grams.text, grams.tokens, replace(grams.times, vague=()), grams.norms, grams.taken)
    for step in (after_another, past_its_limit, over_another, more_of_one, both, punctual):
        if (found := step(grams, known)) is not None:
            return found
    return None


def without(grams: Grams, found: Compared) -> Grams:
    """The same question with the comparison read."""
    places = [grams.tokens[i].at[0] for i in found.places]
    vague = tuple(v for v in grams.times.vague if not any(v.at[0] <= place < v.at[1] for place in places))
    lengths = tuple(d for d in grams.times.durations if d is not found.length)
    times = replace(grams.times, vague=vague, durations=lengths)
    return Grams(grams.text, grams.tokens, times, grams.norms, grams.taken | found.places)
