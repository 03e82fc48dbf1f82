"""Several times that share a month, a year or a week: les 14 et 15 novembre, octobre et novembre 2025, semaines 41 et 42."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from vigie.ask._when_calendar import DAY, Again, Found, months_from
from vigie.ask._when_parts import part_of
from vigie.ask._when_patterns import Here, Readings, Scan, Slot
from vigie.ask._when_slots import grammar, rule
from vigie.ask._when_words import MONTHS, UNITS, WEEKDAYS, word_set


@dataclass(frozen=True, slots=True)
class Several:
    """Times read at once, each with its first token and the one after it."""

    parts: tuple[tuple[Found, int, int], ...]


LONGEST_LIST = 8
Item = tuple[int, int, int]  # token, token after, what it says
_AND = word_set("et ou and or , & vs versus puis / contre")
_ARTICLES = word_set("le la les the l du en in au")


def _chain(slot: str) -> Slot:
    """Two or more of a slot, with "et", "and", a comma between them."""

    def read(scan: Scan, i: int) -> Readings:
        items: list[Item] = []
        found: Readings = []
        while i < len(scan.tokens) and len(items) < LONGEST_LIST:
            start = i + (scan.word(i) in _ARTICLES)
            read_ = grammar.read(slot, scan, start)
            if not read_:
                break
            end, value = read_[-1]
            items.append((start, end, value))
            if len(items) > 1:
                found.insert(0, (end, tuple(items)))
            i = end
            if scan.word(i) == "," and scan.word(i + 1) in _AND:
                i += 1
            if scan.word(i) not in _AND:
                break
            i += 1
        return found

    return read


grammar.slots["numbers"] = (frozenset({"#n", "#nth", "premier", "first", *_ARTICLES}), _chain("d"))
grammar.slots["months"] = (frozenset({"#month", *_ARTICLES}), _chain("month"))
grammar.slots["weekdays"] = (frozenset({"#weekday", *_ARTICLES}), _chain("weekday"))
grammar.slots["years"] = (frozenset({"#n"}), _chain("year"))
grammar.slots["codes"] = (frozenset({"#code", *_ARTICLES}), _chain("code"))


def _several(items: tuple[Item, ...], end: int, read: Callable[[int], Found | None]) -> Several | None:
    """The last item takes the words that it shares with the others."""
    parts = [(read(value), i, j) for i, j, value in items]
    parts[-1] = (parts[-1][0], parts[-1][1], end)
    found = tuple((part, i, j) for part, i, j in parts if part is not None)
    return Several(found) if len(found) == len(items) else None


@rule(
    "list",
    "<numbers> de|of? <month> <yr>?",
    "<month> the? <numbers> <yr>?",
    "le|les|on|du|des <numbers> de|of? <month> <yr>?",
)
def days_of_month(here: Here, numbers: tuple[Item, ...], month: int, yr: int | None = None) -> Several | None:
    if here.scan.word(here.j - 1).isdigit() and yr is None and (here.after() in UNITS or not here.closed):
        return None
    several = _several(numbers, here.j, lambda day: _day(here, month, day, yr))
    if several and here.scan.word(here.i) in MONTHS:
        first, *others = several.parts
        return Several(((first[0], here.i, first[2]), *others))
    return several


def _day(here: Here, month: int, day: int, yr: int | None) -> Found | None:
    if yr is not None:
        return here.calendar.day(date(yr, month, day))
    return here.calendar.latest(Again("date", month, day), "past_date")


@rule("list", "les|the <numbers>", "les|the|le? <numbers> du mois dernier", "the? <numbers> of last month")
def bare_days(here: Here, numbers: tuple[Item, ...]) -> Several | None:
    if here.after(-1) in ("dernier", "month"):
        return _several(numbers, here.j, lambda day: here.calendar.day(here.calendar.month(-1)[0].replace(day=day)))
    first = here.scan.tokens[here.i + 1]
    if not here.closed or here.after() in UNITS or (here.scan.word(here.i) == "the" and "#nth" not in first.keys):
        return None
    return _several(numbers, here.j, lambda day: here.calendar.latest(Again("day", day), "past_date"))


@rule("part_there", "<hours>")
def part_there(here: Here, hours: tuple[int, int]) -> tuple[int, int, tuple[int, int]]:
    return here.i, here.j, hours


@rule("list", "<day> <hours> et|ou|and|or le|l? <part_there>")
def parts_of_day(
    here: Here, day: Found, hours: tuple[int, int], part_there: tuple[int, int, tuple[int, int]]
) -> Several | None:
    """ "hier matin et soir"."""
    i, j, other = part_there
    first, second = part_of(here, day, hours), part_of(here, day, other)
    return Several(((first, here.i, i - 1), (second, i, j))) if first and second else None


@rule("list", "<months> <yr>")
def months_of_year(here: Here, months: tuple[Item, ...], yr: int) -> Several | None:
    return _several(months, here.j, lambda month: here.calendar.in_year(Again("month", month), yr, "calendar_month"))


@rule("month_year", "<month> <year>")
def month_year(here: Here, month: int, year: int) -> tuple[int, int, int, int]:
    return here.i, here.j, month, year


@rule("list", "<month_year> et|ou|and|or|vs|versus|contre|compare_a|par_rapport_a <years_alone>")
def month_of_years(here: Here, month_year: tuple[int, int, int, int], years_alone: Item) -> Several | None:
    """ "octobre 2026 vs 2025"."""
    i, j, month, year = month_year
    items = ((i, j, year), years_alone)
    return _several(items, here.j, lambda y: here.calendar.in_year(Again("month", month), y, "calendar_month"))


@rule("years_alone", "en? <year>")
def years_alone(here: Here, year: int) -> Item | None:
    return (here.i, here.j, year) if here.closed else None


@rule("list", "semaine|semaines|week|weeks <numbers_of_weeks> <yr>?")
def numbered_weeks(here: Here, numbers_of_weeks: tuple[Item, ...], yr: int | None = None) -> Several | None:
    def week(number: int) -> Found | None:
        again = Again("week", number)
        return here.calendar.in_year(again, yr, "iso_week") if yr else here.calendar.latest(again, "iso_week")

    several = _several(numbers_of_weeks, here.j, week)
    if several is None or not here.closed or here.after() in UNITS:
        return None
    first, *others = several.parts
    return Several(((first[0], here.i, first[2]), *others))


grammar.slots["numbers_of_weeks"] = (frozenset({"#n"}), _chain("digits"))


@rule("list", "<codes> <yr>")
def codes_of_year(
    here: Here, codes: tuple[tuple[int, int, tuple[str, int, int | None]], ...], yr: int
) -> Several | None:
    every = {"w": "week", "q": "quarter", "h": "half"}
    if any(value[0] not in every for _, _, value in codes):
        return None
    named = {"w": "iso_week", "q": "quarter", "h": "half"}
    parts = []
    for i, j, (letter, n, _) in codes:
        found = here.calendar.in_year(Again(every[letter], n), yr, named[letter])  # type: ignore[arg-type]
        if found is None:
            return None
        parts.append((found, i, j))
    parts[-1] = (*parts[-1][:2], here.j)
    return Several(tuple(parts))


@rule("list", "<weekdays> <of_week>")
def weekdays_of_week(here: Here, weekdays: tuple[Item, ...], of_week: date) -> Several | None:
    if here.after(-1) in ("derniers", "passes", "dernier", "last") and here.scan.word(here.j - 2) in WEEKDAYS:
        return _several(
            weekdays, here.j, lambda n: here.calendar.latest(Again("weekday", n), "past_weekday", before_today=True)
        )
    return _several(weekdays, here.j, lambda n: here.calendar.day(of_week + DAY * n, "iso_week"))


@rule("list", "en|in|depuis? <years>")
def years(here: Here, years: tuple[Item, ...]) -> Several | None:
    strong = here.j > here.i and here.scan.word(here.i) in ("en", "in")
    if not here.closed or here.after() in UNITS:
        return None

    def whole(year: int) -> Found:
        first = date(year, 1, 1)
        return replace(here.calendar.days(*months_from(first, 0, 12), "calendar_year", "year"), strong=strong)

    return _several(years, here.j, whole)
