"""What the steps of an interpretation have found so far in one question, read with one collection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from vigie.ask.planner.knowledge import Knowledge
from vigie.ask.planner.marks import Marks, NounMark, NumberMark
from vigie.ask.planner.placed import Placed


@dataclass
class Interpretation:
    """Filled step by step, from the clearest cue to the least."""

    marks: Marks
    known: Knowledge
    text: str
    subject_noun: NounMark | None = None
    used: set[int] = field(default_factory=set)  # places of nouns that a step has used up
    unclear: tuple[int, int] | None = None  # words that ask for one of several numbers, and not of what
    rest: Sequence[NumberMark] = ()  # numbers that bound no field
    states: Sequence[Placed] = ()  # all that are told, `state_placed` those that hold beside the values
    state_placed: Sequence[Placed] = ()
    value_placed: Sequence[Placed] = ()
    missing_placed: Sequence[Placed] = ()
    number_placed: Sequence[Placed] = ()
