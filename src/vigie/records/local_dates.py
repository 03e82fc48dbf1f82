"""Dates written otherwise than ISO 8601 has them: 14/11/2026 08:30, 2026/11/14, 20261114083000.

A whole column is of one form or of none. Which of day and month comes first is told by the days above 12 in it; two
values that contradict each other make it no column of dates, and where no value tells, the day is taken to be first.
They are local times. The patterns say the same to Python, RE2 (DuckDB) and PCRE (MongoDB).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from vigie.plan import TimeForm

Expr = object

_YEAR, _PART = "([12][0-9]{3}|9999)", "([0-9]{1,2})"
_DAY, _MONTH = "(0?[1-9]|[12][0-9]|3[01])", "(0?[1-9]|1[0-2])"
_CLOCK = "(?:(?:[ T]|, | à )([01]?[0-9]|2[0-3])[:h]([0-5][0-9])(?::([0-5][0-9])(?:[.,]([0-9]{3}))?)?)?"
_SIGN = "[/.-]"
_DIGITS = "(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(?:[T _-]?([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])?)?"
# Form -> (the text as a whole, the groups of year, month and day); then come hour, minute, second, millisecond.
_FORMS: dict[TimeForm, tuple[str, tuple[int, int, int]]] = {
    "dmy": (f"{_DAY}{_SIGN}{_MONTH}{_SIGN}{_YEAR}{_CLOCK}", (3, 2, 1)),
    "dmy_assumed": (f"{_DAY}{_SIGN}{_MONTH}{_SIGN}{_YEAR}{_CLOCK}", (3, 2, 1)),
    "mdy": (f"{_MONTH}{_SIGN}{_DAY}{_SIGN}{_YEAR}{_CLOCK}", (3, 1, 2)),
    "ymd": (f"{_YEAR}{_SIGN}{_MONTH}{_SIGN}{_DAY}{_CLOCK}", (1, 2, 3)),
    "digits": (f"((?:19|20|21)[0-9]{{2}}|9999){_DIGITS}()", (1, 2, 3)),
}
LOCAL = frozenset(_FORMS)
_FIRST, _LAST = 19_000_101, 99_991_231_235_959  # numbers that may be dates
_END = r"(?![\s\S])"  # `$` would let a line's end follow

# ------------------------------------------------------------------ telling the form

_YEAR_LAST = re.compile(f"{_PART}{_SIGN}{_PART}{_SIGN}{_YEAR}{_CLOCK}")
_YEAR_FIRST = re.compile(_FORMS["ymd"][0])
_RUN = re.compile(_FORMS["digits"][0])
_SIGNS = frozenset("/.-")
_REMEMBERED = 5_000
_BEGUN = 100  # values after which a column is given up that holds other things
_SHARE = 0.9  # of its values that must be dates, as for other forms; of bare digits all, which may be other numbers


@dataclass(slots=True)
class LocalDates:
    """Of one path: all of its values are looked at, until it is clear that they are no dates."""

    seen: int = 0
    runs: int = 0  # of digits
    year_first: int = 0
    year_last: int = 0
    day_first: int = 0  # of these the first number is more than 12
    day_second: int = 0
    given_up: bool = False
    told: dict[tuple[str, int], tuple[bool, bool, bool, bool, bool]] = field(default_factory=dict)  # by day and length

    def read(self, values: Iterable[str]) -> None:
        if self.given_up:
            return
        for value in values:
            self.seen += 1
            self._one(value)
            if self.seen == _BEGUN and max(self.year_last, self.year_first, self.runs) < _SHARE * _BEGUN:
                self.given_up = True
                return

    def read_numbers(self, values: Iterable[float]) -> None:
        if not self.given_up:
            whole = (v if _FIRST <= v <= _LAST and v == int(v) else 0 for v in values)
            self.read(str(int(v)) for v in whole)

    def _one(self, value: str) -> None:
        signed = value[4:5] in _SIGNS or value[2:3] in _SIGNS or value[1:2] in _SIGNS
        # Values of one day differ by their clock alone; of digits the last ones tell whether they are a clock at all.
        day, clock = (value[:10], len(value)) if signed else (value, 0)
        told = self.told.get((day, clock))
        if told is None:
            told = _told(value)
            if len(self.told) < _REMEMBERED:
                self.told[day, clock] = told
        runs, year_first, year_last, day_first, day_second = told
        self.runs += runs
        self.year_first += year_first
        self.year_last += year_last
        self.day_first += day_first
        self.day_second += day_second

    def form(self, digits: bool) -> TimeForm | None:
        """`digits`: may its digits be dates, by the field's name or by how many they are?"""
        if not self.seen or self.given_up:
            return None
        if self.runs == self.seen:
            return "digits" if digits else None
        if self.year_first >= _SHARE * self.seen:
            return "ymd"
        if self.year_last < _SHARE * self.seen or (self.day_first and self.day_second):
            return None
        return "mdy" if self.day_second else "dmy" if self.day_first else "dmy_assumed"


def _told(value: str) -> tuple[bool, bool, bool, bool, bool]:
    """As the counts of `LocalDates`: is it digits, its year first, its year last, the day first, the day second?"""
    if found := _RUN.fullmatch(value):
        return (_is_day(int(found[1]), int(found[2]), int(found[3])), False, False, False, False)
    if found := _YEAR_FIRST.fullmatch(value):
        return (False, _is_day(int(found[1]), int(found[2]), int(found[3])), False, False, False)
    if found := _YEAR_LAST.fullmatch(value):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if _is_day(year, second, first) or _is_day(year, first, second):
            return (False, False, True, first > 12, second > 12)
    return (False, False, False, False, False)


def _is_day(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


# ------------------------------------------------------------------ reading it


def sql(form: TimeForm, kind: str, zone: ZoneInfo) -> str:
    """SQL from a text, or a number (`kind` n), to a UTC timestamp, with `{0}` for it; NULL where it is none."""
    text = "{0}"
    if kind == "n":
        whole = f"{{0}} BETWEEN {_FIRST} AND {_LAST} AND {{0}} = floor({{0}})"
        text = f"CASE WHEN {whole} THEN CAST(CAST({{0}} AS BIGINT) AS VARCHAR) END"
    pattern, (year, month, day) = _FORMS[form]
    pattern = pattern.replace("{", "{{").replace("}", "}}")
    alike = rf"regexp_replace({text}, '^{pattern}$', '\{year}-\{month}-\{day} \4:\5:\6.\7')"
    formats = ", ".join(f"'%Y-%m-%d {clock}'" for clock in ("::.", "%H:%M:.", "%H:%M:%S.", "%H:%M:%S.%g"))
    local = f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN try_strptime({alike}, [{formats}]) END"
    return f"timezone('UTC', timezone('{zone.key}', {local}))"


def expression(form: TimeForm, value: str, zone: ZoneInfo) -> Expr:
    """MongoDB's expression from a text or a number to a date; null where it is none. $dateFromString would need a
    format for each way to write a time, and takes no single digits; $dateFromParts takes a 31 February to be in
    March."""
    within: Expr = {"$and": [{"$gte": [value, _FIRST]}, {"$lte": [value, _LAST]}]}  # of numbers alone
    number: Expr = {"$cond": [within, {"$eq": [value, {"$floor": value}]}, False]}
    pattern, (year, month, day) = _FORMS[form]

    def part(group: int) -> Expr:
        return {"$toInt": {"$ifNull": [{"$arrayElemAt": ["$$f.captures", group - 1]}, 0]}}

    names = {"year": year, "month": month, "day": day, "hour": 4, "minute": 5, "second": 6}
    parts = {name: part(group) for name, group in names.items()}
    if form != "digits":
        parts["millisecond"] = part(7)
    local = {"timezone": zone.key}
    same: Expr = {"$eq": [{"$dayOfMonth": {"date": "$$d", **local}}, part(day)]}
    date: Expr = {"$let": {"vars": {"d": {"$dateFromParts": {**parts, **local}}}, "in": {"$cond": [same, "$$d", None]}}}
    found: Expr = {"$regexFind": {"input": "$$s", "regex": f"^{pattern}{_END}"}}
    read: Expr = {"$let": {"vars": {"f": found}, "in": {"$cond": [{"$eq": ["$$f", None]}, None, date]}}}
    text: Expr = {"$cond": [{"$eq": [{"$type": value}, "string"]}, value, ""]}
    if form == "digits":
        text = {"$cond": [number, {"$convert": {"input": {"$toLong": value}, "to": "string"}}, text]}
    return {"$let": {"vars": {"s": text}, "in": read}}
