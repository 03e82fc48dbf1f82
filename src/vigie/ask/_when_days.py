"""Single days: hier, lundi dernier, le 14, November 14th, 14/11, le premier lundi d'octobre, la veille de Noël."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from vigie.ask._when_amounts import Amount
from vigie.ask._when_calendar import DAY, WEEK, Again, Found
from vigie.ask._when_patterns import Here
from vigie.ask._when_slots import rule
from vigie.ask._when_words import ONLY_ENGLISH, SHORT_WEEKDAYS, WEEKDAYS, word_set

# ------------------------------------------------------------------ days by their distance


@rule("day", "hier|yesterday")
@rule("day", "la|toute_la journee d hier", "hier dans|pendant|durant|sur la journee", "hier en journee")
def yesterday(here: Here) -> Found:
    return here.calendar.period("day", -1)


@rule("day", "avant-hier|avant-veille", "l avant-veille", "the? day before yesterday")
def two_days_ago(here: Here) -> Found:
    return here.calendar.period("day", -2)


@rule(
    "day",
    "aujourdhui|today",
    "la journee d aujourdhui",
    "ce jour ci?",
    "cette|toute_la|all_the journee",
    "dans? la? journee en cours",
    "all day",
    "ce jour meme",
)
def today(here: Here) -> Found | None:
    this = here.scan.word(here.i) == "ce"
    till_now = this and (here.before() == "a" or here.far_away)  # "à ce jour", "ce jour-là"
    further = here.after() in ("d", "de", "du", "of") or here.after() in ("yesterday", "hier")
    return None if till_now or further else here.calendar.period("day", 0)


@rule("day", "dans|sur|durant|pendant|au_cours_de|de la journee")
def this_day(here: Here) -> Found | None:
    """ "KO de la journée", never "heure de la journée", "la journée d'hier"."""
    counted = here.before() in _COUNTED or here.after() in ("d", "de", "du")
    counted = counted or here.before() in ("hier", "yesterday", "avant-hier", *WEEKDAYS)  # "hier dans la journée"
    return None if counted else here.calendar.period("day", 0)


@rule("day", "du jour", "of the day")
def of_the_day(here: Here) -> Found | None:
    return None if here.before() in _COUNTED else here.calendar.period("day", 0)


_COUNTED = word_set(
    "jour jours heure heures moment moments semaine semaines mois numero debut fin milieu reste partie courant cours "
    "tranche tranches nombre lendemain day days hour hours time times week weeks part number rest start end beginning middle month"
)


@rule("day", "demain|tomorrow")
def tomorrow(here: Here) -> Found:
    return here.calendar.period("day", 1)


@rule("day", "apres-demain", "the? day after tomorrow")
def after_tomorrow(here: Here) -> Found:
    return here.calendar.period("day", 2)


@rule("day", "la? veille", "the day before", "the? previous|prior day", "le jour precedent", "le jour d avant")
def eve(here: Here) -> Found:
    """Of the day named before it, else of today."""
    return replace(here.calendar.period("day", -1), back=1)


@rule(
    "day",
    "le? meme jour de? la semaine derniere|precedente|d_avant",
    "the? same day of? last week",
    "same day the week before",
)
def same_day_last_week(here: Here) -> Found:
    return replace(here.calendar.period("day", -7), back=7)


@rule(
    "day",
    "il_y_a|y_a|ya environ|a_peu_pres? <n> jour|jours|j",
    "<n> jour|jours|days|day|j ago|plus_tot|auparavant|earlier|back",
)
def days_ago(here: Here, n: float) -> Found | None:
    return here.calendar.period("day", -int(n)) if n == int(n) else None


@rule("day", "<n> week|weeks ago today", "today last week", "il_y_a|y_a|ya <n> semaine|semaines jour_pour_jour")
def weeks_ago_today(here: Here, n: float = 1) -> Found | None:
    return here.calendar.period("day", -7 * int(n)) if n == int(n) else None


@rule("day", "dans <n> jour|jours|j")
def days_ahead(here: Here, n: float) -> Found | None:
    return here.calendar.period("day", int(n)) if n == int(n) else None


@rule("day", "<code>")
def counted_back(here: Here, code: tuple[str, int, int | None]) -> Found | None:
    letter, n, _ = code
    cued = here.before() in ("a", "de", "du", "depuis", "jour", "en", "since", "on")
    return replace(here.calendar.period("day", n), strong=cued) if letter in ("j-", "d-") and n < 0 else None


# ------------------------------------------------------------------ weekdays


@rule(
    "day",
    "<weekday>",
    "le|ce|du|au|on|this <weekday>",
    "la|toute_la journee de|du <weekday>",
    "ce <weekday> ci?",
    "le|ce? <weekday> dans|pendant|durant la journee",
)
def weekday(here: Here, weekday: int) -> Found | None:
    return here.calendar.latest(Again("weekday", weekday), "past_weekday")


@rule("day", "on|this <wd>", "<wd>")
def short_weekday(here: Here, wd: int) -> Found | None:
    word = here.scan.word(here.j - 1)
    if here.j == here.i + 1 and (word not in ONLY_ENGLISH or word in ("tue", "tues")):
        return None  # "sat", "mon", "tués" alone
    english = word in SHORT_WEEKDAYS and (here.scan.language == "en" or word in ONLY_ENGLISH)
    return here.calendar.latest(Again("weekday", wd), "past_weekday") if english else None


@rule(
    "day", "le|ce|du|au? <weekday> dernier|passe|ecoule|precedent|last", "on? last|past|previous <wd>", "this past <wd>"
)
def last_weekday(here: Here, weekday: int | None = None, wd: int | None = None) -> Found | None:
    """Never today."""
    number = weekday if weekday is not None else wd
    return here.calendar.latest(Again("weekday", number or 0), "past_weekday", before_today=True)


@rule("day", "the? <weekday> before last", "l? avant-dernier|avant_dernier <weekday>")
def weekday_before_last(here: Here, weekday: int) -> Found | None:
    found = here.calendar.latest(Again("weekday", weekday), "past_weekday", before_today=True)
    return here.calendar.day(found.first - WEEK, "past_weekday") if found and found.first else None


@rule("day", "le? <weekday> prochain", "next|coming <wd>")
def next_weekday(here: Here, weekday: int | None = None, wd: int | None = None) -> Found | None:
    number = weekday if weekday is not None else wd
    return here.calendar.following(Again("weekday", number or 0), here.calendar.today + DAY, "past_weekday")


@rule("day", "le|on|the? <weekday> ,? de|of|in|d? <week>", "<week> ,? le|on? <weekday>")
def weekday_of_week(here: Here, weekday: int, week: Found) -> Found | None:
    return here.calendar.day(week.first + DAY * weekday, "iso_week") if week.first else None


@rule("day", "le? <weekday> d il y a <n> semaine|semaines", "<weekday:weekday> <n> weeks|week ago")
def weekday_weeks_ago(here: Here, weekday: int, n: float) -> Found:
    return here.calendar.day(here.calendar.week(-int(n))[0] + DAY * weekday, "iso_week")


@rule("day", "le? <weekday> d avant", "le? <weekday> precedent", "the <weekday> before")
def weekday_before(here: Here, weekday: int) -> Found | None:
    """Before the day named before it."""
    found = here.calendar.latest(Again("weekday", weekday), "past_weekday", before_today=True)
    return replace(found, back=7) if found else None


# ------------------------------------------------------------------ days of a month, days around a day


@rule("day", "le|the|du|au? <nth> jour|day du|de|d|of|de_l? <monthly>")
def nth_day(here: Here, nth: int, monthly: tuple[date, date]) -> Found:
    return here.calendar.day(monthly[0] + DAY * (nth - 1))


@rule("day", "le|the|du|au? dernier|last jour|day du|de|d|of <monthly>")
def last_day(here: Here, monthly: tuple[date, date]) -> Found:
    return here.calendar.day(monthly[1] - DAY)


@rule("day", "le|the|du|au? <nth> <weekday> de|d|du|of|in <monthly>")
def nth_weekday(here: Here, nth: int, weekday: int, monthly: tuple[date, date]) -> Found | None:
    day = monthly[0] + DAY * ((weekday - monthly[0].weekday()) % 7) + WEEK * (nth - 1)
    return here.calendar.day(day) if day < monthly[1] else None


@rule("day", "le|the|du|au? dernier|last <weekday> de|d|du|of|in <monthly>")
def last_weekday_of(here: Here, weekday: int, monthly: tuple[date, date]) -> Found:
    end = monthly[1] - DAY
    return here.calendar.day(end - DAY * ((end.weekday() - weekday) % 7))


@rule("day", "la? veille de|du|d|au <day>", "the day before <day>")
def eve_of(here: Here, day: Found) -> Found | None:
    return here.calendar.day(day.first - DAY) if day.first else None


@rule("day", "le? lendemain de|du|d <day>", "the day after <day>")
def day_after(here: Here, day: Found) -> Found | None:
    return here.calendar.day(day.first + DAY) if day.first else None


@rule("day", "<amount> avant|before|apres|after <day>")
def days_around(here: Here, amount: Amount, day: Found) -> Found | None:
    """ "3 jours avant le 14 novembre"."""
    if day.first is None or amount.unit not in ("day", "week"):
        return None
    sign = -1 if any(here.scan.word(k) in ("avant", "before") for k in range(here.i, here.j)) else 1
    return here.calendar.day(day.first + sign * timedelta(seconds=amount.seconds))


_FEASTS = {
    "noel": (12, 25),
    "christmas": (12, 25),
    "toussaint": (11, 1),
    "halloween": (10, 31),
    "an": (1, 1),
    "day": (1, 1),
}


@rule("day", "noel|christmas", "christmas day", "la toussaint", "le? jour de l an", "le? nouvel an", "new year day")
def feast(here: Here) -> Found | None:
    last = here.scan.word(here.j - 1)
    key = "christmas" if here.scan.word(here.i) == "christmas" else last
    found = here.calendar.latest(Again("date", *_FEASTS[key]), "past_date")
    return replace(found, strong=False) if found and here.j == here.i + 1 else found
