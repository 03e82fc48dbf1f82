"""What each word of a question is, in the eyes of one collection: a value, a field, a noun, a cue, a time, a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from vigie.ask.planner.comparing import Compared
from vigie.ask.planner.cues import Cue
from vigie.ask.planner.tokens import Token
from vigie.ask.when import Times
from vigie.plan import Scalar


@dataclass(frozen=True, slots=True)
class ValueMark:
    """`options`: path -> values the words may mean there. `how`: whole, alike, compound, part, inside, message or
    typo. `code`: it is a text of digits that the name of its field stands before."""

    first: int
    last: int
    options: Mapping[str, tuple[Scalar, ...]]
    how: str
    words: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class NounMark:
    """`record`: how well it names the records. `fields`: (score, path), best first."""

    first: int
    last: int
    record: float
    fields: tuple[tuple[float, str], ...]
    words: str
    concepts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FlagMark:
    first: int
    last: int
    path: str
    value: bool
    words: str


@dataclass(frozen=True, slots=True)
class ReferenceMark:
    """`path`: the field of a number that records have or, where `lacks`, have not."""

    first: int
    last: int
    path: str
    lacks: bool
    words: str


@dataclass(frozen=True, slots=True)
class NumberMark:
    first: int
    last: int
    value: float
    percent: bool = False
    of: str | None = None  # the field whose totals it bounds


@dataclass
class Marks:
    text: str
    tokens: Sequence[Token]
    times: Times
    values: list[ValueMark] = field(default_factory=list)
    nouns: list[NounMark] = field(default_factory=list)
    flags: list[FlagMark] = field(default_factory=list)
    references: list[ReferenceMark] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    numbers: list[NumberMark] = field(default_factory=list)
    unknown: list[tuple[int, int]] = field(default_factory=list)
    compared: Compared | None = None  # two fields of each record
    timed: set[int] = field(default_factory=set)  # places of times and durations

    def copy(self) -> Marks:
        """One whose lists grow on their own."""
        return replace(
            self,
            values=[*self.values],
            nouns=[*self.nouns],
            flags=[*self.flags],
            references=[*self.references],
            cues=[*self.cues],
            numbers=[*self.numbers],
            unknown=[*self.unknown],
        )

    def has(self, *tags: str) -> bool:
        return any(cue.tag in tags for cue in self.cues)

    def cue(self, *tags: str) -> Cue | None:
        return next((cue for cue in self.cues if cue.tag in tags), None)

    def places(self, at: tuple[int, int]) -> tuple[int, int] | None:
        """Those of the words between two places of the text; None where no word begins there."""
        inside = [i for i, token in enumerate(self.tokens) if at[0] <= token.at[0] < at[1]]
        return (inside[0], inside[-1] + 1) if inside else None

    def said(self, first: int, last: int) -> str:
        """Those words as they were written."""
        return self.text[self.tokens[first].at[0] : self.tokens[last - 1].at[1]] if first < last else ""
