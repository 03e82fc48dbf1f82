"""Weeks, months, quarters, years and parts of them, by their distance, their name or their number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from vigie.ask._when_calendar import DAY, WEEK, Found, Unit
from vigie.ask._when_patterns import Here
from vigie.ask._when_slots import rule
from vigie.ask._when_words import UNITS, word_set

# ------------------------------------------------------------------ by distance

_WEEK = "semaine|week|sem"
_CALENDAR = "semaine|week|mois|month|trimestre|quarter|semestre|annee|year|an|week-end|half"
_OF = "du|de_la|de_l|of_the|of_this"
_UNIT: dict[str, Unit] = {
    "semaine": "week", "week": "week", "mois": "month", "month": "month", "trimestre": "quarter", "quarter": "quarter",
    "semestre": "half", "half": "half", "annee": "year", "year": "year", "an": "year", "week-end": "week-end",
}  # fmt: skip


def _unit(here: Here) -> Unit:
    return next(_UNIT[here.scan.word(k)] for k in range(here.i, here.j) if here.scan.word(k) in _UNIT)


@rule(
    "week", f"cette|this|la|the? {_WEEK} en_cours|courante|actuelle|ci", "cette|this|the_current|current semaine|week"
)
@rule(
    "month_",
    "ce|this|le|the? mois|month en_cours|courant|actuel|ci",
    "ce|this|the_current|current mois|month",
    "courant mois",
)
@rule(
    "period",
    "ce|this|le|the? trimestre|quarter|semestre en_cours|courant|actuel|ci",
    "ce|this|the_current|current trimestre|quarter|semestre|half",
)
@rule(
    "period",
    "cette|this|l|the? annee|year en_cours|courante|actuelle|ci",
    "cette|this|the_current|current annee|year",
    "week|month|quarter|year to date",
    "mtd|ytd|wtd|qtd",
)
@rule(
    "period",
    "toute_la|toute_l|tout_le semaine|annee|mois|trimestre",
    f"all|the_whole|the_entire|so_far_this {_CALENDAR}",
)
@rule(
    "period",
    "sur|durant|pendant|au_cours_de|au_cours|dans la|le|l|du|the semaine|mois|trimestre|annee|semestre "
    "en_cours|courante|courant|actuelle|actuel?",
)
def this_one(here: Here) -> Found | None:
    if here.after() in _OTHER or here.after() in ("d", "de", "du", "of", "des") or here.after().isdigit():
        return None
    to_date = {"wtd": "week", "mtd": "month", "qtd": "quarter", "ytd": "year"}.get(here.scan.word(here.i))
    return here.calendar.period(to_date or _unit(here), 0)


_OTHER = word_set(
    "derniere dernier passee passe precedente precedent prochaine prochain suivante suivant ecoulee ecoule d avant last "
    "n no numero la glissante glissant"
)


@rule("period", f"{_OF} {_CALENDAR} en_cours|courante|courant|actuelle|actuel?")
def of_this_one(here: Here) -> Found | None:
    """ "bilan de la semaine", "top 5 du mois"; not "jour de la semaine", "fin du mois", unless one of them is sought:
    "le pire jour du mois"."""
    if (
        (here.before() in _COUNTED and not (here.before(2) in _SOUGHT and _unit(here) != "week"))
        or here.after() in _OTHER
        or here.after() in ("du", "de", "d", "of")
        or here.after().isdigit()
    ):
        return None
    return here.calendar.period(_unit(here), 0)


_SOUGHT = word_set("pire pires meilleur meilleurs meilleure worst best busiest quietest")
_COUNTED = word_set(
    "jour jours heure heures moment moments semaine semaines mois numero debut fin milieu reste partie cours tranche "
    "nombre day days hour hours time times week weeks part number rest start end beginning middle month months quart premier dernier"
)


@rule(
    "week",
    f"la|the? {_WEEK} derniere|dernier|passee|ecoulee|last",
    "last|previous week",
    "la_derniere semaine complete|pleine|entiere",
    "the? previous week",
    "the? last|previous full|complete|whole week",
)
@rule(
    "month_",
    "le|the? mois dernier|passe|ecoule|last",
    "last|previous month",
    "the? previous month",
    "the? last|previous full|complete|whole|calendar month",
    "le_dernier mois complet|calendaire|plein|entier",
)
@rule(
    "period",
    "le? trimestre|semestre dernier|passe|ecoule",
    "le dernier trimestre|semestre",
    "the? last|previous quarter|half",
)
@rule("period", "l? an|annee derniere|dernier|passee|passe|ecoulee", "last|previous year", "the previous year")
@rule("period", "le|du|ce|au? week-end dernier|passe|ecoule|last", "the? last|past|previous|this_past week-end")
def last_one(here: Here) -> Found:
    unit = _unit(here)
    weekend_now = unit == "week-end" and here.calendar.today.weekday() >= 5
    return here.calendar.period(unit, 0 if unit == "week-end" and not weekend_now else -1)


@rule("week", f"la|the? {_WEEK} d_avant|precedente|before", "la precedente", "the one before", "the previous one")
@rule("month_", "le|the? mois|month d_avant|precedent|before", "le precedent")
@rule("period", "l|le|the? annee|trimestre|semestre|an|quarter|year|week-end d_avant|precedente|precedent|before")
def one_before(here: Here) -> Found:
    """Before the one that was named before it, else before this one."""
    words = {here.scan.word(k) for k in range(here.i, here.j)}
    unit: Unit = _unit(here) if words & set(_UNIT) else ""
    found = here.calendar.period(unit or "week", -1)
    return replace(found, back=1, unit=unit)


@rule("week", f"l? avant-derniere|avant_derniere {_WEEK}", "the? week before last", "deux semaines avant")
@rule("month_", "l? avant-dernier|avant_dernier mois", "the? month before last")
@rule("period", "the? weekend|week-end|year|quarter before last", "l? avant-dernier week-end|trimestre")
def one_before_last(here: Here) -> Found:
    unit = _unit(here)
    return here.calendar.period(unit, -1 if unit == "week-end" and here.calendar.today.weekday() < 5 else -2)


@rule("week", f"la|the? {_WEEK} prochaine|suivante", "the? next|coming week")
@rule("month_", "le|the? mois prochain|suivant", "the? next month")
@rule("period", "le|l? trimestre|annee|an|week-end prochain|prochaine", "the? next quarter|year|week-end")
def next_one(here: Here) -> Found:
    return here.calendar.period(_unit(here), 1)


@rule("period", "ce|le|the|this|du|au|over_the|pendant_le|un? week-end", "le|ce|du|au we", "le|ce|du? we dernier|passe")
def weekend(here: Here) -> Found | None:
    if here.scan.language == "en" and "we" in (here.after(-1), here.after(-2)):
        return None
    bare = here.j == here.i + 1
    if here.after() in ("du", "de", "of", "before", "d") or (
        bare and here.before() in ("chaque", "every", "par", "per", "le", "un")
    ):
        return None
    saturday, last = here.calendar.today.weekday() >= 5, here.after(-1) in ("dernier", "passe")
    if here.calendar.ahead and not (saturday or last):
        return here.calendar.period("week-end", 1, "coming")
    return here.calendar.period("week-end", -1 if saturday and "dernier" in here.after(-1) else 0)


@rule(
    "period",
    "le|the? week-end|we du|de|of <day>",
    "le|the? week-end|we du|of <bare_day:day>",
    "le|the? week-end|we du|of <dayspan>",
)
def weekend_of(here: Here, day: Found | None = None, dayspan: tuple[date, date] | None = None) -> Found | None:
    first = dayspan[0] if dayspan else day.first if day else None
    if first is None:
        return None
    saturday = first - DAY if first.weekday() == 6 else first + DAY * (5 - first.weekday())
    return here.calendar.days(saturday, saturday + 2 * DAY, "weekend", "week-end")


@rule(
    "week",
    f"la|the? {_WEEK} du|de|of|starting|commencing|beginning|from on? <day>",
    f"la|the? {_WEEK} du|of the? <bare_day:day>",
    f"la|the? {_WEEK} d <day>",
)
def week_of(here: Here, day: Found) -> Found | None:
    """The ISO week with that day in it."""
    if day.first is None:
        return None
    monday = day.first - DAY * day.first.weekday()
    return here.calendar.days(monday, monday + WEEK, "iso_week", "week")


@rule("week", "il_y_a|y_a|ya environ? <n> semaine|semaines", "<n> week|weeks ago|earlier|back")
@rule("month_", "il_y_a|y_a|ya environ? <n> mois", "<n> month|months ago|earlier|back")
@rule(
    "period",
    "il_y_a|y_a|ya environ? <n> an|ans|annee|annees|trimestres|trimestre",
    "<n> year|years|quarter|quarters ago|earlier|back",
)
def ago(here: Here, n: float) -> Found | None:
    """The whole week, month or year."""
    word = next(here.scan.word(k) for k in range(here.j - 1, here.i - 1, -1) if here.scan.word(k) in UNITS)
    return here.calendar.period(UNITS[word], -int(n)) if n == int(n) else None
