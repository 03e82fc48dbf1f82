"""Weeks, months, quarters and years by their number or their name: S42, semaine 42, octobre 2025, T3, 2e semestre."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from vigie.ask._when_calendar import DAY, Again, Found, months_from
from vigie.ask._when_patterns import Here
from vigie.ask._when_slots import rule
from vigie.ask._when_words import CUES, MONTHS, NAMING, UNITS, UNSURE_MONTHS, word_set

_WEEK = "semaine|week|sem"
# ------------------------------------------------------------------ by number


@rule("week", "<code>", "semaine|sem|week? <code>")
@rule("month_", "<code>", "mois|month <code>")
@rule("period", "<code>", "le|l|the? trimestre|quarter|semestre <code>", "<code> <yr>")
def code(here: Here, code: tuple[str, int, int | None], yr: int | None = None) -> Found | None:
    """S42, W12-2026, T3, Q1 2026, H1, S-1, M-1. A time when a word before or a year after says so, else perhaps."""
    letter, n, year = code
    year = year or yr
    lead = here.before()
    named = here.scan.word(here.i)
    said = named in ("semaine", "sem", "week", "mois", "month", "trimestre", "quarter", "semestre")
    if lead in NAMING and not said:
        return None
    strong = said or year is not None or lead in CUES
    if letter in ("s-", "w-", "m-", "n-"):
        unit = {"s": "week", "w": "week", "m": "month", "n": "year"}[letter[0]]
        if letter == "n-" and named in UNITS:
            unit = UNITS[named]  # "semaine n-1"
        return replace(here.calendar.period(unit, n), strong=strong or lead in ("a", "de"))
    limits = {"w": ("week", 53, "iso_week"), "q": ("quarter", 4, "quarter"), "h": ("half", 2, "half")}
    every, most, convention = limits.get(letter, ("", 0, ""))
    if not 1 <= n <= most or (letter == "h" and not strong and here.before() in UNITS):
        return None
    return _numbered(here, Again(every, n), year, convention, strong)  # type: ignore[arg-type]


def _numbered(here: Here, again: Again, year: int | None, convention: str, strong: bool = True) -> Found | None:
    calendar = here.calendar
    found = calendar.in_year(again, year, convention) if year is not None else calendar.latest(again, convention)
    return replace(found, strong=strong) if found else None


@rule("week", f"la|the|de_la? {_WEEK}|wk|weeks n|no|numero|#? °? <digits> <yr>?", f"la|the? <nth> {_WEEK} <yr>")
def numbered_week(here: Here, digits: int = 0, nth: int = 0, yr: int | None = None) -> Found | None:
    number = digits or nth
    if not 1 <= number <= 53 or (yr is None and here.after() in UNITS) or here.after() == "%":
        return None
    return _numbered(here, Again("week", number), yr, "iso_week")


# ------------------------------------------------------------------ by name


@rule("week", f"la|the <rank> {_WEEK} <yr>?")
def ranked_week(here: Here, rank: int, yr: int | None = None) -> Found | None:
    """ "la 42e semaine"; "la 2e semaine" may be of a month."""
    return _numbered(here, Again("week", rank), yr, "iso_week") if 5 < rank < 54 else None


@rule(
    "month_",
    "<month> <yr>?",
    "le|du|the|au|ce? mois|month de|d|of <month> <yr>?",
    "tout|all|whole|courant le? <month> <yr>?",
    "<month> de <yr>",
)
def month_by_name(here: Here, month: int, yr: int | None = None) -> Found | None:
    """Names that are words as well ("may", "mars", "sept") need a word before them or a year."""
    k = next(k for k in range(here.i, here.j) if "#month" in here.scan.tokens[k].keys)
    word, lead = here.scan.word(k), here.scan.word(k - 1) if k else ""
    if yr is None and (_counts(here) or _no_such_day(here, month)):
        return None  # "31 novembre"
    found = _numbered(here, Again("month", month), yr, "past_month" if yr is None else "calendar_month")
    if (
        found is None
        or word not in UNSURE_MONTHS
        or yr is not None
        or (lead in _MONTH_CUES and not (lead in ("a", "au", "par", "the") and word in ("may", "march")))
    ):
        return found
    joined = here.after() in ("-", "/", "a", "to", "et", "and", "vs") and here.after(1) in MONTHS
    if joined and word != "may":
        return found
    if word in ("may", "sept") or (word in ("march", "mar") and not here.scan.tokens[k].capital):
        return None
    return None if lead in NAMING else replace(found, strong=False)


def _counts(here: Here) -> bool:
    before = here.scan.tokens[here.i - 1] if here.i else None
    return before is not None and ("#date" in before.keys or before.word.isdigit())


def _no_such_day(here: Here, month: int) -> bool:
    day = here.after()
    return (
        day.isdigit()
        and len(day) < 3
        and int(day) in (30, 31)
        and date(2024, month, 1) + DAY * (int(day) - 1) >= months_from(date(2024, month, 1), 1, 1)[0]
    )


_MONTH_CUES = word_set(
    "en in de d du of depuis since courant avant before apres after jusqu until during pendant durant et and ou or vs versus last early mid late "
    "debut mi fin entre between a au to par mois month qu que than contre le from through tout this sur"
)


@rule("month_", "<month> dernier|passe|last", "last|previous|this_past <month>")
def last_month_of_name(here: Here, month: int) -> Found | None:
    """Not the one under way."""
    found = here.calendar.latest(Again("month", month), "past_month")
    if found and found.first and found.last and found.first <= here.calendar.today < found.last:
        return here.calendar.before(Again("month", month), found.first - DAY, "past_month")
    return found


@rule("month_", "<ym>", "le|du? mois <ym>", "mois de? <ym>")
def year_month(here: Here, ym: tuple[int, int]) -> Found:
    cued = here.scan.word(here.i) == "mois" or here.before() in _MONTH_CUES
    found = here.calendar.days(*months_from(date(*ym, 1), 0, 1), "calendar_month", "month")
    return replace(found, strong=cued)


@rule("monthly", "<month_>")
def monthly(here: Here, month_: Found) -> tuple[date, date] | None:
    return (month_.first, month_.last) if month_.first and month_.last and month_.unit == "month" else None


@rule("monthly", "mois|month", "the month")
def this_month(here: Here) -> tuple[date, date]:
    return here.calendar.month()


@rule(
    "period",
    "le|the|au|du? <nth> trimestre|quarter|semestre|half <yr>?",
    "le|the? <nth> trimestre|quarter|semestre|half de_l|of_the annee|year",
)
def numbered_part_of_year(here: Here, nth: int, yr: int | None = None) -> Found | None:
    """Not "second quarter-hour", "first half of the run"."""
    k = next(k for k in range(here.i, here.j) if here.scan.word(k) in ("trimestre", "quarter", "semestre", "half"))
    half = here.scan.word(k) in ("semestre", "half")
    if here.after() in UNITS or nth > (2 if half else 4) or (here.scan.word(k) == "half" and yr is None):
        return None
    return _numbered(here, Again("half" if half else "quarter", nth), yr, "half" if half else "quarter")


@rule("period", "le|du? trimestre|quarter|semestre <digits> <yr>?")
def part_of_year_by_number(here: Here, digits: int, yr: int | None = None) -> Found | None:
    half = any(here.scan.word(k) == "semestre" for k in range(here.i, here.j))
    if not 1 <= digits <= (2 if half else 4):
        return None
    return _numbered(here, Again("half" if half else "quarter", digits), yr, "half" if half else "quarter")


@rule(
    "period",
    "le|the? dernier|last trimestre|quarter|semestre de|of|d? <year>",
    "le|the? dernier|last trimestre|quarter de_l|of annee|last dernier|derniere|year",
)
def last_quarter_of(here: Here, year: int | None = None) -> Found | None:
    half = any(here.scan.word(k) == "semestre" for k in range(here.i, here.j))
    year = year or here.calendar.today.year - 1
    return _numbered(here, Again("half", 2) if half else Again("quarter", 4), year, "half" if half else "quarter")


@rule(
    "period",
    "cet|cette|ce|this|l|le|the|en|au? <season>",
    "<season> <yr>",
    "l|le? <season> dernier|passe",
    "last|previous <season>",
    "l|le|the|en|au|d|of <season> <yr>",
)
def season(here: Here, season: int, yr: int | None = None) -> Found | None:
    bare = here.i + 1 == here.j or here.scan.word(here.i) in ("en", "au", "l", "le")
    if (
        yr is None
        and bare
        and here.after(-1) not in ("dernier", "passe")
        and here.before() not in ("de", "pendant", "depuis", "in", "since", "during")
    ):
        return None
    last = here.after(-1) in ("dernier", "passe") or here.scan.word(here.i) in ("last", "previous")
    again = Again("season", season)
    if yr is not None:
        return here.calendar.in_year(again, yr, "season")
    return here.calendar.latest(again, "season", before_today=last)


@rule("period", "<year>", "l|the? annee|an|exercice|year <year>")
def year_by_number(here: Here, year: int) -> Found | None:
    """ "en 2025", never "en 2024 lignes"; a bare "2025" may be something else."""
    lead, said = here.before(), here.j > here.i + 1
    if not _ends_there(here) or lead in NAMING or lead in _COMPARED or here.after() in UNITS:
        return None
    strong = said or lead in _YEAR_CUES
    if not strong and abs(year - here.calendar.today.year) > 15:
        return None
    found = here.calendar.days(date(year, 1, 1), date(year + 1, 1, 1), "calendar_year", "year")
    return replace(found, strong=strong)


_YEAR_CUES = word_set(
    "en in depuis since during courant avant before apres after jusqu until durant throughout debut fin mi end early late"
)
_COMPARED = word_set("plus moins > < = >= <= top que # ° than least most under over environ exactement")


def _ends_there(here: Here) -> bool:
    token = here.scan.tokens[here.j] if here.j < len(here.scan.tokens) else None
    return token is None or token.capital or here.closed
