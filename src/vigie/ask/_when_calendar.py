"""The calendar as seen from the moment of asking: local days, and what comes again every week, month or year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from vigie.ask._when_words import SECONDS

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
Kind = Literal["range", "since", "before"]
Unit = Literal["", "day", "night", "part", "week", "week-end", "month", "quarter", "half", "year", "rolling"]
_RUN_TO_NOW = frozenset({"week", "month", "quarter", "half", "year"})


@dataclass(frozen=True, slots=True)
class Again:
    """What comes back: a weekday (0 is Monday), a day of the month, a date (month, day), a month, an ISO week, a
    quarter, a half year, a season (its first month), or days `a` to `b` of month `c`."""

    every: Literal["weekday", "day", "date", "month", "week", "quarter", "half", "season", "part"]
    a: int
    b: int = 0
    c: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A time that was read. `moment`: a point (an hour, a minute) rather than a stretch, as an end of a range.
    `first`, `last`: its local days, `last` excluded. `again`: how else it could be placed. `back`: so many of its
    unit before the time named before it in the question. `vague`: no single range."""

    start: datetime | None
    end: datetime | None
    convention: str
    kind: Kind = "range"
    strong: bool = True
    unit: Unit = ""
    moment: bool = False
    first: date | None = None
    last: date | None = None
    again: Again | None = None
    back: int = 0
    vague: bool = False
    hours: tuple[int, int] = (0, 24)  # of a part of a day


@dataclass(frozen=True, slots=True)
class Calendar:
    local: datetime  # the moment of asking, in the zone
    zone: ZoneInfo
    ahead: bool = False  # of a question about what is to come: names are of the next, periods under way are whole

    @property
    def now(self) -> datetime:
        return self.local.astimezone(UTC)

    @property
    def today(self) -> date:
        return self.local.date()

    def at(self, day: date, hour: int = 0, minute: int = 0) -> datetime:
        """A local time as an instant in UTC. Hours past 23 are of the next days."""
        day, hour = day + DAY * (hour // 24), hour % 24
        return datetime.combine(day, time(hour, minute), self.zone).astimezone(UTC)

    def days(
        self, first: date, last: date, convention: str, unit: Unit, again: Again | None = None, *, strong: bool = True
    ) -> Found:
        """Whole local days. Weeks, months, quarters and years under way end now."""
        end = self.at(last)
        if unit in _RUN_TO_NOW and first <= self.today < last:
            end, convention = (end, "coming") if self.ahead else (min(end, self.now), convention)
        return Found(self.at(first), end, convention, strong=strong, unit=unit, first=first, last=last, again=again)

    def day(
        self, day: date, convention: str = "calendar_day", again: Again | None = None, *, strong: bool = True
    ) -> Found:
        return self.days(day, day + DAY, convention, "day", again, strong=strong)

    def hours(self, day: date, first: int, last: int, convention: str, unit: Unit = "part") -> Found:
        """Of a local day; hours past 24 are of the next one."""
        return Found(
            self.at(day, first),
            self.at(day, last),
            convention,
            unit=unit,
            first=day,
            last=day + DAY,
            hours=(first, last),
        )

    # ------------------------------------------------------------------ periods of so many units before this one

    def week(self, offset: int = 0) -> tuple[date, date]:
        monday = self.today - DAY * self.today.weekday() + WEEK * offset
        return monday, monday + WEEK

    def month(self, offset: int = 0) -> tuple[date, date]:
        return months_from(self.today, offset, 1)

    def quarter(self, offset: int = 0) -> tuple[date, date]:
        return months_from(self.today.replace(month=(self.today.month - 1) // 3 * 3 + 1, day=1), 3 * offset, 3)

    def half(self, offset: int = 0) -> tuple[date, date]:
        return months_from(self.today.replace(month=1 if self.today.month < 7 else 7, day=1), 6 * offset, 6)

    def year(self, offset: int = 0) -> tuple[date, date]:
        return months_from(self.today.replace(month=1, day=1), 12 * offset, 12)

    def weekend(self, offset: int = 0) -> tuple[date, date]:
        """The one under way on Saturday and Sunday, else the last one, for an offset of 0."""
        saturday = self.today - DAY * ((self.today.weekday() - 5) % 7) + WEEK * offset
        return saturday, saturday + 2 * DAY

    def period(self, unit: str, offset: int, convention: str = "") -> Found:
        """The week, month... so many before (negative) or after this one; for "day", "night" and "week-end" as well."""
        if unit == "day":
            return self.day(self.today + DAY * offset, convention or "calendar_day")
        if unit == "night":
            return self.hours(self.today + DAY * (offset - 1), 20, 30, "night", "night")
        read = {"week": self.week, "month": self.month, "quarter": self.quarter, "half": self.half, "year": self.year}
        first, last = self.weekend(offset) if unit == "week-end" else read[unit](offset)
        default = {"week": "iso_week", "week-end": "weekend"}.get(unit, f"calendar_{unit}")
        if offset == 0 and unit != "week-end":
            default = "to_now"
        return self.days(first, last, convention or default, unit)  # type: ignore[arg-type]

    # ------------------------------------------------------------------ what comes again

    def latest(self, again: Again, convention: str, *, before_today: bool = False) -> Found | None:
        """The most recent one that has begun; None when no such date exists."""
        if self.ahead and not before_today:
            return self.coming(again)
        limit = self.today - DAY if before_today else self.today
        begun = [span for span in spans(again, self.today) if span[0] <= limit]
        return self.days(*begun[-1], convention, unit_of(again), again) if begun else None

    def coming(self, again: Again) -> Found | None:
        """The one under way, else the next, whole."""
        span = next((span for span in spans(again, self.today) if span[1] > self.today), None)
        if span is None:
            return None
        return Found(
            self.at(span[0]), self.at(span[1]), "coming", unit=unit_of(again), first=span[0], last=span[1], again=again
        )

    def following(self, again: Again, after: date, convention: str) -> Found | None:
        coming = next((span for span in spans(again, after) if span[0] >= after), None)
        return self.days(*coming, convention, unit_of(again), again) if coming else None

    def before(self, again: Again, limit: date, convention: str) -> Found | None:
        """The last one that begins no later than `limit`."""
        begun = [span for span in spans(again, limit) if span[0] <= limit]
        return self.days(*begun[-1], convention, unit_of(again), again) if begun else None

    def in_year(self, again: Again, year: int, convention: str) -> Found | None:
        found = _in_year(again, year)
        return self.days(*found, convention, unit_of(again)) if found else None

    def before_named(self, found: Found, named: Found) -> Found:
        """`found.back` units before the day, night, week... that was named; both of the same unit."""
        first, unit, back = named.first or self.today, named.unit, found.back
        if unit == "night":
            return self.hours(first - DAY * back, 20, 30, "night", "night")
        if unit in ("day", "week", "week-end"):
            step = DAY if unit == "day" else WEEK
            last = named.last or first + step
            return self.days(first - step * back, last - step * back, found.convention, unit)
        months = {"month": 1, "quarter": 3, "half": 6, "year": 12}[unit]
        return self.days(*months_from(first, -months * back, months), found.convention, unit)

    # ------------------------------------------------------------------ so long ago

    def ago(self, n: float, unit: str) -> datetime:
        """Seconds to hours as they pass; days and more to the same local time."""
        if unit in ("month", "quarter", "year") and n == int(n):
            months = int(n) * {"month": 1, "quarter": 3, "year": 12}[unit]
            first, last = months_from(self.today.replace(day=1), -months, 1)
            day = min(first + DAY * (self.today.day - 1), last - DAY)
        elif unit in ("day", "week") and n == int(n):
            day = self.today - DAY * int(n * (7 if unit == "week" else 1))
        else:
            return self.now - timedelta(seconds=n * SECONDS[unit])
        return datetime.combine(day, self.local.time(), self.zone).astimezone(UTC)


def unit_of(again: Again) -> Unit:
    units: dict[str, Unit] = {
        "week": "week",
        "month": "month",
        "part": "month",
        "quarter": "quarter",
        "season": "quarter",
        "half": "half",
    }
    return units.get(again.every, "day")


def months_from(day: date, offset: int, length: int) -> tuple[date, date]:
    """`length` whole months, the first so many after that of the day."""
    count = day.year * 12 + day.month - 1 + offset
    return date(count // 12, count % 12 + 1, 1), date((count + length) // 12, (count + length) % 12 + 1, 1)


def spans(again: Again, around: date) -> Iterator[tuple[date, date]]:
    """In order, from years before to the year after."""
    if again.every == "weekday":
        day = around - DAY * ((around.weekday() - again.a) % 7) - 60 * WEEK
        for n in range(64):
            yield day + WEEK * n, day + WEEK * n + DAY
    elif again.every == "day":
        for offset in range(-14, 4):
            first, last = months_from(around, offset, 1)
            if first + DAY * (again.a - 1) < last:
                yield first + DAY * (again.a - 1), first + DAY * again.a
    else:
        for year in range(around.year - 9, around.year + 3):
            if found := _in_year(again, year):
                yield found


def _in_year(again: Again, year: int) -> tuple[date, date] | None:
    """None when the year has no such week or day."""
    try:
        if again.every == "date":
            day = date(year, again.a, again.b)
            return day, day + DAY
        if again.every == "week":
            monday = date.fromisocalendar(year, again.a, 1)
            return monday, monday + WEEK
        if again.every == "part":
            first, last = months_from(date(year, again.c, 1), 0, 1)
            return first + DAY * (again.a - 1), min(first + DAY * again.b, last)
        if again.every == "weekday" or again.every == "day":
            return None
        length = {"month": 1, "quarter": 3, "half": 6, "season": 3}[again.every]
        start = (again.a - 1) * length + 1 if again.every in ("quarter", "half") else again.a
        return months_from(date(year, start, 1), 0, length)
    except (ValueError, OverflowError):
        return None
