"""Dates and times as they are written, compared by what they name. To check claims; `time` reads questions."""

from __future__ import annotations

import re
from collections.abc import Iterable

# ("date", year, month, day), ("day", month, day), ("month", year, month), ("time", hour, minute, second or -1)
Moment = tuple[str, int, int, int] | tuple[str, int, int]

_NAMES = (
    ("janvier", "january", "jan", "janv"),
    ("fevrier", "février", "february", "feb", "fevr", "févr"),
    ("mars", "march", "mar"),
    ("avril", "april", "apr", "avr"),
    ("mai", "may"),
    ("juin", "june", "jun"),
    ("juillet", "july", "jul", "juil"),
    ("aout", "août", "august", "aug"),
    ("septembre", "september", "sept", "sep"),
    ("octobre", "october", "oct"),
    ("novembre", "november", "nov"),
    ("decembre", "décembre", "december", "dec", "déc"),
)
_NUMBER_OF = {name: number for number, names in enumerate(_NAMES, 1) for name in names}
MONTH = "|".join(sorted(_NUMBER_OF, key=len, reverse=True))

_TIME = r"(\d{1,2})[:h](\d{2})(?:[:m](\d{2})(?:[.,]\d+)?)?\s?(?:z|utc|s|[+-]\d{2}:?\d{2})?"
_ISO = re.compile(rf"(\d{{4}})[-/](\d{{1,2}})[-/](\d{{1,2}})(?:[t ]{_TIME})?", re.IGNORECASE)
_MONTHLY = re.compile(r"(\d{4})-(\d{2})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
_JOINED = re.compile(r"(\d{1,2})([.-])(\d{1,2})\2(\d{4})")
_CLOCK = re.compile(_TIME, re.IGNORECASE)
_HOUR = re.compile(r"(\d{1,2})h")
_NAMED = re.compile(rf"(\d{{1,2}})[a-z]*\s+(?:of\s+)?({MONTH})\.?(?:,?\s+(\d{{4}}))?", re.IGNORECASE)
_NAMED_AFTER = re.compile(rf"({MONTH})\s+(\d{{1,2}})[a-z]*(?:,?\s+(\d{{4}}))?", re.IGNORECASE)

Reading = frozenset[Moment]  # all that a word says, in one way to read it


def readings(word: str) -> list[Reading]:
    """Every way to read a word as a date, a time or both; empty where it is none. 03/04 is in March or in April."""
    if found := _ISO.fullmatch(word):
        days = _dates(found[1], [(found[2], found[3])])
        return [day | clock for day in days for clock in (_clocks(*found.groups()[3:]) if found[4] else [_NOTHING])]
    if found := _MONTHLY.fullmatch(word):
        return [frozenset({("month", int(found[1]), int(found[2]))})] if 1 <= int(found[2]) <= 12 else []
    if found := _SLASHED.fullmatch(word):
        return _dates(found[3], [(found[2], found[1]), (found[1], found[2])])
    if found := _JOINED.fullmatch(word):
        return _dates(found[4], [(found[3], found[1]), (found[1], found[3])])
    if found := _NAMED.fullmatch(word):
        return _dates(found[3], [(_NUMBER_OF[found[2].casefold()], found[1])])
    if found := _NAMED_AFTER.fullmatch(word):
        return _dates(found[3], [(_NUMBER_OF[found[1].casefold()], found[2])])
    word = re.sub(r"\s", "", word)
    if found := _CLOCK.fullmatch(word):
        return _clocks(*found.groups())
    return _clocks(found[1], "00", None) if (found := _HOUR.fullmatch(word)) else []


def implied(moment: Moment) -> set[Moment]:
    """What else is so when this is: the day and the month of a date, the minute of a second."""
    match moment:
        case ("date", int(year), int(month), int(day)):
            return {moment, ("day", month, day), ("month", year, month)}
        case ("time", int(hour), int(minute), _):
            return {moment, ("time", hour, minute, -1)}
    return {moment}


_NOTHING: Reading = frozenset()


def _dates(year: str | None, days: Iterable[tuple[str | int, str]]) -> list[Reading]:
    found: list[Reading] = []
    for month, day in ((int(month), int(day)) for month, day in days):
        if 1 <= month <= 12 and 1 <= day <= 31:
            whole = None if year is None else int(year) + (2_000 if len(year) == 2 else 0)
            found.append(frozenset({("day", month, day) if whole is None else ("date", whole, month, day)}))
    return found


def _clocks(hour: str, minute: str, second: str | None) -> list[Reading]:
    if int(hour) > 24 or int(minute) > 59:
        return []
    return [frozenset({("time", int(hour), int(minute), -1 if second is None else int(second))})]
