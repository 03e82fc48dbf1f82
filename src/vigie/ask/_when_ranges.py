"""From one time to another, since, before, after; several times of one kind said together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from vigie.ask._when_calendar import DAY, Again, Calendar, Found
from vigie.ask._when_clocks import instant
from vigie.ask._when_patterns import Here
from vigie.ask._when_slots import Clock, rule
from vigie.ask._when_words import LASTING, ONLY_ENGLISH

# ------------------------------------------------------------------ what ranges begin and end with


@rule("anchor", "<moment>", "<slot>", "<day>", "<week>", "<month_>", "<period>", "<portion>", "<rolling>", "<ago>")
def anchor(here: Here, **read: Found) -> Found | None:
    found = next(iter(read.values()))
    return None if found.vague or found.kind != "range" else found


@rule(
    "edge",
    "<anchor>",
    "le|la|l|the|du|au <anchor>",
    "<clock>",
    "<bare_day>",
    "now|maintenant|present|today_now|cet_instant|ce_moment|a_present",
)
def edge(
    here: Here, anchor: Found | None = None, clock: Clock | None = None, bare_day: Found | None = None
) -> Found | Clock:
    if anchor is not None:
        return anchor
    if clock is not None:
        return clock
    now = here.calendar.now
    return bare_day or Found(now, now, "instant_since", moment=True, first=here.calendar.today)


_FROM = "de|du|d|des|depuis|from|since|a_partir_de|a_partir_du|a_compter_du|a_compter_de"
_TO = "a|au|jusqu_a|jusqu_au|jusqu_en|jusqu|to|until|till|through|thru|up_to|-|->|→|et_jusqu_a|et_jusqu_au|et_le|aux"


@rule(
    "range",
    "entre|between on? <edge:a> et|and|a|to|- <edge:b>",
    f"{_FROM} le|la|the? <edge:a> ,? {_TO} le|la|the? <edge:b>",
)
def from_to(here: Here, a: Found | Clock, b: Found | Clock) -> Found | None:
    """The last day is part of it."""
    if _bytes(here):
        return None
    first = here.scan.word(here.i)
    if isinstance(b, Clock) and (
        isinstance(a, Clock) or (a.unit == "day" and any(here.after(-k) == "a" for k in (2, 3)))
    ):
        return None  # a span of hours, "depuis le 16 à 20h"
    if isinstance(a, Clock) and any(here.before(back) in LASTING for back in (1, 2, 3)):
        return None
    if isinstance(b, Clock) and bare(a):
        return None
    for side, other in ((a, b), (b, a)):
        if bare(side) and bare(other) and first not in ("du", "depuis") and not has_article(here):
            return None
    return join(here.calendar, a, b)


@rule(
    "range",
    "<anchor:a> au|-|->|→|..|...|to|jusqu_a|jusqu_au|through|thru|until|till <edge:b>",
    "<bare_day:a> au|-|to|a <mday:b>",
    "les? <bare_day:a> au|- <mday:b>",
)
@rule(
    "range", "<weekday_:a> a <weekday_:b>", "<mday:a> a <mday:b>", "<moment:a> a <moment:b>", "<month_:a> a <month_:b>"
)
def to(here: Here, a: Found, b: Found | Clock) -> Found | None:
    return None if _bytes(here) or (bare(b) and a.unit != "day") or a.unit == "rolling" else join(here.calendar, a, b)


@rule(
    "range",
    "les|the? week|weeks|semaine|semaines <digits:m> a|au|to|-|et <digits:n> <yr>?",
    "entre|de_la|de semaine|semaines|week <digits:m> et|a|a_la|and|to semaine|week? <digits:n> <yr>?",
)
def weeks(here: Here, m: int, n: int, yr: int | None = None) -> Found | None:
    if here.scan.word(here.i) in ("week", "weeks", "semaine", "semaines", "les", "the") and any(
        here.scan.word(k) == "et" for k in range(here.i, here.j)
    ):
        return None  # two weeks, a list
    a, b = (
        here.calendar.in_year(Again("week", k), yr, "iso_week")
        if yr
        else here.calendar.latest(Again("week", k), "iso_week")
        for k in (m, n)
    )
    return join(here.calendar, a, b) if a and b else None


@rule("range", "<wd:v> to|-|through|thru <wd:w>")
def short_weekdays(here: Here, v: int, w: int) -> Found | None:
    """ "Mon-Wed"."""
    if here.scan.language != "en" and not {here.scan.word(here.i), here.after(-1)} & ONLY_ENGLISH:
        return None
    a, b = (here.calendar.latest(Again("weekday", n), "past_weekday") for n in (v, w))
    return join(here.calendar, a, b) if a and b else None


@rule("weekday_", "<weekday>")
def plain_weekday(here: Here, weekday: int) -> Found | None:
    return here.calendar.latest(Again("weekday", weekday), "past_weekday")


@rule("range", "de|du|from|entre|between? <weekday:v> a|au|to|-|through|et|and <weekday:w> <of_week>")
def weekdays_of(here: Here, v: int, w: int, of_week: date) -> Found | None:
    """ "de lundi à mercredi de la semaine dernière"."""
    if w < v or (
        here.scan.word(here.i) not in ("de", "du", "from", "entre", "between")
        and any(here.scan.word(k) in ("et", "and") for k in range(here.i, here.j))
    ):
        return None
    return here.calendar.days(of_week + DAY * v, of_week + DAY * (w + 1), "whole_days", "day")


@rule("of_week", "de|of|in|,? <week>", "derniers|passes", "dernier|last")
def of_week(here: Here, week: Found | None = None) -> date | None:
    return week.first if week else here.calendar.week(-1)[0]


def _bytes(here: Here) -> bool:
    """ "plus d'1 To ce mois-ci"."""
    words = [here.scan.word(k) for k in range(here.i, here.j)]
    return any(
        word == "to" and words[k + 1] in _FRENCH for k, word in enumerate(words[:-1]) if k and words[k - 1].isdigit()
    )


_FRENCH = frozenset(
    "ce cet cette le la l les hier avant-hier aujourdhui en au du de depuis lundi mardi mercredi jeudi vendredi samedi dimanche".split()
)


def bare(side: Found | Clock) -> bool:
    return isinstance(side, Found) and side.again is not None and side.again.every == "day" and side.unit == "day"


def has_article(here: Here) -> bool:
    words = [here.scan.word(k) for k in range(here.i, here.j)]
    return any(w in ("le", "the", "du", "au") for w in words) or any(
        "#nth" in here.scan.tokens[k].keys for k in range(here.i, here.j)
    )


def join(calendar: Calendar, a: Found | Clock, b: Found | Clock) -> Found | None:
    if isinstance(a, Clock):
        return _clock_to(calendar, a, b) if isinstance(b, Found) else None
    if isinstance(b, Clock):
        return _to_clock(calendar, a, b)
    a, b = _placed(calendar, a, b)
    start, end = a.start, b.start if b.moment else b.end
    if start is None or end is None or start >= end:
        return None
    whole = not a.moment and not b.moment and a.unit not in ("part", "night")
    return Found(
        start, end, "whole_days" if whole else "clock", strong=a.strong or b.strong, first=a.first, last=b.last
    )


def _clock_to(calendar: Calendar, a: Clock, b: Found) -> Found | None:
    """ "de 22h à ce matin 6h"."""
    end = b.start if b.moment else b.end
    if b.first is None or end is None:
        return None
    start = instant(calendar, b.first, a)
    start = start if start < end else instant(calendar, b.first - DAY, a)
    return Found(start, end, "clock", first=b.first, last=b.last)


def _to_clock(calendar: Calendar, a: Found, b: Clock) -> Found | None:
    """ "d'hier 22h à 6h"."""
    if a.first is None or a.start is None:
        return None
    end = instant(calendar, a.first, b)
    if end <= a.start:
        end = instant(calendar, a.first + DAY, b)
    return Found(a.start, end, "clock", first=a.first, last=a.last)


def _placed(calendar: Calendar, a: Found, b: Found) -> tuple[Found, Found]:
    """Each where it fits the other: "du 20 au 31 octobre", "de vendredi à lundi", "du 20 décembre au 5 janvier"."""
    x, y = a.again, b.again
    if x is not None and (y is None or (x.every == "day" and y.every == "date")):
        if b.first is None or (b.moment and x.every != "day" and x.every != "weekday"):
            return a, b
        return _moved(calendar, a, calendar.before(x, b.first, a.convention)), b
    if x is not None and x != y:
        often = x.every in ("weekday", "day")
        a = _moved(calendar, a, calendar.latest(x, a.convention, before_today=often))
    if y is not None and x != y and a.first is not None:
        b = _moved(calendar, b, calendar.following(y, a.first, b.convention))
    return a, b


def _moved(calendar: Calendar, found: Found, to: Found | None) -> Found:
    """Put on another day; times of a day keep their hours."""
    if to is None or to.first is None or found.first is None or to.first == found.first:
        return found
    if found.unit not in ("part", "night"):
        return to
    by = to.first - found.first

    def move(moment: datetime | None) -> datetime | None:
        if moment is None:
            return None
        local = moment.astimezone(calendar.zone)
        return calendar.at(local.date() + by, local.hour, local.minute)

    return replace(found, start=move(found.start), end=move(found.end), first=to.first, last=to.last)
