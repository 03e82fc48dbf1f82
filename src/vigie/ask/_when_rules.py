"""The rules of the time grammar, from the longest readings to the shortest. Each reads what begins at one place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from vigie.ask._when_days import DAY, Clock, Days, Now, clock, days, nth, past, past_day
from vigie.ask._when_words import (
    MONTH,
    MONTHS,
    NUMBER,
    SECONDS,
    UNIT,
    UNIT_OF,
    WEEKDAY,
    WEEKDAYS,
    YEAR,
    number,
)

Kind = Literal["range", "since", "before"]


@dataclass(frozen=True, slots=True)
class Found:
    """A range, before its offsets are taken back to the text."""

    start: datetime | None
    end: datetime | None
    stop: int  # where its words end
    convention: str
    kind: Kind = "range"
    strong: bool = True


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _whole(days_: Days, now: Now, kind: Kind = "range") -> Found:
    return Found(now.at(days_.first), now.at(days_.last), days_.end, days_.convention, kind, days_.strong)


def _now(now: Now) -> datetime:
    return now.local.astimezone(now.at(now.today).tzinfo)


# ------------------------------------------------------------------ nights and parts of days

_NIGHT = _re(
    r"(?:(?:dans|durant|pendant|au cours de|during|in|over|sur)\s+)?(?:(?:toute\s+)?cette\s+nuit|la\s+nuit\s+(?:derniere|passee|ecoulee)|nuit\s+derniere|last\s+night|"
    r"tonight|this\s+night|overnight|during\s+the\s+night|the\s+night|(?:de|pendant|durant|dans)\s+la\s+nuit(?!\s+(?:du|de|des|d')))\b(?:\s+dernier\w*)?"
)
_NIGHT_OF = _re(
    r"(?:(?:dans|durant|pendant|during|in)\s+)?(?:la|the|une)?\s*(?:nuit|night)\s+(?:du|de|of|from|des)?\s*"
)
_PARTS: dict[str, tuple[int, int]] = {
    "matin": (6, 12), "matinee": (6, 12), "morning": (6, 12), "apres-midi": (12, 18), "apres midi": (12, 18), "aprem": (12, 18),
    "afternoon": (12, 18), "soir": (18, 24), "soiree": (18, 24), "evening": (18, 24), "midi": (12, 14),
}  # fmt: skip
_PART = rf"(?P<part>{'|'.join(sorted(_PARTS, key=len, reverse=True))})\b"
_THIS_PART = _re(rf"(?:(?:dans|durant|pendant|during|in)\s+)?(?:ce|cet|cette|this|la|l')\s*{_PART}")
_DAY_PART = _re(rf"\s+(?:au\s+|dans\s+la\s+|in\s+the\s+|en\s+)?{_PART}")


def night(text: str, at: int, now: Now) -> Found | None:
    """20:00 to 06:00; after 20:00 the night under way, else the one that ended last or is ending."""
    if found := _NIGHT.match(text, at):
        evening = now.today if now.local.hour >= 20 else now.today - DAY
        if "tonight" in found.group():
            evening = now.today
        space = _re(r",?\s+").match(text, found.end())
        opened = _BETWEEN.match(text, space.end()) or _FROM.match(text, space.end()) if space else None
        if opened and (read := _clocks(text, opened.end(), _TO_OR_AND, now, None, evening)):
            return read
        return _night(evening, now, found.end())
    found = _NIGHT_OF.match(text, at)
    return _night_of(text, found.end(), now) if found else None


def _night(evening: date, now: Now, stop: int) -> Found:
    return Found(now.at(evening, 20), now.at(evening + DAY, 6), stop, "night")


_PAIR = _re(
    r"(?P<d>\d{1,2}|1er)(?:er)?\s+(?:au|to|a)\s+(?P<e>\d{1,2}|1er)(?:er)?\b(?:\s+" + MONTH + r"(?:\s+" + YEAR + r")?)?"
)
_WEEKDAY_PAIR = _re(WEEKDAY + r"\s+(?:au|to|a)\s+(?:" + WEEKDAY.replace("weekday", "w2") + ")")


def _night_of(text: str, at: int, now: Now) -> Found | None:
    """ "la nuit du 24 au 25 octobre", "la nuit de lundi à mardi", "la nuit du 24"."""
    try:
        if found := _PAIR.match(text, at):
            day = nth(found["d"])
            if found["month"]:
                month = MONTHS[found["month"]]
                if day > nth(found["e"]):
                    month = 12 if month == 1 else month - 1
                evening = date(int(found["year"]), month, day) if found["year"] else past(now, month, day)
            else:
                evening = past_day(now, day)
            return _night(evening, now, found.end())
    except ValueError:
        return None
    if found := _WEEKDAY_PAIR.match(text, at):
        return _night(now.weekday(WEEKDAYS[found["weekday"]]), now, found.end())
    day_ = days(text, at, now)
    if day_ is None and (bare := _re(r"(?P<d>\d{1,2}|1er)\b").match(text, at)):
        try:
            day_ = Days(past_day(now, nth(bare["d"])), now.today, bare.end(), "night")
        except ValueError:
            return None
    if day_ is None:
        return None
    evening = day_.first if day_.first < now.today or now.local.hour >= 20 else now.today - DAY
    return _night(evening, now, day_.end)


def part_of_day(text: str, at: int, now: Now) -> Found | None:
    """ "ce matin", "hier soir", "lundi après-midi", "le 14 au matin"."""
    if (found := _THIS_PART.match(text, at)) and found["part"] != "midi":
        return _part(now.today, found["part"], now, found.end())
    day_ = days(text, at, now)
    if day_ and (found := _DAY_PART.match(text, day_.end)):
        return _part(day_.first, found["part"], now, found.end())
    return None


def _part(day: date, name: str, now: Now, stop: int) -> Found:
    first, last = _PARTS[name]
    return Found(now.at(day, first), now.at(day, last), stop, "part_of_day")


# ------------------------------------------------------------------ from here to there

_BETWEEN = _re(r"(?:entre|between)\s+(?:le\s+|the\s+)?")
_AND = _re(r"\s+(?:et|and)\s+(?:le\s+|the\s+)?")
_FROM = _re(r"(?:du|de|des|from)\s+(?:le\s+|the\s+)?")
_TO = _re(r"\s*(?:au|a|to|until|till|jusqu'?\s?(?:au|a)|through|->|-)\s*(?:le\s+|the\s+)?")
_TO_OR_AND = _re(r"\s*(?:et|and|au|a|to|until|till|-)\s*")
_ON = _re(r"\s+(?:(?:on|le|du|of)\s+)?")
_OF_UNITS = _re(
    r"\d+(?:[.,]\d+)?\s*\w*\s+(?:et|and|a|to)\s+\d+(?:[.,]\d+)?\s*(?:s|sec|secondes?|seconds?|min|mn|minutes?|heures|hours|fois|times|runs?|%)\b"
)
_SPAN_DAY = _re(r"(?P<d>\d{1,2}|1er|premier)(?:er|st|nd|rd|th)?\b")


def between(text: str, at: int, now: Now) -> Found | None:
    """ "entre 8h et 12h hier", "du 1er au 15", "de 22h à 6h", "from Nov 3 to Nov 9"."""
    for opening, joint in ((_BETWEEN, _AND), (_FROM, _TO)):
        if (found := opening.match(text, at)) and not _OF_UNITS.match(text, found.end()):
            read = _clocks(text, found.end(), joint, now, None) or _dates(text, found.end(), joint, now)
            if read:
                return read
    if (day := days(text, at, now)) and day.month and (read := _dates(text, at, _TO, now)):
        return read
    return None


def _clocks(
    text: str, at: int, joint: re.Pattern[str], now: Now, day: Days | None, evening: date | None = None
) -> Found | None:
    """Two clock times of a day; `evening`: of the night that begins then."""
    first = _hour(text, at, joint)
    if first is None or not (found := joint.match(text, first.end)):
        return None
    last = clock(text, found.end())
    if last is None:
        return None
    stop = last.end
    if evening is None and (gap := _ON.match(text, stop)) and (said := _NIGHT.match(text, gap.end())):
        evening, stop = (now.today if now.local.hour >= 20 else now.today - DAY), said.end()
    if evening is not None:
        start = now.at(evening + DAY if first.hour < 12 else evening, first.hour, first.minute)
        return Found(
            start, now.at(evening + DAY if last.hour <= 12 else evening, last.hour, last.minute), stop, "clock"
        )
    if day is None and (on := _ON.match(text, stop)):
        day = days(text, on.end(), now)
        if day is None and (this := _THIS_PART.match(text, on.end())):
            stop = this.end()
        stop = day.end if day else stop
    chosen = day.first if day else now.today
    over = (last.hour, last.minute) <= (first.hour, first.minute)
    if day is None and now.at(chosen, first.hour, first.minute) > now.local:
        chosen -= DAY  # not begun yet: yesterday's
    elif day is None and over and now.at(chosen, last.hour, last.minute) > now.local - timedelta(hours=12):
        chosen -= DAY
    end = now.at(chosen + DAY if over else chosen, last.hour, last.minute)
    return Found(now.at(chosen, first.hour, first.minute), end, stop, "clock")


def _hour(text: str, at: int, joint: re.Pattern[str]) -> Clock | None:
    """ "8" of "entre 8 et 12h": the sign of the hour may be said once."""
    if found := clock(text, at):
        return found
    bare = _re(r"(?P<h>[01]?\d|2[0-4])\b").match(text, at)
    if bare and (found_ := joint.match(text, bare.end())) and clock(text, found_.end()) is not None:
        return Clock(int(bare["h"]), 0, bare.end())
    return None


def _dates(text: str, at: int, joint: re.Pattern[str], now: Now) -> Found | None:
    """The last day is part of the range."""
    first = _edge(text, at, now)
    if first is None or not (found := joint.match(text, first.end)):
        return None
    last = _edge(text, found.end(), now)
    if last is None:
        return None
    try:
        start, end = first.first, last.last
        if first.bare and last.month:
            month = last.last - DAY
            start = date(month.year, month.month, first.first.day)
            if start > month:
                start = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, first.first.day)
        elif first.bare and last.bare and end <= start:
            start = date(start.year - (start.month == 1), (start.month - 2) % 12 + 1, start.day)
        elif end <= start:
            end = end.replace(year=end.year + 1)
    except ValueError:
        return None
    return Found(now.at(start), now.at(end), last.end, "whole_days") if start < end else None


def _edge(text: str, at: int, now: Now) -> Days | None:
    if day := days(text, at, now):
        return day
    if found := _re(MONTH + r"(?:\s+" + YEAR + r")?").match(text, at):
        first, last = now.month(MONTHS[found["month"]], int(found["year"]) if found["year"] else None)
        return Days(first, last, found.end(), "month")
    if found := _SPAN_DAY.match(text, at):
        try:
            day_ = past_day(now, nth(found["d"]))
        except ValueError:
            return None
        return Days(day_, day_ + DAY, found.end(), "past_date", None, True)
    return None


# ------------------------------------------------------------------ since, before

_SINCE = _re(
    r"(?:depuis|since|a\s+partir\s+(?:de|du|d')|starting(?:\s+from)?|apres|after|des)\s*(?:le\s+debut\s+(?:de\s+la|du|de\s+l')\s*|the\s+(?:start|beginning)\s+of\s+(?:the\s+)?)?"
)
_SINCE_START = _re(
    r"(?:depuis|since)\s+(?:le\s+debut\s+(?:de\s+la|du|de\s+l'|de)|the\s+(?:start|beginning)\s+of(?:\s+the)?|debut|early)\s*(?P<what>semaine|week|mois|month|annee|year|journee|day|trimestre|quarter)\b"
)
_SINCE_MONTH = _re(
    rf"(?:depuis|since|a\s+partir\s+(?:de|d'))\s+(?:le\s+)?(?:(?:debut|mois\s+d[e'])\s*)?(?:le\s+)?{MONTH}(?:\s+{YEAR})?"
)
_MORE_THAN = _re(rf"(?:(?:depuis|for|since)\s+)?(?:plus\s+d[e']|more\s+than|over)\s*(?P<n>{NUMBER})\s?(?P<unit>{UNIT})")
_FOR = _re(
    rf"(?:depuis|for\s+the\s+(?:last|past)|since)\s+(?:les\s+|the\s+last\s+)?(?P<n>{NUMBER})\s?(?P<unit>{UNIT})(?:\s+et\s+demie?)?"
)
_BEFORE = _re(r"(?:avant|before|jusqu'?\s?(?:au|a|en)|until|till|prior\s+to|d'ici)\s+(?:le\s+|the\s+)?")
_WEEK = _re(r"(?:la\s+|the\s+)?(?:semaine\s+derniere|last\s+week)\b")


def since(text: str, at: int, now: Now) -> Found | None:
    """ "depuis lundi", "since 6pm", "depuis hier 18h", "depuis 3 jours", "depuis plus de 2h" (begun before)."""
    if (found := _MORE_THAN.match(text, at)) and found.group().startswith(("depuis", "for", "since")):
        return Found(None, _ago(number(found["n"]), UNIT_OF[found["unit"]], now), found.end(), "older_than", "before")
    if found := _SINCE_START.match(text, at):
        first = _start_of(found["what"], now)
        return Found(now.at(first), _now(now), found.end(), "since", "since")
    if (found := _FOR.match(text, at)) and not _says_clock(found, now):
        start = _ago(number(found["n"]), UNIT_OF[found["unit"]], now)
        return Found(start, _now(now), found.end(), "rolling", "since")
    if found := _SINCE_MONTH.match(text, at):
        year = int(found["year"]) if found["year"] else None
        if not _re(r"\s+\d").match(text, found.end()) or year:
            return Found(now.at(now.month(MONTHS[found["month"]], year)[0]), _now(now), found.end(), "since", "since")
    if not (found := _SINCE.match(text, at)):
        return None
    start_ = _instant(text, found.end(), now)
    if start_ is None:
        return None
    return Found(start_[0], _now(now) if start_[0] < now.local else None, start_[1], "since", "since")


def _says_clock(found: re.Match[str], now: Now) -> bool:
    """ "depuis 6h" is since six o'clock, "depuis 2h" for two hours: from five on, and only when it is past."""
    if found["unit"] != "h" or not found["n"].isdigit():
        return False
    return 5 <= int(found["n"]) <= now.local.hour


def before(text: str, at: int, now: Now) -> Found | None:
    """ "avant le 10 novembre", "until noon", "jusqu'à hier" (its end)."""
    found = _BEFORE.match(text, at)
    if found is None or text.startswith(("avant hier", "avant-hier"), at):
        return None
    until = found.group().startswith(("jusqu", "until", "till"))
    if (day := days(text, found.end(), now)) and not clock(text, _skip(text, day.end)):
        return Found(None, now.at(day.last if until else day.first), day.end, "before", "before")
    if (time_ := clock(text, found.end())) and not _re(r"\s+(?:hier|le|on|yesterday|ce)\b").match(text, time_.end):
        return Found(None, now.at(now.today, time_.hour, time_.minute), time_.end, "before", "before")
    end = _instant(text, found.end(), now)
    if end is None:
        return None
    start = now.at(end[0].astimezone(now.zone).date()) if _re(r"\s+ce\s+matin").match(text, end[1]) else None
    stop = end[1] + len(" ce matin") if start else end[1]
    return Found(start, end[0], stop, "before", "before")


def _instant(text: str, at: int, now: Now) -> tuple[datetime, int] | None:
    """The start of a day, of a part of it, or a clock time of it; a clock time alone is the most recent past one."""
    if (week := _WEEK.match(text, at)) is not None:
        return now.at(now.monday(-1)), week.end()
    if night_ := night(text, at, now):
        return (night_.start, night_.stop) if night_.start else None
    if (found := part_of_day(text, at, now)) and found.start:
        if time_ := clock(text, _skip(text, found.stop)):
            return now.at(found.start.astimezone(now.zone).date(), time_.hour, time_.minute), time_.end
        return found.start, found.stop
    if day := days(text, at, now):
        time_ = clock(text, _skip(text, day.end))
        if time_:
            return now.at(day.first, time_.hour, time_.minute), time_.end
        return now.at(day.first), day.end
    if time_ := clock(text, at):
        on = _ON.match(text, time_.end)
        day = days(text, on.end(), now) if on else None
        if day:
            return now.at(day.first, time_.hour, time_.minute), day.end
        start = now.at(now.today, time_.hour, time_.minute)
        return (start if start <= now.local else now.at(now.today - DAY, time_.hour, time_.minute)), time_.end
    return None


def _skip(text: str, at: int) -> int:
    found = _re(r",?\s+(?:(?:a|at|vers|around|des|from)\s+)?").match(text, at)
    return found.end() if found else at


def _start_of(what: str, now: Now) -> date:
    if what in ("semaine", "week"):
        return now.monday()
    if what in ("mois", "month"):
        return now.today.replace(day=1)
    if what in ("journee", "day"):
        return now.today
    if what in ("trimestre", "quarter"):
        return now.quarter((now.today.month + 2) // 3)[0]
    return now.today.replace(month=1, day=1)


def _ago(n: int, unit: str, now: Now) -> datetime:
    """So long before now: hours by the clock of the world, days and more by the local one."""
    if unit in ("second", "minute", "hour"):
        return _now(now) - timedelta(seconds=n * SECONDS[unit])
    if unit in ("day", "week"):
        return now.at(now.today - timedelta(seconds=n * SECONDS[unit]), now.local.hour, now.local.minute)
    months = now.today.year * 12 + now.today.month - 1 - n * (12 if unit == "year" else 1)
    day = now.today.day
    while True:
        try:
            return now.at(date(months // 12, months % 12 + 1, day), now.local.hour, now.local.minute)
        except ValueError:
            day -= 1


# ------------------------------------------------------------------ a day and its time

_AT = _re(r",?\s+(?:a|at|vers|around|after|before|apres|avant|entre|between|de|from)?\s*")


def day_and_clock(text: str, at: int, now: Now) -> Found | None:
    """ "hier entre 20h et minuit", "le 14 novembre à 8h30" (that minute), "hier à 14h" (that hour), "yesterday"."""
    day = days(text, at, now)
    if day is None:
        if found := _re(r"20\d\d-\d\d-\d\d[t ](?P<h>\d\d):(?P<m>\d\d)").match(text, at):
            day = days(text, at, now)
        if day is None:
            return None
    if found := _re(r"t(?P<h>[01]\d|2[0-3]):(?P<m>[0-5]\d)(?::\d\d)?z?").match(text, day.end):
        start = now.at(day.first, int(found["h"]), int(found["m"]))
        return Found(start, start + timedelta(minutes=1), found.end(), "minute")
    for opening, joint in ((_BETWEEN, _AND), (_FROM, _TO)):
        space = _re(r",?\s+").match(text, day.end)
        opened = opening.match(text, space.end()) if space else None
        if opened and (read := _clocks(text, opened.end(), joint, now, day)):
            return read
    gap = _re(r",?\s+(?P<word>avant|before|apres|after|depuis|des|a\s+partir\s+de)\s+").match(text, day.end)
    if gap and (time_ := clock(text, gap.end())):
        moment = now.at(day.first, time_.hour, time_.minute)
        early = gap["word"] in ("avant", "before")
        return Found(now.at(day.first) if early else moment, moment if early else now.at(day.last), time_.end, "clock")
    if time_ := clock(text, _skip(text, day.end)):
        return _at_clock(day.first, time_, now)
    return _whole(day, now)


def _at_clock(day: date, time_: Clock, now: Now) -> Found:
    start = now.at(day, time_.hour, time_.minute)
    wide = timedelta(minutes=1) if time_.precise and time_.minute else timedelta(hours=1)
    return Found(start, start + wide, time_.end, "minute" if time_.precise and time_.minute else "hour")


_ALONE = _re(r"(?:a|at|vers|around)\s+")


def clock_alone(text: str, at: int, now: Now) -> Found | None:
    """ "à 3h", "at 2pm": that hour, the most recent past one; "à 14h hier"."""
    found = _ALONE.match(text, at)
    time_ = clock(text, found.end()) if found else None
    if time_ is None:
        return None
    on = _ON.match(text, time_.end)
    day = days(text, on.end(), now) if on else None
    if day:
        read = _at_clock(day.first, time_, now)
        return Found(read.start, read.end, day.end, read.convention)
    if on and _re(r"cette\s+nuit|last\s+night").match(text, on.end()):
        evening = night(text, on.end(), now)
        if evening and evening.start:
            base = evening.start.astimezone(now.zone).date() + (DAY if time_.hour < 12 else timedelta())
            read = _at_clock(base, time_, now)
            return Found(read.start, read.end, evening.stop, read.convention)
    chosen = now.today if now.at(now.today, time_.hour, time_.minute) <= now.local else now.today - DAY
    return _at_clock(chosen, time_, now)
