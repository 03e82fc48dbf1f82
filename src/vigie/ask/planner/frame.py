"""What a question asks, before it is a plan: what a follow-up patches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vigie.ask.planner.polarity import Polarity
from vigie.ask.when import When
from vigie.plan import Aggregate, Bucket, Key, Op, Scalar

# number: of records or of a field, per group. values: the different values of the subject. records: rows of records.
# yes_no: is there any. none_of: is there none ("tous passés ?"). when: the time of one record.
Ask = Literal["number", "values", "records", "yes_no", "none_of", "when"]


@dataclass(frozen=True, slots=True)
class Cond:
    """A condition with the words that caused it. `polarity` of a status; `paths`: other fields the words may mean."""

    path: str
    op: Op
    values: tuple[Scalar, ...]
    because: str
    polarity: Polarity | None = None
    others: tuple[tuple[str, tuple[Scalar, ...]], ...] = ()
    within: tuple[Cond, ...] = ()  # of an object in the array at `path`, all of them
    number: tuple[int, int | None] = (1, None)  # of how many such objects, at least and at most


@dataclass(frozen=True, slots=True)
class Column:
    """One of several numbers, with conditions of its own."""

    aggregate: Aggregate
    target: str | None = None
    where: tuple[Cond, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on a group's number: at least 2 failures, a rate over 25 %."""

    op: Literal["lt", "le", "gt", "ge", "eq"]
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Frame:
    collection: str
    ask: Ask
    subject: str | None = None  # path whose values are asked for; None: the records
    conds: tuple[Cond, ...] = ()
    part: tuple[Cond, ...] = ()  # of a rate: what the part meets
    times: tuple[When, ...] = ()
    time_path: str | None = None
    aggregate: Aggregate = "count"
    target: str | None = None  # path of the aggregate
    columns: tuple[Column, ...] = ()  # several numbers; `aggregate` and `target` are the first's
    groups: tuple[Key, ...] = ()
    order: Literal["desc", "asc"] | None = None  # by the number, or of records by `order_path`
    order_path: str | None = None
    limit: int | None = None
    having: tuple[Limit, ...] = ()
    part_whenever: bool = False  # of an absence: among all that ever were, not only those of the window
    absent: bool = False  # the groups that nothing meets: "n'ont pas tourné hier"
    sides: Literal["times", "values"] | None = None
    side_path: str | None = None  # of sides by values
    both: bool = False  # groups that all sides meet
    trend: Bucket | None = None
    counted: bool = False  # how many groups there are, not which
    but_not: bool = False  # groups of the first window that the second has not
    also: tuple[str, ...] = ()  # fields to show of each record, besides what says which one it is
    notes: tuple[str, ...] = ()  # codes of conventions that decided


ProblemCode = Literal[
    "unknown_value", "unknown_field", "vague_time", "nothing_to_count", "which_collection", "no_time_field",
    "unsupported", "two_windows", "order_refused", "hostile", "foretold", "not_exact", "no_records",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a question is not computed. `words`: the ones concerned; `near`: values or collections to choose from."""

    code: ProblemCode
    words: str = ""
    near: tuple[str, ...] = ()
    at: tuple[int, int] | None = None  # offsets of the words in the question
