"""Days, clock times and calendar periods, from folded text to local ranges."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from vigie.ask._when_words import MONTH, MONTHS, WEEKDAY, WEEKDAYS, YEAR

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Whole local days, `last` excluded. `end`: where its words end. `month` said by name, `bare`: a number alone."""

    first: date
    last: date
    end: int
    convention: str
    month: int | None = None
    bare: bool = False
    strong: bool = True  # False: "3/4", which may be a part of something


@dataclass(frozen=True, slots=True)
class Clock:
    """A local time of day. `precise`: minutes were said."""

    hour: int
    minute: int
    end: int
    precise: bool = False


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of asking, and the zone of everything."""

    local: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.local.date()

    def at(self, day: date, hour: int = 0, minute: int = 0) -> datetime:
        """A local time as an instant in UTC; 24 is the next midnight."""
        if hour >= 24:
            day, hour = day + DAY, hour - 24
        return datetime.combine(day, time(hour, minute), self.zone).astimezone(UTC)

    def month(self, number: int, year: int | None = None) -> tuple[date, date]:
        """A calendar month; without a year the current or most recent past one."""
        if year is None:
            year = self.today.year - (number > self.today.month)
        first = date(year, number, 1)
        return first, date(year + number // 12, number % 12 + 1, 1)

    def weekday(self, number: int) -> date:
        """The most recent one, today included."""
        return self.today - timedelta(days=(self.today.weekday() - number) % 7)

    def monday(self, weeks: int = 0) -> date:
        return self.today - timedelta(days=self.today.weekday()) + timedelta(weeks=weeks)

    def quarter(self, number: int, year: int | None = None) -> tuple[date, date]:
        """The current or most recent past one without a year."""
        if year is None:
            year = self.today.year - (3 * number - 2 > self.today.month)
        first = date(year, 3 * number - 2, 1)
        return first, date(year + number // 4, 3 * number % 12 + 1, 1)


# ------------------------------------------------------------------ clock times

_CLOCK = re.compile(
    r"(?:(?P<h>[01]?\d|2[0-4])\s?(?:h(?:eures?|rs?)?\b|h(?=\d)|:(?=\d\d))(?:\s?(?P<m>[0-5]\d)(?!\d|\s?(?:h|min|er|flux|runs?|jobs?)\b))?(?!\d)(?:\s?(?P<ap1>[ap])\.?m\b\.?)?"
    r"|(?P<h2>1[0-2]|0?\d)\s?(?P<ap2>[ap])\.?m\b\.?|(?P<word>midi|minuit|noon|midnight)\b)"
)
_OF_DAY = re.compile(
    r"\s+(?:du\s+(?P<fr>matin|soir)|de\s+l'(?P<fr2>apres.midi)|in\s+the\s+(?P<en>morning|evening|afternoon))\b"
)


def clock(text: str, at: int) -> Clock | None:
    """8h, 8h30, 08:00, 8am, 8:30 pm, midi, minuit, noon; "3h du matin", "7h du soir"."""
    found = _CLOCK.match(text, at)
    if found is None:
        return None
    if word := found["word"]:
        return Clock(12 if word in ("midi", "noon") else 0, 0, found.end(), True)
    hour = int(found["h"] or found["h2"])
    half = found["ap1"] or found["ap2"]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    minute = int(found["m"] or 0)
    end = found.end()
    if part := _OF_DAY.match(text, end):
        end = part.end()
        later = (part["fr"] or part["fr2"] or part["en"]) not in ("matin", "morning")
        hour += 12 if later and hour < 12 else 0
    if hour > 24 or (hour == 24 and minute):
        return None
    return Clock(hour, minute, end, bool(found["m"]))


# ------------------------------------------------------------------ days

_RELATIVE = (
    (re.compile(r"(?:the day before yesterday|avant[- ]?hier|l'avant[- ]veille)\b"), -2),
    (re.compile(r"(?:hier|yesterday|la veille|yest)\b"), -1),
    (re.compile(r"(?:aujourd'?\s?hui|aujourdhui|auj|today|ce jour|dans la journee)\b"), 0),
    (re.compile(r"(?:apres[- ]demain|the day after tomorrow)\b"), 2),
    (re.compile(r"(?:demain|tomorrow)\b"), 1),
)
_ISO = re.compile(r"(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b")
_SLASHED = re.compile(
    rf"(?:(?:le|{WEEKDAY.replace('weekday', 'w1')})\s+)*(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})(?:/(?P<y>20\d\d|\d\d))?(?![\d/])\b"
)
_NTH = r"(?P<d>\d{1,2}|1er|premier)(?:er|st|nd|rd|th)?\b"
_DAY_MONTH = re.compile(
    rf"(?:(?:le|the|{WEEKDAY.replace('weekday', 'w1')})\s+)*{_NTH}\s+(?:of\s+)?{MONTH}(?:,?\s+{YEAR})?"
)
_MONTH_DAY = re.compile(
    rf"(?:(?:{WEEKDAY.replace('weekday', 'w1')}),?\s+)?{MONTH}\s+(?:the\s+)?{_NTH}(?!\s*(?:h\b|:))(?:,?\s+{YEAR})?"
)
_BARE = re.compile(
    rf"(?:le|the|{WEEKDAY.replace('weekday', 'w1')}(?:\s+(?:le|the))?)\s+(?P<d>\d{{1,2}}|1er|premier)(?P<th>er|st|nd|rd|th)?\b(?!\s*(?:h\b|[:/%.,]\d|%))"
)
_WEEKDAY = re.compile(rf"(?:(?:le|ce|on|last|this|past)\s+)?{WEEKDAY}(?:\s+(?:dernier|passe|last))?\b")


def days(text: str, at: int, now: Now) -> Days | None:
    """One day: hier, lundi, le 14, 14/11, 14 novembre 2026, November 14th. None for a date that does not exist."""
    for pattern, offset in _RELATIVE:
        if found := pattern.match(text, at):
            day = now.today + timedelta(days=offset)
            return Days(day, day + DAY, found.end(), "calendar_day")
    for read in (_iso, _month_day, _slashed, _bare, _weekday):
        try:
            if day_ := read(text, at, now):
                return day_
        except ValueError:
            return None
    return None


def _one(day: date, end: int, convention: str, month: int | None = None, *, bare: bool = False) -> Days:
    return Days(day, day + DAY, end, convention, month, bare)


def _iso(text: str, at: int, now: Now) -> Days | None:
    found = _ISO.match(text, at)
    return _one(date(int(found["y"]), int(found["m"]), int(found["d"])), found.end(), "calendar_day") if found else None


def _month_day(text: str, at: int, now: Now) -> Days | None:
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        if found := pattern.match(text, at):
            month, day = MONTHS[found["month"]], nth(found["d"])
            if found["year"]:
                return _one(date(int(found["year"]), month, day), found.end(), "calendar_day", month)
            return _one(past(now, month, day), found.end(), "past_date", month)
    return None


def _slashed(text: str, at: int, now: Now) -> Days | None:
    found = _SLASHED.match(text, at)
    if found is None:
        return None
    day, month = int(found["d"]), int(found["m"])
    if month > 12 >= day:
        day, month = month, day  # only an English order is possible
    if not found["y"]:
        day_ = past(now, month, day)
        return Days(day_, day_ + DAY, found.end(), "day_first", month, strong=not found.group()[0].isdigit())
    year = int(found["y"])
    return _one(date(year if year > 99 else 2000 + year, month, day), found.end(), "day_first", month)


def _bare(text: str, at: int, now: Now) -> Days | None:
    """ "le 14": of the current month, or of the month before when it is still to come."""
    found = _BARE.match(text, at)
    if found is None or (text.startswith("the", at) and not found["th"]):
        return None
    return _one(past_day(now, nth(found["d"])), found.end(), "past_date", bare=True)


def _weekday(text: str, at: int, now: Now) -> Days | None:
    found = _WEEKDAY.match(text, at)
    if found is None:
        return None
    day = now.weekday(WEEKDAYS[found["weekday"]])
    said_past = re.search(r"\b(?:dernier|passe|last|past)\b", found.group())
    if said_past and day == now.today:
        day -= timedelta(weeks=1)
    return _one(day, found.end(), "past_weekday")


def nth(word: str) -> int:
    return 1 if word in ("1er", "premier") else int(word)


def past(now: Now, month: int, day: int) -> date:
    """The most recent such date, today included."""
    year = now.today.year
    if (month, day) > (now.today.month, now.today.day):
        year -= 1
    return date(year, month, day)


def past_day(now: Now, day: int) -> date:
    year, month = now.today.year, now.today.month
    if day > now.today.day:
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return date(year, month, day)


Reader = Callable[[str, int, Now], Days | None]
