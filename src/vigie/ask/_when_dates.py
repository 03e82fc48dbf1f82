"""Dates: le 14, 14 novembre 2025, November 14th, 14/11, 2026-11-14, le 14 du mois dernier; the years that end them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from vigie.ask._when_calendar import DAY, Again, Found, months_from
from vigie.ask._when_patterns import Here
from vigie.ask._when_slots import rule
from vigie.ask._when_words import MONTHS, NAMING, ORDINALS, UNITS, word_set

# ------------------------------------------------------------------ years, as they end dates and months


@rule("yr", "<year>", "de|of|en|in|, <year>")
def year(here: Here, year: int) -> int | None:
    return year if here.after() not in UNITS else None


@rule("yr", "de|of? l an|annee dernier|derniere|passe|passee|precedente|d_avant", "of|in? last year")
def year_before(here: Here) -> int:
    return here.calendar.today.year - 1


@rule("yr", "de? cette annee", "of? this year")
def year_now(here: Here) -> int:
    return here.calendar.today.year


# ------------------------------------------------------------------ dates


@rule("mday", "<d> de|of|d|-? <month> <yr>?", "<month> ,? the? <d:d> <yr>?")
@rule("mday", "le|the|du|on_the|au|les <d> de|of|d|-? <month> <yr>?")
def date_in_words(here: Here, d: int, month: int, yr: int | None = None) -> Found | None:
    last, scan = here.after(-1), here.scan
    if last.isdigit() and yr is None:  # month first: "November 14", never "novembre 14h", "en novembre 3 flux"
        lead = here.before()
        if here.after() in UNITS or here.after() in ("%", ":") or (lead in ("en", "in") and not here.closed):
            return None
    if scan.word(here.j - 1) == "may" and not here.closed:
        return None  # the verb
    return dated(here, month, d, yr)


@rule("mday", "le|the|du|on|au? <date>")
def date_in_figures(here: Here, date: tuple[int | None, int, int, int | None, int, int | None]) -> Found | None:
    year_, month, day, hour, _, _ = date
    if hour is not None or here.before() in NAMING or (here.after() in MONTHS and year_ is not None):
        return None  # an instant, "run 3/4", "10-11-12 novembre"
    found = dated(here, month, day, year_)
    compact = here.scan.tokens[here.j - 1].word.isdigit()  # 20261114
    if found is None or (year_ is not None and not compact):
        return found
    figures = here.i if "#date" in here.scan.tokens[here.i].keys else here.i + 1
    cued = figures > here.i or here.before() in _BEFORE_FIGURES
    share = (here.after() in ("de", "des", "d", "of") and day <= month) or here.after() in UNITS  # "3/4 des flux"
    convention = found.convention if compact else "day_first"
    return replace(found, strong=cued, convention=convention) if cued or not (share or compact) else None


_BEFORE_FIGURES = word_set(
    "le du au depuis avant apres since on before after from to until jusqu and et entre between the date des"
)


def dated(here: Here, month: int, day: int, year_: int | None) -> Found | None:
    again = Again("date", month, day)
    if year_ is not None:
        return here.calendar.day(date(year_, month, day), "calendar_day")
    return here.calendar.latest(again, "past_date")


@rule("day", "<mday>", "<wd> ,? <mday>", "le <wd> <mday>", "on <wd> ,? <mday>")
def a_date(here: Here, mday: Found, wd: int | None = None) -> Found | None:
    """ "lundi 16 novembre"; "lundi, 14/11" are two when they do not agree."""
    if wd is None:
        return mday
    apart = any(here.scan.word(k) == "," for k in range(here.i, here.j))
    return None if apart and mday.first and mday.first.weekday() != wd else replace(mday, strong=True)


@rule("day", "la|toute_la|the? journee|day d|de|du|of? <mday>")
def whole_date(here: Here, mday: Found) -> Found:
    return mday


@rule("day", "<mday> dernier|passe|last")
def last_date(here: Here, mday: Found) -> Found | None:
    """ "le 14 novembre dernier": not today."""
    return here.calendar.latest(mday.again, "past_date", before_today=True) if mday.again else None


@rule("day", "<mday> prochain|next")
def next_date(here: Here, mday: Found) -> Found | None:
    tomorrow = here.calendar.today + DAY
    return here.calendar.following(mday.again, tomorrow, "past_date") if mday.again else None


@rule("bare_day", "<d>")
@rule("bare_day", "le|the|au|du|l <d>")
def bare_day(here: Here, d: int) -> Found | None:
    """A day of the month alone: the most recent; counting things or naming the first of them, it is none."""
    token = here.scan.tokens[here.j - 1]
    of_month = here.after() in MONTHS or (here.after() in ("de", "d", "of") and here.after(1) in MONTHS)
    if of_month or here.after() in UNITS or here.after() in _NOT_AFTER or (token.word in ORDINALS and not here.closed):
        return None
    if not token.word.isdigit() and not here.closed:
        return None
    return here.calendar.latest(Again("day", d), "past_date")


@rule("day", "le|the|ce|on_the|du|au <bare_day>")
def the_day(here: Here, bare_day: Found) -> Found | None:
    token = here.scan.tokens[here.j - 1]
    if here.scan.word(here.i) in ("the", "on") and "#nth" not in token.keys and token.word != "first":
        return None
    return (
        None
        if here.before() in ("plus", "moins") or here.scan.tokens[here.i + 1].word in ("le", "du", "au")
        else bare_day
    )


@rule("day", "le|ce|du|on? <wd> ,? le|the|du? <bare_day>")
def weekday_and_day(here: Here, wd: int, bare_day: Found) -> Found | None:
    """ "vendredi 13": the most recent that is one, within the year."""
    if bare_day.again is None or here.scan.word(here.i) in ("mar", "mer", "sun", "sat"):
        return None
    for months in range(13):
        first, last = months_from(here.calendar.today.replace(day=1), -months, 1)
        day = first + DAY * (bare_day.again.a - 1)
        if day < last and day <= here.calendar.today and day.weekday() == wd:
            return here.calendar.day(day, "past_date")
    return bare_day


@rule("day", "le|the|on_the|du|au <d> du_mois_dernier|du_mois_precedent|of_last_month|of_the_previous_month")
def day_of_last_month(here: Here, d: int) -> Found:
    return here.calendar.day(here.calendar.month(-1)[0].replace(day=d))


@rule("day", "le|the|on_the|du|au <d> du_mois|de_ce_mois|du_mois_en_cours|of_this_month|of_the_month|courant")
def day_of_this_month(here: Here, d: int) -> Found:
    return here.calendar.day(here.calendar.today.replace(day=d))


@rule("day", "le|du|au? <d> de? <ym>")
def day_of_year_month(here: Here, d: int, ym: tuple[int, int]) -> Found:
    return here.calendar.day(date(*ym, d))


_NOT_AFTER = word_set(
    "% am pm h fois times plus moins premiers premieres premier premiere derniers dernieres dernier derniere er eme th st nd rd "
    "flux runs run jobs job erreurs erreur codes code lignes records echecs ko ok flows errors failures meilleurs pires"
)
