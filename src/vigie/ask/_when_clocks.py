"""Times of day: à 14h, hier entre 20h et minuit, de 22h à 6h, cette nuit vers 3h, 2026-11-14T08:00."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from vigie.ask._when_calendar import DAY, Calendar, Found
from vigie.ask._when_patterns import Here
from vigie.ask._when_slots import Clock, rule
from vigie.ask._when_words import LASTING, WEEKDAYS, word_set

HALF_HOUR = timedelta(minutes=30)
Span = tuple[Clock, Clock]


def instant(calendar: Calendar, day: date, clock: Clock) -> datetime:
    if clock.utc:
        return datetime.combine(day, time(clock.hour % 24, clock.minute), UTC) + DAY * (clock.hour // 24)
    return calendar.at(day, clock.hour, clock.minute)


def latest(calendar: Calendar, clock: Clock) -> date:
    """The day of the most recent such time."""
    today = calendar.today
    return today if instant(calendar, today, clock) <= calendar.now else today - DAY


def at_clock(calendar: Calendar, day: date, clock: Clock, *, around: bool = False) -> Found:
    """That hour, that minute when minutes were said, or the hour around."""
    start = instant(calendar, day, clock)
    if around:
        return Found(
            start - HALF_HOUR, start + HALF_HOUR, "around", unit="part", moment=True, first=day, last=day + DAY
        )
    wide = 1 if clock.exact else 60
    later = Clock((clock.minutes + wide) // 60, (clock.minutes + wide) % 60, utc=clock.utc)
    end = max(instant(calendar, day, later), start)
    return Found(start, end, "minute" if clock.exact else "hour", unit="part", moment=True, first=day, last=day + DAY)


def place(context: Found, clock: Clock) -> tuple[date, Clock]:
    """The day that a time is of: "cette nuit à 3h" is of the second day, "hier soir à 8h" at 20."""
    day, (first, last) = context.first or date.min, context.hours
    if last > 24 and clock.hour < 12:
        return day + DAY, clock
    if 12 <= first < 20 and not clock.half and 1 <= clock.hour < 12:
        return (day + DAY, clock) if first >= 18 and clock.hour < 6 else (day, replace(clock, hour=clock.hour + 12))
    return day, clock


def begun(calendar: Calendar, context: Found, read: Callable[[Found], Found]) -> Found:
    """What is still to come of a weekday is of the week before: "vendredi à 14h", asked on a Friday morning."""
    found = read(context)
    weekly = context.again is not None and context.again.every == "weekday"
    if not weekly or context.first is None or found.start is None or found.start <= calendar.now:
        return found
    return read(replace(context, first=context.first - 7 * DAY))


# ------------------------------------------------------------------ instants

_AT = "a|at|@|,|pour"
_AROUND = "vers|around|about|autour_de|aux_alentours_de|aux_environs_de|approximately|~|circa|sur_le_coup_de|environ_a|a_environ|a_peu_pres_a|vers_les"


@rule("context", "<slot>", "<day>")
def context(here: Here, slot: Found | None = None, day: Found | None = None) -> Found | None:
    found = slot or day
    return None if found is None or found.vague or found.first is None else found


@rule(
    "moment",
    f"<context> {_AT}? <clock>",
    f"{_AT}? <clock> ,? on|le|du|de|d|of? <context>",
    "a|at <hour> <context>",
    "<context> a|at <hour:late>",
)
def on_the_clock(
    here: Here, context: Found, clock: Clock | None = None, hour: int = 0, late: int | None = None
) -> Found | None:
    if late is not None and not here.closed:
        return None

    def read(context: Found) -> Found:
        return at_clock(here.calendar, *place(context, clock or Clock(late or hour)))

    return replace(begun(here.calendar, context, read), strong=context.strong, again=context.again)


@rule(
    "moment",
    f"<context> ,? {_AROUND} <clock>",
    f"{_AROUND} <clock> ,? on|le|du|de|d|of? <context>",
    f"<context> {_AROUND} <hour>",
)
def about(here: Here, context: Found, clock: Clock | None = None, hour: int = 0) -> Found:
    def read(context: Found) -> Found:
        return at_clock(here.calendar, *place(context, clock or Clock(hour)), around=True)

    return replace(begun(here.calendar, context, read), again=context.again)


@rule(
    "moment",
    "a|at the|la same|meme hour|heure|time|moment ,? <day>",
    "<day> ,? a|at the|la same|meme hour|heure|time",
    "<day> at this time",
    "same|meme time|heure ,? <day>",
    "<day> a cette heure ci?",
)
def same_time(here: Here, day: Found) -> Found | None:
    now = here.calendar.local
    return at_clock(here.calendar, day.first, Clock(now.hour, now.minute), around=True) if day.first else None


@rule("moment", "le|the|du|on|au? <date>")
def iso_instant(here: Here, date: tuple[int, int, int, int | None, int, int | None]) -> Found | None:
    """2026-11-14T08:00: that minute; its own offset counts."""
    year, month, day, hour, minute, offset = date
    if hour is None:
        return None
    local = here.calendar.at(_day(year, month, day), hour, minute)
    if offset is not None:
        local = datetime(year, month, day, hour, minute, tzinfo=UTC) - timedelta(minutes=offset)
    return Found(local, local + timedelta(minutes=1), "minute", unit="part", moment=True, first=_day(year, month, day))


def _day(year: int, month: int, day: int) -> date:
    return date(year, month, day)


@rule("clock_alone", "a|at|@ <clock>", f"{_AROUND} <clock>", "~ <clock>")
def clock_alone(here: Here, clock: Clock) -> Found | None:
    """ "à 14h": the most recent. Not "a 2h de retard", "a 2h timeout"."""
    scan = here.scan
    lead = scan.word(here.i)
    if here.after() in ("de", "d") or (lead == "a" and (scan.language == "en" or here.before() in ("il", "elle", "y"))):
        return None
    return at_clock(here.calendar, latest(here.calendar, clock), clock, around=lead not in ("a", "at", "@"))


@rule("clock_alone", "<clock>")
def clock_uncued(here: Here, clock: Clock) -> Found | None:
    """ "8am", "18:30"; "8h" may be a duration, midi a name."""
    token = here.scan.tokens[here.i]
    shaped = "#clock" in token.keys
    if (
        not (shaped or (clock.half and clock.sure))
        or here.before() in _NAMING
        or (shaped and here.before() in ("<", ">", "<=", ">=", "="))
    ):
        return None
    return replace(at_clock(here.calendar, latest(here.calendar, clock), clock), strong=clock.half)


_NAMING = word_set("port ratio version v host ip id code ligne line chapitre")

# ------------------------------------------------------------------ from one time to another

_TO = "a|et|and|to|until|till|jusqu_a|-|->|→|through|au"


@rule(
    "span",
    f"entre|between|de|from|des|d <clock:a> {_TO} <clock:b>",
    f"entre|between|de|from|d <hour:h> {_TO} <clock:b>",
)
@rule(
    "span",
    "<clock:a> a|to|until|till|jusqu_a|-|->|→ <clock:b>",
    "<hour:h> -|to|a <clock:b>",
    "entre|between <clock:a> et|and|to <hour:k>",
)
def clock_span(here: Here, a: Clock | None = None, b: Clock | None = None, h: int = 0, k: int = 0) -> Span | None:
    """ "entre 8 et 12h", "10 to 2pm", "9am to 5": a half of the day that is said once counts for both where it can."""
    if any(here.before(back) in LASTING for back in (1, 2, 3)):
        return None  # a length: "durée entre 1h et 2h"
    if a is None and (here.before() in ("le", "the", "du", "au", "les") or here.before() in WEEKDAYS):
        return None  # a day: "le 16 à 20h"
    first, last = a or Clock(h), b or Clock(k)
    if b is None and here.scan.word(here.j) and not here.closed:
        return None
    if last.half and not first.half and first.hour <= 12:
        same = replace(first, hour=first.hour % 12 + (12 if last.hour >= 12 else 0))
        first = same if same.minutes < last.minutes else first
    elif first.half and b is None and last.hour < first.hour:
        last = replace(last, hour=last.hour + 12)
    either = first.utc or last.utc
    return replace(first, utc=either), replace(last, utc=either)


def spanned(calendar: Calendar, day: date, span: Span, convention: str = "clock") -> Found:
    """On that day; into the next one when it ends earlier than it begins."""
    first, last = span
    start, end = instant(calendar, day, first), instant(calendar, day, last)
    if last.minutes <= first.minutes:
        end = instant(calendar, day + DAY, last)
    return Found(start, max(end, start), convention, unit="part", first=day, last=day + DAY)


@rule("span_of_day", "<span>")
@rule("span_of_day", "entre|between <hour:a> et|and <hour:b>", "de|from <hour:a> a|to <hour:b>")
def span_of_day(here: Here, span: Span | None = None, a: int = 0, b: int = 0) -> Span | None:
    """Beside a day the sign of the hour may be left out: "hier entre 8 et 10"."""
    if span is None and not here.closed and here.after() not in ("hier", "yesterday"):
        return None
    return span or (Clock(a), Clock(b))


@rule("moment", "<context> ,? <span_of_day:span>", "<span_of_day:span> ,? on|le|du|de|d|of? <context>")
def span_on(here: Here, context: Found, span: Span) -> Found:
    def read(context: Found) -> Found:
        day, first = place(context, span[0])
        return spanned(here.calendar, day, (first, place(context, span[1])[1]))

    return replace(begun(here.calendar, context, read), strong=context.strong, again=context.again)


@rule("moment", "<span>")
def span_alone(here: Here, span: Span) -> Found:
    """The most recent that has begun."""
    return spanned(here.calendar, latest(here.calendar, span[0]), span)


@rule("many", "<stretch>", "ce|le|les? week-end|week-ends dernier?", "the|this|last week-end")
def many_days(here: Here, stretch: Found | None = None) -> bool:
    return True


@rule(
    "slot",
    "<span> ,? de|d|du|of|in|pendant|durant|sur|en|over|during? la|le|l|les|the? <many>",
    "<many> ,? <span>",
    "<span> ,? le|la|l|on|the? <day:a> et|and|ou|or|, le|la|l|on|the? <day:b>",
    "<day:a> et|and|ou|or|, le|la|l|on|the? <day:b> ,? <span>",
    "<many> dans|en|le|la|l|au|pendant la|l? <hours>",
)
@rule(
    "slot",
    "<span> ,? chaque|tous|every|each jour|jours|day|les_jours",
    "chaque|tous_les|every|each jour|jours|day ,? <span>",
    "a|at|vers <clock> chaque|tous_les|every|each jour|jours|day|matin|matins|soir|soirs|morning|evening|night",
)
def hours_of_many_days(here: Here, **said: object) -> Found:
    """ "entre 8h et 10h la semaine dernière": no single stretch."""
    return Found(None, None, "", vague=True)


# ------------------------------------------------------------------ before and after a time of a day


@rule(
    "moment",
    "<context> ,? avant|before|jusqu_a|until|by|till <clock>",
    "avant|before|jusqu_a|until|by|till <clock> ,? le|on|du|d? <context>",
    "<context> ,? avant|before <hour>",
    "avant|before <hour> <context>",
)
def day_before_clock(here: Here, context: Found, clock: Clock | None = None, hour: int = 0) -> Found | None:
    """From the start of the day or of the part of it; the morning begins at midnight here."""
    if clock is None and not here.closed:
        return None
    day, clock = place(context, clock or Clock(hour))
    morning = context.unit == "part" and context.start == here.calendar.at(day, 6)
    start = here.calendar.at(day) if morning or context.start is None else context.start
    end = instant(here.calendar, day, clock)
    return Found(start, end, "clock", unit="part", first=day, last=day + DAY) if start <= end else None


@rule(
    "moment",
    "<context> ,? apres|after|past|a_partir_de|des <clock>",
    "apres|after|past <clock> ,? le|on|du|d? <context>",
    "<context> ,? from <clock> on|onwards",
    "<context> ,? apres|after <hour>",
    "apres|after <hour> <context>",
)
def day_after_clock(here: Here, context: Found, clock: Clock | None = None, hour: int = 0) -> Found | None:
    if clock is None and not here.closed:
        return None
    start = instant(here.calendar, *place(context, clock or Clock(hour)))
    if context.end is None or start > context.end:
        return None
    return Found(start, context.end, "clock", unit="part", first=context.first, last=context.last)
