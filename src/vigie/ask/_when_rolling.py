"""Stretches counted from now: les 3 derniers jours, last 24 hours, sur 30 jours, il y a deux heures. Parts of periods."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from vigie.ask._when_amounts import Amount
from vigie.ask._when_calendar import DAY, Again, Found, months_from
from vigie.ask._when_patterns import Here
from vigie.ask._when_slots import rule
from vigie.ask._when_words import MONTHS, UNITS

# ------------------------------------------------------------------ up to now


def rolled(here: Here, amount: Amount) -> Found:
    convention = "rolling_days" if amount.unit in ("day", "week", "month", "quarter", "year") else "rolling_hours"
    return Found(here.calendar.ago(amount.n, amount.unit), here.calendar.now, convention, unit="rolling")


_LAST = "dernier|derniers|derniere|dernieres|passes|passees|precedents|precedentes|ecoules|ecoulees"
_ON = "glissants|glissantes|glissant|glissante|rolling|ecoules|ecoulees|passes|passees|precedents|precedentes"
_LAST_ONE = frozenset({"last", "past", "previous"})
_ONE = frozenset({"hour", "day", "week", "month", "quarter", "year"})
_THE = "les|ces|des|aux|the|these|mes|la|le|cette"


@rule(
    "rolling",
    f"{_THE}? <n> {_LAST} <unit> {_ON}?",
    f"{_THE}? <n> <unit> {_LAST}",
    f"{_THE}? {_LAST} <n> <unit>",
    f"{_THE}? last|past|previous|latest|preceding <n> <unit> {_ON}?",
)
@rule(
    "rolling",
    f"{_THE}? <n> last|past|previous <unit>",
    "<n> <unit> glissants|glissantes|glissant|glissante|rolling",
    "rolling <n> <unit>",
)
def last_so_many(here: Here, n: float, unit: str) -> Found | None:
    """ "les 5 derniers jobs" has no unit of time and is none; "a 404 last week" is no 404 weeks."""
    before, last = here.scan.word(here.j - 2), here.scan.word(here.j - 1)
    if n != 1 and before in _LAST_ONE and last in _ONE:
        return None
    return rolled(here, Amount(n, unit))


@rule("rolling", f"{_THE}? {_LAST} <amount> {_ON}?", f"{_THE}? last|past <amount>")
def last_amount(here: Here, amount: Amount) -> Found:
    return rolled(here, amount)


@rule("rolling", f"sur|over <amount> {_ON}?")
@rule("rolling", f"sur|dans|pendant|durant|en|au_cours_de les|des|ces|the? <amount> {_ON}?")
def over_so_many(here: Here, amount: Amount) -> Found | None:
    """ "sur 30 jours", "sur les 24h"; "over 5 minutes" is a duration, "sur 2 jours de suite" none."""
    words = here.scan.word(here.i), here.scan.word(here.i + 1)
    if (
        words[0] == "over"
        or (words[0] != "sur" and words[1] not in ("les", "ces"))
        or here.after() in ("de", "d", "consecutifs")
    ):
        return None
    if here.calendar.ahead:
        return Found(here.calendar.now, here.calendar.ago(-amount.n, amount.unit), "coming_days", unit="rolling")
    return rolled(here, amount)


@rule(
    "rolling",
    "la|cette derniere heure",
    "l heure ecoulee|passee|derniere|precedente",
    "la derniere minute",
    "derniere heure",
    "the? last|past|previous hour|minute",
)
@rule(
    "rolling",
    "la? derniere semaine|annee",
    "le|du|au dernier mois",
    "the last week|month|year|day",
    "the? past week|month|quarter|year|day|fortnight",
    "in|over|within|during|for last|past day",
)
def last_one(here: Here) -> Found | None:
    """ "la dernière heure", "the past week"; "last week" alone is the one of the calendar."""
    if here.after() in ("de", "d", "du", "of", "where", "que", "ou"):
        return None
    unit = (
        next(UNITS[here.scan.word(k)] for k in range(here.j - 1, here.i - 1, -1) if here.scan.word(k) in UNITS)
        if here.after(-1) != "fortnight"
        else ""
    )
    return rolled(here, Amount(1, unit) if unit else Amount(14, "day"))


@rule(
    "rolling",
    "la derniere demi|demie heure",
    "le dernier quart d heure",
    "the? last|past half hour",
    "the? last|past quarter of an hour",
    "the? last|past half an hour",
)
@rule("rolling", "la derniere|quinzaine quinzaine|derniere", "the? last|past fortnight", "last|past 24")
def last_fraction(here: Here) -> Found | None:
    words = {here.scan.word(k) for k in range(here.i, here.j)}
    if "24" in words:
        return None
    if words & {"quinzaine", "fortnight"}:
        return rolled(here, Amount(15 if "quinzaine" in words else 14, "day"))
    return rolled(here, Amount(30 if words & {"demi", "demie", "half"} else 15, "minute"))


@rule("rolling", "la? derniere heure et demie|demi|quart", "the? last|past hour and a half")
def last_hour_and_more(here: Here) -> Found:
    return rolled(here, Amount(75 if here.after(-1) == "quart" else 90, "minute"))


@rule(
    "rolling",
    "un|sur_un an|mois|jour glissant",
    "une|sur_une annee|semaine|journee glissante",
    "annee|mois|semaine glissante|glissant",
)
def one_rolling(here: Here) -> Found:
    return rolled(
        here, Amount(1, next(UNITS[here.scan.word(k)] for k in range(here.i, here.j) if here.scan.word(k) in UNITS))
    )


# ------------------------------------------------------------------ around an instant of the past


@rule(
    "ago",
    "il_y_a|y_a|ya environ|a_peu_pres|a_peine|tout_juste? <amount>",
    "<amount> ago|plus_tot|auparavant|earlier|back",
    "about|around <amount> ago",
)
def ago(here: Here, amount: Amount) -> Found | None:
    """The hour around for hours, the ten minutes around for minutes; days and more are whole."""
    if amount.unit not in ("ms", "second", "minute", "hour"):
        return (
            here.calendar.period("day", -int(amount.n)) if amount.unit == "day" and amount.n == int(amount.n) else None
        )
    return _around(here, -amount.seconds)


@rule("ago", "dans <amount>")
def ahead(here: Here, amount: Amount) -> Found | None:
    return _around(here, amount.seconds) if amount.unit in ("minute", "hour") else None


def _around(here: Here, seconds: float) -> Found:
    half = timedelta(minutes=30 if abs(seconds) >= 3600 else 5)
    middle = here.calendar.now + timedelta(seconds=seconds)
    return Found(middle - half, middle + half, "around", unit="part", moment=True)


@rule(
    "ago",
    "il_y_a|y_a|ya plus de|d <amount>",
    "more_than|over <amount> ago",
    "vieux|vieille|vieilles|datant|date|ages|agees|anciens|anciennes de plus de|d <amount>",
    "older than <amount>",
)
def longer_ago(here: Here, amount: Amount) -> Found:
    return Found(None, here.calendar.ago(amount.n, amount.unit), "older_than", "before", unit="rolling")


@rule(
    "ago",
    "il_y_a|y_a|ya moins de|d <amount>",
    "less_than|under <amount> ago",
    "datant|date|ages|agees|vieux de moins de|d <amount>",
    "newer|younger than <amount>",
)
def shorter_ago(here: Here, amount: Amount) -> Found:
    return replace(rolled(here, amount), kind="since")


# ------------------------------------------------------------------ parts of weeks, months, years

_EARLY = "debut|early|beginning|start|commencement"
_MIDDLE = "mi|milieu|mid|middle"
_LATE = "fin|late|end"
_WHOLE = {"week": ((0, 2), (2, 3), (3, 5)), "year": ((0, 3), (4, 8), (9, 12))}


@rule("portion", f"le|la|l|the? {_EARLY}|{_MIDDLE}|{_LATE} de|du|d|of|in|-? la|l|le|the? <stretch>")
def part_of_period(here: Here, stretch: Found) -> Found | None:
    """Of a month: days 1 to 10, 11 to 20, from 21; of a week: two first days, Wednesday, Thursday and Friday."""
    word = next(w for k in range(here.i, here.j) if (w := here.scan.word(k)) in _PLACE)
    place = _PLACE[word]
    if stretch.first is None or stretch.last is None:
        return None
    calendar = here.calendar
    if stretch.unit == "month":
        days = ((1, 10), (11, 20), (21, 31))[place]
        again = Again("part", *days, stretch.first.month)
        if stretch.again is not None and not _year_said(here):
            return calendar.latest(again, "part_of_month")
        return calendar.in_year(again, stretch.first.year, "part_of_month")
    if stretch.unit == "week":
        a, b = _WHOLE["week"][place]
        return replace(calendar.days(stretch.first + DAY * a, stretch.first + DAY * b, "part_of_week", "day"))
    if stretch.unit == "year":
        a, b = _WHOLE["year"][place]
        return calendar.days(
            months_from(stretch.first, a, 1)[0], months_from(stretch.first, b - 1, 1)[1], "part_of_year", "quarter"
        )
    third = (stretch.last - stretch.first) / 3
    first = stretch.first + DAY * (third.days * place)
    return calendar.days(first, stretch.last if place == 2 else first + DAY * third.days, "part_of_period", "month")


_PLACE = {word: n for n, words in enumerate((_EARLY, _MIDDLE, _LATE)) for word in words.split("|")}


def _year_said(here: Here) -> bool:
    """ "fin octobre" is the most recent that has begun; "fin octobre 2025" is of that year."""
    return here.scan.word(here.j - 1) not in MONTHS


@rule("stretch", "<month_>", "<week>", "<period>", "<year_alone>")
def stretch(
    here: Here,
    month_: Found | None = None,
    week: Found | None = None,
    period: Found | None = None,
    year_alone: Found | None = None,
) -> Found | None:
    found = month_ or week or period or year_alone
    return found if found and found.unit in ("week", "month", "quarter", "half", "year") else None


@rule("stretch", "mois|semaine|annee|trimestre|month|week|year|quarter")
def this_stretch(here: Here) -> Found:
    unit = UNITS[here.scan.word(here.i)]
    return here.calendar.period(unit, 0)


@rule("year_alone", "<year>")
def year_alone(here: Here, year: int) -> Found:
    return here.calendar.days(date(year, 1, 1), date(year + 1, 1, 1), "calendar_year", "year")


@rule("portion", "la? <nth> quinzaine de|d|du <monthly>", "the? <nth> half of <monthly>")
def half_of_month(here: Here, nth: int, monthly: tuple[date, date]) -> Found | None:
    middle = monthly[0] + DAY * 15
    if nth > 2:
        return None
    return here.calendar.days(*((monthly[0], middle) if nth == 1 else (middle, monthly[1])), "half_of_month", "month")


@rule("portion", "la|the? <nth> semaine|week de|d|du|of|in <monthly>")
def week_of_month(here: Here, nth: int, monthly: tuple[date, date]) -> Found | None:
    first = monthly[0] + DAY * 7 * (nth - 1)
    return here.calendar.days(first, min(first + DAY * 7, monthly[1]), "week_of_month", "week") if nth < 6 else None


@rule("portion", "le|la|the? <nth> week-end de|d|du|of|in <monthly>")
@rule("portion", "le|la|the? dernier|last week-end de|d|du|of|in <monthly>")
def weekend_of_month(here: Here, monthly: tuple[date, date], nth: int = 0) -> Found | None:
    """Its Saturday is in that month."""
    first = monthly[0] + DAY * ((5 - monthly[0].weekday()) % 7)
    saturdays = [first + DAY * 7 * n for n in range(5) if first + DAY * 7 * n < monthly[1]]
    if nth > len(saturdays):
        return None
    saturday = saturdays[nth - 1]
    return here.calendar.days(saturday, saturday + DAY * 2, "weekend", "week-end")


@rule("portion", "la|the? derniere|last semaine|week de|d|du|of|in <monthly>")
def last_week_of_month(here: Here, monthly: tuple[date, date]) -> Found:
    return here.calendar.days(monthly[1] - DAY * 7, monthly[1], "week_of_month", "week")


@rule(
    "portion",
    "les|the? <n> premiers|first jours|days de|d|du|of|in <monthly>",
    "the? first <n> days of|in <monthly>",
    "les? premiers <n> jours de|d|du <monthly>",
)
def first_days(here: Here, n: float, monthly: tuple[date, date]) -> Found:
    return here.calendar.days(monthly[0], min(monthly[0] + DAY * int(n), monthly[1]), "whole_days", "day")


@rule(
    "portion",
    "les|the? <n> derniers|last jours|days de|d|du|of|in <monthly>",
    "the? last <n> days of|in <monthly>",
    "les? derniers <n> jours de|d|du <monthly>",
)
def last_days(here: Here, n: float, monthly: tuple[date, date]) -> Found:
    return here.calendar.days(max(monthly[1] - DAY * int(n), monthly[0]), monthly[1], "whole_days", "day")
