"""What is computed over records, as data: a Plan, its rows, and the profile of the collection that it is made from.

A Plan holds no query language: engines compile it, and nobody, user or model, hands in a pipeline.
All instants are aware datetimes in UTC; windows are half open: start <= t < end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Scalar = str | int | float | bool | datetime | None

# In a path "end - start": the seconds from one instant of a record to another, or the difference of two of its numbers,
# where it has both.
MINUS = " - "


def operands(path: str) -> tuple[str, str] | None:
    """The (end, start) of such a path; a field that is called so itself comes first."""
    end, sign, start = path.partition(MINUS)
    return (end, start) if sign and end and start else None


# A path "# steps.name": how many values a record holds at `steps.name`, 0 where it holds none.
NUMBER = "# "


def counted(path: str) -> str | None:
    """The path whose values such a path counts."""
    return path.removeprefix(NUMBER) if path.startswith(NUMBER) and path != NUMBER else None


# ------------------------------------------------------------------ profiles

FieldType = Literal["text", "integer", "number", "bool", "date", "id", "object", "array", "null", "other"]
# How values of a path are instants: BSON dates; ISO 8601 text, with or without an offset (then in the configured
# zone); epoch seconds or milliseconds as numbers; in the configured zone, with or without a time of day: 14/11/2026
# (dmy; dmy_assumed where no day above 12 tells), 11/14/2026 (mdy), 2026/11/14 (ymd), 20261114 as text or number.
TimeForm = Literal["date", "iso", "epoch_s", "epoch_ms", "dmy", "dmy_assumed", "mdy", "ymd", "digits"]

VALUES_KEPT = 5_000  # distinct values of a path that a profile holds


@dataclass(frozen=True, slots=True)
class FieldProfile:
    """One path of a collection. Through arrays the path goes on without an index: `steps.name`; keys that are data
    (a date, a host, an id as a key) are collapsed to `*` and cannot be queried."""

    path: str
    present: int  # records with a value there that is neither null, "" nor an empty array
    types: dict[FieldType, int]  # of the values found, elements of arrays each; "null" counts explicit nulls
    repeated: bool = False  # some record holds several values there, through an array
    distinct: int = 0  # exact when `complete`
    values: tuple[tuple[Scalar, int], ...] = ()  # (value, records with it), most frequent first, ties by value
    complete: bool = False  # `values` are all there are
    low: Scalar = None  # smallest and largest number or instant
    high: Scalar = None
    time: TimeForm | None = None  # set when at least 9 in 10 values are instants
    listed: str = ""  # classes of values (`records.columns`) that some record holds in an array, or below one
    elements: int = 0  # objects in the arrays there, where no array is above them: `Plan.each` can be this path

    def share(self, *kinds: FieldType) -> float:
        """Of the values that are neither null nor arrays, how many are of these types."""
        counted = sum(n for kind, n in self.types.items() if kind not in ("null", "array"))
        return sum(self.types.get(kind, 0) for kind in kinds) / counted if counted else 0.0

    @property
    def dated(self) -> bool:
        """Do its dates stand for it where it is shown and grouped by? Not where they strayed among other values."""
        return self.share("date") >= 0.5


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a collection: it is read from all of its records, never sampled."""

    collection: str
    total: int
    fields: tuple[FieldProfile, ...]  # by path

    def field(self, path: str) -> FieldProfile | None:
        return next((f for f in self.fields if f.path == path), None)


# ------------------------------------------------------------------ plans

# in, not_in: some / no value at the path equals one of `values`; not_in also wants a value to be there,
# lacks does not (of lists: a record without tags has not that tag).
# contains, starts: text, letter case aside, the value taken literally. lt, le, gt, ge: numbers, or instants.
# missing: absent, null, "" or an empty array; present: the opposite.
# holds: `number` of the objects in the array at the path meet all of `within`, whose paths go on from it.
Op = Literal["in", "not_in", "lacks", "lt", "le", "gt", "ge", "contains", "starts", "missing", "present", "holds"]
Aggregate = Literal["count", "distinct", "sum", "avg", "min", "max", "median", "p95", "share"]
# Of an instant, in local time: the start of its hour, day, ISO week, month; or 0 to 23, or 1 (Monday) to 7.
Bucket = Literal["hour", "day", "week", "month", "hour_of_day", "weekday"]
Form = Literal["value", "table", "groups", "yes_no", "none_of", "sides", "trend", "records"]

ROWS_MAX = 5_000  # rows of one answer; more are cut, and said


@dataclass(frozen=True, slots=True)
class Where:
    """One condition. `because`: the words of the question that caused it."""

    path: str
    op: Op
    values: tuple[Scalar, ...] = ()  # one value for lt, le, gt, ge, contains and starts
    because: str = ""
    within: tuple[Where, ...] = ()  # of holds
    number: tuple[int, int | None] = (1, None)  # of holds: so many at least, and at most; (0, 0) is none


@dataclass(frozen=True, slots=True)
class Span:
    """A window over an instant. None is open."""

    path: str
    start: datetime | None
    end: datetime | None
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number per group, over the records that meet the plan's conditions and its own.

    count: records. distinct: different values at `path`. sum, avg, min, max, median, p95: of the numbers at `path`
    (min and max: also of instants); others are passed over; none gives None, a sum of none 0. median and p95
    interpolate linearly between the two nearest (rank 1 + q·(n-1)). share: of those records, the part that meets
    `part` too: it gives three columns, the share between 0 and 1 (None of nothing), the part and the whole.
    """

    name: str
    aggregate: Aggregate = "count"
    path: str | None = None
    where: tuple[Where, ...] = ()
    span: Span | None = None
    part: tuple[Where, ...] = ()

    @property
    def width(self) -> int:
        return 3 if self.aggregate == "share" else 1


@dataclass(frozen=True, slots=True)
class Key:
    """Groups by the values at a path; each value of an array counts. `bucket`: by parts of an instant."""

    path: str
    bucket: Bucket | None = None


@dataclass(frozen=True, slots=True)
class Having:
    """Keeps the groups whose measure (by its place; of a share, the share) compares so; None never does."""

    measure: int
    op: Literal["lt", "le", "gt", "ge", "eq"]
    value: float


@dataclass(frozen=True, slots=True)
class Order:
    """By a column's place in the rows; None comes last either way. Ties go by the keys, ascending, then `_id`."""

    column: int
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """Rows are groups (keys, then measures), or records (`show`) when there is no measure.

    A group's universe is the records that meet `where` and `span`: a measure with conditions of its own gives 0 for
    a group that none of them meets, so that "ran last week and not yesterday" is two counts and two havings.
    Groups without a value at a key are left out and counted in `Rows.ungrouped`.

    `each`: not over the records, but over the objects in their arrays at that path (`steps`). Each of those stands for
    a record that holds it alone there, beside all else its record holds: `steps.name` has one value.
    """

    collection: str
    where: tuple[Where, ...] = ()
    span: Span | None = None
    keys: tuple[Key, ...] = ()
    measures: tuple[Measure, ...] = ()
    having: tuple[Having, ...] = ()
    show: tuple[str, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    form: Form = "table"  # for presentation only: engines ignore it
    each: str | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """`rows` hold text, int, float, bool, aware datetime (UTC; of a bucket: its local start) or None; an array is
    a list of them, an object its Extended JSON text.

    `matched`: records that meet the plan's `where` and `span` and, where every measure has conditions of its own,
    those of at least one measure.
    """

    rows: Sequence[tuple[object, ...]]
    matched: int
    truncated: bool = False  # more than ROWS_MAX
    ungrouped: int = 0  # records left out for want of a key
    notes: Sequence[str] = field(default_factory=tuple)  # codes of what was capped or approximated
    kept: bool = False  # of the copy that the last sync made of a database that cannot be reached, and
    kept_at: datetime | None = None  # when that was, if it is known
